package design

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Expand fills row, one number a term, from an encoded row of the design's
// layout, a shorter or a longer one. What the row lacks is NaN, and missing is
// then true. A category that had no rows when the model was built is other
// where that is a level, and else missing.
func (g *Design) Expand(values []float64, codes []int32, row []float64) (missing bool) {
	for i := range g.Terms {
		t := &g.Terms[i]
		x := g.value(t.Factor, values, codes)
		if t.Given != nil {
			x *= g.value(*t.Given, values, codes)
		}
		if math.IsNaN(x) {
			missing = true
		}
		row[i] = x
	}
	return missing
}

// value returns the number of a column, or 1 or 0 for a level; NaN when the row
// lacks it. A row shorter than the layout lacks what lies past its end.
func (g *Design) value(f Factor, values []float64, codes []int32) float64 {
	if !f.Categorical {
		if f.Column < len(values) {
			return values[f.Column]
		}
		return math.NaN()
	}
	switch g.code(f.Column, codes) {
	case stats.Missing:
		return math.NaN()
	case f.Code:
		return 1
	default:
		return 0
	}
}

// code returns the level of a row: a code that is known, or stats.Missing.
func (g *Design) code(column int, codes []int32) int32 {
	if column >= len(codes) || codes[column] < 0 {
		return stats.Missing
	}
	code, known := codes[column], g.Known[column]
	switch {
	case int(code) < len(known) && known[code]:
		return code
	case len(known) > 0 && known[stats.Other]:
		return stats.Other
	default:
		return stats.Missing
	}
}
