package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// rankTolerance is the largest error in rank, as a share, that a quantile of a
// histogram of DefaultBins may have on the distributions below: the weight of
// one bin near the mode.
const rankTolerance = 0.005

func newHistogram(t testing.TB, bins int) *Histogram {
	t.Helper()
	return histogramOf(t, bins, nil)
}

// distributions are those on which sketches go wrong.
func distributions() map[string][]float64 {
	rng := rand.New(rand.NewPCG(5, 0))
	const n = 100_000
	lognormal, ints, mixed, zeros := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		lognormal[i] = math.Exp(2 * rng.NormFloat64())
		ints[i] = float64(rng.IntN(400) - 100)
		mixed[i] = math.Copysign(math.Exp(20*rng.NormFloat64()), rng.Float64()-0.5)
		zeros[i] = max(rng.NormFloat64(), 0)
	}
	return map[string][]float64{
		"normal":              Normals(1, n, 0, 1),
		"normal far off":      Normals(2, n, 1000, 0.01),
		"lognormal":           lognormal,
		"integers":            ints,
		"normal and outlier":  append(Normals(3, n, 0, 1), 1e30),
		"outlier first":       append([]float64{1e30}, Normals(3, n, 0, 1)...),
		"both signs, wide":    mixed,
		"inflated with zeros": zeros,
		"constant":            slices.Repeat([]float64{math.Pi}, 1000),
	}
}

func TestHistogramRankError(t *testing.T) {
	for name, values := range distributions() {
		t.Run(name, func(t *testing.T) {
			h := histogramOf(t, DefaultBins, values)
			sorted := slices.Sorted(slices.Values(values))
			n := float64(len(sorted))
			for _, q := range []float64{0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1} {
				x := h.Quantile(q)
				below, _ := slices.BinarySearch(sorted, x)
				upTo, _ := slices.BinarySearch(sorted, math.Nextafter(x, Infinity))
				if q*n < float64(below)-rankTolerance*n || q*n > float64(upTo)+rankTolerance*n {
					t.Errorf("quantile %v is %v, of rank %v to %v", q, x, float64(below)/n, float64(upTo)/n)
				}
				at := sorted[min(int(q*n), len(sorted)-1)]
				upTo, _ = slices.BinarySearch(sorted, math.Nextafter(at, Infinity))
				if got := h.CDF(at); math.Abs(got-float64(upTo)/n) > rankTolerance {
					t.Errorf("CDF at %v is %v, want %v", at, got, float64(upTo)/n)
				}
			}
			if h.used() > DefaultBins || h.Weight() != n {
				t.Errorf("%d bins of weight %v", h.used(), h.Weight())
			}
			if lo, hi := h.Min(), h.Max(); lo > sorted[0] || hi < sorted[len(sorted)-1] {
				t.Errorf("from %v to %v, the values are from %v to %v", lo, hi, sorted[0], sorted[len(sorted)-1])
			}
		})
	}
}

