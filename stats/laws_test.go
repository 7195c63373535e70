package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// toleranceExtended and toleranceDouble are what design allows moments to
// differ by between two ways to split the same rows, relative to the scale of
// the co-moment: extended sums carry 31 digits and lose only the rounding of
// the centring; double ones lose a few units in the last place per merge.
const (
	toleranceExtended = 1e-14
	toleranceDouble   = 1e-12
)

// pivotShare of the spread of whole columns is added to the scale of a pair.
// All pairs of a column share a pivot, so one whose rows have no variance keeps
// the rounding of double-double, 1e-31 of squared distances from the pivot.
const pivotShare = 1e-10

// lawCase is one row of the table of everything that is Additive. An Additive
// that is missing here fails TestLawTableIsComplete.
type lawCase struct {
	name      string
	maker     Maker
	tolerance float64
}

func lawTable() []lawCase {
	summary := SummaryMaker{}
	double := SummaryMaker{Options: SummaryOptions{ExtendedUpTo: -1}}
	crowded := SummaryMaker{Options: SummaryOptions{MaxPatterns: 2}}
	return []lawCase{
		{name: "summary extended", maker: summary, tolerance: toleranceExtended},
		{name: "summary double", maker: double, tolerance: toleranceDouble},
		{name: "summary with overflow block", maker: crowded, tolerance: toleranceExtended},
		{name: "summary with conditional histograms", maker: SummaryMaker{Options: SummaryOptions{ConditionalBins: 64}}, tolerance: toleranceExtended},
		{name: "summary with one more part", maker: tableMaker{table: withCubes()}, tolerance: toleranceExtended},
		{name: "slim", maker: SlimMaker{HistogramBins: 64}, tolerance: toleranceExtended},
		{name: "slim without histograms", maker: SlimMaker{}, tolerance: toleranceExtended},
		{name: "window", maker: WindowMaker{Inner: summary, Period: time.Second, Tiles: 5}, tolerance: toleranceExtended},
		{name: "folds", maker: FoldsMaker{Inner: summary, K: 3}, tolerance: toleranceExtended},
		{name: "partition", maker: PartitionMaker{Inner: summary, Attribute: "kind"}, tolerance: toleranceExtended},
		{name: "decay", maker: DecayMaker{Inner: summary, HalfLife: 3 * time.Second}, tolerance: toleranceExtended},
		{name: "beside", maker: BesideMaker{
			Names: []string{"history", "window"},
			Parts: []Maker{summary, WindowMaker{Inner: double, Period: time.Second, Tiles: 3}},
		}, tolerance: toleranceDouble},
		{name: "tower", maker: BesideMaker{
			Names: []string{"history", "window"},
			Parts: []Maker{
				FoldsMaker{Inner: PartitionMaker{Inner: summary, Attribute: "kind"}, K: 2},
				WindowMaker{Inner: FoldsMaker{Inner: summary, K: 2}, Period: 2 * time.Second, Tiles: 4},
			},
		}, tolerance: toleranceExtended},
		{name: "detectors", maker: DetectorsMaker{Frames: lawFrames()}, tolerance: toleranceExtended},
		{name: "window of detectors beside a summary", maker: BesideMaker{
			Names: []string{"history", "detectors"},
			Parts: []Maker{summary, WindowMaker{Inner: DetectorsMaker{Frames: lawFrames()}, Period: 2 * time.Second, Tiles: 5}},
		}, tolerance: toleranceExtended},
		{name: "framed folds", maker: FramedMaker{Inner: FoldsMaker{Inner: summary, K: 2}, Frames: lawFrameSet()}, tolerance: toleranceExtended},
		{name: "framed without frames", maker: FramedMaker{Inner: summary}, tolerance: toleranceExtended},
		{name: "window of framed summaries", maker: WindowMaker{Inner: FramedMaker{Inner: summary, Frames: lawFrameSet()}, Period: 2 * time.Second, Tiles: 5}, tolerance: toleranceExtended},
	}
}

func lawLayout() *Layout {
	return &Layout{
		Numeric: []NumericColumn{{Name: "x"}, {Name: "y"}, {Name: "flag", Binary: true}, {Name: "offset"}},
		Categorical: []CategoricalColumn{
			{Name: "kind", Values: []string{"a", "b", "c"}},
			{Name: "tags", List: true, Values: []string{"red", "green"}},
		},
	}
}

