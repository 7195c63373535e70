package state

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// lose removes each key with that probability, keeping those that keep names.
func lose(m *Memory, r *rand.Rand, share float64) (lost int) {
	for _, key := range m.Keys() {
		if r.Float64() < share {
			_ = m.Delete(context.Background(), key) // memory does not fail
			lost++
		}
	}
	return lost
}

// copyOf returns all values of a store.
func copyOf(m *Memory) map[string][]byte {
	out := map[string][]byte{}
	for _, key := range m.Keys() {
		if value, err := m.Get(context.Background(), key); err == nil { // else tidied up by now
			out[key] = value
		}
	}
	return out
}

// setBack makes a store as it was.
func setBack(t *testing.T, m *Memory, values map[string][]byte) {
	t.Helper()
	lose(m, rand.New(rand.NewPCG(1, 1)), 2)
	for key, value := range values {
		must(t, m.Set(context.Background(), key, value))
	}
}

// insist calls fn until the store does not fail.
func insist(t *testing.T, name string, fn func(context.Context) error) {
	t.Helper()
	var err error
	for range 1000 {
		err = fn(context.Background())
		if err == nil {
			return
		}
		if !errors.Is(err, ErrStore) {
			t.Fatalf("%s: %v", name, err)
		}
	}
	t.Fatalf("%s: the store fails for ever: %v", name, err)
}

// TestShardOutlivesLoss: while its owner lives, a shard of which drawn keys vanish, or
// which is set back to an older state, is written again as a whole: who opens it
// next finds every message once. The store fails now and then meanwhile.
func TestShardOutlivesLoss(t *testing.T) {
	for seed := range drawn.Seeds(150) {
		r := rand.New(rand.NewPCG(seed, 5))
		store := NewMemory()
		view := &flaky{Store: store, random: rand.New(rand.NewPCG(seed, 6)), share: float64(seed%3) * 0.01}
		restored := 0
		options := ShardOptions{
			Durable: seed%2 == 0, Atomic: seed%4 < 2, MarkInterval: 2 + seed%5, MaxValue: 40,
			Sleep: func(context.Context, time.Duration) error { return nil }, Restored: func(error) { restored++ },
		}
		name := fmt.Sprintf("seed %d (durable %v, atomic %v)", seed, options.Durable, options.Atomic)
		open := func() *Shard[*bag] {
			var s *Shard[*bag]
			insist(t, name, func(ctx context.Context) (err error) {
				s, err = OpenShard(ctx, view, "p", "t/0", bagMaker{}, options)
				return err
			})
			return s
		}
		s, next := open(), int64(0)
		snapshots := []map[string][]byte{}
		for range 40 {
			switch k := r.IntN(10); {
			case k < 6:
				n := int64(1 + r.IntN(5))
				o := offsets(next, next+n-1)
				_, err := s.Learn(context.Background(), len(o), o, learnInto(o))
				must(t, err)
				next += n
				snapshots = append(snapshots, copyOf(store))
			case k == 6:
				insist(t, name, s.Flush)
				s = open() // another process takes over
			default:
				if k < 9 {
					lose(store, r, []float64{0.1, 0.5, 1}[r.IntN(3)])
				} else if len(snapshots) > 0 {
					setBack(t, store, maps.Clone(snapshots[r.IntN(len(snapshots))]))
				}
				insist(t, name+" flush", s.Flush)
				insist(t, name+" keep", s.Keep)
				must(t, NewDirectory(store, "p").Register(context.Background(), "t/0"))
			}
		}
		insist(t, name, s.Flush)
		last, err := OpenShard(context.Background(), store, "p", "t/0", bagMaker{}, ShardOptions{MarkInterval: options.MarkInterval, MaxValue: 40})
		must(t, err)
		last.View(func(b *bag, p *Positions) {
			if b.total() != next || int64(len(b.counts)) != next || p.Count() != uint64(next) {
				t.Errorf("%s: %d messages, %d of them different, %d positions, want %d", name, b.total(), len(b.counts), p.Count(), next)
			}
		})
		if restored == 0 && seed < 3 {
			t.Errorf("%s: nothing was told to be restored", name)
		}
	}
}
