package inputs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

const playPartitions = 3

// play is one drawn history.
type play struct {
	*site
	rng     *rand.Rand
	inFlags string

	members []*member
	next    [playPartitions]int // number of the next record
	// offsets of the records that are to be delivered, by partition.
	offsets [playPartitions]map[int64]string
	aborted map[string]bool

	mu    sync.Mutex
	acked map[string]bool
	held  []held
}

// member is an input with somebody who reads from it.
type member struct {
	k      *kafka
	cancel context.CancelFunc
	done   chan struct{}
}

// held is a batch that waits for its answer.
type held struct {
	by    *member
	batch service.MessageBatch
	ack   service.AckFunc
}

func newPlay(t *testing.T, seed uint64) *play {
	rng := rand.New(rand.NewPCG(seed, 2))
	p := &play{site: newSite(t, playPartitions, "rows"), rng: rng, aborted: map[string]bool{}, acked: map[string]bool{}}
	for i := range p.offsets {
		p.offsets[i] = map[int64]string{}
	}
	// The broker of the test now and then forgets a request to join while a
	// member is about to expire; the client asks again after the overhead.
	p.inFlags = fmt.Sprintf("topics: [ rows ]\nconsumer_group: g\nrequest_timeout_overhead: 500ms\nsession_timeout: 400ms\nheartbeat_interval: 40ms\nrebalance_timeout: 2s\nrevoke_timeout: %dms\nmax_batch_count: %d\nin_flight: %d",
		50+rng.IntN(300), 1+rng.IntN(8), 1+rng.IntN(3))
	p.start()
	t.Cleanup(func() {
		for _, m := range p.members {
			p.leave(m)
		}
	})
	return p
}

func (p *play) start() {
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{k: p.parse(p.inFlags), cancel: cancel, done: make(chan struct{})}
	p.members = append(p.members, m)
	go func() {
		defer close(m.done)
		for {
			batch, ack, err := readOn(ctx, m.k)
			if err != nil {
				return
			}
			p.mu.Lock()
			p.held = append(p.held, held{by: m, batch: batch, ack: ack})
			p.mu.Unlock()
		}
	}()
}

// leave closes a member in order.
func (p *play) leave(m *member) {
	m.cancel()
	<-m.done
	_ = m.k.Close(context.Background())
}

// kill ends a member without a word: it commits nothing and does not leave.
func (p *play) kill(m *member) {
	if s := m.k.current(); s != nil {
		s.cancel()
	}
	p.leave(m)
}

// remove takes a member and what it holds out of the play.
func (p *play) remove(end func(*member)) {
	i := p.rng.IntN(len(p.members))
	m := p.members[i]
	p.members = append(p.members[:i], p.members[i+1:]...)
	end(m)
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.held[:0]
	for _, h := range p.held {
		if h.by != m {
			kept = append(kept, h)
		}
	}
	p.held = kept
}
