package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// mixedRows returns n rows of 6 continuous, 2 binary and 4 categorical columns
// of up to 8 codes, a tenth of the values missing, and their layout.
func mixedRows(n int) (*stats.Layout, *stats.Rows) {
	const continuous, binary, categorical, codes = 6, 2, 4, 8
	rng := rand.New(rand.NewPCG(4, uint64(n)))
	layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: continuous + binary, Categorical: categorical}
	for j := range continuous + binary {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j), Binary: j >= continuous})
	}
	for b := range categorical {
		column := stats.CategoricalColumn{Name: fmt.Sprint("c", b)}
		for code := range codes {
			column.Values = append(column.Values, fmt.Sprint(code))
		}
		layout.Categorical = append(layout.Categorical, column)
	}
	for range n {
		for j := range continuous + binary {
			x := 100 + rng.NormFloat64()
			if j >= continuous {
				x = float64(rng.IntN(2))
			}
			if rng.IntN(10) == 0 {
				x = math.NaN()
			}
			rows.Values = append(rows.Values, x)
		}
		for range categorical {
			rows.Codes = append(rows.Codes, int32(rng.IntN(codes+1)-1))
		}
	}
	return layout, rows
}

// BenchmarkLearnMixed adds rows that use every part of a summary: patterns with
// an overflow, binary and categorical columns.
func BenchmarkLearnMixed(b *testing.B) {
	layout, rows := mixedRows(benchBlocks * benchBlock)
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += benchBlock {
		from := n % rows.N
		part := rows.Select(from, from+min(benchBlock, b.N-n))
		if err := s.Learn(layout, &part); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMixed works on a summary that uses every part.
func BenchmarkMixed(b *testing.B) {
	layout, rows := mixedRows(4096)
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		b.Fatal(err)
	}
	w := wire.NewWriter(nil)
	s.Encode(w)
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{name: "merge", do: func() error {
			whole, err := stats.NewSummary(stats.SummaryOptions{})
			if err != nil {
				return err
			}
			return whole.Merge(s)
		}},
		{name: "subtract", do: func() error { return s.Clone().Subtract(s) }},
		{name: "clone", do: func() error {
			s.Clone()
			return nil
		}},
		{name: "scale", do: func() error { return s.Scale(1) }},
		{name: "encode", do: func() error {
			s.Encode(wire.NewWriter(make([]byte, 0, len(w.Bytes()))))
			return nil
		}},
		{name: "decode", do: func() error {
			_, err := stats.DecodeSummary(wire.NewReader(w.Bytes()))
			return err
		}},
		{name: "new", do: func() error {
			_, err := stats.NewSummary(stats.SummaryOptions{})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
