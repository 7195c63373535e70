package drift_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestJointLeavesOut: constants and combinations are left out; a constant or combination that changes is a difference.
func TestJointLeavesOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	rows := func(n int, change func(row []float64)) *stats.Summary {
		values := make([]float64, 0, 4*n)
		for range n {
			x, y := rng.NormFloat64(), rng.NormFloat64()
			row := []float64{x, y, x + 2*y, 5}
			change(row)
			values = append(values, row...)
		}
		return numbers(t, 4, values)
	}
	same := func([]float64) {}
	for _, c := range []struct {
		name      string
		change    func(row []float64)
		broken    bool
		left      int
		hellinger func(h float64) bool
	}{
		{name: "none", change: same, left: 2, hellinger: func(h float64) bool { return h < 0.2 }},
		{name: "another constant", change: func(row []float64) { row[3] = 6 }, broken: true, left: 2, hellinger: func(h float64) bool { return h == 1 }},
		{name: "another combination", change: func(row []float64) { row[2]++ }, broken: true, left: 2, hellinger: func(h float64) bool { return h == 1 }},
		{name: "varies now", change: func(row []float64) { row[3] += row[0] * row[1] }, left: 1, hellinger: func(h float64) bool { return h > 0.7 }},
		{name: "no relation now", change: func(row []float64) { row[2] += row[0] * row[1] }, left: 1, hellinger: func(h float64) bool { return h > 0.7 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := jointly(t, rows(500, same), rows(400, c.change), drift.JointOptions{})
			if j.Broken != c.broken || len(j.LeftOut) != c.left || !c.hellinger(float64(j.Distances.Hellinger)) {
				t.Errorf("broken %v, left out %v, Hellinger %v", j.Broken, j.LeftOut, j.Distances.Hellinger)
			}
			requireFinite(t, j)
		})
	}
}

// requireFinite wants valid JSON, p-values within 0 to 1, and no infinite number but the distances of a broken relation.
func requireFinite(t *testing.T, j *drift.Joint) {
	t.Helper()
	if _, err := json.Marshal(j); err != nil {
		t.Error(err)
	}
	for i, p := range floats(j.P, j.Means.P, j.Means.Hotelling.P, j.Means.Unequal.P, j.Means.Many.P, j.Covariances.P, j.Covariances.BoxF.P, j.Covariances.BoxChiSquare.P, j.Classifier.P, j.Classifier.AUC, j.Distances.Hellinger) {
		if p < 0 || p > 1 {
			t.Errorf("probability %d is %v", i, p)
		}
	}
	for i, x := range floats(j.Distances.KullbackLeibler, j.Distances.Stein, j.Distances.Frechet, j.Covariances.M, j.Classifier.Mahalanobis) {
		if math.IsInf(x, 0) || x < 0 {
			t.Errorf("distance %d is %v", i, x)
		}
	}
}

