package stats

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// lawFrames is one frame of each type over numeric columns of the law layout.
func lawFrames() []Frame {
	layout := lawLayout()
	var out []Frame
	for i, typ := range []FrameType{HalfSpaceTrees, Loda, RSHash} {
		f := Frame{Type: typ, Key: "law", Seed: uint64(i + 1), Components: 5, Cells: 16}
		for k, c := range layout.Numeric {
			f.Inputs = append(f.Inputs, c.Name)
			f.Low, f.High = append(f.Low, -3), append(f.High, 3+float64(k))
		}
		out = append(out, f)
	}
	return out
}

// requireSameDetectors compares the counts in two towers, exactly: weights of
// law rows are integers.
func requireSameDetectors(t reporter, what string, want, got Additive) {
	w, g := detectorsOf(want), detectorsOf(got)
	for place, d := range w {
		if d.Weight() == 0 {
			continue
		}
		if g[place] == nil {
			t.Errorf("%s: counts of detectors at %s are missing", what, place)
			continue
		}
		if encoded(d) != encoded(g[place]) {
			t.Errorf("%s: counts of detectors at %s differ", what, place)
		}
	}
}

func detectorsOf(a Additive) map[string]*Detectors {
	out := map[string]*Detectors{}
	put := func(prefix string, inner Additive) {
		for name, d := range detectorsOf(inner) {
			out[prefix+"/"+name] = d
		}
	}
	switch v := a.(type) {
	case *Detectors:
		out["detectors"] = v
	case *Framed:
		if v.detectors != nil {
			out["framed"] = v.detectors
		}
		put("inner", v.inner)
	case *Window:
		for tile, part := range v.parts {
			put(fmt.Sprint("tile ", tile), part)
		}
	case *Beside:
		for i, part := range v.parts {
			put(v.names[i], part)
		}
	}
	return out
}

func TestDetectorsGolden(t *testing.T) {
	d := learned(t, DetectorsMaker{Frames: lawFrames()}, lawRows(7, 40))
	checkGolden(t, "detectors_v1_three.bin", []byte(encoded(d)))
	checkGolden(t, "detectors_v1_empty.bin", []byte(encoded(&Detectors{})))
}

// TestDetectorsUnite: merging unites frames, and each keeps what it has seen.
func TestDetectorsUnite(t *testing.T) {
	frames := lawFrames()
	rows := lawRows(5, 100)
	a := learned(t, DetectorsMaker{Frames: frames[:2]}, rows).(*Detectors)
	b := learned(t, DetectorsMaker{Frames: frames[1:]}, rows).(*Detectors)
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if err := a.Install(frames[0]); err != nil { // is there already
		t.Fatal(err)
	}
	if len(a.Frames()) != 3 || a.Weight() != 2*b.Weight() {
		t.Errorf("%d frames of weight %v, want 3 of %v", len(a.Frames()), a.Weight(), 2*b.Weight())
	}
	for i, times := range []float64{1, 2, 1} {
		_, weight, counts := a.Counts(frames[i].ID())
		if weight != times*b.Weight() || len(counts) != frames[i].Components*frames[i].Cells {
			t.Errorf("frame %d has weight %v and %d counts, want %v times %v", i, weight, len(counts), times, b.Weight())
		}
	}
	if cells, _, _ := a.Counts("no such frame"); cells != nil {
		t.Error("an unknown frame has cells")
	}
}

// TestDetectorsForgetOlder: rows that are older than a frame leave no negative
// counts behind.
func TestDetectorsForgetOlder(t *testing.T) {
	old, young := lawRows(1, 50), lawRows(2, 20)
	d := learned(t, DetectorsMaker{}, old).(*Detectors)
	frame := lawFrames()[0]
	if err := d.Install(frame); err != nil {
		t.Fatal(err)
	}
	if err := d.Learn(lawLayout(), young); err != nil {
		t.Fatal(err)
	}
	if err := d.Forget(lawLayout(), old); err != nil {
		t.Fatal(err)
	}
	_, weight, counts := d.Counts(frame.ID())
	for i, c := range counts {
		if c < 0 {
			t.Errorf("count %d is %v", i, c)
		}
	}
	if weight < 0 {
		t.Errorf("weight is %v", weight)
	}
}

