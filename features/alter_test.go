package features

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// drawnSpecs draws features with fixed names, so that two draws have some in common.
func drawnSpecs(r *rand.Rand) []Spec {
	all := []Spec{
		{Name: "last", Type: "lag", Of: "x"},
		{Name: "mean", Type: "mean", Of: "x", Rows: 4 + 3*r.IntN(2)},
		{Name: "weighted", Type: "ewma", Of: "x", Rows: 5 + 5*r.IntN(2)},
		{Name: "spread", Type: "ewstd", Of: "y"},
		{Name: "seasonal", Type: "seasonal_mean", Of: "y", Season: []string{"hour_of_day", "hour_of_week"}[r.IntN(2)]},
		{Name: "odd", Type: "surprise", Of: "x"},
		{Name: "hour", Type: "hour"},
		{Name: "jump", Type: "difference", Of: "y"},
		{Name: "window", Type: "adwin", Of: "x", Options: param.Values{"delta": 0.5 + 0.1*float64(r.IntN(2)), "clock": 1, "min_window_length": 1, "grace_period": 0}},
		{Name: "sampled", Type: "kswin", Of: "y", Options: param.Values{"window_size": 8, "stat_size": 4, "alpha": 0.3, "seed": r.IntN(2)}},
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:3+r.IntN(len(all)-3)]
}

// taker takes rows under a plan, of few keys in memory, so that others are in pages.
func taker(t *testing.T, store state.Store, specs []Spec) (*Shards, *Plan) {
	t.Helper()
	plan, err := NewPlan(specs)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewShards(store, "sml.f.features", Settings{Plan: plan, Limits: Limits{Keys: 3}, Durable: true, Verify: state.VerifyStop})
	if err != nil {
		t.Fatal(err)
	}
	return s, plan
}

// seriesRow is row i of the test's series, with the fields of the plan.
func seriesRow(p *Plan, i int) Delivery {
	values := map[string]float64{"x": math.Sin(float64(i)) * 10, "y": float64(i*7919%23) / 3}
	d := Delivery{Row: Row{Key: fmt.Sprint("k", i%7), Time: int64(i) * 600_000_000_000}, Shard: "t/0", Offset: int64(i), HasOffset: true}
	for _, f := range p.Fields() {
		d.Values = append(d.Values, values[f])
	}
	return d
}

// TestAlterKeepsTheOthers draws two lists of features: after the state has been altered
// from the one to the other, features that both have go on as if nothing had been
// changed, and a process with the earlier list stops and says what to do.
func TestAlterKeepsTheOthers(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 51))
			before, after := drawnSpecs(r), drawnSpecs(r)
			store := state.NewMemory()
			old, oldPlan := taker(t, store, before)
			never, _ := taker(t, state.NewMemory(), before) // goes on with the old list
			run := func(s *Shards, p *Plan, from, n int) []Delivery {
				t.Helper()
				var rows []Delivery
				for i := from; i < from+n; i++ {
					rows = append(rows, seriesRow(p, i))
				}
				if err := s.Take(ctx, rows); err != nil {
					t.Fatal(err)
				}
				return rows
			}
			run(old, oldPlan, 0, 60)
			run(never, oldPlan, 0, 60)

			fresh, newPlan := taker(t, store, after)
			if newPlan.mark != oldPlan.mark {
				err := fresh.Take(ctx, []Delivery{seriesRow(newPlan, 60)})
				if !errors.Is(err, errChanged) || !strings.Contains(err.Error(), "sml alter --features") {
					t.Fatalf("a process with other features: %v, want errChanged and the command", err)
				}
			}
			change, err := Alter(ctx, store, "sml.f.features", after)
			if err != nil {
				t.Fatal(err)
			}
			if err := change.Store(ctx); err != nil {
				t.Fatal(err)
			}
			got, want := run(fresh, newPlan, 60, 60), run(never, oldPlan, 60, 60)
			for i := range got {
				for a, s := range newPlan.specs {
					for b, o := range oldPlan.specs {
						if newPlan.identity(-a-1) != oldPlan.identity(-b-1) || s.Type == "mean" && !sameTracks(newPlan, oldPlan, a, b) {
							continue
						}
						if x, y := got[i].Features[a], want[i].Features[b]; x != y && !(math.IsNaN(x) && math.IsNaN(y)) {
							t.Fatalf("row %d: %s is %v, want %v as %s", 60+i, s.Name, x, y, o.Name)
						}
					}
				}
			}
			if newPlan.mark != oldPlan.mark {
				err := old.Take(ctx, []Delivery{seriesRow(oldPlan, 121)})
				if !errors.Is(err, errChanged) {
					t.Errorf("the process with the list of before: %v, want errChanged", err)
				}
			}
		})
	}
}

// sameTracks reports whether two features read histories that reach equally far, or the
// one of before at least as far.
func sameTracks(p, q *Plan, a, b int) bool {
	return q.tracks[q.history[b]].keep.rows >= p.tracks[p.history[a]].keep.rows
}

// TestAlterSaysWhatHappens: each feature that changes is named, with what its state
// begins with.
func TestAlterSaysWhatHappens(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	if _, err := Alter(ctx, store, "sml.f.features", []Spec{{Type: "hour"}}); !errors.Is(err, errNoPlan) {
		t.Errorf("of nothing: %v, want errNoPlan", err)
	}
	s, p := taker(t, store, []Spec{{Name: "m", Type: "mean", Of: "x", Rows: 5}, {Name: "w", Type: "ewma", Of: "x"}, {Name: "gone", Type: "surprise", Of: "x"}})
	if err := s.Take(ctx, []Delivery{seriesRow(p, 0)}); err != nil {
		t.Fatal(err)
	}
	change, err := Alter(ctx, store, "sml.f.features", []Spec{{Name: "m", Type: "mean", Of: "x", Rows: 5}, {Name: "w", Type: "ewma", Of: "x", Rows: 20}, {Name: "new", Type: "lag", Of: "x"}, {Name: "other", Type: "ewstd", Of: "y"}})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(change.Effects, "\n")
	for _, want := range []string{"w was ewma of x rows 10 and is ewma of x rows 20: its state begins anew", "new is added (lag of x rows 1): it begins with the last values", "other is added", "gone is removed"} {
		if !strings.Contains(said, want) {
			t.Errorf("effects are\n%s\nwant %s", said, want)
		}
	}
	if len(change.Kept) != 1 || change.Kept[0] != "m" {
		t.Errorf("kept are %q, want m", change.Kept)
	}
}
