package wrap

import (
	"math"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// fuzzMakers are a maker of every kind, and a tower of all of them.
func fuzzMakers() []stats.Maker {
	foot := stats.SummaryMaker{Options: stats.SummaryOptions{HistogramBins: 16, MaxPatterns: 3}}
	out := []stats.Maker{
		foot,
		stats.SummaryMaker{Options: stats.SummaryOptions{ExtendedUpTo: -1, HistogramBins: 16, MaxPatterns: 3}},
		stats.SummaryMaker{Options: stats.SummaryOptions{HistogramBins: 16, ConditionalBins: 16, MaxPatterns: 3}},
		RowWindowMaker{Inner: foot, Rows: 8, Tiles: 4},
	}
	for _, c := range lawTable() {
		out = append(out, c.maker)
	}
	return out
}

// addsBinnings reports whether what the maker decodes has binnings besides those
// that were stored, so that it encodes to more than was read.
func addsBinnings(maker stats.Maker) bool {
	switch m := maker.(type) {
	case stats.DetectorsMaker:
		return len(m.Binnings) > 0
	case WindowMaker:
		return addsBinnings(m.Inner)
	case ParallelMaker:
		return slices.ContainsFunc(m.Parts, addsBinnings)
	}
	return false
}

// FuzzDecodeTower: no panic for any bytes under any maker. Bytes that are taken
// are those that the result encodes to, but for binnings that the maker adds, and
// every verb and read-out works on it: each succeeds, or is refused and leaves
// it as it was.
func FuzzDecodeTower(f *testing.F) {
	makers := fuzzMakers()
	rows := statstest.LawRows(1, 12)
	for i, maker := range makers {
		w := wire.NewWriter(nil)
		statstest.LearnedUnder(f, maker, statstest.LawLayout(), rows).Encode(w)
		f.Add(uint8(i), w.Bytes())
		empty := wire.NewWriter(nil)
		statstest.LearnedUnder(f, maker, statstest.LawLayout(), statstest.LawRows(1, 0)).Encode(empty)
		f.Add(uint8(i), empty.Bytes())
	}
	f.Fuzz(func(t *testing.T, which uint8, in []byte) {
		maker := makers[int(which)%len(makers)]
		r := wire.NewReader(in)
		a, err := maker.Decode(r)
		if err != nil || r.Close() != nil {
			return
		}
		if got := golden.Encoded(a); got != string(in) {
			if !addsBinnings(maker) {
				t.Fatalf("% x encodes to % x", in, got)
			}
			again, err := maker.Decode(wire.NewReader([]byte(got)))
			if err != nil || golden.Encoded(again) != got {
				t.Fatalf("% x encodes to % x, which is not stable (%v)", in, got, err)
			}
			in = []byte(got)
		}
		if w := a.Weight(); !(w >= 0) || math.IsInf(w, 0) {
			t.Fatalf("weight %v", w)
		}
		readAll(a)
		other := statstest.LearnedUnder(t, maker, statstest.LawLayout(), rows)
		for name, verb := range map[string]func(stats.Additive) error{
			"merge":    func(x stats.Additive) error { return x.Merge(other) },
			"subtract": func(x stats.Additive) error { return x.Subtract(other) },
			"scale":    func(x stats.Additive) error { return x.Scale(0.5) },
			"learn":    func(x stats.Additive) error { return x.Learn(statstest.LawLayout(), rows) },
			"forget":   func(x stats.Additive) error { return x.Forget(statstest.LawLayout(), rows) },
			"itself":   func(x stats.Additive) error { return x.Subtract(a) },
		} {
			x := a.Clone()
			if err := verb(x); err != nil && golden.Encoded(x) != string(in) {
				t.Fatalf("%s is refused, %v, and changes % x to % x", name, err, in, golden.Encoded(x))
			}
			readAll(x)
		}
	})
}

// readAll asks everything that can be asked.
func readAll(a stats.Additive) {
	switch v := a.(type) {
	case *stats.Summary:
		readSummary(v)
	case *Parallel:
		for _, part := range v.parts {
			readAll(part)
		}
	case stats.Collapser:
		if inner, err := v.Collapse(); err == nil {
			readAll(inner)
		}
	}
}

func readSummary(s *stats.Summary) {
	s.Patterns()
	columns := []int{}
	for i := range s.Layout().Numeric {
		columns = append(columns, i)
		s.Moments(i).Kurtosis()
		s.Histogram(i).Quantile(0.3)
		s.Histogram(i).CDF(0.3)
		for j := range i {
			s.Pair(i, j).Correlation()
		}
	}
	_, _, _ = s.Complete(columns)
	for i := range s.Layout().Categorical {
		s.Categories(i).Count(1)
		s.Present(i)
		s.GivenCategory(i).Cell(1, 0)
		s.Overflowed(i)
		for j := range i {
			s.Contingency(j, i).Margins()
		}
	}
}
