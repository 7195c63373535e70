package stats

import (
	"fmt"
	"slices"
)

// InWords names the kind of statistic, for errors.
func (*Detectors) InWords() string { return "counts of detectors" }

// operand refuses everything but other counts.
func (d *Detectors) operand(other Additive) (*Detectors, error) {
	o, ok := other.(*Detectors)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", ErrIncompatible, d.InWords(), InWords(other))
	}
	return o, nil
}

// Merge adds the other's counts; binnings that only one has are kept as they are.
func (d *Detectors) Merge(other Additive) error {
	o, err := d.operand(other)
	if err != nil {
		return err
	}
	if err := d.CanMerge(o); err != nil {
		return err
	}
	// binnings are ordered by their ID, so that equal counts have equal bytes
	// whichever of the two a binning came from
	d.weight += o.weight
	for i := range o.binnings {
		part := &o.binnings[i]
		at, found := d.find(part.id)
		if !found {
			d.binnings = slices.Insert(d.binnings, at, part.clone())
			continue
		}
		own := &d.binnings[at]
		own.weight += part.weight
		if own.counts == nil {
			own.counts = slices.Clone(part.counts)
			continue
		}
		for k, w := range part.counts {
			own.counts[k] += w
		}
	}
	return nil
}

// CanMerge returns the error that Merge would.
func (d *Detectors) CanMerge(o *Detectors) error {
	missing := 0
	for i := range o.binnings {
		if _, found := d.find(o.binnings[i].id); !found {
			missing++
		}
	}
	if len(d.binnings)+missing > maxBinnings {
		return fmt.Errorf("%w: %d binnings together, at most %d", ErrIncompatible, len(d.binnings)+missing, maxBinnings)
	}
	if !inRange(d.weight + o.weight) {
		return fmt.Errorf("counts of detectors of weight %v and %v overflow", d.weight, o.weight)
	}
	return nil
}

// Subtract takes the other's counts away. More weight than there is gives an
// error that wraps ErrNotLearned; see [Detectors] for what a binning lacks.
func (d *Detectors) Subtract(other Additive) error {
	o, err := d.operand(other)
	if err != nil {
		return err
	}
	rest, ok := subtractWeight(d.weight, o.weight, 0)
	if !ok {
		return fmt.Errorf("%w: weight %v taken from %v", ErrNotLearned, o.weight, d.weight)
	}
	d.Reduce(o)
	d.weight = rest
	return nil
}

// Reduce takes the other's counts away as far as there are any.
func (d *Detectors) Reduce(o *Detectors) {
	d.weight = lessWeight(d.weight, o.weight)
	for i := range o.binnings {
		part := &o.binnings[i]
		at, found := d.find(part.id)
		if !found {
			continue
		}
		own := &d.binnings[at]
		own.weight = lessWeight(own.weight, part.weight)
		for k := range own.counts {
			if k < len(part.counts) {
				own.counts[k] = lessWeight(own.counts[k], part.counts[k])
			}
		}
	}
}

// lessWeight is whole-part, and 0 where that is negative.
func lessWeight(whole, part float64) float64 {
	if rest, ok := subtractWeight(whole, part, 0); ok {
		return rest
	}
	return 0
}

// Scale multiplies every weight by f, which must be positive and finite and must
// leave the weights so.
func (d *Detectors) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := checkScaled(f, d.weight, "counts of detectors"); err != nil {
		return err
	}
	d.weight *= f
	for i := range d.binnings {
		d.binnings[i].weight *= f
		for k := range d.binnings[i].counts {
			d.binnings[i].counts[k] *= f
		}
	}
	return nil
}

// Clone returns a deep copy.
func (d *Detectors) Clone() Additive { return d.Copy() }

// Copy returns a deep copy.
func (d *Detectors) Copy() *Detectors {
	out := &Detectors{weight: d.weight}
	for i := range d.binnings {
		out.binnings = append(out.binnings, d.binnings[i].clone())
	}
	return out
}

// Shallow returns a copy that shares the counts.
func (d *Detectors) Shallow() *Detectors {
	return &Detectors{weight: d.weight, binnings: slices.Clone(d.binnings)}
}

// clone copies the counts; the structure never changes and is shared.
func (f *binningCounts) clone() binningCounts {
	return binningCounts{id: f.id, cells: f.cells, weight: f.weight, counts: slices.Clone(f.counts)}
}

// Retain drops the binnings, with their counts, whose ID keep refuses.
func (d *Detectors) Retain(keep func(id string) bool) {
	d.binnings = slices.DeleteFunc(d.binnings, func(f binningCounts) bool { return !keep(f.id) })
}
