package adaptive

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// numbers is a layout of so many numbers and a target.
func numbersAnd(inputs int, classes ...string) *stats.Layout {
	l := &stats.Layout{}
	for j := range inputs {
		l.Numeric = append(l.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", j)})
	}
	if len(classes) == 0 {
		l.Numeric = append(l.Numeric, stats.NumericColumn{Name: "y"})
		return l
	}
	l.Categorical = []stats.CategoricalColumn{{Name: "y", Values: classes}}
	return l
}

// TestFollowsChange: a boundary that is reversed twice in 4,000 rows is followed. What never forgets
// is wrong on most rows of the second part.
func TestFollowsChange(t *testing.T) {
	drawn.Alone(t)
	for _, linear := range []bool{false, true} {
		t.Run(fmt.Sprintf("linear=%v", linear), func(t *testing.T) {
			p, err := New(Spec{Target: "y", Linear: linear, Trees: 5})
			if err != nil {
				t.Fatal(err)
			}
			layout, rng := numbersAnd(3, "a", "b"), rand.New(rand.NewPCG(3, 3))
			var out Prediction
			right := 0
			const n = 4000
			for i := range n {
				x := []float64{rng.Float64(), rng.Float64(), rng.Float64()}
				code := int32(1)
				if (x[0] < math.Sin(3*x[1])) != (i/1500%2 == 1) {
					code = 2
				}
				p.TestThenTrain(layout, x, []int32{code}, 1, nil, &out)
				best := 0
				for k, v := range out.Probabilities {
					if v > out.Probabilities[best] {
						best = k
					}
				}
				if p.Classes()[best] == layout.Categorical[0].Label(code) {
					right++
				}
			}
			if got := float64(right) / n; got < .9 {
				t.Errorf("accuracy is %.3f", got)
			}
		})
	}
}

// TestNumber: the error on Friedman's function (1991) after 3,000 rows is below that of River's
// adaptive random forest after 10,000 (1.87), and an interval of two standard deviations has
// about 95 % of the rows.
func TestNumber(t *testing.T) {
	drawn.Alone(t)
	p, err := New(Spec{Target: "y", Linear: true, Trees: 2})
	if err != nil {
		t.Fatal(err)
	}
	layout, rng := numbersAnd(6), rand.New(rand.NewPCG(3, 3))
	var out Prediction
	sum, within := 0.0, 0
	const n, from = 2000, 1000
	for i := range n {
		x := make([]float64, 7)
		for j := range 6 {
			x[j] = rng.Float64()
		}
		x[6] = 10*math.Sin(math.Pi*x[0]*x[1]) + 20*(x[2]-.5)*(x[2]-.5) + 10*x[3] + 5*x[4] + rng.NormFloat64()
		p.TestThenTrain(layout, x, nil, 1, nil, &out)
		if i < from {
			continue
		}
		sum += math.Abs(out.Mean - x[6])
		if math.Abs(out.Mean-x[6]) < 1.96*out.SD {
			within++
		}
	}
	if got := sum / (n - from); got > 1.5 {
		t.Errorf("mean absolute error is %.3f", got)
	}
	if got := float64(within) / (n - from); got < .92 || got > .98 {
		t.Errorf("%.3f of the rows are within 95 %% intervals", got)
	}
}

// TestUsesWhatThereIs: a class that depends on a category alone is learned, values that are missing
// tell classes apart, and constant inputs and one class only do no harm.
func TestUsesWhatThereIs(t *testing.T) {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "constant"}, {Name: "gap"}},
		Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b"}}, {Name: "c", Values: []string{"p", "q", "r", "s"}}},
	}
	for _, c := range []struct {
		name string
		of   func(rng *rand.Rand) (gap float64, category, class int32)
	}{
		{name: "category", of: func(rng *rand.Rand) (float64, int32, int32) {
			k := int32(rng.IntN(4))
			return rng.Float64(), k + 1, 1 + k%2
		}},
		{name: "missing", of: func(rng *rand.Rand) (float64, int32, int32) {
			if rng.IntN(2) == 0 {
				return math.NaN(), stats.Missing, 1
			}
			return rng.Float64(), int32(1 + rng.IntN(4)), 2
		}},
		{name: "one class", of: func(rng *rand.Rand) (float64, int32, int32) { return rng.Float64(), 1, 2 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := New(Spec{Target: "y", Trees: 5})
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(4, 4))
			var out Prediction
			for i := range 400 {
				gap, category, class := c.of(rng)
				p.TestThenTrain(layout, []float64{7, gap}, []int32{class, category}, 1, nil, &out)
				k := 0
				for p.Classes()[k] != layout.Categorical[0].Label(class) {
					k++
				}
				if i >= 300 && out.Probabilities[k] < .6 {
					t.Fatalf("row %d: probability of its class is %v", i, out.Probabilities[k])
				}
			}
		})
	}
}

