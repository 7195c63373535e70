package stats_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestMemoryOfSlims states what the statistics of 20,000 keys of 5 attributes take.
func TestMemoryOfSlims(t *testing.T) {
	drawn.Alone(t)
	if testing.Short() {
		t.Skip("takes 20,000 keys")
	}
	const keys, rowsEach, columns = 20_000, 20, 5
	for _, c := range []struct {
		name  string
		maker stats.SlimMaker
		most  int // bytes a key
	}{
		{name: "moments and extremes", maker: stats.SlimMaker{}, most: 800},
		{name: "with histograms of 16 bins", maker: stats.SlimMaker{HistogramBins: 16}, most: 8_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(7, 8))
			layout, row := &stats.Layout{}, make([]float64, columns)
			for j := range columns {
				layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j)})
			}
			kept := make([]*stats.Slim, keys)
			before := liveBytes()
			for k := range kept {
				a, err := c.maker.New()
				if err != nil {
					t.Fatal(err)
				}
				kept[k] = a.(*stats.Slim)
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
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}}}
	rows := &stats.Rows{N: 2, Numeric: 2, Values: []float64{1, 2, 3, math.NaN()}}
	for _, c := range []struct {
		name string
		do   func(s *stats.Slim) error
		want error
	}{
		{name: "rows of a layout in which a column is binary", want: stats.ErrIncompatible, do: func(s *stats.Slim) error {
			return s.Learn(&stats.Layout{Numeric: []stats.NumericColumn{{Name: "c"}, {Name: "a", Binary: true}}}, &stats.Rows{N: 1, Numeric: 2, Values: []float64{1, 0}})
		}},
		{name: "a row of another layout", want: stats.ErrIncompatible, do: func(s *stats.Slim) error {
			return s.LearnRow(&stats.Layout{Numeric: []stats.NumericColumn{{Name: "c"}}}, []float64{1}, 1)
		}},
		{name: "rows that do not fit their layout", want: stats.ErrIncompatible, do: func(s *stats.Slim) error {
			return s.Learn(layout, &stats.Rows{N: 1, Numeric: 1, Values: []float64{1}})
		}},
		{name: "another kind of statistic", want: stats.ErrIncompatible, do: func(s *stats.Slim) error { return s.Merge(&stats.Summary{}) }},
		{name: "histograms of another size", want: stats.ErrIncompatible, do: func(s *stats.Slim) error {
			other, err := stats.SlimMaker{HistogramBins: 32}.New()
			if err != nil {
				return err
			}
			return s.Merge(other)
		}},
		{name: "rows that were never learned", want: stats.ErrNotLearned, do: func(s *stats.Slim) error {
			return s.Forget(layout, &stats.Rows{N: 3, Numeric: 2, Values: []float64{1, 2, 3, 4, 5, 6}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := stats.SlimMaker{HistogramBins: 16}.New()
			if err != nil {
				t.Fatal(err)
			}
			s := a.(*stats.Slim)
			if err := s.Learn(layout, rows); err != nil {
				t.Fatal(err)
			}
			before := golden.Encoded(s)
			if err := c.do(s); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
			if golden.Encoded(s) != before {
				t.Error("a refused operation changed the statistic")
			}
		})
	}
}
