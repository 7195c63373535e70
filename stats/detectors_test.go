package stats_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

func TestDetectorsGolden(t *testing.T) {
	binnings := statstest.LawBinnings()
	d := statstest.Learned(t, stats.DetectorsMaker{Binnings: binnings[:3]}, statstest.LawRows(7, 40))
	golden.Check(t, "detectors_v1_three.bin", []byte(golden.Encoded(d)))
	d = statstest.Learned(t, stats.DetectorsMaker{Binnings: binnings[3:4]}, statstest.LawRows(7, 40))
	golden.Check(t, "detectors_v1_density.bin", []byte(golden.Encoded(d)))
	d = statstest.Learned(t, stats.DetectorsMaker{Binnings: binnings[4:]}, statstest.LawRows(7, 40))
	golden.Check(t, "detectors_v1_clusters.bin", []byte(golden.Encoded(d)))
	golden.Check(t, "detectors_v1_empty.bin", []byte(golden.Encoded(&stats.Detectors{})))
}

// TestDetectorsUnite: merging unites binnings, and each keeps what it has seen.
func TestDetectorsUnite(t *testing.T) {
	binnings := statstest.LawBinnings()[:3]
	rows := statstest.LawRows(5, 100)
	a := statstest.Learned(t, stats.DetectorsMaker{Binnings: binnings[:2]}, rows).(*stats.Detectors)
	b := statstest.Learned(t, stats.DetectorsMaker{Binnings: binnings[1:]}, rows).(*stats.Detectors)
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if err := a.Install(binnings[0]); err != nil { // is there already
		t.Fatal(err)
	}
	if len(a.Binnings()) != 3 || a.Weight() != 2*b.Weight() {
		t.Errorf("%d binnings of weight %v, want 3 of %v", len(a.Binnings()), a.Weight(), 2*b.Weight())
	}
	for i, times := range []float64{1, 2, 1} {
		_, weight, counts := a.Counts(binnings[i].ID())
		if weight != times*b.Weight() || len(counts) != binnings[i].Components*binnings[i].Cells {
			t.Errorf("binning %d has weight %v and %d counts, want %v times %v", i, weight, len(counts), times, b.Weight())
		}
	}
	if cells, _, _ := a.Counts("no such binning"); cells != nil {
		t.Error("an unknown binning has cells")
	}
}

// TestDetectorsForgetOlder: rows that are older than a binning leave no negative
// counts behind.
func TestDetectorsForgetOlder(t *testing.T) {
	old, young := statstest.LawRows(1, 50), statstest.LawRows(2, 20)
	d := statstest.Learned(t, stats.DetectorsMaker{}, old).(*stats.Detectors)
	binning := statstest.LawBinnings()[0]
	if err := d.Install(binning); err != nil {
		t.Fatal(err)
	}
	if err := d.Learn(statstest.LawLayout(), young); err != nil {
		t.Fatal(err)
	}
	if err := d.Forget(statstest.LawLayout(), old); err != nil {
		t.Fatal(err)
	}
	_, weight, counts := d.Counts(binning.ID())
	for i, c := range counts {
		if c < 0 {
			t.Errorf("count %d is %v", i, c)
		}
	}
	if weight < 0 {
		t.Errorf("weight is %v", weight)
	}
}