// TestMix: pools count by the rows that they learned last, classes are matched by their names, and
// of too many the lightest are left out.
func TestMix(t *testing.T) {
	layout := numbersAnd(1, "a", "b", "c")
	learned := func(rows int, class int32) *Pool {
		p, err := New(Spec{Target: "y", Trees: 2})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			p.TestThenTrain(layout, []float64{float64(i)}, []int32{class}, 1, nil, nil)
		}
		return p
	}
	m := NewMix([]*Pool{learned(10, 2), nil, learned(0, 1), learned(30, 3)})
	var out MixPrediction
	m.Predict(layout, []float64{1}, []int32{stats.Missing}, &out)
	if got := fmt.Sprint(m.Classes()); got != "[c b]" || m.LeftOut() != 0 || m.Weight() != 40 {
		t.Fatalf("classes %s, %d left out, weight %v", got, m.LeftOut(), m.Weight())
	}
	if c := out.Probabilities[0]; math.Abs(c-.75) > .01 || math.Abs(c+out.Probabilities[1]-1) > 1e-12 {
		t.Errorf("probabilities %v", out.Probabilities)
	}
	var many []*Pool
	for i := range MaxMixed + 3 {
		many = append(many, learned(1+i, 1))
	}
	if m = NewMix(many); m.LeftOut() != 3 || m.Pools()[0].Weight() != MaxMixed+3 {
		t.Errorf("%d left out, the heaviest has %v", m.LeftOut(), m.Pools()[0].Weight())
	}
	empty := NewMix(nil)
	if empty.Predict(layout, []float64{1}, []int32{1}, &out); len(out.Probabilities) != 0 || !math.IsNaN(out.Mean) {
		t.Errorf("no pool predicts %v, %v", out.Probabilities, out.Mean)
	}
}

