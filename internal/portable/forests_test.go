package portable

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// site is one project in a store.
type site struct {
	store    state.Store
	settings live.Settings
	from     int
}

func newSite(store state.Store) *site {
	return &site{store: store, settings: live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{
		Durable: true, Every: time.Hour, Models: []model.Definition{
			{Name: "trees", Type: "forest", Target: "class", Inputs: []string{"x", "y"}}, {Name: "numbers", Type: "forest", Target: "height", Inputs: []string{"x", "y"}},
		},
	}}}
}

func isBlack(x, y float64) bool { return (x > 0.5) != (y > 0.5) }

// height is a number that is linear in parts.
func height(x, y float64) float64 {
	if isBlack(x, y) {
		return 4*x - 1
	}
	return 6 - 3*y
}

// learn learns points of a board of 2 by 2 fields.
func (s *site) learn(t *testing.T, r *rand.Rand, n int) {
	t.Helper()
	ctx := context.Background()
	h, err := live.NewTable().Open(new(live.Scope), s.settings, s.store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	for done := 0; done < n; done += 100 {
		messages := make([]live.Message, 100)
		for i := range messages {
			x, y := r.Float64(), r.Float64()
			messages[i] = live.Message{Data: fmt.Appendf(nil, `{"x":%.6f,"y":%.6f,"class":"black %v","height":%.6f}`, x, y, isBlack(x, y), height(x, y)), Shard: "t/0", Offset: int64(s.from), HasOffset: true}
			s.from++
		}
		if err := h.Project().Learn(ctx, messages); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// says returns the forests of a project, the share of points that it knows the class of, and
// by how much it errs in their heights.
func (s *site) says(t *testing.T) (forests []live.ForestInfo, right, away float64) {
	t.Helper()
	ctx := context.Background()
	reader := s.settings
	reader.Learn = nil
	h, err := live.NewTable().Open(new(live.Scope), reader, s.store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close(ctx) }() // nothing is written
	info, err := h.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const n = 300
	r := rand.New(rand.NewPCG(8, 8))
	for range n {
		x, y := r.Float64(), r.Float64()
		text, err := h.Project().ScoreValue(ctx, "trees", map[string]any{"x": x, "y": y})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Class string }
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Class == fmt.Sprint("black ", isBlack(x, y)) {
			right += 1.0 / n
		}
		if text, err = h.Project().ScoreValue(ctx, "numbers", map[string]any{"x": x, "y": y}); err != nil {
			t.Fatal(err)
		}
		var number struct{ Prediction float64 }
		if err := json.Unmarshal(text, &number); err != nil {
			t.Fatal(err)
		}
		away += math.Abs(number.Prediction-height(x, y)) / n
	}
	return info.Forests, right, away
}

// TestForestsMerge: projects that have begun forests of their own, that go on from a copy, or
// that have grown apart since, are merged in a drawn order. All rows of all are counted once, and what
// was counted in one forest is never read in another.
func TestForestsMerge(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 31))
			main := newSite(state.NewMemory())
			main.learn(t, r, 100*(1+r.IntN(8)))
			rows := float64(main.from)
			copied := newSite(state.NewMemory())
			if r.IntN(2) == 0 {
				e, err := Read(ctx, main.store, "sml", "p")
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Create(ctx, copied.store, "sml", "p", true); err != nil {
					t.Fatal(err)
				}
				copied.from, rows = main.from, 2*rows // both have them
			}
			others := []*site{copied}
			if r.IntN(2) == 0 {
				others = append(others, newSite(state.NewMemory()))
			}
			for k, s := range append(others, main) {
				n := 100 * (2 + r.IntN(8))
				if k == 0 && r.IntN(3) == 0 && s.from > 0 {
					continue // the copy stays as it is
				}
				s.learn(t, r, n)
				rows += float64(n)
			}
			for k, s := range others {
				e, err := Read(ctx, s.store, "sml", "p")
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // the second time it is there already
					if _, err := e.MergeInto(ctx, main.store, Target{Prefix: "sml", Project: "p", Name: fmt.Sprint("site", k)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			main.learn(t, r, 300)
			rows += 300
			forests, right, away := main.says(t)
			counted := map[string]float64{}
			for _, f := range forests {
				counted[f.Target] += f.Rows
			}
			if counted["class"] != rows || counted["height"] != rows {
				t.Errorf("%v rows are counted in %+v, want %v of each target", counted, forests, rows)
			}
			if right < 0.85 || away > 0.75 {
				t.Errorf("%.3f of the classes are right, want 0.85, and heights are wrong by %.3f, want 0.75 (%+v)", right, away, forests)
			}
		})
	}
}
