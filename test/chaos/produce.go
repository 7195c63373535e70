//go:build linux

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// partitions of the topic.
const partitions = 8

// producer streams the rows into the topic, as fast as it may.
type producer struct {
	brokers string
	rows    *rows
	total   int64

	// may is how many rows may have been sent by now. next is how many have
	// been sent for good: acknowledged, and in a transaction that is committed.
	may  atomic.Int64
	next atomic.Int64

	// holds are requests to send nothing for a while.
	holds chan hold

	// transactional says that rows are sent in transactions. doomed is how many
	// of the next ones are to be aborted.
	transactional bool
	doomed        atomic.Int64
	rng           *rand.Rand
	client        *kgo.Client
	open          transaction

	mu          sync.Mutex
	failed      error // of a record, since the last flush
	aborts      int
	abortedRows int64
}

// hold is a request: held is closed when no transaction is open and all records
// are answered, and the producer waits until resume is closed.
type hold struct{ held, resume chan struct{} }

func newProducer(brokers string, seed uint64, total int64, transactional bool) *producer {
	return &producer{
		brokers: brokers, rows: newRows(seed, total), total: total, holds: make(chan hold),
		transactional: transactional, rng: rand.New(rand.NewPCG(seed, 3)),
	}
}

// connect replaces the client.
func (p *producer) connect() (err error) {
	p.disconnect()
	opts := []kgo.Opt{
		kgo.SeedBrokers(p.brokers),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(20 * time.Millisecond),
		kgo.ProducerBatchCompression(kgo.Lz4Compression()),
		kgo.RequiredAcks(kgo.AllISRAcks()),
	}
	if p.transactional {
		opts = append(opts, kgo.TransactionalID(transactionalID), kgo.RetryTimeout(drainPatience))
	}
	if p.client, err = kgo.NewClient(opts...); err != nil {
		return fmt.Errorf("producer: %w", err)
	}
	return nil
}

func (p *producer) disconnect() {
	if p.client != nil {
		p.client.Close()
	}
	p.client = nil
}

// run sends all rows, each no sooner than allowed; a broker that is down is
// waited for.
func (p *producer) run(ctx context.Context) error {
	defer p.disconnect()
	if err := p.connect(); err != nil {
		return err
	}
	for i := int64(0); i < p.total; {
		var err error
		if i, err = p.ready(ctx, i); err != nil {
			return err
		}
		if err := p.begin(ctx, i); err != nil {
			return err
		}
		partition, doc := p.rows.row(i, partitions)
		p.client.Produce(ctx, &kgo.Record{Topic: topic, Partition: partition, Value: doc}, p.delivered)
		i++
		if i, err = p.settle(ctx, i, i == p.total); err != nil {
			return err
		}
	}
	return nil
}

// ready waits until row i may be sent and nobody holds the producer. It returns
// the row to go on with, an earlier one after an aborted transaction.
func (p *producer) ready(ctx context.Context, i int64) (int64, error) {
	for {
		select {
		case <-ctx.Done():
			return i, ctx.Err()
		case h := <-p.holds:
			now, err := p.settle(ctx, i, true)
			if err != nil {
				return i, err
			}
			i = now
			close(h.held)
			select {
			case <-ctx.Done():
				return i, ctx.Err()
			case <-h.resume:
			}
			if err := p.connect(); err != nil {
				return i, err
			}
			continue
		default:
		}
		if p.may.Load() > i {
			return i, nil
		}
		now, err := p.settle(ctx, i, true)
		if err != nil {
			return i, err
		}
		if i = now; p.may.Load() > i {
			return i, nil
		}
		if err := wait(ctx, pollEvery); err != nil {
			return i, err
		}
	}
}

// hold lets the producer send for good what it has begun and wait until resume
// is called. Topics may be created anew meanwhile.
func (p *producer) hold(ctx context.Context) (resume func(), err error) {
	h := hold{held: make(chan struct{}), resume: make(chan struct{})}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case p.holds <- h:
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-h.held:
	}
	return sync.OnceFunc(func() { close(h.resume) }), nil
}

func (p *producer) delivered(_ *kgo.Record, err error) {
	if err == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = err
	}
}

// flush waits until all records are answered, and returns the first error.
func (p *producer) flush(ctx context.Context) error {
	if err := p.client.Flush(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.failed
	p.failed = nil
	return err
}
