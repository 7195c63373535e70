package stats

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// DetectorsMaker makes counts of detectors that have these binnings from the
// start.
type DetectorsMaker struct {
	Binnings []Binning
}

var _ Maker = DetectorsMaker{}

// New returns the empty statistic.
func (m DetectorsMaker) New() (Additive, error) {
	d, err := NewDetectors(m.Binnings...)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Decode reads what Detectors.Encode wrote. The stored binnings count, and those
// of the maker are installed beside them.
func (m DetectorsMaker) Decode(r *wire.Reader) (Additive, error) {
	d, err := DecodeDetectors(r)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Binnings {
		if err := d.Install(f); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Encode appends the weight, the number of binnings, and of each its bytes, its
// weight, the number of non-empty cells and of each its distance from the one
// before and its weight.
func (d *Detectors) Encode(w *wire.Writer) {
	encodeWeight(w, d.weight)
	w.Uvarint(uint64(len(d.binnings)))
	for i := range d.binnings {
		f := &d.binnings[i]
		f.cells.binning.Encode(w)
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
	if n > maxBinnings {
		return nil, fmt.Errorf("there are %d binnings, at most %d", n, maxBinnings)
	}
	for range n {
		binning, err := DecodeBinning(r)
		if err != nil {
			return nil, err
		}
		f := binningCounts{id: binning.ID(), weight: decodeWeightOrZero(r)}
		if len(d.binnings) > 0 && d.binnings[len(d.binnings)-1].id >= f.id {
			return nil, fmt.Errorf("binning %s is out of order", f.id)
		}
		if f.cells, err = newCells(binning); err != nil {
			return nil, err
		}
		if err := f.decodeCounts(r); err != nil {
			return nil, err
		}
		d.binnings = append(d.binnings, f)
	}
	return d, nil
}

func (f *binningCounts) decodeCounts(r *wire.Reader) error {
	used := r.Count(2)
	if r.Err() != nil {
		return r.Err()
	}
	size := f.cells.binning.numbers()
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
			return fmt.Errorf("binning %s has %d numbers, one more is %d beyond %d", f.id, size, skip, next)
		}
		next += int(skip)
		f.counts[next] = weight
		next++
	}
	return nil
}