// lawRows returns n rows with missing values, weights of small integers, lists
// and times over ten seconds.
func lawRows(seed uint64, n int) *Rows {
	rng := rand.New(rand.NewPCG(seed, 1))
	rows := &Rows{N: n, Numeric: 4, Categorical: 2}
	for i := range n {
		x := rng.NormFloat64()
		values := []float64{x, 3*x + rng.NormFloat64(), float64(rng.IntN(2)), 1e6 + rng.NormFloat64()}
		for j := range values {
			if rng.IntN(5) == 0 {
				values[j] = math.NaN()
			}
		}
		rows.Values = append(rows.Values, values...)
		rows.Codes = append(rows.Codes, int32(rng.IntN(5)-1))
		if code := rows.Codes[2*i]; code == Other {
			rows.Overflow = append(rows.Overflow, Overflow{Row: i, Column: 0, Value: fmt.Sprint("rare ", i%7)})
		}
		rows.Sets = append(rows.Sets, [][]int32{nil, {1}, {2}, {1, 2}}[rng.IntN(4)])
		rows.Codes = append(rows.Codes, int32(-1-len(rows.Sets)))
		rows.Weights = append(rows.Weights, float64(1+rng.IntN(3)))
		rows.Times = append(rows.Times, int64(float64(i)/float64(n)*10*float64(time.Second)))
	}
	return rows
}

func learned(t *testing.T, maker Maker, rows *Rows) Additive {
	t.Helper()
	a, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Learn(lawLayout(), rows); err != nil {
		t.Fatal(err)
	}
	return a
}

func merged(t *testing.T, maker Maker, parts ...Additive) Additive {
	t.Helper()
	a, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		before := encoded(p)
		if err := a.Merge(p); err != nil {
			t.Fatal(err)
		}
		if encoded(p) != before {
			t.Fatal("Merge changed its operand")
		}
	}
	return a
}

func encoded(a Additive) string {
	w := wire.NewWriter(nil)
	a.Encode(w)
	return string(w.Bytes())
}

// summariesOf returns every summary in the tower by a name of its place.
func summariesOf(a Additive) map[string]*Summary {
	out := map[string]*Summary{}
	put := func(prefix string, inner Additive) {
		for name, s := range summariesOf(inner) {
			out[prefix+"/"+name] = s
		}
	}
	switch v := a.(type) {
	case *Summary:
		out["summary"] = v
	case *Slim:
		out["slim"] = summaryOfSlim(v)
	case *Window:
		for tile, part := range v.parts {
			put(fmt.Sprint("tile ", tile), part)
		}
	case *Folds:
		for fold, part := range v.parts {
			put(fmt.Sprint("fold ", fold), part)
		}
	case *Partition:
		for value, part := range v.parts {
			put("value "+value, part)
		}
	case *Decay:
		put("decay", v.inner)
	case *Framed:
		put("inner", v.inner)
	case *Beside:
		for i, part := range v.parts {
			put(v.names[i], part)
		}
	}
	return out
}

func requireSame(t reporter, what string, want, got Additive, tolerance float64) {
	t.Helper()
	requireSameDetectors(t, what, want, got)
	w, g := summariesOf(want), summariesOf(got)
	for name, s := range w {
		if g[name] == nil {
			if s.Weight() > 0 {
				t.Errorf("%s: %s is missing", what, name)
			}
			continue
		}
		requireSameSummary(t, what+": "+name, s, g[name], tolerance)
	}
	for name, s := range g {
		if w[name] == nil && s.Weight() > 0 {
			t.Errorf("%s: %s should not be", what, name)
		}
	}
}

