package stats

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// DetectorsMaker makes counts of detectors that have these frames from the
// start.
type DetectorsMaker struct {
	Frames []Frame
}

var _ Maker = DetectorsMaker{}

// New returns the empty statistic.
func (m DetectorsMaker) New() (Additive, error) {
	d, err := NewDetectors(m.Frames...)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Decode reads what Detectors.Encode wrote. The stored frames count, and those
// of the maker are installed beside them.
func (m DetectorsMaker) Decode(r *wire.Reader) (Additive, error) {
	d, err := DecodeDetectors(r)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Frames {
		if err := d.Install(f); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Encode appends the weight, the number of frames, and of each its bytes, its
// weight, the number of non-empty cells and of each its distance from the one
// before and its weight.
func (d *Detectors) Encode(w *wire.Writer) {
	encodeWeight(w, d.weight)
	w.Uvarint(uint64(len(d.frames)))
	for i := range d.frames {
		f := &d.frames[i]
		f.cells.frame.Encode(w)
		encodeWeight(w, f.weight)
		used := 0
		for _, c := range f.counts {
			if c > 0 {
				used++
			}
		}
		w.Uvarint(uint64(used))
		next := 0
		for k, c := range f.counts {
			if c > 0 {
				w.Uvarint(uint64(k - next))
				encodeWeight(w, c)
				next = k + 1
			}
		}
	}
}

// DecodeDetectors reads what Encode wrote.
func DecodeDetectors(r *wire.Reader) (*Detectors, error) {
	d := &Detectors{weight: decodeWeightOrZero(r)}
	n := r.Count(1)
	if r.Err() != nil {
		return nil, r.Err()
	}
	if n > maxFrames {
		return nil, fmt.Errorf("there are %d frames, at most %d", n, maxFrames)
	}
	for range n {
		frame, err := DecodeFrame(r)
		if err != nil {
			return nil, err
		}
		f := frameCounts{id: frame.ID(), weight: decodeWeightOrZero(r)}
		if len(d.frames) > 0 && d.frames[len(d.frames)-1].id >= f.id {
			return nil, fmt.Errorf("frame %s is out of order", f.id)
		}
		if f.cells, err = NewCells(frame); err != nil {
			return nil, err
		}
		if err := f.decodeCounts(r); err != nil {
			return nil, err
		}
		d.frames = append(d.frames, f)
	}
	return d, nil
}

func (f *frameCounts) decodeCounts(r *wire.Reader) error {
	used := r.Count(2)
	if r.Err() != nil {
		return r.Err()
	}
	size := f.cells.frame.Components * f.cells.frame.Cells
	if used > 0 {
		f.counts = make([]float64, size)
	}
	next := 0
	for range used {
		skip := r.Uvarint()
		weight := decodeWeight(r)
		if r.Err() != nil {
			return r.Err()
		}
		if skip >= uint64(size-next) {
			return fmt.Errorf("frame %s has %d cells, one more is %d beyond %d", f.id, size, skip, next)
		}
		next += int(skip)
		f.counts[next] = weight
		next++
	}
	return nil
}
