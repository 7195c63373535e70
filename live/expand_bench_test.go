package live_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// expandedSchema returns one of d attributes with hats and Fourier features of all.
func expandedSchema(b testing.TB, d, knots, fourier int, r *rand.Rand) *schema.Schema {
	b.Helper()
	var growth schema.Growth
	var names []string
	rows := make([][]float64, 500)
	for i := range rows {
		rows[i] = make([]float64, d)
		for j := range rows[i] {
			rows[i][j] = r.NormFloat64()
		}
	}
	for j := range d {
		names = append(names, fmt.Sprintf("x%d", j))
		growth.Attributes = append(growth.Attributes, schema.Attribute{Name: names[j], Kind: schema.Continuous})
	}
	for j, name := range names {
		var values []float64
		for _, row := range rows {
			values = append(values, row[j])
		}
		e, err := expansion.DrawSpline(expansion.Hats, name, values, knots)
		if err != nil {
			b.Fatal(err)
		}
		growth.Add(e)
	}
	e, err := expansion.DrawFourier(names, rows, fourier, 1, 0)
	if err != nil {
		b.Fatal(err)
	}
	growth.Add(e)
	s, _ := (&schema.Schema{}).Grow(growth, schema.Limits{})
	return s
}

// BenchmarkExpand learns rows of 9 attributes with 8 hats each and 128 Fourier features.
func BenchmarkExpand(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	s := expandedSchema(b, 9, 9, 128, r)
	const n = 1024
	p := len(s.Numeric())
	values := make([]float64, n*p)
	for i := range n {
		for j := range 9 {
			values[i*p+j] = r.NormFloat64()
		}
	}
	layout := project.LayoutOf(s)
	b.Run("compute", func(b *testing.B) {
		for b.Loop() {
			s.Expand(values)
		}
		b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "rows/s")
	})
	for _, c := range []struct {
		name     string
		extended int
	}{{"double", -1}, {"default", 0}, {"extended", 1000}} {
		b.Run("learn "+c.name, func(b *testing.B) {
			summary, err := stats.NewSummary(stats.SummaryOptions{ExtendedUpTo: c.extended})
			if err != nil {
				b.Fatal(err)
			}
			// The first values of an attribute are summed up exactly, which is slower.
			if err := summary.Learn(layout, &stats.Rows{N: n, Numeric: p, Values: values}); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				s.Expand(values)
				if err := summary.Learn(layout, &stats.Rows{N: n, Numeric: p, Values: values}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
