package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// summaryOfSlim makes a summary with the columns of the statistic and nothing
// else, for comparisons.
func summaryOfSlim(s *Slim) *Summary {
	out, err := s.Numbers(SummaryOptions{HistogramBins: s.bins})
	if err != nil {
		panic(err) // the bins of a Slim are those of a histogram
	}
	return out
}

// TestMemoryOfSlims states what the statistics of 20,000 keys of 5 attributes take.
func TestMemoryOfSlims(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20,000 keys")
	}
	const keys, rowsEach, columns = 20_000, 20, 5
	for _, c := range []struct {
		name  string
		maker SlimMaker
		most  int // bytes a key
	}{
		{name: "moments and extremes", maker: SlimMaker{}, most: 1_000},
		{name: "with histograms of 16 bins", maker: SlimMaker{HistogramBins: 16}, most: 8_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(7, 8))
			layout, row := &Layout{}, make([]float64, columns)
			for j := range columns {
				layout.Numeric = append(layout.Numeric, NumericColumn{Name: fmt.Sprint("x", j)})
			}
			kept := make([]*Slim, keys)
			before := liveBytes()
			for k := range kept {
				a, err := c.maker.New()
				if err != nil {
					t.Fatal(err)
				}
				kept[k] = a.(*Slim)
				for range rowsEach {
					for j := range row {
						row[j] = random.NormFloat64()
					}
					if err := kept[k].LearnRow(layout, row, 1); err != nil {
						t.Fatal(err)
					}
				}
			}
			each := (liveBytes() - before) / keys
			t.Logf("%d bytes a key of %d attributes", each, columns)
			if each > c.most {
				t.Errorf("%d bytes a key, want at most %d", each, c.most)
			}
			runtime.KeepAlive(kept)
		})
	}
}

func TestSlimRefusals(t *testing.T) {
	layout := &Layout{Numeric: []NumericColumn{{Name: "a"}, {Name: "b"}}}
	rows := &Rows{N: 2, Numeric: 2, Values: []float64{1, 2, 3, math.NaN()}}
	for _, c := range []struct {
		name string
		do   func(s *Slim) error
		want error
	}{
		{name: "rows of a layout in which a column is binary", want: ErrIncompatible, do: func(s *Slim) error {
			return s.Learn(&Layout{Numeric: []NumericColumn{{Name: "c"}, {Name: "a", Binary: true}}}, &Rows{N: 1, Numeric: 2, Values: []float64{1, 0}})
		}},
		{name: "a row of another layout", want: ErrIncompatible, do: func(s *Slim) error {
			return s.LearnRow(&Layout{Numeric: []NumericColumn{{Name: "c"}}}, []float64{1}, 1)
		}},
		{name: "rows that do not fit their layout", want: ErrIncompatible, do: func(s *Slim) error {
			return s.Learn(layout, &Rows{N: 1, Numeric: 1, Values: []float64{1}})
		}},
		{name: "another kind of statistic", want: ErrIncompatible, do: func(s *Slim) error { return s.Merge(&Summary{}) }},
		{name: "histograms of another size", want: ErrIncompatible, do: func(s *Slim) error {
			return s.Merge(&Slim{bins: 32, layout: &Layout{}})
		}},
		{name: "rows that were never learned", want: ErrNotLearned, do: func(s *Slim) error {
			return s.Forget(layout, &Rows{N: 3, Numeric: 2, Values: []float64{1, 2, 3, 4, 5, 6}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := SlimMaker{HistogramBins: 16}.New()
			if err != nil {
				t.Fatal(err)
			}
			s := a.(*Slim)
			if err := s.Learn(layout, rows); err != nil {
				t.Fatal(err)
			}
			before := encoded(s)
			if err := c.do(s); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
			if encoded(s) != before {
				t.Error("a refused operation changed the statistic")
			}
		})
	}
}
