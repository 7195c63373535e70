package live_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestShardsWander: partitions go from process to process by chance, with
// messages delivered again and processes that crash; each message counts once,
// of all rows as of each key.
func TestShardsWander(t *testing.T) {
	for seed := range drawn.Seeds(15) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store, d := rand.New(rand.NewPCG(seed, 31)), state.NewMemory(), newDelivery(seed, 400)
			s := settings(true)
			s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: true, Resident: 4, Pairs: seed%2 == 0})
			processes := make([]*live.Handle, 3)
			for i := range processes {
				processes[i], _ = open(t, store, s)
			}
			for !d.done() {
				i := r.IntN(len(processes))
				if r.IntN(8) == 0 { // it crashes, and another one starts
					processes[i], _ = open(t, store, s)
				}
				batch, until := d.next()
				learnAll(t, processes[i].Project(), batch)
				d.acked = until
			}
			requireAll(t, store, d)
			reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
			requireEachKey(t, reader.Project(), d, true)
			for _, h := range processes { // some had shards that others have now
				requireEachKey(t, h.Project(), d, false)
			}
		})
	}
}

// requireEachKey checks that every key has its rows once, or in a process that
// may be stale at most once.
func requireEachKey(t *testing.T, p *live.Project, d *delivery, exact bool) {
	t.Helper()
	want := map[string]float64{}
	for _, all := range d.messages {
		for i := range all {
			want[all[i].Key]++
		}
	}
	for key, n := range want {
		own, err := p.Keys().Of(context.Background(), key)
		if err != nil {
			t.Errorf("key %s: %v", key, err)
			return
		}
		if own == nil && exact || own != nil && (own.Weight() > n || exact && own.Weight() < n) {
			t.Errorf("key %s has %v, want %v rows (exactly: %v)", key, own, n, exact)
			return
		}
	}
}

// TestManyProcessesAtOnce: processes learn partitions of their own, with new
// attributes and categories all the time, while others score, ask, define, freeze
// and forget; every row counts once in the end and nothing fails. The race
// detector watches.
func TestManyProcessesAtOnce(t *testing.T) {
	const processes, batches, size = 3, 12, 40
	ctx, store := context.Background(), state.NewMemory()
	s := settings(true)
	s.Refresh = time.Millisecond
	reading := s
	reading.Learn = nil
	var learners, others sync.WaitGroup
	var handles []*live.Handle
	finished := make(chan struct{})
	for process := range processes {
		h, _ := open(t, store, s)
		handles = append(handles, h)
		learners.Go(func() {
			for k := range batches {
				var messages []live.Message
				for i := range size {
					messages = append(messages, live.Message{
						Data:  fmt.Appendf(nil, `{"x":%d,"a%d":%d,"kind":"k%d"}`, i, k%4, i, (process+k)%7),
						Shard: fmt.Sprint("t/", process), Offset: int64(k*size + i), HasOffset: true,
					})
				}
				if err := h.Project().Learn(ctx, messages); err != nil {
					t.Error(err)
				}
				for i := range messages {
					if messages[i].Err != nil {
						t.Error(messages[i].Err)
					}
				}
			}
		})
	}
	for n := range 3 {
		h, _ := open(t, store, reading)
		handles = append(handles, h)
		others.Go(func() { useWhile(t, h.Project(), n, finished) })
	}
	learners.Wait()
	close(finished)
	others.Wait()
	for _, h := range handles {
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	last, _ := open(t, store, reading)
	defer func() { _ = last.Close(ctx) }()
	info, err := last.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := float64(processes * batches * size); info.Rows != want || len(info.Schema) != 6 {
		t.Errorf("%v rows and %d attributes, want %v and 6", info.Rows, len(info.Schema), want)
	}
}

// useWhile does what readers do until finished is closed.
func useWhile(t *testing.T, p *live.Project, n int, finished <-chan struct{}) {
	ctx := context.Background()
	scorer, err := p.NewScorer(live.ScorerSettings{Model: "m"})
	if err != nil {
		t.Error(err)
		return
	}
	for i := 0; ; i++ {
		select {
		case <-finished:
			return
		default:
		}
		messages := []live.Message{{Data: []byte(`{"x":3,"kind":"k1"}`), Shard: fmt.Sprint("s/", n), Offset: int64(i), HasOffset: true}}
		results, err := scorer.Score(ctx, messages)
		if err != nil {
			t.Error(err)
			return
		}
		scorer.Release(results)
		if _, err := p.Info(ctx); err != nil {
			t.Error(err)
		}
		if n > 0 {
			continue
		}
		d := model.Definition{Name: fmt.Sprint("z", i%3), Type: "zscore"}
		if err := p.Models().Define(ctx, d); err != nil {
			t.Error(err)
		}
		if _, err := p.Models().Describe(ctx, d.Name); err != nil {
			t.Error(err)
		}
		if i%5 == 4 {
			if err := p.Models().Delete(ctx, d.Name); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestForgetElsewhere: rows that one process has learned are forgotten by
// another, once though they are delivered twice, and in the presence of further
// learning; what is left is as if they had never been learned.
func TestForgetElsewhere(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(12) {
		r, store := rand.New(rand.NewPCG(seed, 32)), state.NewMemory()
		s := settings(true)
		s.Learn.Composition = s.Learn.Composition.With(project.Folds(seed % 3 * 2))
		a, _ := open(t, store, s)
		b, _ := open(t, store, s)
		all := drawnRows(r, 0, 400)
		learnAll(t, a.Project(), all[:300])
		var gone, kept []live.Message
		for i := range all {
			m := all[i]
			if i < 300 && r.IntN(3) == 0 {
				gone = append(gone, m)
				continue
			}
			kept = append(kept, m)
		}
		for range 2 {
			if err := b.Project().Forget(ctx, append([]live.Message(nil), gone...)); err != nil {
				t.Fatal(err)
			}
		}
		learnAll(t, a.Project(), all[300:])
		plain := settings(true)
		plain.Learn.Composition = plain.Learn.Composition.With(project.Of[project.Folds](&s.Learn.Composition))
		never, _ := open(t, state.NewMemory(), plain)
		learnAll(t, never.Project(), kept)
		reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
		want, err := never.Project().Summary(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		got, err := reader.Project().Summary(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		if got.Weight() != want.Weight() {
			t.Fatalf("seed %d: %v rows, want %v", seed, got.Weight(), want.Weight())
		}
		for _, name := range []string{"x", "y"} {
			x, y := got.Moments(got.Layout().NumericIndex(name)), want.Moments(want.Layout().NumericIndex(name))
			if x.Weight() != y.Weight() || math.Abs(x.Mean()-y.Mean()) > 1e-12 || math.Abs(x.Variance(1)-y.Variance(1)) > 1e-12*y.Variance(1) {
				t.Errorf("seed %d: %s has %v rows, mean %v, variance %v, want %v, %v, %v", seed, name, x.Weight(), x.Mean(), x.Variance(1), y.Weight(), y.Mean(), y.Variance(1))
			}
		}
		kinds, were := got.Categories(0), want.Categories(0)
		for code := range int32(3) {
			label := want.Layout().Categorical[0].Label(code + 1)
			have := got.Layout().Categorical[0].Code(label)
			if kinds.Count(have) != were.Count(code+1) {
				t.Errorf("seed %d: %q counts %v, want %v", seed, label, kinds.Count(have), were.Count(code+1))
			}
		}
	}
}
