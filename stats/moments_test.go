package stats_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// momentTolerance is what central sums of order k may be off by, relative to
// weight * stddev^k * kurtosis: block sums are plain float64 over 128 values.
const momentTolerance = 1e-14

// exactMoments returns mean and central sums 2 to 4 in 300-bit arithmetic.
func exactMoments(values, weights []float64) (mean *big.Float, sums [5]*big.Float) {
	mean, n := bigFloat(0), bigFloat(0)
	weight := func(i int) *big.Float {
		if weights == nil {
			return bigFloat(1)
		}
		return bigFloat(weights[i])
	}
	for i, x := range values {
		mean.Add(mean, bigMul(weight(i), bigFloat(x)))
		n.Add(n, weight(i))
	}
	mean.Quo(mean, n)
	for k := range sums {
		sums[k] = bigFloat(0)
	}
	for i, x := range values {
		e, p := bigSub(bigFloat(x), mean), weight(i)
		for k := range sums {
			sums[k].Add(sums[k], p)
			p = bigMul(p, e)
		}
	}
	return mean, sums
}

// momentsOff returns the largest error of mean and central sums relative to
// their scale, which for order 3 and 4 is that of the fourth power.
func momentsOff(m *stats.Moments, values, weights []float64) float64 {
	mean, want := exactMoments(values, weights)
	n, deviation := fromBig(want[0]), math.Sqrt(fromBig(want[2])/fromBig(want[0]))
	kurtosis := 1.0
	if deviation > 0 {
		kurtosis = fromBig(want[4]) / n / math.Pow(deviation, 4)
	}
	over := func(x, scale float64) float64 {
		if scale > 0 {
			return math.Abs(x) / scale
		}
		return math.Abs(x)
	}
	worst := over(fromBig(bigSub(bigNumber(m.MeanDD()), mean)), deviation)
	for k := 2; k <= 4; k++ {
		scale := n * math.Pow(deviation, float64(k)) * math.Pow(kurtosis, float64(k-2)/2)
		worst = max(worst, over(fromBig(bigSub(bigFloat(m.CentralSum(k)), want[k])), scale))
	}
	return worst
}

func columnOf(values []float64, i int) []float64 {
	var out []float64
	for k := i; k < len(values); k += tortureDim {
		out = append(out, values[k])
	}
	return out
}

func addAll(t testing.TB, m *stats.Moments, values, weights []float64) {
	t.Helper()
	for i, x := range values {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if err := m.Add(x, w); err != nil {
			t.Fatal(err)
		}
	}
}

