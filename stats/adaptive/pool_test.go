package adaptive

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// drawing are rows of a layout that grows: attributes, categories and classes that come later,
// gaps, weights, constants, and sometimes one class only.
type drawing struct {
	rng      *rand.Rand
	layout   *stats.Layout
	numeric  bool // the target is a number
	oneClass bool
	weighted bool
	late     bool // the target comes later
}

func newDrawing(seed uint64) *drawing {
	d := &drawing{rng: rand.New(rand.NewPCG(seed, 1)), layout: &stats.Layout{}}
	d.numeric, d.oneClass, d.weighted = seed%4 == 3, seed%7 == 1, seed%2 == 0
	if d.late = seed%3 == 1; !d.late {
		d.addTarget(seed)
	}
	return d
}

// addTarget adds the target to the layout.
func (d *drawing) addTarget(seed uint64) {
	if d.numeric {
		d.layout.Numeric = append(d.layout.Numeric, stats.NumericColumn{Name: "y"})
	} else if seed%5 == 2 {
		d.layout.Numeric = append(d.layout.Numeric, stats.NumericColumn{Name: "y", Binary: true})
	} else {
		d.layout.Categorical = append(d.layout.Categorical, stats.CategoricalColumn{Name: "y", Values: []string{"a"}})
	}
}

// grow returns a layout with more columns and values.
func (d *drawing) grow() {
	l := &stats.Layout{Numeric: append([]stats.NumericColumn(nil), d.layout.Numeric...)}
	for _, c := range d.layout.Categorical {
		c.Values = append([]string(nil), c.Values...)
		for range d.rng.IntN(3) {
			c.Values = append(c.Values, fmt.Sprintf("v%d", len(c.Values)))
		}
		l.Categorical = append(l.Categorical, c)
	}
	for range d.rng.IntN(3) {
		l.Numeric = append(l.Numeric, stats.NumericColumn{Name: fmt.Sprintf("n%d", len(l.Numeric)), Binary: d.rng.IntN(4) == 0})
	}
	if d.rng.IntN(2) == 0 {
		l.Categorical = append(l.Categorical, stats.CategoricalColumn{Name: fmt.Sprintf("c%d", len(l.Categorical)), Values: []string{"p", "q"}, List: d.rng.IntN(5) == 0})
	}
	d.layout = l
}

// rows draws n rows.
func (d *drawing) rows(n int) *stats.Rows {
	l := d.layout
	r := &stats.Rows{N: n, Numeric: len(l.Numeric), Categorical: len(l.Categorical)}
	for range n {
		x := d.rng.NormFloat64()
		for j, c := range l.Numeric {
			v := x + d.rng.NormFloat64()*float64(j)
			switch {
			case c.Binary:
				v = float64(d.rng.IntN(2))
			case j%5 == 4:
				v = 3
			case d.rng.IntN(40) == 0:
				v *= stats.MaxMagnitude / 100
			}
			if c.Name == "y" && d.oneClass {
				v = 1
			}
			if d.rng.IntN(8) == 0 {
				v = math.NaN()
			}
			r.Values = append(r.Values, v)
		}
		for _, c := range l.Categorical {
			code := int32(d.rng.IntN(len(c.Values) + 1))
			if c.List || d.rng.IntN(8) == 0 {
				code = stats.Missing
			} else if c.Name == "y" && (d.oneClass || x > 0) {
				code = 1
			}
			r.Codes = append(r.Codes, code)
		}
		if d.weighted {
			r.Weights = append(r.Weights, math.Exp(d.rng.NormFloat64()*4))
		}
	}
	return r
}

func encoded(p *Pool) []byte {
	w := wire.NewWriter(nil)
	p.Encode(w)
	return w.Bytes()
}

