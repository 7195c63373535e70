package stats

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// Merge adds what o has seen; its columns are the first ones of p, which is
// extended where o has more.
func (p *Pairwise) Merge(o *Pairwise) error { return p.mergeMapped(o, nil) }

// mergeMapped adds what o has seen, where column i of o is column columns[i]
// of p; nil is the identity. p is extended as needed. A mapping that is too
// short, negative or names a column twice is an error that wraps ErrIncompatible.
func (p *Pairwise) mergeMapped(o *Pairwise, columns []int32) error {
	columns, err := o.mapping(columns)
	if err != nil {
		return err
	}
	p.extendTo(columns)
	for i, c := range columns {
		if o.pivoted[i] && !p.pivoted[c] {
			p.pivot[c], p.pivoted[c] = o.pivot[i], true
		}
	}
	p.addMapped(o, columns, 1)
	p.addApartMapped(o, columns, 1)
	return nil
}

// Subtract takes away what o has seen.
func (p *Pairwise) Subtract(o *Pairwise) error { return p.subtractMapped(o, nil) }

// subtractMapped takes away what o has seen, with a mapping as in mergeMapped.
// A pair with more weight in o than in p gives an error that wraps
// ErrNotLearned. A pair whose weight becomes 0 is reset.
func (p *Pairwise) subtractMapped(o *Pairwise, columns []int32) error {
	columns, err := o.mapping(columns)
	if err != nil {
		return err
	}
	// first look whether every pair has the weight, and which end at 0; then take
	// it away, which cannot fail
	empty := []int(nil)
	for j, cj := range columns {
		for i, ci := range columns[:j+1] {
			part := o.weightOf(i, j)
			if part.IsZero() {
				continue
			}
			rest, err := restWeight(p.weightOf(int(ci), int(cj)), part)
			if err != nil {
				return fmt.Errorf("columns %d and %d: %w", ci, cj, err)
			}
			if rest.IsZero() {
				empty = append(empty, pairIndex(int(ci), int(cj)))
			}
		}
	}
	p.extendTo(columns)
	before := slices.Clone(p.pairs)
	o = p.blocksFit(o, columns)
	p.addMapped(o, columns, -1)
	p.addApartMapped(o, columns, -1)
	for _, at := range empty {
		p.pairs[at] = pairSum{}
		delete(p.apart, at)
	}
	p.joinApart()
	for at := range p.pairs {
		if s := &p.pairs[at]; !s.n.IsZero() && s.n != before[at].n && p.apart[at] == nil {
			s.settleRounding(&before[at])
		}
	}
	return nil
}

// blocksFit moves the sums of pairs to the exact ones, in p and in a copy of o, where p
// has no more than o in the others: what is taken away was added exactly there.
func (p *Pairwise) blocksFit(o *Pairwise, columns []int32) *Pairwise {
	copied := false
	for j, cj := range columns {
		for i, ci := range columns[:j+1] {
			part := o.pairs[pairIndex(i, j)].n
			if part.IsZero() {
				continue
			}
			if rest, err := restWeight(p.pairs[pairIndex(int(ci), int(cj))].n, part); err == nil && !rest.IsZero() {
				continue
			}
			if !copied {
				o, copied = o.Clone(), true
			}
			o.moveApart(i, j)
			p.moveApart(int(ci), int(cj))
		}
	}
	return o
}

// addMapped adds sign times the sums of o, whose pivots may be others.
func (p *Pairwise) addMapped(o *Pairwise, columns []int32, sign float64) {
	shift := make([]dd.Number, len(columns))
	for i, c := range columns {
		if o.pivoted[i] {
			shift[i] = dd.Diff(o.pivot[i], p.pivot[c])
		}
	}
	for j, cj := range columns {
		for i, ci := range columns[:j+1] {
			part := &o.pairs[j*(j+1)/2+i]
			if part.n.IsZero() {
				continue
			}
			sum := part.moved(shift[i], shift[j])
			if i == j {
				sum.q = sum.qii // to the last bit, as only one of them is stored
			}
			if ci > cj {
				sum = sum.swapped()
			}
			p.pairs[pairIndex(int(ci), int(cj))].add(&sum, sign)
		}
	}
}

// absorb adds what the dense block c has seen, whose column i is column
// columns[i] of p; p is extended as needed. It is exact to the last word when
// c is Extended. A mapping that does not fit is an error that wraps
// ErrIncompatible.
func (p *Pairwise) absorb(c *Comoments, columns []int32) error {
	if len(columns) != c.dimension() {
		return fmt.Errorf("%w: %d columns for co-moments of %d", ErrIncompatible, len(columns), c.dimension())
	}
	if err := checkMapping(columns); err != nil {
		return err
	}
	if c.empty() {
		return nil
	}
	p.extendTo(columns)
	if c.apart != nil {
		p.absorbApart(c.apart.sums, columns)
		if c = c.blocksAlone(); c.empty() {
			return nil
		}
	}
	sums := make([]dd.Number, len(columns))
	means := make([]dd.Number, len(columns))
	for i, k := range columns {
		mean := c.MeanDD(i)
		if !p.pivoted[k] {
			p.pivot[k], p.pivoted[k] = mean.Hi, true // about it the sums are smallest
		}
		means[i] = mean.AddFloat(-p.pivot[k])
		sums[i] = means[i].Mul(c.weight)
	}
	squares := make([]dd.Number, len(columns))
	for j, cj := range columns {
		squares[j] = c.ComomentDD(j, j).Add(sums[j].Mul(means[j]))
		for i, ci := range columns[:j+1] {
			sum := pairSum{n: c.weight, si: sums[i], sj: sums[j], qii: squares[i], qjj: squares[j], q: squares[j]}
			if i < j {
				sum.q = c.ComomentDD(i, j).Add(sums[i].Mul(means[j]))
			}
			if ci > cj {
				sum = sum.swapped()
			}
			p.pairs[pairIndex(int(ci), int(cj))].add(&sum, 1)
		}
	}
	return nil
}

// mapping checks where the columns of p are to go and returns it, nil being
// replaced by the identity.
func (p *Pairwise) mapping(columns []int32) ([]int32, error) {
	if columns == nil {
		columns = make([]int32, p.dim())
		for i := range columns {
			columns[i] = int32(i)
		}
		return columns, nil
	}
	if len(columns) < p.dim() {
		return nil, fmt.Errorf("%w: %d columns mapped of %d", ErrIncompatible, len(columns), p.dim())
	}
	columns = columns[:p.dim()]
	return columns, checkMapping(columns)
}

// checkMapping refuses a mapping that names a column twice: a pair of two columns
// that become one has no place.
func checkMapping(columns []int32) error {
	sorted := slices.Clone(columns)
	slices.Sort(sorted)
	for i, c := range sorted {
		if c < 0 || i > 0 && c == sorted[i-1] {
			return fmt.Errorf("%w: column %d in a mapping, negative or named twice", ErrIncompatible, c)
		}
	}
	return nil
}

// extendTo makes room for the columns of a mapping.
func (p *Pairwise) extendTo(columns []int32) {
	for _, c := range columns {
		p.extend(int(c) + 1)
	}
}

// pairIndex returns where the sums of columns i and j are.
func pairIndex(i, j int) int {
	if i > j {
		i, j = j, i
	}
	return j*(j+1)/2 + i
}
