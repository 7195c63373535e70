package modeltest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// MixedRows are rows of x, y (continuous), flag (binary), colour and shape
// (categorical, of which one has overflow), with weights, and gaps where asked.
func MixedRows(n int, gaps bool, seed uint64) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "x"}, {Name: "flag", Binary: true}, {Name: "y"}},
		Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "green", "blue"}}, {Name: "shape", Values: []string{"disc", "cube"}}},
	}
	r := rand.New(rand.NewPCG(seed, 1))
	rows := &stats.Rows{N: n, Numeric: 3, Categorical: 2}
	for range n {
		colour, shape, flag := int32(r.IntN(4)), int32(1+r.IntN(2)), float64(r.IntN(2))
		x := 1000 + r.NormFloat64() + float64(colour)
		values := []float64{x, flag, 3*x - 2*flag + float64(shape) + r.NormFloat64()}
		codes := []int32{colour, shape}
		if gaps {
			for i := range values {
				if r.IntN(8) == 0 {
					values[i] = math.NaN()
				}
			}
			for i := range codes {
				if r.IntN(8) == 0 {
					codes[i] = stats.Missing
				}
			}
		}
		rows.Values, rows.Codes = append(rows.Values, values...), append(rows.Codes, codes...)
		rows.Weights = append(rows.Weights, 0.5+r.Float64())
	}
	return layout, rows
}

// SummaryOf learns the rows into a summary of the default options.
func SummaryOf(t testing.TB, layout *stats.Layout, rows *stats.Rows) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// NumericSummary learns row-major values under a layout of numeric columns a,
// b, ...
func NumericSummary(t testing.TB, columns int, values []float64) *stats.Summary {
	t.Helper()
	layout := &stats.Layout{}
	for i := range columns {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: string(rune('a' + i))})
	}
	return SummaryOf(t, layout, &stats.Rows{N: len(values) / columns, Numeric: columns, Values: values})
}

// NormalRows is n seeded standard normal rows, row by row.
func NormalRows(n, columns int) []float64 {
	r := rand.New(rand.NewPCG(7, 7))
	values := make([]float64, n*columns)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	return values
}

// Partitioned learns, by the code of a categorical column,  the rows by the code of a categorical column.
func Partitioned(t testing.TB, layout *stats.Layout, rows *stats.Rows, column int) *model.Partition {
	t.Helper()
	p := &model.Partition{Attribute: layout.Categorical[column].Name}
	for v, value := range layout.Categorical[column].Values {
		part := &stats.Rows{}
		part.Reset(rows.Numeric, rows.Categorical)
		for i := range rows.N {
			if rows.RowCodes(i)[column] == int32(v+1) {
				part.Append(rows, i)
			}
		}
		p.Values, p.Summaries = append(p.Values, value), append(p.Summaries, SummaryOf(t, layout, part))
	}
	return p
}
