package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// forgetOne learns 20 + i mod 10 for i below n with one outlier at a place of the
// batch and forgets the outlier.
func forgetOne(t *testing.T, options stats.SummaryOptions, n, place int, outlier float64) (got, never *stats.Summary) {
	t.Helper()
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	rows, rest, one := &stats.Rows{Numeric: 2}, &stats.Rows{Numeric: 2}, &stats.Rows{Numeric: 2, N: 1, Values: []float64{outlier, outlier / 3}}
	add := func(r *stats.Rows, x, y float64) { r.N, r.Values = r.N+1, append(r.Values, x, y) }
	for i := range n {
		if i == place {
			add(rows, outlier, outlier/3)
		}
		add(rows, float64(20+i%10), float64(i%7))
		add(rest, float64(20+i%10), float64(i%7))
	}
	out := make([]*stats.Summary, 2)
	for i, r := range []*stats.Rows{rows, rest} {
		s, err := stats.NewSummary(options)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Learn(layout, r); err != nil {
			t.Fatal(err)
		}
		out[i] = s
	}
	if err := out[0].Forget(layout, one); err != nil {
		t.Fatal(err)
	}
	return out[0], out[1]
}

// TestForgottenOutlierLeavesNoTrace: all moments are as if it had never been learned.
// The values are those of 20 + i mod 10 for whole tens: variance 8.3333 at n = 100,
// skewness 0, kurtosis -1.2242 (moments of the discrete uniform distribution).
func TestForgottenOutlierLeavesNoTrace(t *testing.T) {
	for _, extended := range []int{0, -1} {
		for _, n := range []int{100, 1000, 5000} {
			for _, place := range []int{0, 1, n / 2, n - 1} {
				for _, outlier := range []float64{3e3, 65535, -1e6, 2147483647, 3e9, -3e12, 3e15} {
					t.Run(fmt.Sprintf("%d/n=%d/at %d/%g", extended, n, place, outlier), func(t *testing.T) {
						got, never := forgetOne(t, stats.SummaryOptions{ExtendedUpTo: extended}, n, place, outlier)
						m, w := got.Moments(0), never.Moments(0)
						for k := 2; k <= 4; k++ {
							if a, b := m.CentralSum(k), w.CentralSum(k); math.Abs(a-b) > 1e-12*math.Pow(w.Stddev(0), float64(k))*float64(n) {
								t.Errorf("central sum of order %d is %v, want %v", k, a, b)
							}
						}
						if m.Weight() != w.Weight() || math.Abs(m.Mean()-24.5) > 1e-14*24.5 || math.Abs(m.Skewness()) > 1e-12 || math.Abs(m.Kurtosis()+1.224242424242424) > 1e-12 {
							t.Errorf("weight %v, mean %v, skewness %v, kurtosis %v", m.Weight(), m.Mean(), m.Skewness(), m.Kurtosis())
						}
						if m.Min() != 20 || m.Max() != 29 {
							t.Errorf("from %v to %v, want 20 to 29", m.Min(), m.Max())
						}
					})
				}
			}
		}
	}
}

// weightOfValue returns the weight of a row by its value, 1 where rows have no weights.
func weightOfValue(weighted bool) func(x float64) float64 {
	return func(x float64) float64 {
		if !weighted {
			return 1
		}
		return 1 + math.Mod(math.Abs(math.Float64frombits(math.Float64bits(x)>>3)), 3)
	}
}

// valuesToForget draws values around base: those to keep, and those to forget, which are
// some of the usual ones and all that are far away.
func valuesToForget(r *rand.Rand, base, spread, share float64) (kept, out []float64) {
	for range 1 + r.IntN(300) {
		x := base + spread*r.NormFloat64()
		far := r.Float64() < share
		if far {
			x = base + spread*math.Copysign(math.Pow(10, 3+12*r.Float64()), r.NormFloat64())
		}
		if far || r.IntN(10) == 0 {
			out = append(out, x)
		} else {
			kept = append(kept, x)
		}
	}
	return kept, out
}

