package live_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// vanish removes each key of a store with that probability.
func vanish(store *state.Memory, r *rand.Rand, share float64) (gone int) {
	for _, key := range store.Keys() {
		if r.Float64() < share {
			_ = store.Delete(context.Background(), key) // memory does not fail
			gone++
		}
	}
	return gone
}

// valuesIn returns all that a store holds.
func valuesIn(store *state.Memory) map[string][]byte {
	out := map[string][]byte{}
	for _, key := range store.Keys() {
		if value, err := store.Get(context.Background(), key); err == nil { // else it was tidied up
			out[key] = value
		}
	}
	return out
}

// look lets a learner look at all of its records.
func look(t *testing.T, p *live.Project) {
	t.Helper()
	for range 12 {
		if err := p.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := p.Reread(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// requireNoErrors requires that no row was refused.
func requireNoErrors(t *testing.T, messages []live.Message) {
	t.Helper()
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
	}
}

// lose draws a loss of the store: some values, all, or a return to an earlier state. It
// reports whether anything was lost.
func lose(t *testing.T, store *state.Memory, r *rand.Rand, snapshots []map[string][]byte) bool {
	t.Helper()
	switch k := r.IntN(6); {
	case k < 2:
		vanish(store, r, []float64{0.2, 0.6, 1}[r.IntN(3)])
		return true
	case k == 2:
		old := snapshots[r.IntN(len(snapshots))]
		vanish(store, r, 2)
		for key, value := range old {
			if err := store.Set(t.Context(), key, value); err != nil {
				t.Fatal(err)
			}
		}
		return true
	}
	return false
}

// TestProjectOutlivesLoss: drawn keys of a project, all of them, or those that were
// written since some time vanish while its learner runs, with every wrapper and with
// keys. The learner says so and writes what it holds again; a new process then finds
// every row once, with its settings, and learning goes on.
func TestProjectOutlivesLoss(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(24) {
		r, store := rand.New(rand.NewPCG(seed, 31)), state.NewMemory()
		s := settings(true)
		s.Learn.Composition = projecttest.Composition(r).With(project.Window{}, project.Decay{}) // all rows count
		if seed%2 == 0 {
			s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: true, HistogramBins: 16})
		} else {
			s.Learn.Composition = s.Learn.Composition.With(project.Entities{})
		}
		h, observer := open(t, store, s)
		next, n, sum := [2]int{}, 0.0, 0.0
		var snapshots []map[string][]byte
		learn := func() {
			partition := r.IntN(2)
			messages := batch(partition, next[partition], next[partition]+1+r.IntN(60))
			for i := range messages {
				messages[i].Key = fmt.Sprint("k", i%7)
				sum += float64((next[partition] + i) % 10)
			}
			next[partition] += len(messages)
			n += float64(len(messages))
			if err := h.Project().Learn(ctx, messages); err != nil {
				t.Fatal(err)
			}
			requireNoErrors(t, messages)
			snapshots = append(snapshots, valuesIn(store))
		}
		faults := 0
		for range 12 {
			learn()
			if !lose(t, store, r, snapshots) {
				continue
			}
			faults++
			if r.IntN(2) == 0 {
				learn() // before anybody has looked
			}
			look(t, h.Project())
		}
		look(t, h.Project())
		fresh, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
		whole, err := fresh.Project().Summary(ctx, "")
		if err != nil {
			t.Fatalf("seed %d: a new process: %v", seed, err)
		}
		if m := whole.Moments(whole.Layout().NumericIndex("x")); whole.Weight() != n || math.Abs(m.Mean()*n-sum) > 1e-9*sum {
			t.Errorf("seed %d: %v rows with the sum %v, want %v with %v", seed, whole.Weight(), m.Mean()*n, n, sum)
		}
		if faults > 0 && !observer.said("are gone from cache") {
			t.Errorf("seed %d: %d faults, and nothing was said: %q", seed, faults, observer.warnings)
		}
		names, err := project.NewIndex(store, "sml").List(ctx)
		if err != nil || len(names) != 1 {
			t.Errorf("seed %d: the store lists %v (%v), want p", seed, names, err)
		}
	}
}

// TestIdleProcessesOutliveLoss: drawn keys vanish while several processes hold a part of
// the shards each and no row arrives any more. What one of them cannot read of the others
// keeps none from writing its own again.
func TestIdleProcessesOutliveLoss(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(150) {
		r, store := rand.New(rand.NewPCG(seed, 32)), state.NewMemory()
		processes, n := make([]*live.Handle, 2+r.IntN(3)), 0.0
		s := settings(true)
		s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: r.IntN(2) == 0})
		for k := range processes {
			processes[k], _ = open(t, store, s)
		}
		for round := range 2 + r.IntN(20) {
			for k, p := range processes {
				if r.IntN(2) == 0 { // and so knows some versions of the others
					if err := p.Project().Reread(ctx); err != nil {
						t.Fatal(err)
					}
				}
				for partition := 3 * k; partition < 3*k+3; partition++ {
					messages := batch(partition, 5*round, 5*round+5)
					for i := range messages {
						messages[i].Key = fmt.Sprint("k", i%7)
					}
					if err := p.Project().Learn(ctx, messages); err != nil {
						t.Fatal(err)
					}
					requireNoErrors(t, messages)
					n += 5
				}
			}
		}
		gone := vanish(store, r, []float64{0.1, 0.3, 0.7, 1}[r.IntN(4)])
		var last []error
		for range 40 { // looks at one record each, until anything is gone
			last = nil
			for _, k := range r.Perm(len(processes)) {
				last = append(last, processes[k].Project().Reread(ctx))
			}
		}
		if err := errors.Join(last...); err != nil {
			t.Fatalf("seed %d: %d keys are gone, and after 40 looks: %v", seed, gone, err)
		}
		fresh, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
		whole, err := fresh.Project().Summary(ctx, "")
		if err != nil || whole.Weight() != n {
			t.Fatalf("seed %d: %d keys are gone: a new process finds %v, want %v rows: %v", seed, gone, whole, n, err)
		}
	}
}