// TestRefuses: options out of bounds are named.
func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		spec Spec
	}{
		{name: "adaptive pool without a target", spec: Spec{}},
		{name: "trees of an adaptive pool is 101, want 1 to 100", spec: Spec{Target: "y", Trees: 101}},
		{name: "split_rows of an adaptive pool is 1, want 2 to 100", spec: Spec{Target: "y", SplitRows: 1}},
		{name: "candidates of an adaptive pool is -1, want 0 to 1000", spec: Spec{Target: "y", Candidates: -1}},
		{name: "max_nodes of an adaptive pool is 2, want 3 to 65536", spec: Spec{Target: "y", MaxNodes: 2}},
		{name: "stop_prior of an adaptive pool is 1, want above 0 and below 1", spec: Spec{Target: "y", Stop: 1}},
		{name: "prior_strength of an adaptive pool is NaN, want above 0, at most 1000000", spec: Spec{Target: "y", Strength: math.NaN()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := New(c.spec); err == nil || err.Error() != c.name {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// small is a pool of few rows of a drawing.
func small(t testing.TB, seed uint64, rows int, linear bool) (*Pool, *drawing) {
	t.Helper()
	d := newDrawing(seed)
	if d.late {
		d.addTarget(seed)
	}
	p, err := New(Spec{Key: "k", Target: "y", Trees: 1, SplitRows: 4, MaxNodes: 7, Linear: linear})
	if err != nil {
		t.Fatal(err)
	}
	d.grow()
	d.grow()
	p.Learn(d.layout, d.rows(rows), nil)
	return p, d
}

// TestGolden: what was stored before is read, and written alike.
func TestGolden(t *testing.T) {
	for name, seed := range map[string]uint64{"adaptive_v1_class.bin": 4, "adaptive_v1_number.bin": 3} {
		p, _ := small(t, seed, 90, false)
		golden.Check(t, name, []byte(golden.Encoded(p)))
		if back := decoded(t, []byte(golden.Encoded(p))); golden.Encoded(back) != golden.Encoded(p) {
			t.Errorf("%s is written otherwise than it was read", name)
		}
	}
}

// FuzzDecode: no bytes make Decode panic, what it accepts is what Encode writes, and learns and
// predicts without a panic.
func FuzzDecode(f *testing.F) {
	for seed := range uint64(4) {
		p, _ := small(f, seed, 12, true)
		f.Add(encoded(p))
		p, _ = small(f, seed, 90, true)
		f.Add(encoded(p))
	}
	f.Add([]byte{version})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(wire.NewReader(b))
		if err != nil {
			return
		}
		again := encoded(p)
		if !bytes.Equal(again, b[:len(again)]) {
			t.Fatal("accepted what Encode does not write")
		}
		d := newDrawing(uint64(len(b)))
		d.grow()
		rows := d.rows(10)
		var out Prediction
		p.Predict(d.layout, rows.Row(0), rows.RowCodes(0), &out)
		p.Learn(d.layout, rows, nil)
		learnOneByOne(p, d.layout, rows)
		p.Report()
	})
}

// TestDamage: a pool that is cut or has any byte changed is refused or is another pool, and never
// panics.
func TestDamage(t *testing.T) {
	for _, seed := range []uint64{3, 4} {
		p, d := small(t, seed, 90, true)
		b, rows := encoded(p), d.rows(3)
		step := 1 + len(b)/1500
		for i := 0; i < len(b); i += step {
			if _, err := Decode(wire.NewReader(b[:i])); err == nil {
				t.Fatalf("a pool of %d bytes cut after %d is accepted", len(b), i)
			}
			damaged := bytes.Clone(b)
			damaged[i] ^= 1 << (i % 8)
			q, err := Decode(wire.NewReader(damaged))
			if err != nil {
				continue
			}
			var out Prediction
			q.Predict(d.layout, rows.Row(0), rows.RowCodes(0), &out)
			q.Learn(d.layout, rows, nil)
		}
	}
}

// TestFirstBlockHasErrors: after one block, before which nothing was predicted, the standard deviation
// of a number is that of the errors which its rows had one by one, and not 0.
func TestFirstBlockHasErrors(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	for range 10 {
		rows, noise := &stats.Rows{N: 100 + r.IntN(400), Numeric: 2}, math.Exp(r.NormFloat64())
		for range rows.N {
			x := r.NormFloat64()
			rows.Values = append(rows.Values, x, 2*x+noise*r.NormFloat64())
		}
		var pools [2]*Pool
		var said [2]Prediction
		for k := range pools {
			var err error
			if pools[k], err = New(Spec{Target: "y", Linear: true, Trees: 2, Seed: 1}); err != nil {
				t.Fatal(err)
			}
			if k == 0 {
				pools[k].Learn(layout, rows, nil)
			} else {
				for i := range rows.N {
					pools[k].TestThenTrain(layout, rows.Row(i), nil, 1, nil, &said[k])
				}
			}
			pools[k].Predict(layout, rows.Row(0), nil, &said[k])
		}
		if said[0].SD < .7*noise || said[0].SD != said[1].SD {
			t.Errorf("after %d rows the standard deviation is %v, row by row %v, that of the noise is %.3f", rows.N, said[0].SD, said[1].SD, noise)
		}
	}
}
