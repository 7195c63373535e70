package state_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// slow is a Memory each of whose operations takes a time, as over a network.
type slow struct {
	state.Memory
	latency time.Duration
}

var _ state.Store = (*slow)(nil)

// wait yields until the time has passed: a timer may wait ten times as long.
func (s *slow) wait() {
	for began := time.Now(); time.Since(began) < s.latency; {
		runtime.Gosched()
	}
}

func (s *slow) Get(ctx context.Context, key string) ([]byte, error) {
	s.wait()
	return s.Memory.Get(ctx, key)
}

func (s *slow) Add(ctx context.Context, key string, value []byte) error {
	s.wait()
	return s.Memory.Add(ctx, key, value)
}

func (s *slow) Set(ctx context.Context, key string, value []byte) error {
	s.wait()
	return s.Memory.Set(ctx, key, value)
}

func (s *slow) Delete(ctx context.Context, key string) error {
	s.wait()
	return s.Memory.Delete(ctx, key)
}

const (
	benchShards     = 1000
	benchAttributes = 9
	benchRows       = 100 // per shard
)

// manyShards stores 1,000 shards of nine attributes each.
func manyShards(b *testing.B, store state.Store, codec stats.Maker) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	layout := &stats.Layout{}
	for i := range benchAttributes {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("a", i)})
	}
	positions := make([]int64, benchRows)
	for i := range positions {
		positions[i] = int64(i)
	}
	directory := state.NewDirectory(store, "sml.p")
	for i := range benchShards {
		rows := &stats.Rows{N: benchRows, Numeric: benchAttributes}
		for range benchRows * benchAttributes {
			rows.Values = append(rows.Values, random.NormFloat64())
		}
		s, err := state.OpenShard(ctx, store, "sml.p", fmt.Sprint("t/", i), codec, state.ShardOptions{Durable: true, Directory: directory})
		if err != nil {
			b.Fatal(err)
		}
		_, err = s.Learn(ctx, benchRows, positions, func(a stats.Additive, _ []int) error { return a.Learn(layout, rows) })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThousandShards opens, reads and merges 1,000 shards of nine
// attributes, in memory and where each operation takes at least 0.1 ms: as a
// reader (all at once) and as their owner (one after the other).
func BenchmarkThousandShards(b *testing.B) {
	ctx := context.Background()
	codec := stats.SummaryMaker{}
	for _, latency := range []time.Duration{0, 100 * time.Microsecond} {
		store := &slow{}
		manyShards(b, store, codec)
		store.latency = latency
		merge := func(b *testing.B, whole, part stats.Additive) {
			if err := whole.Merge(part); err != nil {
				b.Fatal(err)
			}
		}
		check := func(b *testing.B, whole stats.Additive) {
			if got := whole.Weight(); got != benchShards*benchRows {
				b.Fatalf("%v rows, want %d", got, benchShards*benchRows)
			}
		}
		b.Run(fmt.Sprintf("reader/%v", latency), func(b *testing.B) {
			for b.Loop() {
				r := state.NewShardReader(store, "sml.p", codec)
				if err := r.Refresh(ctx); err != nil {
					b.Fatal(err)
				}
				whole, err := codec.New()
				if err != nil {
					b.Fatal(err)
				}
				for _, s := range r.Shards() {
					merge(b, whole, s.Content)
				}
				check(b, whole)
			}
		})
		b.Run(fmt.Sprintf("owner/%v", latency), func(b *testing.B) {
			for b.Loop() {
				directory := state.NewDirectory(store, "sml.p")
				whole, err := codec.New()
				if err != nil {
					b.Fatal(err)
				}
				for i := range benchShards {
					s, err := state.OpenShard(ctx, store, "sml.p", fmt.Sprint("t/", i), codec, state.ShardOptions{Durable: true, Directory: directory})
					if err != nil {
						b.Fatal(err)
					}
					s.View(func(a stats.Additive, _ *state.Positions) { merge(b, whole, a) })
				}
				check(b, whole)
			}
		})
	}
}
