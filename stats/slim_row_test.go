package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// TestLearnRowIsLearn: rows one by one, in place, give bit for bit what Learn
// gives for blocks of one row, with missing values and a layout that grows.
func TestLearnRowIsLearn(t *testing.T) {
	small := &Layout{Numeric: []NumericColumn{{Name: "a"}}}
	large := &Layout{Numeric: []NumericColumn{{Name: "a"}, {Name: "b"}}}
	random := rand.New(rand.NewPCG(1, 2))
	maker := SlimMaker{HistogramBins: 16}
	one, err := maker.New()
	if err != nil {
		t.Fatal(err)
	}
	two := one.Clone()
	for i := range 500 {
		layout := small
		if i > 100 {
			layout = large
		}
		rows := &Rows{N: 1, Numeric: len(layout.Numeric), Weights: []float64{1 + float64(i%3)}}
		for range layout.Numeric {
			x := random.NormFloat64()
			if i%7 == 0 {
				x = math.NaN()
			}
			rows.Values = append(rows.Values, x)
		}
		if err := one.(*Slim).LearnRow(layout, rows.Row(0), rows.Weight(0)); err != nil {
			t.Fatal(err)
		}
		if err := two.Learn(layout, rows); err != nil {
			t.Fatal(err)
		}
	}
	a, b := one.(*Slim), two.(*Slim)
	if a.Weight() != b.Weight() {
		t.Errorf("weight is %v, want %v", a.Weight(), b.Weight())
	}
	for j := range large.Numeric {
		var x, y wire.Writer
		a.Moments(j).Encode(&x)
		b.Moments(j).Encode(&y)
		if string(x.Bytes()) != string(y.Bytes()) {
			t.Errorf("column %d: moments differ", j)
		}
		if a.columns[j].histogram.Weight() != b.columns[j].histogram.Weight() {
			t.Errorf("column %d: histograms of weight %v and %v", j, a.columns[j].histogram.Weight(), b.columns[j].histogram.Weight())
		}
	}
	if _, err := a.Summary(small, SummaryOptions{}); err == nil {
		t.Error("a summary under a layout that lacks a column is no error")
	}
}
