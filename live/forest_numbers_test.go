package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// bent is a number that is linear in x, with a slope of another sign above y = 0.5.
func bent(x, y float64) float64 {
	if y > 0.5 {
		return 3 - 4*x
	}
	return 1 + 4*x
}

// bends returns messages with that number and a little noise; some lack an input.
func bends(r *rand.Rand, shard string, from, n int) []live.Message {
	out := make([]live.Message, n)
	for i := range out {
		x, y := r.Float64(), r.Float64()
		gap := ""
		if r.IntN(20) > 0 {
			gap = fmt.Sprintf(`"noise":%.6f,`, r.NormFloat64())
		}
		out[i] = live.Message{
			Data:  fmt.Appendf(nil, `{"x":%.6f,"y":%.6f,%s"level":%.6f,"kind":"k%d"}`, x, y, gap, bent(x, y)+r.NormFloat64()/20, r.IntN(3)),
			Shard: shard, Offset: int64(from + i), HasOffset: true, Time: int64(from+i) * int64(time.Second), Key: fmt.Sprint("m", r.IntN(6)),
		}
	}
	return out
}

func bendSettings() live.Settings {
	s := settings(true)
	s.Learn.Models = []model.Definition{{Name: "level", Type: "forest", Target: "level", Options: map[string]any{"interval": "prediction"}}}
	return s
}

// away is the mean absolute error for fresh points, within the share of their values in
// intervals; contributions are asked for as well.
func away(t *testing.T, p *live.Project) (mae, within float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(99, 1))
	const n = 200
	for range n {
		x, y := r.Float64(), r.Float64()
		text, err := p.ScoreValue(context.Background(), "level", map[string]any{"x": x, "y": y, "noise": r.NormFloat64(), "kind": "k1"})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Prediction *float64
			Interval   struct{ Low, High float64 }
		}
		if err := json.Unmarshal(text, &answer); err != nil || answer.Prediction == nil {
			t.Fatalf("%v: %s", err, text)
		}
		mae += math.Abs(*answer.Prediction-bent(x, y)) / n
		if v := bent(x, y) + r.NormFloat64()/20; v >= answer.Interval.Low && v <= answer.Interval.High {
			within += 1.0 / n
		}
	}
	return mae, within
}

// TestForestsOfNumbersUnderDrawnSettings: in any composition a forest predicts a number that is
// linear in parts, as what is in the window says, and so does it in a process that opens the
// project later.
func TestForestsOfNumbersUnderDrawnSettings(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store := rand.New(rand.NewPCG(seed, 18)), state.NewMemory()
			s := bendSettings()
			s.Learn.Models[0].Options["trees"] = 20 // which cuts are tried is drawn: of 10, one set in 300 errs by 0.15
			s.Learn.Composition = projecttest.Composition(r)
			h, observer := open(t, store, s)
			for from := 0; from < 2000; from += 250 {
				learnAll(t, h.Project(), bends(r, "t/0", from, 250))
			}
			info, err := h.Project().Info(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if info.Rows < 200 {
				return // few are in the window
			}
			mae, within := away(t, h.Project())
			if mae > 0.15 || within < 0.85 { // the mean alone errs by 1
				t.Errorf("%+v: error %.3f, want 0.15, %.2f within intervals, of %v rows (%v)", s.Learn.Composition, mae, within, info.Rows, observer.warnings)
			}
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
			reader := s
			reader.Learn = nil
			other, _ := open(t, store, reader)
			defer func() { _ = other.Close(ctx) }() // nothing is written
			if again, _ := away(t, other.Project()); math.Abs(again-mae) > 1e-9 {
				t.Errorf("another process errs by %.6f, and this one by %.6f", again, mae)
			}
		})
	}
}

// TestForestOfANumberIsARegression: it is scored, evaluated and listed as one.
func TestForestOfANumberIsARegression(t *testing.T) {
	ctx, r := context.Background(), rand.New(rand.NewPCG(3, 3))
	s := bendSettings()
	h, _ := open(t, state.NewMemory(), s)
	defer func() { _ = h.Close(ctx) }() // the store goes with the test
	learnAll(t, h.Project(), bends(r, "t/0", 0, 500))
	scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "level", Contributions: -1, Evaluate: &evaluation.RunningOptions{}})
	if err != nil {
		t.Fatal(err)
	}
	results, err := scorer.Score(ctx, bends(r, "t/0", 500, 50))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(results.JSON(0)); !strings.Contains(text, `"prediction":`) || !strings.Contains(text, `"contributions":`) {
		t.Errorf("a result is %s", text)
	}
	detail, err := h.Project().Scores().EvaluationDetail(ctx, "level", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if detail == nil || detail.Role != model.RoleRegression || detail.Rows != 50 {
		t.Errorf("the evaluation is %+v, want that of 50 numbers", detail)
	}
	activity, err := h.Project().Scores().Activity(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(activity) != 1 || activity[0].Role != model.RoleRegression {
		t.Errorf("models are %+v, want a regression", activity)
	}
	info, err := h.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Forests) != 1 || info.Forests[0].Rows != 500 || info.Forests[0].Classes != nil {
		t.Errorf("forests are %+v, want one of 500 rows", info.Forests)
	}
}

// TestForestOfARetypedTarget: where the target becomes another type, trees of that type begin with
// the rows that come then; where it becomes a number again, those that there were go on.
func TestForestOfARetypedTarget(t *testing.T) {
	ctx, r, store := context.Background(), rand.New(rand.NewPCG(3, 3)), state.NewMemory()
	s := settings(true)
	s.Refresh, s.Exact = time.Hour, true
	s.Learn.Models = []model.Definition{{Name: "level", Type: "forest", Target: "grade"}}
	from := 0
	for round, c := range []struct {
		kind, says string
		rows       float64 // that are counted in the trees of the type
	}{{"", `"prediction":`, 300}, {"categorical", `"class":`, 300}, {"continuous", `"prediction":`, 600}} {
		if c.kind != "" {
			retype(t, store, param.Values{"attributes.grade": c.kind})
		}
		h, observer := open(t, store, s)
		rows := make([]live.Message, 300)
		for i := range rows {
			x := r.Float64()
			rows[i] = live.Message{Data: fmt.Appendf(nil, `{"x":%.6f,"grade":%d}`, x, 3+int(4*x)), Shard: "t/0", Offset: int64(from), HasOffset: true}
			from++
		}
		learnAll(t, h.Project(), rows)
		text, err := h.Project().ScoreValue(ctx, "level", map[string]any{"x": 0.4})
		if err != nil || !strings.Contains(string(text), c.says) {
			t.Errorf("round %d: it says %s (%v), want %s (%v)", round, text, err, c.says, observer.warnings)
		}
		info, err := h.Project().Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range info.Forests {
			found = found || (f.Classes != nil) == (c.kind == "categorical") && f.Rows == c.rows
		}
		if !found {
			t.Errorf("round %d: forests are %+v, want one of %v rows", round, info.Forests, c.rows)
		}
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
