//go:build linux

package main

import (
	"context"
	"time"
)

// burst is how long rows are held back, to come all at once: then a backlog is
// being worked off at most moments, and who is killed or frozen then has
// batches under way.
const burst = 2 * time.Second

// pace allows rows in even bursts over a time, from what is allowed now up to
// a number.
func (p *producer) pace(ctx context.Context, upTo int64, over, burst time.Duration) {
	from, began := p.may.Load(), time.Now()
	for ctx.Err() == nil {
		passed := time.Since(began)
		if passed >= over {
			break
		}
		share := float64(passed.Truncate(burst)+burst) / float64(over)
		p.raise(from + int64(min(share, 1)*float64(upTo-from)))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollEvery):
		}
	}
	p.raise(upTo)
}

// raise lets n rows be sent in all, unless more may be sent already.
func (p *producer) raise(n int64) { p.may.Store(max(n, p.may.Load())) }

// trickle allows ever fewer rows until the context ends, so that some are left
// however long that is.
func (p *producer) trickle(ctx context.Context) {
	const share, least = 2000, partitions
	for ctx.Err() == nil {
		now := p.may.Load()
		p.may.Store(min(p.total, now+max(least, (p.total-now)/share)))
		select {
		case <-ctx.Done():
		case <-time.After(pollEvery):
		}
	}
}

// grant lets n rows more be sent than before.
func (p *producer) grant(n int64) {
	for {
		may := p.may.Load()
		if p.may.CompareAndSwap(may, min(p.total, may+n)) {
			return
		}
	}
}