func TestBinningRefused(t *testing.T) {
	good := statstest.LawBinnings()[0]
	for _, c := range []struct {
		name   string
		change func(f *stats.Binning)
	}{
		{name: "type", change: func(f *stats.Binning) { f.Type = "forest" }},
		{name: "leaves", change: func(f *stats.Binning) { f.Cells = 12 }},
		{name: "too large", change: func(f *stats.Binning) { f.Components = stats.MaxBinningCells }},
		{name: "no components", change: func(f *stats.Binning) { f.Components = 0 }},
		{name: "no inputs", change: func(f *stats.Binning) { f.Inputs, f.Low, f.High = nil, nil, nil }},
		{name: "bounds", change: func(f *stats.Binning) { f.Low = f.Low[1:] }},
		{name: "twice", change: func(f *stats.Binning) { f.Inputs = append([]string{f.Inputs[1]}, f.Inputs[1:]...) }},
		{name: "no range", change: func(f *stats.Binning) { f.Low = append([]float64{f.High[0]}, f.Low[1:]...) }},
		{name: "not a number", change: func(f *stats.Binning) { f.High = append([]float64{math.NaN()}, f.High[1:]...) }},
		{name: "far", change: func(f *stats.Binning) { f.High = append([]float64{math.MaxFloat64}, f.High[1:]...) }},
		{name: "key", change: func(f *stats.Binning) { f.Key = string(make([]byte, stats.MaxBinningKey+1)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := good
			c.change(&f)
			if f.Validate() == nil {
				t.Error("the binning is accepted")
			}
			if _, err := stats.NewDetectors(f); err == nil {
				t.Error("the binning is installed")
			}
		})
	}
	d := &stats.Detectors{}
	for i := range stats.MaxBinnings {
		f := good
		f.Seed = uint64(i)
		if err := d.Install(f); err != nil {
			t.Fatal(err)
		}
	}
	f := good
	f.Seed = stats.MaxBinnings
	if d.Install(f) == nil {
		t.Error("there is no bound on binnings")
	}
	other := statstest.Learned(t, stats.DetectorsMaker{Binnings: []stats.Binning{f}}, statstest.LawRows(1, 3))
	if err := d.Merge(other); !errors.Is(err, stats.ErrIncompatible) {
		t.Errorf("merging one binning too many says %v", err)
	}
}

// TestCellsOfAnything: a cell is within its component, or none, whatever the
// row; the same value has the same cell, and shares of inputs add up to 1.
func TestCellsOfAnything(t *testing.T) {
	const rounding = 1e-12 // of a sum of a few squares
	inf := math.Inf(1)
	r := rand.New(rand.NewPCG(2, 2))
	for _, f := range statstest.LawBinnings() {
		cells, err := stats.NewCells(f)
		if err != nil {
			t.Fatal(err)
		}
		columns := []int{0, 1, 2, 3}
		a, b := make([]int32, f.Components), make([]int32, f.Components)
		rows := [][]float64{{}, {0}, {inf, -inf, inf, -inf}, {math.NaN(), 0, 0, 0}, {1e308, -1e308, 1e308, -1e308}, {-3, -3, -3, -3}, {3, 4, 5, 6}}
		for range 1000 {
			rows = append(rows, []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), 1e3 * r.NormFloat64()})
		}
		for _, row := range rows {
			cells.Find(row, columns, a)
			cells.Find(row, columns, b)
			for k, cell := range a {
				if cell != b[k] || cell < stats.NoCell || int(cell) >= f.Cells {
					t.Fatalf("%s: cells %d and %d of %v", f.Type, cell, b[k], row)
				}
			}
			for k := range a {
				tree := f.Type == stats.HalfSpaceTrees || f.Type == stats.DensityForest
				if inputs := cells.Inputs(k); tree != (len(inputs) == f.Cells-1) || slices.ContainsFunc(inputs, func(i int32) bool { return i < 0 || int(i) >= len(f.Inputs) }) {
					t.Fatalf("%s: inputs of the nodes are %v", f.Type, inputs)
				}
			}
		}
		for k := range f.Components {
			sum := 0.0
			cells.Shares(k, func(_ int, share float64) { sum += share })
			if f.Type != stats.HalfSpaceTrees && f.Type != stats.DensityForest && math.Abs(sum-1) > rounding {
				t.Errorf("%s: shares add up to %v", f.Type, sum)
			}
		}
	}
}

// FuzzDecodeDetectors: whatever the bytes, decoding does not panic and does not
// use memory out of proportion, and what it accepts encodes to the same bytes.
func FuzzDecodeDetectors(f *testing.F) {
	d, err := stats.NewDetectors(statstest.LawBinnings()...)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(golden.Encoded(d)))
	if err := d.Learn(statstest.LawLayout(), statstest.LawRows(3, 10)); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(golden.Encoded(d)))
	f.Add([]byte{})
	f.Add([]byte{0, 1, 4, 'l', 'o', 'd', 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		d, err := stats.DecodeDetectors(r)
		if err != nil || r.Close() != nil {
			return
		}
		if golden.Encoded(d) != string(data) {
			t.Error("encoding what was decoded gives other bytes")
		}
	})
}

func BenchmarkDetectorsLearn(b *testing.B) {
	for _, typ := range []stats.BinningType{stats.HalfSpaceTrees, stats.Loda, stats.RSHash, stats.DensityForest, stats.LocalDensity} {
		for _, columns := range []int{9, 100} {
			b.Run(fmt.Sprintf("%s/d=%d", typ, columns), func(b *testing.B) {
				const n = 256
				layout, f := &stats.Layout{}, stats.Binning{Type: typ, Components: 50, Cells: 512}
				if typ == stats.LocalDensity {
					f.Components, f.Cells = 12, 32 // its default
				}
				for i := range columns {
					layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("c", i)})
					f.Inputs, f.Low, f.High = append(f.Inputs, fmt.Sprint("c", i)), append(f.Low, -3), append(f.High, 3)
				}
				d, err := stats.NewDetectors(f)
				if err != nil {
					b.Fatal(err)
				}
				r := rand.New(rand.NewPCG(1, 1))
				rows := &stats.Rows{N: n, Numeric: columns}
				for range n * columns {
					rows.Values = append(rows.Values, r.NormFloat64())
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := d.Learn(layout, rows); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
			})
		}
	}
}
