//go:build linux

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// transactionalID is the producer's; a new client of this id aborts what the
// one before has left open.
const transactionalID = "chaos-producer"

// What a transaction has at most.
const (
	transactionRows = 5_000
	transactionTime = 100 * time.Millisecond
)

// abandonShare is the share of the aborted transactions that are left open by
// their client, as by a producer that was killed; the next client's beginning
// aborts them.
const abandonShare = 0.3

// transaction is the one that is open: the rows from first on. Without
// transactions it is what was sent since the last flush.
type transaction struct {
	open  bool
	first int64
	began time.Time
}

// begin begins a transaction with row i, unless one is open.
func (p *producer) begin(ctx context.Context, i int64) error {
	if p.open.open {
		return nil
	}
	p.open = transaction{open: true, first: i, began: time.Now()}
	if !p.transactional {
		return nil
	}
	if p.client.BeginTransaction() == nil {
		return nil
	}
	if err := p.abort(ctx, true); err != nil {
		return err
	}
	if err := p.client.BeginTransaction(); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	return nil
}

// settle ends the transaction before row i when it is due or has to be. It
// returns the row to go on with: i, or after an abort the transaction's first,
// as an application does that tries again.
func (p *producer) settle(ctx context.Context, i int64, must bool) (int64, error) {
	t := p.open
	due := i-t.first >= transactionRows || p.transactional && time.Since(t.began) > transactionTime
	if !t.open || !must && !due {
		return i, nil
	}
	p.open = transaction{}
	failed := p.flush(ctx)
	if !p.transactional {
		p.next.Store(i)
		return i, failed
	}
	if failed == nil && p.doomed.Load() == 0 {
		if failed = p.client.EndTransaction(ctx, kgo.TryCommit); failed == nil {
			p.next.Store(i)
			return i, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return i, err
	}
	if failed == nil {
		p.doomed.Add(-1)
		p.mu.Lock()
		p.aborts++
		p.abortedRows += i - t.first
		p.mu.Unlock()
	}
	return t.first, p.abort(ctx, failed != nil || p.rng.Float64() < abandonShare)
}

// abort aborts the transaction, by a new client or by the one that began it.
func (p *producer) abort(ctx context.Context, abandon bool) error {
	if !abandon && p.client.EndTransaction(ctx, kgo.TryAbort) == nil {
		return nil
	}
	for deadline := time.Now().Add(drainPatience); ; {
		if err := p.connect(); err != nil {
			return err
		}
		_, _, err := p.client.ProducerID(ctx)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) || wait(ctx, 10*pollEvery) != nil {
			return fmt.Errorf("begin as producer %q: %w", transactionalID, err)
		}
	}
}

// aborted returns how many transactions were aborted on demand, and their rows.
func (p *producer) aborted() (transactions int, rows int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.aborts, p.abortedRows
}
