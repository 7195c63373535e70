package regression_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// gapCase is how rows with gaps and a category are drawn.
type gapCase struct {
	rows, inputs, categories, knots int
	kind                            expansion.Kind
	gap, lacksCategory              float64 // shares that are missing
	byCategory                      bool    // gaps are more frequent at some values
	correlation, dependence         float64 // of inputs; of the category on the first input
}

func drawGapCase(r *rand.Rand) gapCase {
	c := gapCase{
		rows: 300 + r.IntN(2500), inputs: 2 + r.IntN(4), categories: 2 + r.IntN(11), knots: 4 + r.IntN(6),
		kind: []expansion.Kind{expansion.Hats, expansion.Natural}[r.IntN(2)],
		gap:  .4 * r.Float64(), dependence: .7 * r.Float64(), byCategory: r.IntN(3) == 0,
	}
	if r.IntN(3) == 0 {
		c.lacksCategory = c.gap * r.Float64()
	}
	if r.IntN(2) == 0 {
		c.correlation = .95 * r.Float64()
	}
	return c
}

// gapRows are rows of inputs a, b, ..., a category and y, which is a sum of curves, an effect of the
// category and noise of standard deviation 0.7.
type gapRows struct {
	*curved
	gappy, complete, held *stats.Rows // learned, those of them that lack nothing, others without gaps
	truth                 []func(float64) float64
	inputs                [][]float64 // of the rows that are learned, without gaps
	lacks                 []bool      // these rows lack something
}

func newGapRows(t testing.TB, r *rand.Rand, c gapCase) *gapRows {
	t.Helper()
	const held = 1000
	out := &gapRows{}
	effects := make([]float64, c.categories)
	for i := range effects {
		effects[i] = 1.5 * r.NormFloat64()
	}
	for range c.inputs {
		size, shape := .5+r.Float64(), r.IntN(4)
		out.truth = append(out.truth, func(x float64) float64 {
			return size * []float64{x, math.Sin(2 * x), x * x / 2, math.Abs(x)}[shape]
		})
	}
	inputs, y, codes := make([][]float64, c.inputs), []float64{}, []int32{}
	for i := range c.rows + held {
		common := r.NormFloat64()
		for j := range inputs {
			inputs[j] = append(inputs[j], math.Sqrt(c.correlation)*common+math.Sqrt(1-c.correlation)*r.NormFloat64())
		}
		code := r.IntN(c.categories)
		if r.Float64() < c.dependence {
			code = int(float64(c.categories) * .999 * (.5 + .5*math.Erf(inputs[0][i]/math.Sqrt2)))
		}
		target := effects[code] + .7*r.NormFloat64()
		for j, f := range out.truth {
			target += f(inputs[j][i])
		}
		y, codes = append(y, target), append(codes, int32(code)+1)
	}
	out.split(t, r, c, inputs, y, codes)
	return out
}

// split computes the splines, and takes values away.
func (g *gapRows) split(t testing.TB, r *rand.Rand, c gapCase, inputs [][]float64, y []float64, codes []int32) {
	t.Helper()
	first := make([][]float64, c.inputs)
	for j := range first {
		first[j] = inputs[j][:c.rows]
	}
	g.inputs = first
	g.curved = curvedRows(t, c.kind, c.knots, y[:c.rows], first...)
	g.layout.Categorical = []stats.CategoricalColumn{{Name: "category"}}
	for i := range c.categories {
		g.layout.Categorical[0].Values = append(g.layout.Categorical[0].Values, fmt.Sprint("v", i))
	}
	for _, rows := range []**stats.Rows{&g.gappy, &g.complete, &g.held} {
		*rows = &stats.Rows{Numeric: len(g.layout.Numeric), Categorical: 1}
	}
	for i, target := range y {
		gap := c.gap
		if c.byCategory {
			gap = min(2*gap*float64(codes[i])/float64(c.categories+1), .8)
		}
		row, whole, code := make([]float64, c.inputs), true, codes[i]
		for j := range row {
			if row[j] = inputs[j][i]; i < c.rows && r.Float64() < gap {
				row[j], whole = math.NaN(), false
			}
		}
		if i < c.rows && r.Float64() < c.lacksCategory {
			code, whole = stats.Missing, false
		}
		g.lacks = append(g.lacks, !whole)
		into := []*stats.Rows{g.held}
		if i < c.rows {
			into[0] = g.gappy
			if whole {
				into = append(into, g.complete)
			}
		}
		values := g.row(append(row, target))
		for _, rows := range into {
			rows.Values, rows.Codes = append(rows.Values, values...), append(rows.Codes, code)
			rows.N++
		}
	}
}

// evidenceOf learns some of the rows.
func (g *gapRows) evidenceOf(t testing.TB, rows *stats.Rows) *model.Evidence {
	return &model.Evidence{Summary: modeltest.SummaryOf(t, g.layout, rows), Expansions: g.expansions}
}

// errorOf is the root mean squared error on rows that were not learned.
func (g *gapRows) errorOf(m model.Model) float64 {
	at, sum := g.layout.NumericIndex("y"), 0.0
	var result model.Result
	for i := range g.held.N {
		m.Predict(g.held.Row(i), g.held.RowCodes(i), &result)
		e := result.Prediction - g.held.Row(i)[at]
		sum += e * e
	}
	return math.Sqrt(sum / float64(g.held.N))
}