// TestDrawnSequencesLeaveNoTrace learns drawn numbers in batches of drawn sizes, into
// some summaries that are merged, with outliers of 1e3 to 1e15 standard deviations among
// them; forgets the outliers and some of the others, in batches in another order; and
// compares the moments with those of the numbers that are left.
func TestDrawnSequencesLeaveNoTrace(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}}}
	for seed := range drawn.Seeds(150) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 97))
			options := stats.SummaryOptions{ExtendedUpTo: []int{0, -1}[r.IntN(2)]}
			base, spread := math.Ldexp(r.NormFloat64(), r.IntN(20)), math.Ldexp(1, r.IntN(12)-6)
			parts := make([]*stats.Summary, 1+r.IntN(3))
			for i := range parts {
				parts[i] = emptySummary(t, options)
			}
			never, gone := emptySummary(t, options), emptySummary(t, options)
			var forgotten []float64
			weight := weightOfValue(r.IntN(3) == 0)
			learn := func(s *stats.Summary, values []float64, forget bool) {
				t.Helper()
				rows := &stats.Rows{N: len(values), Numeric: 1, Values: values, Forgotten: forget && s == gone}
				for _, x := range values {
					rows.Weights = append(rows.Weights, weight(x))
				}
				verb := s.Learn
				if forget && s != gone {
					verb = s.Forget
				}
				if err := verb(layout, rows); err != nil {
					t.Fatal(err)
				}
			}
			share := []float64{0.001, 0.01, 0.1}[r.IntN(3)]
			for range 1 + r.IntN(12) {
				kept, out := valuesToForget(r, base, spread, share)
				all := append(slices.Clone(kept), out...)
				r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				forgotten = append(forgotten, out...)
				learn(parts[r.IntN(len(parts))], all, false)
				learn(never, kept, false)
			}
			whole := parts[0]
			for _, p := range parts[1:] {
				if err := whole.Merge(p); err != nil {
					t.Fatal(err)
				}
			}
			r.Shuffle(len(forgotten), func(i, j int) { forgotten[i], forgotten[j] = forgotten[j], forgotten[i] })
			holder := []*stats.Summary{gone, whole}[r.IntN(2)] // shards of rows to forget hold them apart
			for len(forgotten) > 0 {
				n := 1 + r.IntN(len(forgotten))
				learn(holder, forgotten[:n], true)
				forgotten = forgotten[n:]
			}
			if err := whole.Subtract(gone); err != nil {
				t.Fatal(err)
			}
			requireSameMoments(t, never.Moments(0), whole.Moments(0))
		})
	}
}

func emptySummary(t *testing.T, options stats.SummaryOptions) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// requireSameMoments compares central moments by the standard deviation, and extremes
// where they are known.
func requireSameMoments(t *testing.T, want, got *stats.Moments) {
	t.Helper()
	const tolerance = 1e-9
	sigma := want.Stddev(0)
	if want.Empty() {
		if !got.Empty() {
			t.Errorf("weight %v, want none", got.Weight())
		}
		return
	}
	if math.Abs(got.Weight()-want.Weight()) > tolerance*want.Weight() || math.Abs(got.Mean()-want.Mean()) > tolerance*sigma {
		t.Errorf("weight %v, mean %v, want %v, %v", got.Weight(), got.Mean(), want.Weight(), want.Mean())
	}
	for k := 2; k <= 4; k++ {
		if a, b := got.CentralSum(k), want.CentralSum(k); math.Abs(a-b) > tolerance*want.Weight()*math.Pow(sigma, float64(k)) {
			t.Errorf("central sum of order %d is %v, want %v (standard deviation %v)", k, a, b, sigma)
		}
	}
	if low, high := got.Bounds(); low > want.Min() || high < want.Max() {
		t.Errorf("bounds %v and %v, want %v and %v within", low, high, want.Min(), want.Max())
	}
	if low := got.Min(); !math.IsNaN(low) && low != want.Min() {
		t.Errorf("minimum %v, want %v or none", low, want.Min())
	}
	if high := got.Max(); !math.IsNaN(high) && high != want.Max() {
		t.Errorf("maximum %v, want %v or none", high, want.Max())
	}
}
