package design_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// categoricalRows are rows of numbers that depend on two categories; gap is the share of numbers
// that is missing, more at some levels of the first.
func categoricalRows(r *rand.Rand, n, numbers, categories int, gap float64) (*stats.Layout, *stats.Rows) {
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: numbers, Categorical: categories}
	for i := range numbers {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", i)})
	}
	for i := range categories {
		layout.Categorical = append(layout.Categorical, stats.CategoricalColumn{Name: fmt.Sprint("c", i), Values: []string{"a", "b", "c", "d"}})
	}
	for range n {
		shift, lacks := 0.0, gap
		for i := range categories {
			code := r.IntN(4)
			if i == 0 {
				lacks *= float64(code) / 1.5
			}
			shift += float64(code)
			rows.Codes = append(rows.Codes, int32(code)+1)
		}
		common := r.NormFloat64()
		for i := range numbers {
			x := 1e3 + shift*float64(i+1) + common + r.NormFloat64()
			if i < numbers-1 && r.Float64() < lacks {
				x = math.NaN()
			}
			rows.Values = append(rows.Values, x)
		}
	}
	return layout, rows
}

// TestLocationWithoutGaps: where no row lacks anything, moments within levels are the moments, whatever
// the categories.
func TestLocationWithoutGaps(t *testing.T) {
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 11))
		layout, rows := categoricalRows(r, 50+r.IntN(300), 2+r.IntN(4), 1+r.IntN(3), 0)
		want, pairs, complete := locationOf(t, layout, rows)
		for name, got := range map[string]*design.Moments{"pairs": pairs, "complete": complete} {
			for i := range want.N {
				if a, b := got.Mean[i].Float(), want.Mean[i].Float(); math.Abs(a-b) > 1e-9*math.Abs(b) {
					t.Errorf("seed %d, %s: mean %d is %v, want %v", seed, name, i, a, b)
				}
				for j := range want.N {
					unit := math.Sqrt(want.At(i, i).Float() * want.At(j, j).Float())
					if a, b := got.At(i, j).Float(), want.At(i, j).Float(); math.Abs(a-b) > 1e-8*unit {
						t.Errorf("seed %d, %s: product %d, %d is %v, want %v", seed, name, i, j, a, b)
					}
				}
			}
		}
	}
}

// TestLocationWithGaps: where numbers are missing more often at some levels, the moments within levels
// come near those of the rows without gaps, which the plain pairwise ones do not.
func TestLocationWithGaps(t *testing.T) {
	far := func(got, want *design.Moments) (out float64) {
		for i := range want.N {
			for j := range want.N {
				unit := math.Sqrt(want.At(i, i).Float()*want.At(j, j).Float()) / want.Weight.Float()
				out = max(out, math.Abs(got.At(i, j).Float()/got.Weight.Float()-want.At(i, j).Float()/want.Weight.Float())/unit)
			}
			spread := math.Sqrt(want.At(i, i).Float() / want.Weight.Float())
			out = max(out, math.Abs(got.Mean[i].Float()-want.Mean[i].Float())/spread)
		}
		return out
	}
	plain, within, all := 0.0, 0.0, 0.0
	for seed := range drawn.Seeds(12) {
		gappy := func(gap float64) (plain, pairs, complete *design.Moments) {
			r := rand.New(rand.NewPCG(seed, 12))
			layout, rows := categoricalRows(r, 8000, 3, 1, gap)
			return locationOf(t, layout, rows)
		}
		want, _, _ := gappy(0)
		read, pairs, complete := gappy(.4)
		plain, within, all = plain+far(read, want), within+far(pairs, want), all+far(complete, want)
	}
	t.Logf("largest distances: pairwise %.3f, within levels %.3f, of complete rows %.3f", plain, within, all)
	if within > plain/4 || all > plain/4 {
		t.Errorf("largest distances: pairwise %.3f, within levels %.3f, of complete rows %.3f", plain, within, all)
	}
}

// locationOf reads the moments of all columns, of which the last number is the target, in three ways.
func locationOf(t *testing.T, layout *stats.Layout, rows *stats.Rows) (plain, pairs, complete *design.Moments) {
	t.Helper()
	s := modeltest.SummaryOf(t, layout, rows)
	last := len(layout.Numeric) - 1
	d := &model.Definition{Name: "m", Type: "ols", Target: layout.Numeric[last].Name}
	g, err := design.NewDesign(d, s, design.CodingReference)
	if err != nil {
		t.Fatal(err)
	}
	target := design.Term{Name: d.Target, Input: -1, Factor: design.Factor{Column: last}}
	if plain, err = g.Moments(s, target); err != nil {
		t.Fatal(err)
	}
	pairs, complete, n, err := g.MomentsWithin(s, target)
	if err != nil || complete == nil || n == 0 {
		t.Fatalf("%v rows: %v", n, err)
	}
	return plain, pairs, complete
}