func requireSameSummary(t reporter, what string, want, got *Summary, tolerance float64) {
	t.Helper()
	near := func(field string, a, b, scale float64) {
		t.Helper()
		if math.IsNaN(a) && math.IsNaN(b) {
			return
		}
		if !(math.Abs(a-b) <= tolerance*scale) && a != b {
			t.Errorf("%s: %s is %v, want %v (off by %.3g of %.3g)", what, field, b, a, math.Abs(a-b), scale)
		}
	}
	near("weight", want.Weight(), got.Weight(), want.Weight())
	if len(want.layout.Numeric) != len(got.layout.Numeric) || len(want.layout.Categorical) != len(got.layout.Categorical) {
		t.Errorf("%s: %d and %d columns, want %d and %d", what, len(got.layout.Numeric), len(got.layout.Categorical), len(want.layout.Numeric), len(want.layout.Categorical))
		return
	}
	for i := range want.layout.Numeric {
		name := want.layout.Numeric[i].Name
		m, n := want.Moments(i), got.Moments(i)
		near(name+" weight", m.Weight(), n.Weight(), m.Weight())
		near(name+" mean", m.Mean(), n.Mean(), math.Abs(m.Mean())+m.Stddev(0))
		near(name+" variance", m.Variance(0), n.Variance(0), m.Variance(0))
		near(name+" skewness", m.Skewness(), n.Skewness(), 10)
		near(name+" kurtosis", m.Kurtosis(), n.Kurtosis(), 10)
		if given := want.GivenBinary(i); given != nil {
			for code := range int32(2) {
				for j := range want.givenBinary.continuous {
					c, d := given.Cell(code, j), got.GivenBinary(i).Cell(code, j)
					near("weight given "+name, c.Weight, d.Weight, c.Weight)
					near("mean given "+name, c.Mean, d.Mean, math.Abs(c.Mean)+1)
					near("M2 given "+name, c.M2, d.M2, max(c.M2, 1e-3))
				}
			}
		}
		for j := range i + 1 {
			p, q := want.Pair(i, j), got.Pair(i, j)
			near(fmt.Sprint("pair weight ", i, j), p.N, q.N, p.N)
			scale := math.Sqrt(p.Cii.Float())*math.Sqrt(p.Cjj.Float()) + pivotShare*m.Stddev(0)*want.Moments(j).Stddev(0)*m.Weight()
			near(fmt.Sprint("co-moment ", i, j), p.Cij.Float(), q.Cij.Float(), scale)
		}
	}
	for b := range want.layout.Categorical {
		near("present", want.Present(b), got.Present(b), want.Present(b))
		wantDistinct, wantHeavy := want.Overflowed(b)
		gotDistinct, gotHeavy := got.Overflowed(b)
		if wantDistinct != nil && gotDistinct != nil {
			// Forgotten rows still count in the overflow: it may only be larger.
			if gotDistinct.Estimate() < wantDistinct.Estimate() || gotHeavy.Weight() < wantHeavy.Weight()*(1-tolerance) {
				t.Errorf("%s: overflow is smaller than it should be", what)
			}
		}
		for code := range int32(len(want.layout.Categorical[b].Values) + 1) {
			near("count", want.Categories(b).Count(code), got.Categories(b).Count(code), want.Categories(b).Total())
			for j := range want.layout.Numeric {
				c, d := want.GivenCategory(b).Cell(code, j), got.GivenCategory(b).Cell(code, j)
				near("cell weight", c.Weight, d.Weight, c.Weight)
				near("cell mean", c.Mean, d.Mean, math.Abs(c.Mean)+1)
				near("cell M2", c.M2, d.M2, max(c.M2, 1e-3))
			}
			for other := range int32(len(want.layout.Categorical[0].Values) + 1) {
				if b == 1 {
					near("contingency", want.Contingency(0, 1).Count(other, code), got.Contingency(0, 1).Count(other, code), want.Weight())
				}
			}
		}
	}
}

func TestLaws(t *testing.T) {
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			rows := lawRows(7, 500)
			whole := learned(t, c.maker, rows)
			empty, err := c.maker.New()
			if err != nil {
				t.Fatal(err)
			}
			part := func(from, to int) Additive {
				r := rows.Select(from, to)
				return learned(t, c.maker, &r)
			}
			a, b, d := part(0, 130), part(130, 131), part(131, 500)
			requireSame(t, "neutral on the right", whole, merged(t, c.maker, whole, empty), c.tolerance)
			requireSame(t, "neutral on the left", whole, merged(t, c.maker, empty, whole), c.tolerance)
			requireSame(t, "split", whole, merged(t, c.maker, a, b, d), c.tolerance)
			requireSame(t, "split in another order", whole, merged(t, c.maker, d, a, b), c.tolerance)
			requireSame(t, "split in another tree", whole, merged(t, c.maker, a, merged(t, c.maker, b, d)), c.tolerance)
			requireRoundTrip(t, c.maker, whole)
			requireRoundTrip(t, c.maker, empty)
			requireClone(t, whole, c.maker, rows)
		})
	}
}