func decoded(t testing.TB, b []byte) *Pool {
	t.Helper()
	r := wire.NewReader(b)
	p, err := Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAnyRows: whatever the rows are, predictions are probabilities or finite numbers, a pool
// that was read back and a clone go on bit for bit as the pool, and predicting changes nothing.
func TestAnyRows(t *testing.T) {
	for seed := range drawn.Seeds(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := newDrawing(seed)
			p, err := New(Spec{Key: "k", Target: "y", Trees: 2, SplitRows: 2 + int(seed%9), MaxNodes: 63, Seed: seed, Linear: seed%2 == 0})
			if err != nil {
				t.Fatal(err)
			}
			for round := range 12 {
				d.grow()
				if d.late && round == 2 {
					d.addTarget(seed)
				}
				rows := d.rows(1 + d.rng.IntN(60))
				before := encoded(p)
				checkPredictions(t, p, d, rows)
				if !bytes.Equal(encoded(p), before) {
					t.Fatal("predicting has changed the pool")
				}
				back, clone := decoded(t, before), p.Clone()
				for _, q := range []*Pool{p, back, clone} {
					if seed%3 == 0 {
						learnOneByOne(q, d.layout, rows)
					} else {
						q.Learn(d.layout, rows, nil)
					}
				}
				if !bytes.Equal(encoded(back), encoded(p)) || !bytes.Equal(encoded(clone), encoded(p)) {
					t.Fatal("a pool that was read back, or a clone, learns otherwise")
				}
			}
		})
	}
}

func learnOneByOne(p *Pool, layout *stats.Layout, rows *stats.Rows) {
	var out Prediction
	for i := range rows.N {
		p.TestThenTrain(layout, rows.Row(i), rows.RowCodes(i), rows.Weight(i), nil, &out)
	}
}

func checkPredictions(t *testing.T, p *Pool, d *drawing, rows *stats.Rows) {
	t.Helper()
	var out Prediction
	var mixed MixPrediction
	mix := NewMix([]*Pool{p, p.Clone()})
	for i := range rows.N {
		p.Predict(d.layout, rows.Row(i), rows.RowCodes(i), &out)
		mix.Predict(d.layout, rows.Row(i), rows.RowCodes(i), &mixed)
		if d.numeric {
			if p.Weight() > 0 && (math.IsNaN(out.Mean) || math.IsInf(out.Mean, 0) || !(out.SD >= 0) || math.IsInf(out.SD, 0)) {
				t.Fatalf("predicted %v, sd %v", out.Mean, out.SD)
			}
			if i == 0 && p.Weight() > 0 {
				parts := make([]float64, len(p.Inputs()))
				sum, size := p.Explain(d.layout, rows.Row(i), rows.RowCodes(i), 0, parts, &out), math.Abs(out.Mean)
				for _, v := range parts {
					sum += v
					size += math.Abs(v)
				}
				if math.Abs(sum-out.Mean) > 1e-9*size {
					t.Fatalf("contributions add up to %v, the number is %v", sum, out.Mean)
				}
			}
			continue
		}
		sum := 0.0
		for k, v := range out.Probabilities {
			sum += v
			if !(v >= 0) || math.Abs(mixed.Probabilities[k]-v) > 1e-12 {
				t.Fatalf("probability is %v, and %v by two equal pools", v, mixed.Probabilities[k])
			}
		}
		if len(p.Classes()) > 0 && math.Abs(sum-1) > 1e-9 {
			t.Fatalf("probabilities %v add up to %v", out.Probabilities, sum)
		}
		checkContributions(t, p, d, rows, i)
	}
}

// checkContributions: those of a class add up to its probability.
func checkContributions(t *testing.T, p *Pool, d *drawing, rows *stats.Rows, i int) {
	t.Helper()
	if len(p.Classes()) == 0 {
		return
	}
	var out Prediction
	parts := make([]float64, len(p.Inputs()))
	of := i % len(p.Classes())
	sum := p.Explain(d.layout, rows.Row(i), rows.RowCodes(i), of, parts, &out)
	for _, v := range parts {
		sum += v
	}
	if math.Abs(sum-out.Probabilities[of]) > 1e-6 {
		t.Fatalf("contributions add up to %v, the probability is %v", sum, out.Probabilities[of])
	}
}
