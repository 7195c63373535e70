package caches

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bad is a store with the faults that caches have been seen to have. Each fault
// is found by the probe, or no message is lost or counted twice for it.
type bad struct {
	state.Memory
	overwrites bool // add is set
	losesEvery int  // of so many writes one is answered but not done
	pause      time.Duration
	stale      int // of a key's first reads after a write so many see what was before

	mu     sync.Mutex
	writes int
	old    map[string]*past
}

// past is what a key held before its last write, nil for nothing.
type past struct {
	value []byte
	reads int
}

var _ state.Store = (*bad)(nil)

// wait yields until the pause has passed.
func (b *bad) wait() {
	for began := time.Now(); time.Since(began) < b.pause; {
		runtime.Gosched()
	}
}

// write does a write, or loses it, and remembers what was before.
func (b *bad) write(ctx context.Context, key string, do func() error) error {
	b.wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.writes++; b.losesEvery > 0 && b.writes%b.losesEvery == 0 {
		return nil
	}
	before, err := b.Memory.Get(ctx, key)
	if err != nil {
		before = nil
	}
	if err := do(); err != nil {
		return err
	}
	if b.stale > 0 {
		if b.old == nil {
			b.old = map[string]*past{}
		}
		b.old[key] = &past{value: before, reads: b.stale}
	}
	return nil
}

func (b *bad) Get(ctx context.Context, key string) ([]byte, error) {
	b.wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.old[key]; p != nil && p.reads > 0 {
		if p.reads--; p.value == nil {
			return nil, fmt.Errorf("get %q: %w", key, state.ErrNotFound)
		}
		return bytes.Clone(p.value), nil
	}
	return b.Memory.Get(ctx, key)
}

func (b *bad) Add(ctx context.Context, key string, value []byte) error {
	return b.write(ctx, key, func() error {
		if b.overwrites {
			return b.Memory.Set(ctx, key, value)
		}
		return b.Memory.Add(ctx, key, value)
	})
}

func (b *bad) Set(ctx context.Context, key string, value []byte) error {
	return b.write(ctx, key, func() error { return b.Memory.Set(ctx, key, value) })
}

// TestBad: what the probe shows of a bad cache, and what a single owner of a
// shard, restarted again and again, makes of it.
func TestBad(t *testing.T) {
	cases := []struct {
		name  string
		store *bad
		seen  string // by the probe; empty when it sees nothing
	}{
		{name: "no atomic add", store: &bad{overwrites: true}, seen: "accepted"},
		{name: "slow", store: &bad{pause: time.Millisecond}},
		{name: "every second write is lost", store: &bad{losesEvery: 2}, seen: "accepted"},
		{name: "every fifth write is lost", store: &bad{losesEvery: 5}},
		{name: "first reads are stale", store: &bad{stale: 1}, seen: "could not be read"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			probe, err := statetest.ProbeAdd(ctx, c.store, "probe")
			must(t, err)
			if probe.PutIfAbsent != (c.seen == "") || !strings.Contains(probe.Seen, c.seen) {
				t.Errorf("the probe says %v: %q, want %q", probe.PutIfAbsent, probe.Seen, c.seen)
			}
			if c.store.stale > 0 {
				return // refused: nothing can be promised
			}
			const batch, batches = 10, 12
			for i := range int64(batches) {
				s := openPatient(t, c.store)
				first := max(i*batch-batch/2, 0) // some are delivered again
				learn(t, s, first, i*batch+batch-1)
				must(t, s.Flush(ctx))
			}
			s := openPatient(t, c.store)
			s.View(func(_ stats.Additive, p *state.Positions) {
				if n := p.Count(); n != batch*batches {
					t.Errorf("%d positions, want %d", n, batch*batches)
				}
			})
		})
	}
}

// openPatient opens a shard that tries again at once.
func openPatient(t *testing.T, store state.Store) *state.Shard[stats.Additive] {
	t.Helper()
	s, err := state.OpenShard(context.Background(), store, "bad.p", "t/0", stats.SummaryMaker{}, state.ShardOptions{
		Durable: true, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	must(t, err)
	return s
}