func TestHistogramExactQuantiles(t *testing.T) {
	// expected values by numpy.quantile(..., method="linear") of NumPy 1.24
	cases := []struct {
		name   string
		values []float64
		q      float64
		want   float64
	}{
		{name: "median of odd", values: []float64{3, 1, 2}, q: 0.5, want: 2},
		{name: "median of even", values: []float64{4, 1, 2, 3}, q: 0.5, want: 2.5},
		{name: "quartile", values: []float64{1, 2, 3, 4}, q: 0.25, want: 1.75},
		{name: "ninth decile", values: []float64{1, 2, 2, 3, 10}, q: 0.9, want: 7.2},
		{name: "within ties", values: []float64{1, 2, 2, 2, 3}, q: 0.4, want: 2},
		{name: "lowest", values: []float64{-3.5, -1, 0}, q: 0, want: -3.5},
		{name: "highest", values: []float64{-3.5, -1, 0.25}, q: 1, want: 0.25},
		{name: "single", values: []float64{7}, q: 0.3, want: 7},
		{name: "negative", values: []float64{-4, -3, -2, -1}, q: 0.75, want: -1.75},
	}
	const tolerance = 4e-16 // rounding of the interpolation
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := histogramOf(t, MinBins, c.values)
			if got := h.Quantile(c.q); math.Abs(got-c.want) > tolerance*math.Abs(c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// With weights that are not counts a quantile is the inverse of the CDF and
// does not depend on the scale of the weights.
func TestHistogramWeightedQuantiles(t *testing.T) {
	h := newHistogram(t, MinBins)
	for _, x := range []float64{1, 2, 3, 4} {
		if err := h.Add(x, x/10); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []float64{1, 1e-3, 1e6 + 0.1} {
		if err := h.checkedScale(f); err != nil {
			t.Fatal(err)
		}
		for q, want := range map[float64]float64{0: 1, 0.05: 1, 0.2: 2, 0.31: 3, 0.5: 3, 0.61: 4, 1: 4} {
			if got := h.Quantile(q); got != want {
				t.Errorf("scaled by %v: quantile %v is %v, want %v", f, q, got, want)
			}
		}
	}
}

func TestHistogramEmpty(t *testing.T) {
	h := newHistogram(t, MinBins)
	for name, got := range map[string]float64{"quantile": h.Quantile(0.5), "CDF": h.CDF(0), "min": h.Min(), "max": h.Max()} {
		if !math.IsNaN(got) {
			t.Errorf("%s is %v, want NaN", name, got)
		}
	}
	if h.Rank(1) != 0 || h.Weight() != 0 || h.used() != 0 || h.shift != 0 || h.limit != MinBins {
		t.Errorf("rank %v, weight %v, %d bins, shift %d, limit %d", h.Rank(1), h.Weight(), h.used(), h.shift, h.limit)
	}
	if err := h.checkedScale(2); err != nil {
		t.Error(err)
	}
}

func TestHistogramBadInput(t *testing.T) {
	for _, bins := range []int{-1, 0, MinBins - 1, MaxBins + 1} {
		if _, err := NewHistogram(bins); err == nil {
			t.Errorf("%d bins were taken", bins)
		}
	}
	h := histogramOf(t, MinBins, []float64{1, 2, 3})
	before := golden.Encoded(h)
	for _, x := range []float64{Infinity, -Infinity, NotANumber} {
		if h.Add(x, 1) == nil {
			t.Errorf("value %v was taken", x)
		}
	}
	for _, w := range []float64{0, -1, Infinity, NotANumber} {
		if h.Add(1, w) == nil {
			t.Errorf("weight %v was taken", w)
		}
	}
	for _, q := range []float64{-0.1, 1.1, NotANumber} {
		if !math.IsNaN(h.Quantile(q)) {
			t.Errorf("quantile %v is %v", q, h.Quantile(q))
		}
	}
	h.AddColumn([]float64{NotANumber, Infinity, -Infinity}, 0, 1, 3, nil)
	if golden.Encoded(h) != before {
		t.Error("the receiver changed")
	}
}

func TestHistogramExtremes(t *testing.T) {
	values := []float64{
		-math.MaxFloat64, -1, -math.SmallestNonzeroFloat64, math.Copysign(0, -1), 0,
		math.SmallestNonzeroFloat64, 0x1p-1022, 1, math.Nextafter(1, 2), math.MaxFloat64,
	}
	h := histogramOf(t, MinBins, values)
	var got []float64
	for b := range h.Bins() {
		if b.Lo != b.Hi || math.Signbit(b.Lo) && b.Lo == 0 {
			t.Errorf("bin from %v to %v", b.Lo, b.Hi)
		}
		got = append(got, b.Lo)
	}
	want := slices.Delete(slices.Clone(values), 3, 4) // -0 is 0
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for e := range 40 {
		for _, x := range []float64{math.Ldexp(1.3, 50*e-1000), -math.Ldexp(1.7, 50*e-1000)} {
			if err := h.Add(x, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	if h.used() > MinBins || h.shift > maxShift {
		t.Errorf("%d bins at shift %d", h.used(), h.shift)
	}
	before := -Infinity
	for b := range h.Bins() {
		if !(b.Lo >= before && b.Lo < b.Hi) || math.IsInf(b.Hi, 0) || math.IsInf(b.Lo, 0) {
			t.Errorf("bin from %v to %v after %v", b.Lo, b.Hi, before)
		}
		before = b.Hi
	}
	if got := h.Rank(math.MaxFloat64); got != h.Weight() {
		t.Errorf("rank of the largest is %v of %v", got, h.Weight())
	}
}

func TestHistogramRebin(t *testing.T) {
	h := histogramOf(t, MinBins, []float64{0, 1, 1, 2, 3, 4})
	cases := []struct {
		name  string
		edges []float64
		want  []float64
	}{
		// expected values by numpy.histogram of NumPy 1.24
		{name: "unit cells", edges: []float64{0, 1, 2, 3, 4}, want: []float64{1, 2, 1, 2}},
		{name: "outside left out", edges: []float64{0.5, 2.5, 3.5}, want: []float64{3, 1}},
		{name: "one cell", edges: []float64{-10, 10}, want: []float64{6}},
		{name: "nothing there", edges: []float64{5, 6, 7}, want: []float64{0, 0}},
		{name: "last edge is in", edges: []float64{-1, 0, 1}, want: []float64{0, 3}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := h.Rebin(c.edges)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, %v, want %v", got, err, c.want)
			}
		})
	}
	for _, bad := range [][]float64{nil, {1}, {1, 1}, {2, 1}, {NotANumber, 1}, {1, NotANumber}} {
		if _, err := h.Rebin(bad); err == nil {
			t.Errorf("edges %v were taken", bad)
		}
	}
}

// cellTolerance is the share of the weight by which interpolation inside bins
// may be off at 512 bins and 20 cells.
const cellTolerance = 0.0024

// TestHistogramCellsOfANormal compares the weight of each cell with the
// distribution that the values are drawn from.
func TestHistogramCellsOfANormal(t *testing.T) {
	h := histogramOf(t, DefaultBins, Normals(9, 400_000, 3, 2))
	edges := []float64{}
	for x := -3.0; x <= 9; x += 0.6 {
		edges = append(edges, x)
	}
	got, err := h.Rebin(edges)
	if err != nil {
		t.Fatal(err)
	}
	phi := func(x float64) float64 { return math.Erfc(-(x-3)/2/math.Sqrt2) / 2 }
	for i, weight := range got {
		want := phi(edges[i+1]) - phi(edges[i])
		if math.Abs(weight/h.Weight()-want) > cellTolerance {
			t.Errorf("the share from %v is %v, want %v", edges[i], weight/h.Weight(), want)
		}
	}
}

func TestHistogramScaleOutOfRange(t *testing.T) {
	h := newHistogram(t, MinBins)
	for x, w := range map[float64]float64{1: 1e300, 2: 1e-300, 3: 1} {
		if err := h.Add(x, w); err != nil {
			t.Fatal(err)
		}
	}
	before := golden.Encoded(h)
	if h.checkedScale(1e10) == nil {
		t.Error("an infinite weight was reached")
	}
	if golden.Encoded(h) != before {
		t.Error("the receiver changed")
	}
	if err := h.checkedScale(1e-30); err != nil || h.used() != 2 {
		t.Errorf("%v, %d bins, want 2 as one vanishes", err, h.used())
	}
}

func TestHistogramAllocations(t *testing.T) {
	values := Normals(4, 4096, 0, 1)
	h := histogramOf(t, DefaultBins, values)
	if n := testing.AllocsPerRun(20, func() { h.AddColumn(values, 0, 1, len(values), nil) }); n > 0 {
		t.Errorf("%v allocations per block of known bins", n)
	}
}

func TestHistogramGolden(t *testing.T) {
	weighted := newHistogram(t, 32)
	for i := range 20 {
		if err := weighted.Add(float64(i)/3, 0.5+float64(i)); err != nil {
			t.Fatal(err)
		}
	}
	// generated without the random number package, so that the values never change
	wide := newHistogram(t, 64)
	for i := range 1000 {
		if err := wide.Add(math.Ldexp(float64(i%97)-48, i%40-20), 1); err != nil {
			t.Fatal(err)
		}
	}
	for name, h := range map[string]*Histogram{
		"histogram_v1_empty.bin":    newHistogram(t, DefaultBins),
		"histogram_v1_exact.bin":    histogramOf(t, DefaultBins, []float64{3, -1, 0, 3, 2.5}),
		"histogram_v1_weighted.bin": weighted,
		"histogram_v1_wide.bin":     wide,
	} {
		golden.Check(t, name, []byte(golden.Encoded(h)))
	}
}

// FuzzDecodeHistogram: no panic; bytes that are taken are those that the
// result encodes to; the bins ascend, are finite and within the limit; adding,
// merging and reading work on what was decoded.
func FuzzDecodeHistogram(f *testing.F) {
	for _, values := range [][]float64{nil, {1}, {1, 2, 3, -4}, Normals(1, 500, 0, 1)} {
		f.Add([]byte(golden.Encoded(histogramOf(f, 32, values))))
	}
	f.Add([]byte{32, 5, 1, 2, 0, 2})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		h := DecodeHistogram(r)
		if r.Close() != nil {
			return
		}
		if got := golden.Encoded(h); got != string(in) {
			t.Fatalf("% x encodes to % x", in, got)
		}
		before, n := -Infinity, 0
		for b := range h.Bins() {
			if !(b.Lo >= before && b.Hi >= b.Lo && b.Weight > 0) || math.IsInf(b.Hi, 0) {
				t.Fatalf("bin %+v after %v", b, before)
			}
			before = b.Hi
			n++
		}
		if n != h.used() || n > h.limit {
			t.Fatalf("%d bins, %d announced, limit %d", n, h.used(), h.limit)
		}
		h.Quantile(0.3)
		h.CDF(1)
		other := newHistogram(t, h.limit)
		other.AddColumn([]float64{1, -1e300, 5e-324, 7}, 0, 1, 4, nil)
		if err := other.Merge(h); err == nil {
			if err := other.Subtract(h); err != nil {
				t.Fatal(err)
			}
		}
		h.AddColumn(Normals(1, 50, 0, 1), 0, 1, 50, nil)
		if h.used() > h.limit {
			t.Fatalf("%d bins, limit %d", h.used(), h.limit)
		}
	})
}
