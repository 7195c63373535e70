package stats_test

import (
	"errors"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestScaleDropsWhatIsTooLight halves a summary 1,200 times while rows without
// y and kind go on coming, as decay does: what is known of y and kind alone
// vanishes, in dense blocks and in the overflow, and everything else is that of
// the rows that are left.
func TestScaleDropsWhatIsTooLight(t *testing.T) {
	for _, c := range []struct {
		name    string
		options stats.SummaryOptions
	}{
		{name: "dense blocks"},
		{name: "overflow", options: stats.SummaryOptions{MaxPatterns: 1}},
		{name: "double", options: stats.SummaryOptions{ExtendedUpTo: -1, ConditionalBins: 16}},
	} {
		t.Run(c.name, func(t *testing.T) {
			maker := stats.SummaryMaker{Options: c.options}
			s := statstest.Learned(t, maker, statstest.LawRows(31, 100)).(*stats.Summary)
			one := &stats.Rows{N: 1, Numeric: 4, Categorical: 2, Values: []float64{7, math.NaN(), math.NaN(), math.NaN()}, Codes: []int32{stats.Missing, stats.Missing}}
			for range 1200 {
				if err := s.Scale(0.5); err != nil {
					t.Fatal(err)
				}
				if err := s.Learn(statstest.LawLayout(), one); err != nil {
					t.Fatal(err)
				}
			}
			// 1 + 1/2 + 1/4 + ..., rounded
			if w := s.Weight(); math.Abs(w-2) > 1e-12 {
				t.Errorf("weight is %v, want 2", w)
			}
			if m := s.Moments(0); math.Abs(m.Weight()-2) > 1e-12 || math.Abs(m.Mean()-7) > 1e-12 {
				t.Errorf("x has weight %v and mean %v, want 2 and 7", m.Weight(), m.Mean())
			}
			for what, weight := range map[string]float64{
				"moments of y":         s.Moments(1).Weight(),
				"histogram of y":       s.Histogram(1).Weight(),
				"pair of x and y":      s.Pair(0, 1).N,
				"y alone":              s.Pair(1, 1).N,
				"counts of kind":       s.Categories(0).Total(),
				"x given kind":         s.GivenCategory(0).Cell(1, 0).Weight,
				"x given flag":         s.GivenBinary(2).Cell(1, 0).Weight,
				"kind and tags":        s.Contingency(0, 1).Total(),
				"moments of offset":    s.Moments(3).Weight(),
				"rows that have kinds": s.Present(0),
			} {
				if weight != 0 {
					t.Errorf("%s: a weight of %v is left", what, weight)
				}
			}
			statstest.RequireRoundTrip(t, maker, s)
		})
	}
}

// TestScaleIsAllOrNothing makes each kind of sum the first to leave its range.
func TestScaleIsAllOrNothing(t *testing.T) {
	for _, value := range []float64{1, 1e10, 1e40, stats.MaxMagnitude} {
		rows := statstest.LawRows(32, 40)
		for i := range rows.N {
			rows.Values[4*i+i%2] *= value
			if math.Abs(rows.Values[4*i+i%2]) > stats.MaxMagnitude {
				rows.Values[4*i+i%2] = value
			}
		}
		s := statstest.Learned(t, stats.SummaryMaker{Options: stats.SummaryOptions{ConditionalBins: 16, MaxPatterns: 4}}, rows)
		refused := 0
		for exponent := 1; exponent <= 308; exponent++ {
			before, changed := golden.Encoded(s), s.Clone()
			if err := changed.Scale(math.Pow10(exponent)); err == nil {
				r := wire.NewReader([]byte(golden.Encoded(changed)))
				if _, err := stats.DecodeSummary(r); errors.Join(err, r.Close()) != nil {
					t.Fatalf("values of %g scaled by 1e%d cannot be read: %v", value, exponent, err)
				}
				continue
			}
			refused++
			if golden.Encoded(changed) != before {
				t.Fatalf("values of %g: scaling by 1e%d failed and changed the summary", value, exponent)
			}
		}
		if refused == 0 {
			t.Errorf("values of %g: every factor was taken", value)
		}
	}
}

// TestHeavyRowsAreRefused: a weight and a value that are in range one by one but
// not together never reach a sum.
func TestHeavyRowsAreRefused(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	for _, c := range []struct {
		name     string
		value, w float64
		taken    bool
	}{
		{name: "the largest value", value: stats.MaxMagnitude, w: 100, taken: true},
		{name: "the largest value, too heavy", value: -stats.MaxMagnitude, w: 1000},
		{name: "the heaviest row", value: 1e47, w: 1e100, taken: true},
		{name: "the heaviest row, too large", value: 1e48, w: 1e100},
		{name: "no value", value: math.NaN(), w: 1e100, taken: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := stats.NewSummary(stats.SummaryOptions{})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Learn(layout, &stats.Rows{N: 1, Numeric: 1, Values: []float64{c.value}, Weights: []float64{c.w}})
			if (err == nil) != c.taken {
				t.Errorf("error is %v, want one: %v", err, !c.taken)
			}
			statstest.RequireRoundTrip(t, stats.SummaryMaker{}, s)
		})
	}
}
