//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// partitions of the topic.
const partitions = 8

// producer streams the rows into the topic, as fast as it may.
type producer struct {
	client *kgo.Client
	rows   *rows
	total  int64

	// may is how many rows may have been sent by now.
	may  atomic.Int64
	sent atomic.Int64

	mu     sync.Mutex
	failed error
}

func newProducer(brokers string, seed uint64, total int64) (*producer, error) {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(20*time.Millisecond),
		kgo.ProducerBatchCompression(kgo.Lz4Compression()),
		kgo.RequiredAcks(kgo.AllISRAcks()),
	)
	if err != nil {
		return nil, fmt.Errorf("producer: %w", err)
	}
	return &producer{client: client, rows: newRows(seed, total), total: total}, nil
}

// createTopic creates the topic of the rows.
func (p *producer) createTopic(ctx context.Context) error {
	if _, err := kadm.NewClient(p.client).CreateTopic(ctx, partitions, 1, nil, topic); err != nil {
		return fmt.Errorf("create topic %q: %w", topic, err)
	}
	return nil
}

// run sends all rows, each no sooner than allowed; a broker that is down is
// waited for.
func (p *producer) run(ctx context.Context) error {
	defer p.client.Close()
	for i := int64(0); i < p.total; i++ {
		for p.may.Load() <= i {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pollEvery):
			}
		}
		partition, doc := p.rows.row(i, partitions)
		p.client.Produce(ctx, &kgo.Record{Topic: topic, Partition: partition, Value: doc}, p.delivered)
	}
	if err := p.client.Flush(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}

func (p *producer) delivered(_ *kgo.Record, err error) {
	if err == nil {
		p.sent.Add(1)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = errors.Join(p.failed, err)
}

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
		p.may.Store(from + int64(min(share, 1)*float64(upTo-from)))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollEvery):
		}
	}
	p.may.Store(upTo)
}

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