func requireRoundTrip(t *testing.T, maker Maker, a Additive) {
	t.Helper()
	bytes := encoded(a)
	r := wire.NewReader([]byte(bytes))
	back, err := maker.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	if encoded(back) != bytes {
		t.Error("encoding what was decoded gives other bytes")
	}
	for cut := 1; cut < len(bytes); cut += 1 + len(bytes)/50 {
		r := wire.NewReader([]byte(bytes[:cut]))
		if _, err := maker.Decode(r); err == nil && r.Close() == nil {
			t.Errorf("bytes cut at %d of %d are accepted", cut, len(bytes))
		}
	}
}

func requireClone(t *testing.T, a Additive, maker Maker, rows *Rows) {
	t.Helper()
	before := encoded(a)
	c := a.Clone()
	if encoded(c) != before {
		t.Error("clone has other bytes")
	}
	if err := c.Learn(lawLayout(), rows); err != nil {
		t.Fatal(err)
	}
	if err := c.Scale(0.5); err != nil {
		t.Fatal(err)
	}
	if encoded(a) != before {
		t.Error("changing a clone changes the original")
	}
}

func TestForgetUndoesLearn(t *testing.T) {
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			rows := lawRows(11, 300)
			// Both parts span all times, so that the window holds rows of both.
			var first, second Rows
			first.Reset(rows.Numeric, rows.Categorical)
			second.Reset(rows.Numeric, rows.Categorical)
			for i := range rows.N {
				if i%3 == 0 || i == rows.N-1 {
					first.Append(rows, i)
				} else {
					second.Append(rows, i)
				}
			}
			want := learned(t, c.maker, &first)
			got := learned(t, c.maker, rows)
			if err := got.Forget(lawLayout(), &second); err != nil {
				t.Fatal(err)
			}
			requireSame(t, "learn both, forget one", want, got, 10*c.tolerance)
			got = learned(t, c.maker, rows)
			if err := got.Subtract(learned(t, c.maker, &second)); err != nil {
				t.Fatal(err)
			}
			requireSame(t, "subtract", want, got, 10*c.tolerance)
		})
	}
}

func TestForgetOfWhatWasNotLearned(t *testing.T) {
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			few, many := lawRows(1, 20), lawRows(2, 60)
			a := learned(t, c.maker, few)
			before := encoded(a)
			if err := a.Forget(lawLayout(), many); !errors.Is(err, ErrNotLearned) {
				t.Errorf("forget says %v, want ErrNotLearned", err)
			}
			if encoded(a) != before {
				t.Error("a failed forget changed the statistic")
			}
		})
	}
}

func TestMismatchIsRefused(t *testing.T) {
	other := BesideMaker{Names: []string{"only"}, Parts: []Maker{SummaryMaker{Options: SummaryOptions{HistogramBins: 100}}}}
	for _, c := range lawTable() {
		t.Run(c.name, func(t *testing.T) {
			a := learned(t, c.maker, lawRows(3, 50))
			before := encoded(a)
			b := learned(t, other, lawRows(3, 5))
			if err := a.Merge(b); !errors.Is(err, ErrIncompatible) {
				t.Errorf("merge says %v, want ErrIncompatible", err)
			}
			if err := a.Subtract(b); !errors.Is(err, ErrIncompatible) {
				t.Errorf("subtract says %v, want ErrIncompatible", err)
			}
			bad := lawRows(4, 5)
			bad.Codes[2] = 99
			if err := a.Learn(lawLayout(), bad); !errors.Is(err, ErrIncompatible) {
				t.Errorf("learn says %v, want ErrIncompatible", err)
			}
			if encoded(a) != before {
				t.Error("a refused operation changed the statistic")
			}
		})
	}
}