// momentsOfBlocks learns the column through the block path.
func momentsOfBlocks(t testing.TB, values, weights []float64, p stats.Precision, block int) *stats.Moments {
	t.Helper()
	m, c := stats.NewMoments(), stats.NewComoments(1, p)
	for from := 0; from < len(values); from += block {
		to := min(from+block, len(values))
		var w []float64
		if weights != nil {
			w = weights[from:to]
		}
		if err := c.AddColumns(values[from:to], 1, []int32{0}, nil, to-from, w, []*stats.Moments{m}); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestMomentsAgainstExactArithmetic(t *testing.T) {
	const n = 3000
	for _, c := range tortureCases() {
		column := columnOf(c.rows(n), 3)
		for _, weights := range [][]float64{nil, randomWeights(n)} {
			t.Run(fmt.Sprintf("%s/weights %v", c.name, weights != nil), func(t *testing.T) {
				m := stats.NewMoments()
				addAll(t, m, column, weights)
				if e := momentsOff(m, column, weights); e > momentTolerance {
					t.Errorf("one by one: off by %.2g", e)
				}
				for _, p := range precisions() {
					for _, block := range []int{1, 50, 128, n} {
						m := momentsOfBlocks(t, column, weights, p, block)
						if e := momentsOff(m, column, weights); e > momentTolerance {
							t.Errorf("%v, blocks of %d: off by %.2g", p, block, e)
						}
					}
				}
			})
		}
	}
}

func TestMomentsInParts(t *testing.T) {
	const n = 2000
	for _, c := range tortureCases() {
		t.Run(c.name, func(t *testing.T) {
			column, weights := columnOf(c.rows(n), 3), randomWeights(n)
			const cut = 700
			a, b := stats.NewMoments(), stats.NewMoments()
			addAll(t, a, column[:cut], weights[:cut])
			addAll(t, b, column[cut:], weights[cut:])
			before := encodeMoments(b)
			for _, swapped := range []bool{false, true} {
				sum, other := a.Clone(), b
				if swapped {
					sum, other = b.Clone(), a
				}
				if err := sum.Merge(other); err != nil {
					t.Fatal(err)
				}
				if e := momentsOff(sum, column, weights); e > momentTolerance {
					t.Errorf("merged, swapped %v: off by %.2g", swapped, e)
				}
				if swapped {
					continue
				}
				if err := sum.Subtract(b); err != nil {
					t.Fatal(err)
				}
				// rounding of what is taken away is relative to its own spread
				scale := max(1, math.Pow(b.Stddev(0)/a.Stddev(0), 4))
				if a.Stddev(0) == 0 {
					scale = 1
				}
				if e := momentsOff(sum, column[:cut], weights[:cut]) / scale; e > 10*momentTolerance {
					t.Errorf("subtracted: off by %.2g", e)
				}
				variance := sum.Variance(0)
				if err := sum.Scale(3); err != nil || math.Abs(sum.Variance(0)-variance) > 1e-15*variance {
					t.Errorf("scaled: %v, variance %v, before %v", err, sum.Variance(0), variance)
				}
			}
			if encodeMoments(b) != before {
				t.Error("the operand changed")
			}
		})
	}
}

// TestMomentsForgetFarPart takes away a part that is a million deviations off:
// mean and variance of what is left must not show it.
func TestMomentsForgetFarPart(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	var near, far []float64
	for range 1000 {
		near, far = append(near, r.NormFloat64()), append(far, 1e6+r.NormFloat64())
	}
	m, gone := stats.NewMoments(), stats.NewMoments()
	addAll(t, m, near, nil)
	addAll(t, m, far, nil)
	addAll(t, gone, far, nil)
	if err := m.Subtract(gone); err != nil {
		t.Fatal(err)
	}
	mean, want := exactMoments(near, nil)
	if math.Abs(m.Mean()-fromBig(mean)) > momentTolerance || math.Abs(m.CentralSum(2)-fromBig(want[2])) > momentTolerance*fromBig(want[2]) {
		t.Errorf("mean %v and M2 %v, want %v and %v", m.Mean(), m.CentralSum(2), fromBig(mean), fromBig(want[2]))
	}
}

func encodeMoments(m *stats.Moments) string {
	w := wire.NewWriter(nil)
	m.Encode(w)
	return string(w.Bytes())
}

func TestMomentsReadOuts(t *testing.T) {
	m := stats.NewMoments()
	// expected by scipy.stats.skew and kurtosis with bias=True on the same data
	addAll(t, m, []float64{2, 8, 0, 4, 1, 9, 9, 0}, nil)
	cases := []struct {
		name      string
		got, want float64
	}{
		{name: "weight", got: m.Weight(), want: 8},
		{name: "mean", got: m.Mean(), want: 4.125},
		{name: "variance of the sample", got: m.Variance(1), want: 110.875 / 7},
		{name: "variance of the population", got: m.Variance(0), want: 110.875 / 8},
		{name: "standard deviation", got: m.Stddev(1), want: math.Sqrt(110.875 / 7)},
		{name: "skewness", got: m.Skewness(), want: 0.2650554122698573},
		{name: "kurtosis", got: m.Kurtosis(), want: -1.6660010752838508},
		{name: "minimum", got: m.Min(), want: 0},
		{name: "maximum", got: m.Max(), want: 9},
		{name: "central sum 0", got: m.CentralSum(0), want: 8},
		{name: "central sum 1", got: m.CentralSum(1), want: 0},
		{name: "central sum 2", got: m.CentralSum(2), want: 110.875},
	}
	for _, c := range cases {
		if math.Abs(c.got-c.want) > 1e-14*max(1, math.Abs(c.want)) {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
	constant, empty := stats.NewMoments(), &stats.Moments{}
	addAll(t, constant, []float64{7, 7, 7}, nil)
	for name, x := range map[string]float64{
		"mean": empty.Mean(), "minimum": empty.Min(), "maximum": empty.Max(), "variance": empty.Variance(0),
		"skewness": empty.Skewness(), "kurtosis of a constant": constant.Kurtosis(), "skewness of a constant": constant.Skewness(),
		"central sum 5": m.CentralSum(5), "variance without freedom": constant.Variance(3),
	} {
		if !math.IsNaN(x) {
			t.Errorf("%s is %v, want NaN", name, x)
		}
	}
	if constant.Variance(0) != 0 {
		t.Errorf("variance of a constant is %v", constant.Variance(0))
	}
}

func TestMomentsGolden(t *testing.T) {
	m := stats.NewMoments()
	golden.Check(t, "moments_v1_empty.bin", []byte(encodeMoments(m)))
	// one block with a whole mean: exact whichever kernel the machine runs
	m = momentsOfBlocks(t, []float64{2, 8, 0, 6, 1, 7, 8, 0}, nil, stats.Extended, 8)
	golden.Check(t, "moments_v3_filled.bin", []byte(encodeMoments(m)))
	requireReadsOldMoments(t, m)
	// the largest value is forgotten, and with it what the largest is
	if err := m.Subtract(momentsOfBlocks(t, []float64{8}, nil, stats.Extended, 1)); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "moments_v3_forgotten.bin", []byte(encodeMoments(m)))
}

// requireReadsOldMoments reads the bytes of an earlier version, which kept no exact
// sums.
func requireReadsOldMoments(t *testing.T, want *stats.Moments) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", "moments_v1_filled.bin"))
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewReader(file)
	old := stats.DecodeMoments(r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for k := range 5 {
		if old.CentralSum(k) != want.CentralSum(k) {
			t.Errorf("central sum of order %d is %v, want %v", k, old.CentralSum(k), want.CentralSum(k))
		}
	}
	if old.Mean() != want.Mean() || old.Min() != want.Min() || old.Max() != want.Max() || encodeMoments(old) != string(file) {
		t.Errorf("mean %v, from %v to %v", old.Mean(), old.Min(), old.Max())
	}
}

func TestMomentsLaws(t *testing.T) {
	m := stats.NewMoments()
	addAll(t, m, columnOf(tortureCases()[0].rows(200), 0), nil)
	state := encodeMoments(m)
	t.Run("empty is neutral", func(t *testing.T) {
		left := stats.NewMoments()
		if err := left.Merge(m); err != nil || encodeMoments(left) != state {
			t.Errorf("on the left: %v", err)
		}
		if err := m.Merge(stats.NewMoments()); err != nil || encodeMoments(m) != state {
			t.Errorf("on the right: %v", err)
		}
		if err := m.Subtract(stats.NewMoments()); err != nil || encodeMoments(m) != state {
			t.Errorf("subtracted: %v", err)
		}
	})
	t.Run("round trip", func(t *testing.T) {
		r := wire.NewReader([]byte(state))
		if x := stats.DecodeMoments(r); r.Close() != nil || *x != *m {
			t.Errorf("%v: %+v", r.Err(), x)
		}
	})
	t.Run("subtracting itself resets", func(t *testing.T) {
		x := m.Clone()
		if err := x.Subtract(m); err != nil || *x != (stats.Moments{}) {
			t.Errorf("%v: %+v", err, x)
		}
	})
	t.Run("bad input is refused", func(t *testing.T) { requireMomentsRefuse(t, m) })
	t.Run("zeros have no sign", func(t *testing.T) {
		a, b := stats.NewMoments(), stats.NewMoments()
		addAll(t, a, []float64{math.Copysign(0, -1), 0}, nil)
		addAll(t, b, []float64{0, math.Copysign(0, -1)}, nil)
		if encodeMoments(a) != encodeMoments(b) {
			t.Error("the order of -0 and 0 shows")
		}
	})
}

// requireMomentsRefuse requires that values, weights and factors out of range, and more
// rows than there are, are refused, and change nothing.
func requireMomentsRefuse(t *testing.T, m *stats.Moments) {
	t.Helper()
	x := m.Clone()
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 2 * stats.MaxMagnitude} {
		if x.Add(bad, 1) == nil {
			t.Errorf("value %v was taken", bad)
		}
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), 0, -1} {
		if x.Add(1, bad) == nil || x.Scale(bad) == nil {
			t.Errorf("weight or factor %v was taken", bad)
		}
	}
	if x.Scale(math.MaxFloat64) == nil {
		t.Error("a scale out of range was taken")
	}
	more := m.Clone()
	addAll(t, more, []float64{1}, nil)
	if err := x.Subtract(more); !errors.Is(err, stats.ErrNotLearned) {
		t.Errorf("subtract more: %v", err)
	}
	if *x != *m {
		t.Error("the receiver changed")
	}
}

// FuzzDecodeMoments: a decoder never panics, and what it takes is written
// again as it was.
func FuzzDecodeMoments(f *testing.F) {
	m := stats.NewMoments()
	f.Add([]byte(encodeMoments(m)))
	addAll(f, m, []float64{1, 2, 4}, nil)
	f.Add([]byte(encodeMoments(m)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		m := stats.DecodeMoments(r)
		if r.Close() == nil && encodeMoments(m) != string(data) {
			t.Errorf("%x became %x", data, encodeMoments(m))
		}
		_ = m.Merge(m.Clone())
	})
}
