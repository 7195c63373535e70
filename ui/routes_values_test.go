package ui_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// TestOverTimeHasTheValuesOfItsRows: each step of a window has the rows, mean and extremes
// that its rows have when they are summed up by themselves.
func TestOverTimeHasTheValuesOfItsRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for draw := range 6 {
		tiles, each := 2+r.IntN(6), 5+r.IntN(20)
		w := newWorld(t, worldOf{})
		values := make([]float64, tiles*each)
		documents := make([]string, len(values))
		for i := range values {
			values[i] = math.Round(1e4*r.NormFloat64()) / 1e4
			documents[i] = fmt.Sprintf(`{"x":%v}`, values[i])
		}
		w.learn(t, "p", live.LearnSettings{Composition: project.Composition{}.With(project.Window{Rows: tiles * each, Tiles: tiles, Beside: true})}, documents...)
		over := decoded[struct {
			Kept  bool
			Tiles []struct {
				Rows       float64
				Univariate struct{ Count, Mean, Min, Max float64 }
			}
		}](t, get(t, w.API, "projects/p/over-time?attribute=x", 200))
		if !over.Kept || len(over.Tiles) != tiles {
			t.Fatalf("draw %d: %d tiles, want %d: %+v", draw, len(over.Tiles), tiles, over)
		}
		for k, tile := range over.Tiles {
			sum, low, high := 0.0, math.Inf(1), math.Inf(-1)
			for _, x := range values[k*each : (k+1)*each] {
				sum, low, high = sum+x, min(low, x), max(high, x)
			}
			if u := tile.Univariate; tile.Rows != float64(each) || u.Count != float64(each) || math.Abs(u.Mean-sum/float64(each)) > 1e-12 || u.Min != low || u.Max != high {
				t.Errorf("draw %d: tile %d is %+v, want %d rows, mean %v, %v to %v", draw, k, tile, each, sum/float64(each), low, high)
			}
		}
	}
}

// TestTimelineAndActivityCountTheScores: the steps of the timeline add up to the rows that
// were scored, and its extreme is the highest of the scores that were given; activity has
// the same sums.
func TestTimelineAndActivityCountTheScores(t *testing.T) {
	w := newWorld(t, worldOf{})
	p := w.learn(t, "p", live.LearnSettings{Models: []model.Definition{{Name: "m", Type: "zscore", Options: map[string]any{"min_rows": 10}}}}, plain()...)
	score(t, p, "m", plain()...)
	score(t, p, "m", plain()...)
	scores := decoded[struct {
		Recent []struct {
			Score  float64
			Result struct {
				IsAnomaly *bool `json:"is_anomaly"`
			}
		}
	}](t, get(t, w.API, "projects/p/models/m/scores", 200)).Recent
	highest, anomalies := 0.0, 0
	for _, s := range scores {
		highest = max(highest, s.Score)
		if s.Result.IsAnomaly != nil && *s.Result.IsAnomaly {
			anomalies++
		}
	}
	line := decoded[struct {
		Steps []struct {
			Scores, Anomalies int
			High              float64
		}
	}](t, get(t, w.API, "projects/p/models/m/timeline?seconds=600", 200))
	count, alarms, high := 0, 0, 0.0
	for _, s := range line.Steps {
		count, alarms, high = count+s.Scores, alarms+s.Anomalies, max(high, s.High)
	}
	if count != 600 || math.Abs(high-highest) > 1e-6*highest || len(scores) == 600 && alarms != anomalies {
		t.Errorf("the timeline has %d scores, %d anomalies, highest %v; want 600, %d, %v", count, alarms, high, anomalies, highest)
	}
	activity := decoded[struct {
		Models []struct {
			Name              string
			Scores, Anomalies int
		}
	}](t, get(t, w.API, "projects/p/activity", 200))
	if len(activity.Models) != 1 || activity.Models[0].Scores != count || activity.Models[0].Anomalies != alarms {
		t.Errorf("activity is %+v, want %d scores and %d anomalies", activity, count, alarms)
	}
}

// TestCompareAndJointDensityHaveTheValues: what compare says of a model is what is said
// of it alone; the shares of a joint density add up to one, and its parts by category to
// one each.
func TestCompareAndJointDensityHaveTheValues(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	w := newWorld(t, worldOf{})
	documents := make([]string, 400)
	for i := range documents {
		x := r.NormFloat64()
		documents[i] = fmt.Sprintf(`{"x":%v,"y":%v,"kind":"k%d"}`, x, 2*x+r.NormFloat64(), i%3)
	}
	w.learn(t, "p", live.LearnSettings{Models: []model.Definition{{Name: "a", Type: "ols", Target: "y", Inputs: []string{"x"}}, {Name: "b", Type: "ridge", Target: "y"}}}, documents...)
	both := decoded[[]struct {
		Name, Type string
		Built      float64 `json:"built_from"`
		Inputs     []string
		Quality    map[string]float64
	}](t, get(t, w.API, "projects/p/compare?models=a,b", 200))
	if len(both) != 2 {
		t.Fatalf("%d models are compared", len(both))
	}
	for _, one := range both {
		alone := decoded[struct {
			Built float64 `json:"built_from"`
			Model map[string]any
		}](t, get(t, w.API, "projects/p/models/"+one.Name, 200))
		if one.Built != 400 || alone.Built != 400 || len(one.Inputs) == 0 || one.Inputs[0] != "x" {
			t.Errorf("%s: compared %+v, alone %+v", one.Name, one, alone)
		}
		if r2, ok := alone.Model["r2"].(float64); !ok || math.Abs(one.Quality["r2"]-r2) > 1e-12 {
			t.Errorf("%s: r2 is %v compared and %v alone", one.Name, one.Quality["r2"], r2)
		}
	}
	joint := decoded[struct {
		Shares [][]float64
		Groups []struct{ Shares [][]float64 }
	}](t, get(t, w.API, "projects/p/explore/joint_density?a=x&b=y&by=kind", 200))
	sum := func(cells [][]float64) (out float64) {
		for _, row := range cells {
			for _, x := range row {
				out += x
			}
		}
		return out
	}
	if s := sum(joint.Shares); math.Abs(s-1) > 0.02 || len(joint.Groups) != 3 {
		t.Errorf("the shares add up to %v, of %d groups", s, len(joint.Groups))
	}
	for i, g := range joint.Groups {
		if s := sum(g.Shares); math.Abs(s-1) > 0.05 {
			t.Errorf("the shares of group %d add up to %v", i, s)
		}
	}
}