func TestFrameRefused(t *testing.T) {
	good := lawFrames()[0]
	for _, c := range []struct {
		name   string
		change func(f *Frame)
	}{
		{name: "type", change: func(f *Frame) { f.Type = "forest" }},
		{name: "leaves", change: func(f *Frame) { f.Cells = 12 }},
		{name: "too large", change: func(f *Frame) { f.Components = MaxFrameCells }},
		{name: "no components", change: func(f *Frame) { f.Components = 0 }},
		{name: "no inputs", change: func(f *Frame) { f.Inputs, f.Low, f.High = nil, nil, nil }},
		{name: "bounds", change: func(f *Frame) { f.Low = f.Low[1:] }},
		{name: "twice", change: func(f *Frame) { f.Inputs = append([]string{f.Inputs[1]}, f.Inputs[1:]...) }},
		{name: "no range", change: func(f *Frame) { f.Low = append([]float64{f.High[0]}, f.Low[1:]...) }},
		{name: "not a number", change: func(f *Frame) { f.High = append([]float64{math.NaN()}, f.High[1:]...) }},
		{name: "far", change: func(f *Frame) { f.High = append([]float64{math.MaxFloat64}, f.High[1:]...) }},
		{name: "key", change: func(f *Frame) { f.Key = string(make([]byte, MaxFrameKey+1)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := good
			c.change(&f)
			if f.Validate() == nil {
				t.Error("the frame is accepted")
			}
			if _, err := NewDetectors(f); err == nil {
				t.Error("the frame is installed")
			}
		})
	}
	d := &Detectors{}
	for i := range maxFrames {
		f := good
		f.Seed = uint64(i)
		if err := d.Install(f); err != nil {
			t.Fatal(err)
		}
	}
	f := good
	f.Seed = maxFrames
	if d.Install(f) == nil {
		t.Error("there is no bound on frames")
	}
	other := learned(t, DetectorsMaker{Frames: []Frame{f}}, lawRows(1, 3))
	if err := d.Merge(other); !errors.Is(err, ErrIncompatible) {
		t.Errorf("merging one frame too many says %v", err)
	}
}

// TestCellsOfAnything: a cell is within its component, or none, whatever the
// row; the same value has the same cell, and shares of inputs add up to 1.
func TestCellsOfAnything(t *testing.T) {
	const rounding = 1e-12 // of a sum of a few squares
	inf := math.Inf(1)
	r := rand.New(rand.NewPCG(2, 2))
	for _, f := range lawFrames() {
		cells, err := NewCells(f)
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
				if cell != b[k] || cell < NoCell || int(cell) >= f.Cells {
					t.Fatalf("%s: cells %d and %d of %v", f.Type, cell, b[k], row)
				}
				steps := 0
				cells.Path(k, cell, func(input int, from, to int32) {
					steps++
					if cell < from || cell >= to {
						t.Fatalf("%s: leaf %d is not in %d to %d", f.Type, cell, from, to)
					}
				})
				if want := map[bool]int{true: 4}[f.Type == HalfSpaceTrees && cell != NoCell]; steps != want {
					t.Fatalf("%s: way of %d steps, want %d", f.Type, steps, want)
				}
			}
		}
		for k := range f.Components {
			sum := 0.0
			cells.Shares(k, func(_ int, share float64) { sum += share })
			if f.Type != HalfSpaceTrees && math.Abs(sum-1) > rounding {
				t.Errorf("%s: shares add up to %v", f.Type, sum)
			}
		}
	}
}

// FuzzDecodeDetectors: whatever the bytes, decoding does not panic and does not
// use memory out of proportion, and what it accepts encodes to the same bytes.
func FuzzDecodeDetectors(f *testing.F) {
	d, err := NewDetectors(lawFrames()...)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(encoded(d)))
	if err := d.Learn(lawLayout(), lawRows(3, 10)); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(encoded(d)))
	f.Add([]byte{})
	f.Add([]byte{0, 1, 4, 'l', 'o', 'd', 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		d, err := DecodeDetectors(r)
		if err != nil || r.Close() != nil {
			return
		}
		if encoded(d) != string(data) {
			t.Error("encoding what was decoded gives other bytes")
		}
	})
}

func BenchmarkDetectorsLearn(b *testing.B) {
	for _, typ := range []FrameType{HalfSpaceTrees, Loda, RSHash} {
		for _, columns := range []int{9, 100} {
			b.Run(fmt.Sprintf("%s/d=%d", typ, columns), func(b *testing.B) {
				const n = 256
				layout, f := &Layout{}, Frame{Type: typ, Components: 50, Cells: 512}
				for i := range columns {
					layout.Numeric = append(layout.Numeric, NumericColumn{Name: fmt.Sprint("c", i)})
					f.Inputs, f.Low, f.High = append(f.Inputs, fmt.Sprint("c", i)), append(f.Low, -3), append(f.High, 3)
				}
				d, err := NewDetectors(f)
				if err != nil {
					b.Fatal(err)
				}
				r := rand.New(rand.NewPCG(1, 1))
				rows := &Rows{N: n, Numeric: columns}
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
