package caches

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// A row holds its own offset, so that count and mean tell what was learned.
func take(offsets []int64) func(stats.Additive, []int) error {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "offset"}}}
	return func(a stats.Additive, fresh []int) error {
		rows := &stats.Rows{N: len(fresh), Numeric: 1}
		for _, i := range fresh {
			rows.Values = append(rows.Values, float64(offsets[i]))
		}
		return a.Learn(layout, rows)
	}
}

func span(first, last int64) []int64 {
	var out []int64
	for o := first; o <= last; o++ {
		out = append(out, o)
	}
	return out
}

func openShard(t *testing.T, store state.Store, project string) *state.Shard[stats.Additive] {
	t.Helper()
	s, err := state.OpenShard(context.Background(), store, project+".p", "t/0", stats.SummaryMaker{}, state.ShardOptions{Durable: true})
	must(t, err)
	return s
}

// learn learns offsets first to last and returns the replays.
func learn(t *testing.T, s *state.Shard[stats.Additive], first, last int64) int {
	t.Helper()
	o := span(first, last)
	n, err := s.Learn(context.Background(), len(o), o, take(o))
	must(t, err)
	return n
}

// meanTolerance is a few units in the last place of a mean of small integers.
const meanTolerance = 1e-12

// requireOnce: a reader that starts now finds offsets 0 to last once each.
func requireOnce(t *testing.T, store state.Store, project string, last int64) {
	t.Helper()
	r := state.NewShardReader(store, project+".p", stats.SummaryMaker{})
	must(t, r.Refresh(context.Background()))
	shards := r.Shards()
	if len(shards) != 1 {
		t.Fatalf("%d shards, want 1", len(shards))
	}
	summary := shards[0].Content.(*stats.Summary)
	if n := summary.Weight(); n != float64(last+1) {
		t.Errorf("%v rows, want %d", n, last+1)
	}
	if n := shards[0].Positions.Count(); n != uint64(last+1) {
		t.Errorf("%d positions, want %d", n, last+1)
	}
	mean := summary.Moments(0).Mean()
	if want := float64(last) / 2; math.Abs(mean-want) > meanTolerance*want {
		t.Errorf("mean %v, want %v", mean, want)
	}
}

// zombie: a writer loses its partition without knowing, a reader looks on.
func zombie(t *testing.T, store state.Store) {
	before := openShard(t, store, "zombie")
	learn(t, before, 0, 9)
	reader := state.NewShardReader(store, "zombie.p", stats.SummaryMaker{})
	must(t, reader.Refresh(context.Background()))
	after := openShard(t, store, "zombie")
	if n := learn(t, after, 5, 29); n != 5 {
		t.Errorf("the new owner skips %d replays, want 5", n)
	}
	if n := learn(t, before, 10, 39); n != 20 {
		t.Errorf("the zombie skips %d replays, want the 20 of the new owner", n)
	}
	if n := before.Counters().Fenced; n != 1 {
		t.Errorf("the zombie was fenced %d times, want 1", n)
	}
	learn(t, after, 30, 49)
	must(t, before.Flush(context.Background()))
	must(t, after.Flush(context.Background()))
	must(t, reader.Refresh(context.Background()))
	if n := reader.Shards()[0].Positions.Count(); n != 50 {
		t.Errorf("the reader sees %d positions, want 50", n)
	}
	requireOnce(t, store, "zombie", 49)
}

// errKilled is what every operation of a killed process says.
var errKilled = errors.New("killed")

// mortal lets so many operations pass and then none.
type mortal struct {
	state.Store
	kill func() // ends the process's context, too
	mu   sync.Mutex
	left int
}

func (m *mortal) spend() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left < 0 {
		m.kill()
		return errKilled
	}
	return nil
}

func (m *mortal) Get(ctx context.Context, key string) ([]byte, error) {
	if err := m.spend(); err != nil {
		return nil, err
	}
	return m.Store.Get(ctx, key)
}

func (m *mortal) Add(ctx context.Context, key string, value []byte) error {
	if err := m.spend(); err != nil {
		return err
	}
	return m.Store.Add(ctx, key, value)
}

func (m *mortal) Set(ctx context.Context, key string, value []byte) error {
	if err := m.spend(); err != nil {
		return err
	}
	return m.Store.Set(ctx, key, value)
}

func (m *mortal) Delete(ctx context.Context, key string) error {
	if err := m.spend(); err != nil {
		return err
	}
	return m.Store.Delete(ctx, key)
}

// killedAnywhere kills the owner after each number of operations; its successor
// is sent everything that was not acknowledged.
func killedAnywhere(t *testing.T, store state.Store) {
	const batch, most = 10, 40
	acked := int64(-1)
	for n := range most {
		ctx, kill := context.WithCancel(context.Background())
		m := &mortal{Store: store, left: n, kill: kill}
		options := state.ShardOptions{Durable: true, MaxValue: 500} // several parts
		s, err := state.OpenShard(ctx, m, "killed.p", "t/0", stats.SummaryMaker{}, options)
		for err == nil {
			o := span(acked+1, acked+batch)
			if _, err = s.Learn(ctx, len(o), o, take(o)); err == nil {
				acked += batch
			}
		}
		if !errors.Is(err, errKilled) && !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d operations: %v", n, err)
		}
		kill()
	}
	s := openShard(t, store, "killed")
	learn(t, s, acked+1, acked+batch)
	must(t, s.Flush(context.Background()))
	requireOnce(t, store, "killed", acked+batch)
}

// concurrentWriters: several owners of one shard, each sent everything.
func concurrentWriters(t *testing.T, store state.Store) {
	const writers, batches, batch = 4, 10, 20
	var group sync.WaitGroup
	for range writers {
		s := openShard(t, store, "many")
		group.Go(func() {
			for i := range int64(batches) {
				o := span(i*batch, i*batch+batch-1)
				if _, err := s.Learn(context.Background(), len(o), o, take(o)); err != nil {
					t.Error(fmt.Errorf("batch %d: %w", i, err))
					return
				}
			}
			if err := s.Flush(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	requireOnce(t, store, "many", batches*batch-1)
}
