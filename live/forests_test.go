package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// checkered returns messages whose class no line separates: which of the fields of a board
// of 2 by 2 a point is in, seen through a category as well.
func checkered(r *rand.Rand, shard string, from, n int) []live.Message {
	out := make([]live.Message, n)
	for i := range out {
		x, y := r.Float64(), r.Float64()
		class := "white"
		if (x > 0.5) != (y > 0.5) {
			class = "black"
		}
		out[i] = live.Message{
			Data:  fmt.Appendf(nil, `{"x":%.6f,"y":%.6f,"noise":%.6f,"class":%q,"kind":"k%d"}`, x, y, r.NormFloat64(), class, r.IntN(3)),
			Shard: shard, Offset: int64(from + i), HasOffset: true, Time: int64(from+i) * int64(time.Second), Key: fmt.Sprint("m", r.IntN(6)),
		}
	}
	return out
}

func forestSettings(durable bool) live.Settings {
	s := settings(durable)
	s.Learn.Models = []model.Definition{{Name: "trees", Type: "forest", Target: "class"}}
	return s
}

// correct is the share of fresh points whose class a project predicts.
func correct(t *testing.T, p *live.Project) float64 {
	t.Helper()
	right, r := 0, rand.New(rand.NewPCG(99, 1))
	const n = 400
	for range n {
		x, y := r.Float64(), r.Float64()
		class := "white"
		if (x > 0.5) != (y > 0.5) {
			class = "black"
		}
		text, err := p.ScoreValue(context.Background(), "trees", map[string]any{"x": x, "y": y, "noise": r.NormFloat64()})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Class string }
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if answer.Class == class {
			right++
		}
	}
	return float64(right) / n
}

// TestForestOfAProject: processes learn shards of one project at the same time; all count in
// the same forest, and a process that reads predicts what no line could.
func TestForestOfAProject(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	var work sync.WaitGroup
	for k := range 3 {
		work.Add(1)
		go func() {
			defer work.Done()
			r := rand.New(rand.NewPCG(uint64(k), 5))
			h, _ := open(t, store, forestSettings(k%2 == 0))
			for from := 0; from < 2000; from += 50 {
				if err := h.Project().Learn(ctx, checkered(r, fmt.Sprint("t/", k), from, 50)); err != nil {
					t.Error(err)
				}
			}
			if err := h.Close(ctx); err != nil {
				t.Error(err)
			}
		}()
	}
	work.Wait()
	reader := forestSettings(true)
	reader.Learn = nil
	h, _ := open(t, store, reader)
	defer func() { _ = h.Close(ctx) }() // nothing is written
	if got := correct(t, h.Project()); got < 0.95 {
		t.Errorf("%v of the classes are right, want 0.95", got)
	}
	built, err := h.Project().Models().Describe(ctx, "trees")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(built)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Model struct {
			Forests []struct {
				Rows       float64
				Importance []struct {
					Input      string
					Importance float64
				}
			}
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	if f := report.Model.Forests; len(f) != 1 || f[0].Rows != 6000 {
		t.Errorf("forests are %s, want one with 6000 rows", text)
	}
}

// TestForestsUnderDrawnSettings: in any composition a forest predicts what no line could,
// and so does it in a process that opens the project later, and after a freeze.
func TestForestsUnderDrawnSettings(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(24) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store := rand.New(rand.NewPCG(seed, 17)), state.NewMemory()
			s := forestSettings(true)
			s.Learn.Composition = projecttest.Composition(r)
			h, observer := open(t, store, s)
			for from := 0; from < 3000; from += 250 {
				learnAll(t, h.Project(), checkered(r, "t/0", from, 250))
			}
			info, err := h.Project().Info(ctx)
			if err != nil {
				t.Fatal(err)
			}
			least := 0.9
			if info.Rows < 1000 { // few are in the window
				least = 0.6
			}
			if info.Rows < 100 {
				return
			}
			if got := correct(t, h.Project()); got < least {
				t.Errorf("%+v: %v of the classes are right, of %v rows (%v)", s.Learn.Composition, got, info.Rows, observer.warnings)
			}
		})
	}
}

// TestForestsOfOthersAreFollowed: a process that learns rows itself keeps up with the forest
// that others let grow: a model that was ready stays so.
func TestForestsOfOthersAreFollowed(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := forestSettings(true)
	s.Refresh = time.Nanosecond
	var all []*live.Handle
	for range 2 {
		h, _ := open(t, store, s)
		all = append(all, h)
	}
	r, from := rand.New(rand.NewPCG(4, 4)), []int{0, 0}
	for round := range 60 {
		k := round % 2
		if err := all[k].Project().Learn(ctx, checkered(r, fmt.Sprint("t/", k), from[k], 20)); err != nil {
			t.Fatal(err)
		}
		from[k] += 20
		if round < 10 {
			continue
		}
		other := all[1-k].Project()
		built, err := other.Models().Build(ctx, "trees")
		if err != nil {
			t.Fatal(err)
		}
		if built.WarmingUp {
			t.Fatalf("round %d: the model that was ready waits again: %+v", round, built)
		}
	}
	for _, h := range all {
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestForestsThatNothingNeedsGo: a model that is defined with other options begins another
// forest; the former one is deleted, unless a frozen version is read off it. That says what it
// said, however its forest grows.
func TestForestsThatNothingNeedsGo(t *testing.T) {
	for name, c := range map[string]struct {
		frozen bool
		splits []int
	}{
		"frozen":     {true, []int{10, 5, 20}},
		"not frozen": {false, []int{10, 5, 20}},
		"grows on":   {true, []int{10, 10, 10}},
	} {
		frozen := c.frozen
		t.Run(name, func(t *testing.T) {
			ctx, store, r := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(6, 6))
			var before string
			for round, split := range c.splits {
				s := forestSettings(true)
				s.Learn.Models[0].Options = map[string]any{"split_rows": split}
				h, _ := open(t, store, s)
				learnAll(t, h.Project(), checkered(r, fmt.Sprint("t/", round), 0, 500))
				if frozen && round == 0 {
					if err := h.Project().Models().Freeze(ctx, "trees", "v1"); err != nil {
						t.Fatal(err)
					}
					answer, err := h.Project().ScoreValue(ctx, "trees@v1", map[string]any{"x": 0.2, "y": 0.3})
					if err != nil {
						t.Fatal(err)
					}
					before = string(answer)
				}
				info, err := h.Project().Info(ctx)
				if err != nil {
					t.Fatal(err)
				}
				want, rows, learned := 1, 0.0, 500.0
				switch {
				case c.splits[1] == c.splits[0]:
					learned = 500 * float64(round+1)
				case frozen && round > 0:
					want = 2
				}
				for _, f := range info.Forests {
					rows = max(rows, f.Rows)
				}
				if len(info.Forests) != want || rows != learned {
					t.Errorf("round %d: forests %+v, want %d, the newest of %v rows", round, info.Forests, want, learned)
				}
				if frozen {
					answer, err := h.Project().ScoreValue(ctx, "trees@v1", map[string]any{"x": 0.2, "y": 0.3})
					if err != nil || string(answer) != before {
						t.Errorf("round %d: the frozen version says %s (%v), and said %s", round, answer, err, before)
					}
				}
				if err := h.Close(ctx); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
