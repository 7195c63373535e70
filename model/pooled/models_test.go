package pooled_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// drawnStream draws rows of two numbers, a category and targets of each kind that follow from
// them.
func drawnStream(r *rand.Rand, n int) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "z"}, {Name: "flag", Binary: true}, {Name: "y"}},
		Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"a", "b", "c"}}},
	}
	rows := &stats.Rows{N: n, Numeric: 4, Categorical: 1}
	for range n {
		x, z, flag := r.NormFloat64(), r.NormFloat64(), 0.0
		if x+z > 0 {
			flag = 1
		}
		kind := int32(1)
		if x > .5 {
			kind = 2 + int32(r.IntN(2))
		}
		rows.Values, rows.Codes = append(rows.Values, x, z, flag, 3*x-z+.1*r.NormFloat64()), append(rows.Codes, kind)
	}
	return layout, rows
}

// grown builds a definition of what its pool has learned of the rows.
func grown(t *testing.T, d model.Definition, layout *stats.Layout, rows *stats.Rows) (model.Model, error) {
	t.Helper()
	needs, err := catalogue.All().Needs(d)
	if err != nil {
		t.Fatal(err)
	}
	e := modeltest.Grow(t, needs, model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)}, layout, rows)
	return catalogue.All().Build(context.Background(), d, e)
}

// TestModelsOfPools: of drawn options and targets, what is predicted is a distribution or a finite
// number, better than knowing nothing; contributions are finite, one for each input;
// members weigh 1 together; the same rows give the same model to the last bit.
func TestModelsOfPools(t *testing.T) {
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 81))
		layout, rows := drawnStream(r, 300)
		d := model.Definition{Name: "m", Type: "adaptive", Target: []string{"flag", "kind", "y"}[seed%3], Inputs: []string{"x", "z"}, Options: map[string]any{
			"trees": 1 + r.IntN(3), "max_nodes": 64, "split_rows": 2 + r.IntN(10), "stop_prior": .05 + .9*r.Float64(), "prior_strength": .1 + 3*r.Float64(),
		}}
		m, err := grown(t, d, layout, rows)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again, err := grown(t, d, layout, rows)
		if err != nil {
			t.Fatal(err)
		}
		var result, same model.Result
		right, squares := 0, 0.0
		for i := range rows.N {
			m.Predict(rows.Row(i), rows.RowCodes(i), &result)
			again.Predict(rows.Row(i), rows.RowCodes(i), &same)
			if fmt.Sprint(result.Probabilities, result.Prediction, result.Contributions) != fmt.Sprint(same.Probabilities, same.Prediction, same.Contributions) {
				t.Fatalf("seed %d: the same rows give another model", seed)
			}
			if len(result.Contributions) != len(m.Inputs()) {
				t.Fatalf("seed %d: %d contributions of %d inputs", seed, len(result.Contributions), len(m.Inputs()))
			}
			for _, c := range result.Contributions {
				if math.IsNaN(c) || math.IsInf(c, 0) {
					t.Fatalf("seed %d: contributions %v", seed, result.Contributions)
				}
			}
			c, ok := m.(model.Classifier)
			if !ok {
				squares += math.Pow(result.Prediction-rows.Row(i)[3], 2)
				continue
			}
			sum := 0.0
			for _, p := range result.Probabilities {
				sum += p
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Fatalf("seed %d: probabilities add up to %v", seed, sum)
			}
			actual := fmt.Sprint(rows.Row(i)[2])
			if d.Target == "kind" {
				actual = layout.Categorical[0].Label(rows.RowCodes(i)[0])
			}
			if c.Classes()[result.Class] == actual {
				right++
			}
		}
		if d.Target == "y" && squares/300 > 5 || d.Target != "y" && right < 200 { // the variance is 10, and the most frequent class has about 200 of 300
			t.Errorf("seed %d: target %s: %d are right, squared error %v", seed, d.Target, right, squares/300)
		}
		names, standings := m.(model.Membered).MemberStandings()
		sum := 0.0
		for _, s := range standings {
			sum += s.Weight
		}
		if len(names) < 5 || len(names) != len(standings) || math.Abs(sum-1) > 1e-9 {
			t.Errorf("seed %d: %d members weigh %v", seed, len(names), sum)
		}
	}
}

// TestPoolsAreShared: definitions that differ in what is read off a pool share one; others do not.
func TestPoolsAreShared(t *testing.T) {
	key := func(d model.Definition) string {
		needs, err := catalogue.All().Needs(d)
		if err != nil || len(needs.Pools) != 1 {
			t.Fatalf("%+v: %d pools, %v", d, len(needs.Pools), err)
		}
		return needs.Pools[0].Spec.Key
	}
	base := model.Definition{Name: "m", Type: "adaptive", Target: "flag"}
	for name, c := range map[string]struct {
		d      model.Definition
		shared bool
	}{
		"name":      {model.Definition{Name: "other", Type: "adaptive", Target: "flag"}, true},
		"threshold": {model.Definition{Name: "m", Type: "adaptive", Target: "flag", Options: map[string]any{"threshold": .3}}, true},
		"min_rows":  {model.Definition{Name: "m", Type: "adaptive", Target: "flag", Options: map[string]any{"min_rows": 5}}, true},
		"default":   {model.Definition{Name: "m", Type: "adaptive", Target: "flag", Options: map[string]any{"trees": 10}}, true},
		"target":    {model.Definition{Name: "m", Type: "adaptive", Target: "kind"}, false},
		"inputs":    {model.Definition{Name: "m", Type: "adaptive", Target: "flag", Inputs: []string{"x"}}, false},
		"trees":     {model.Definition{Name: "m", Type: "adaptive", Target: "flag", Options: map[string]any{"trees": 3}}, false},
	} {
		if shared := key(c.d) == key(base); shared != c.shared {
			t.Errorf("another %s: shared is %v", name, shared)
		}
	}
}
