package model

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// expand fills row, one number a term, from an encoded row of the design's
// layout, a shorter or a longer one. What the row lacks is NaN, and missing is
// then true. A category that had no rows when the model was built is other
// where that is a level, and else missing.
func (g *design) expand(values []float64, codes []int32, row []float64) (missing bool) {
	for i := range g.terms {
		t := &g.terms[i]
		x := g.value(t.factor, values, codes)
		if t.given != nil {
			x *= g.value(*t.given, values, codes)
		}
		if x != x {
			missing = true
		}
		row[i] = x
	}
	return missing
}

func (g *design) value(f factor, values []float64, codes []int32) float64 {
	if !f.categorical {
		if f.column < len(values) {
			return values[f.column]
		}
		return math.NaN()
	}
	switch g.code(f.column, codes) {
	case stats.Missing:
		return math.NaN()
	case f.code:
		return 1
	default:
		return 0
	}
}

// code returns the level of a row: a code that is known, or stats.Missing.
func (g *design) code(column int, codes []int32) int32 {
	if column >= len(codes) || codes[column] < 0 {
		return stats.Missing
	}
	code, known := codes[column], g.known[column]
	switch {
	case int(code) < len(known) && known[code]:
		return code
	case len(known) > 0 && known[stats.Other]:
		return stats.Other
	default:
		return stats.Missing
	}
}
