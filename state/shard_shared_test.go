package state

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// TestShardSharedWithoutPositions: owners that learn messages without positions into
// one shard at the same time fence each other, and every message counts once all the
// same, whichever writes fail, as long as the owners live.
func TestShardSharedWithoutPositions(t *testing.T) {
	for _, c := range []struct {
		name   string
		atomic bool
		share  float64 // of the operations that fail
	}{{name: "half values"}, {name: "atomic", atomic: true}, {name: "half values and failures", share: 0.1}, {name: "atomic and failures", atomic: true, share: 0.1}} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s, seed %d", c.name, seed), func(t *testing.T) {
				store := NewMemory()
				var told, fenced sync.Map
				var work sync.WaitGroup
				for owner := range int64(3) {
					view := &flaky{Store: store, random: rand.New(rand.NewPCG(seed, uint64(owner))), share: c.share}
					s, err := OpenShard(context.Background(), view, "p", "local", bagMaker{}, ShardOptions{
						Durable: true, Atomic: c.atomic, Fenced: func() { told.Store(owner, true) },
						Sleep: func(context.Context, time.Duration) error { return nil },
					})
					for err != nil {
						s, err = OpenShard(context.Background(), view, "p", "local", bagMaker{}, ShardOptions{Durable: true, Atomic: c.atomic, Fenced: func() { told.Store(owner, true) }, Sleep: func(context.Context, time.Duration) error { return nil }})
					}
					for thread := range int64(2) {
						work.Go(func() {
							for i := range int64(50) {
								o := offsets(1000*owner+500*thread+i, 1000*owner+500*thread+i)
								if _, err := s.Learn(context.Background(), 1, nil, learnInto(o)); err != nil {
									t.Error(err)
								}
							}
							if s.Counters().Fenced > 0 {
								fenced.Store(owner, true)
							}
						})
					}
				}
				work.Wait()
				s, err := OpenShard(context.Background(), store, "p", "local", bagMaker{}, ShardOptions{})
				must(t, err)
				s.View(func(b *bag, _ *Positions) {
					for value, n := range b.counts {
						if n != 1 {
							t.Errorf("message %d counts %d times", value, n)
						}
					}
					if len(b.counts) != 300 {
						t.Errorf("%d messages, want 300", len(b.counts))
					}
				})
				fenced.Range(func(owner, _ any) bool {
					if _, ok := told.Load(owner); !ok {
						t.Errorf("owner %v was fenced and was not told", owner)
					}
					return true
				})
			})
		}
	}
}

// flaky fails some operations, before or after they have happened.
type flaky struct {
	Store
	mu     sync.Mutex
	random *rand.Rand
	share  float64
}

func (f *flaky) fate() (before, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.random.Float64()
	return x < f.share/2, x < f.share
}

func (f *flaky) Add(ctx context.Context, key string, value []byte) error {
	before, after := f.fate()
	if before {
		return errDown
	}
	err := f.Store.Add(ctx, key, value)
	if after {
		return errDown
	}
	return err
}

func (f *flaky) Get(ctx context.Context, key string) ([]byte, error) {
	if _, fails := f.fate(); fails {
		return nil, errDown
	}
	return f.Store.Get(ctx, key)
}