// TestJointNeverFails: rows of any number, with missing, constant, repeated and huge values, give an answer.
func TestJointNeverFails(t *testing.T) {
	for seed := range drawn.Seeds(400) {
		rng := rand.New(rand.NewPCG(seed, 4))
		d := 1 + rng.IntN(8)
		layout := numbered(d)
		for i := range d {
			layout.Numeric[i].Binary = rng.IntN(4) == 0
		}
		missing, scale := rng.Float64()*float64(rng.IntN(2)), math.Pow(10, float64(rng.IntN(120)-60))
		kinds := make([]int, d)
		for i := range kinds {
			kinds[i] = rng.IntN(6)
		}
		state := func() *stats.Summary {
			n := 1 + rng.IntN(4*d+2)
			values := make([]float64, 0, n*d)
			for range n {
				row := make([]float64, d)
				for i := range row {
					row[i] = valueOf(rng, kinds[i], scale, row[:i])
					if layout.Numeric[i].Binary {
						row[i] = float64(rng.IntN(2))
					}
				}
				for i := range row {
					if rng.Float64() < missing {
						row[i] = math.NaN()
					}
				}
				values = append(values, row...)
			}
			return learned(t, layout, values, nil)
		}
		a, b := state(), state()
		o := drift.JointOptions{Share: rng.Float64(), Components: rng.IntN(3)}
		for range rng.IntN(2) * 10 {
			o.Tiles = append(o.Tiles, state())
		}
		j, err := drift.Jointly(context.Background(), a, b, o)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		requireFinite(t, j)
		if _, err := json.Marshal(j.Metrics(a, b)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if len(j.Attributes)+len(j.LeftOut) != d {
			t.Errorf("seed %d: %d attributes and %d left out of %d", seed, len(j.Attributes), len(j.LeftOut), d)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// valueOf draws a value: normal, constant, equal to the one before, rare, or far from the others.
func valueOf(rng *rand.Rand, kind int, scale float64, before []float64) float64 {
	switch {
	case kind == 1:
		return scale
	case kind == 2 && len(before) > 0:
		return before[len(before)-1]
	case kind == 3 && rng.IntN(10) > 0:
		return 0
	case kind == 4:
		return 1e8*scale + rng.NormFloat64()*scale
	}
	return rng.NormFloat64() * scale
}

// TestJointMissing: with values missing at random the answer is near that of all rows, whichever rows are taken.
func TestJointMissing(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	a, b := draw(rng, normal, 4, 3000), draw(rng, normal, 4, 2000)
	for i := 1; i < len(b); i += 4 {
		b[i]++
	}
	full := jointly(t, numbers(t, 4, a), numbers(t, 4, b), drift.JointOptions{})
	for _, c := range []struct {
		share float64
		rows  string
	}{{0.02, "complete"}, {0.5, "pairwise"}} {
		holes := func(x []float64) []float64 {
			x = slices.Clone(x)
			for i := range x {
				if rng.Float64() < c.share {
					x[i] = math.NaN()
				}
			}
			return x
		}
		j := jointly(t, numbers(t, 4, holes(a)), numbers(t, 4, holes(b)), drift.JointOptions{})
		if j.Rows != c.rows || math.Abs(float64(j.Distances.Hellinger-full.Distances.Hellinger)) > 0.05 || !(j.Means.P < 1e-6) {
			t.Errorf("missing %v: rows %s, Hellinger %v, want %v", c.share, j.Rows, j.Distances.Hellinger, full.Distances.Hellinger)
		}
	}
}

// TestJointManyAttributes: with fewer rows than attributes the covariances are shrunken, and a change is found.
func TestJointManyAttributes(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	const d = 40
	a, b := draw(rng, counts, d, 25), draw(rng, counts, d, 20)
	j := jointly(t, numbers(t, d, a), numbers(t, d, b), drift.JointOptions{})
	if !(j.Shrinkage > 0) || !(j.Means.P > 0.01) || !math.IsNaN(float64(j.Covariances.M)) || !(j.Classifier.AUC < 0.8) {
		t.Errorf("no change: shrinkage %v, p %v, M %v, AUC %v", j.Shrinkage, j.Means.P, j.Covariances.M, j.Classifier.AUC)
	}
	for i := range b {
		b[i] += 2
	}
	j = jointly(t, numbers(t, d, a), numbers(t, d, b), drift.JointOptions{})
	if !(j.Means.P < 1e-6) || !(j.Classifier.AUC > 0.95) {
		t.Errorf("change: p %v, AUC %v", j.Means.P, j.Classifier.AUC)
	}
}

func TestJointRefuses(t *testing.T) {
	layout := numbered(2)
	layout.Categorical = []stats.CategoricalColumn{{Name: "kind", Values: []string{"a"}}}
	s := learnedCodes(t, layout)
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name, want string
		ctx        context.Context
		o          drift.JointOptions
	}{
		{"unknown", `unknown attribute "y"`, context.Background(), drift.JointOptions{Attributes: []string{"y"}}},
		{"category", `attribute "kind" is categorical`, context.Background(), drift.JointOptions{Attributes: []string{"kind"}}},
		{"twice", `attribute "x0" is named twice`, context.Background(), drift.JointOptions{Attributes: []string{"x0", "x0"}}},
		{"share", "share is 2", context.Background(), drift.JointOptions{Share: 2}},
		{"not a share", "share is NaN", context.Background(), drift.JointOptions{Share: math.NaN()}},
		{"components", "components is -1", context.Background(), drift.JointOptions{Components: -1}},
		{"cancelled", "canceled", done, drift.JointOptions{}},
	} {
		if _, err := drift.Jointly(c.ctx, s, s, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	empty, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := drift.Jointly(context.Background(), empty, empty, drift.JointOptions{}); err == nil || !strings.Contains(err.Error(), "attributes has 0") {
		t.Errorf("no attributes: error %v", err)
	}
}

func learnedCodes(t *testing.T, layout *stats.Layout) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(layout, &stats.Rows{N: 3, Numeric: 2, Values: []float64{1, 2, 2, 3, 3, 5}, Categorical: 1, Codes: []int32{1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	return s
}
