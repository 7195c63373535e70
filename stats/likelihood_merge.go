package stats

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// CanMerge returns the error that Merge would.
func (l *Likelihoods) CanMerge(o *Likelihoods) error {
	for i := range o.parts {
		theirs := &o.parts[i]
		at, found := l.find(theirs.key)
		if !found {
			continue
		}
		if err := l.parts[at].canMerge(theirs); err != nil {
			return err
		}
	}
	return nil
}

// maxLikelihoodSums bounds the frames of one key, of projects that were merged.
const maxLikelihoodSums = 64

func (p *likelihoodPart) canMerge(o *likelihoodPart) error {
	n := len(p.sums)
	for _, s := range o.sums {
		at, found := p.findSums(s.id)
		if !found {
			n++
			continue
		}
		sum := p.sums[at].clone()
		if sum.merge(s); !sum.isFinite() {
			return fmt.Errorf("sums of a likelihood of weight %v and %v overflow", p.sums[at].Weight, s.Weight)
		}
	}
	if a, b := p.rows.total(), o.rows.total(); !inRange(a+b) || !inRange(p.left+o.left) {
		return fmt.Errorf("rows of a likelihood of weight %v and %v overflow", a, b)
	}
	if n > maxLikelihoodSums {
		return fmt.Errorf("%w: %d likelihoods with other inputs together, at most %d", ErrIncompatible, n, maxLikelihoodSums)
	}
	return nil
}

// Merge adds what the other has; CanMerge says whether that fails.
func (l *Likelihoods) Merge(o *Likelihoods) {
	for i := range o.parts {
		theirs := &o.parts[i]
		p := l.part(theirs.key)
		if p.rows.Len() == 0 {
			p.rows = theirs.rows.clone()
		} else if theirs.rows.Len() > 0 {
			p.rows.merge(theirs.rows)
		}
		p.left += theirs.left
		for _, s := range theirs.sums {
			if at, found := p.findSums(s.id); found {
				p.sums[at].merge(s)
			} else {
				p.sums = slices.Insert(p.sums, at, s.clone())
			}
		}
	}
}

// Reduce takes away what the other has as far as it is there. A row that is not among
// those that are kept as they are is in the sums: it is expanded and taken from them.
func (l *Likelihoods) Reduce(o *Likelihoods) {
	for i := range o.parts {
		theirs := &o.parts[i]
		at, found := l.find(theirs.key)
		if !found {
			continue
		}
		p := &l.parts[at]
		p.left = lessWeight(p.left, theirs.left)
		for _, s := range theirs.sums {
			p.reduce(s)
		}
		if theirs.rows.Len() == 0 {
			continue
		}
		rest := p.rows.subtract(theirs.rows)
		if k := p.heaviest(); rest.Len() > 0 && k >= 0 {
			part := &likelihoodPart{rows: &LikelihoodRows{}}
			part.addTimes(p.sums[k].Frame, rest)
			p.left = lessWeight(p.left, part.left)
			for _, s := range part.sums {
				p.reduce(s)
			}
		}
	}
}

// heaviest returns the sums with the largest weight; -1 for none.
func (p *likelihoodPart) heaviest() int {
	best := -1
	for k, s := range p.sums {
		if best < 0 || s.Weight > p.sums[best].Weight {
			best = k
		}
	}
	return best
}

// reduce takes sums away. Where there is less than that, the rows that are kept as they
// are go to the sums first.
func (p *likelihoodPart) reduce(o *LikelihoodSums) {
	at, found := p.findSums(o.id)
	if !found || p.sums[at].Weight < o.Weight {
		p.settle(o.Frame)
		at, found = p.findSums(o.id)
	}
	if !found {
		return
	}
	s := p.sums[at]
	s.subtract(o, lessWeight(s.Weight, o.Weight))
	if s.Weight == 0 {
		p.sums = slices.Delete(p.sums, at, at+1)
	}
}

// CanScale returns the error that Scale would.
func (l *Likelihoods) CanScale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	for i := range l.parts {
		for _, s := range l.parts[i].sums {
			c := s.clone()
			if c.scale(f); !c.isFinite() {
				return fmt.Errorf("scale factor %v takes the sums of a likelihood of weight %v out of range", f, s.Weight)
			}
		}
		if err := checkScaled(f, l.parts[i].rows.total()+l.parts[i].left, "likelihood"); err != nil {
			return err
		}
	}
	return nil
}

// Scale multiplies every weight by f; CanScale says whether that fails.
func (l *Likelihoods) Scale(f float64) {
	for i := range l.parts {
		p := &l.parts[i]
		p.rows.scale(f)
		p.rows.trim()
		p.left *= f
		for _, s := range p.sums {
			s.scale(f)
		}
		p.sums = slices.DeleteFunc(p.sums, func(s *LikelihoodSums) bool { return s.Weight < leastWeight })
	}
}

// Copy returns a deep copy.
func (l *Likelihoods) Copy() *Likelihoods {
	if l == nil {
		return nil
	}
	out := &Likelihoods{parts: slices.Clone(l.parts)}
	for i := range out.parts {
		p := &out.parts[i]
		p.rows, p.sums, p.columns = p.rows.clone(), slices.Clone(p.sums), nil
		for k, s := range p.sums {
			p.sums[k] = s.clone()
		}
	}
	return out
}

// Empty returns likelihoods of the same uses without rows.
func (l *Likelihoods) Empty() *Likelihoods {
	out := &Likelihoods{}
	for i := range l.parts {
		out.parts = append(out.parts, likelihoodPart{key: l.parts[i].key, use: l.parts[i].use, rows: &LikelihoodRows{}})
	}
	return out
}

// isEmpty reports whether nothing is kept.
func (p *likelihoodPart) isEmpty() bool { return p.rows.Len() == 0 && len(p.sums) == 0 && p.left == 0 }

// IsEmpty reports whether nothing is kept.
func (l *Likelihoods) IsEmpty() bool {
	for i := range l.parts {
		if !l.parts[i].isEmpty() {
			return false
		}
	}
	return true
}

// Encode appends, of each key for which something is kept, the weight that was left out,
// the rows and the sums.
func (l *Likelihoods) Encode(w *wire.Writer) {
	n := 0
	for i := range l.parts {
		if !l.parts[i].isEmpty() {
			n++
		}
	}
	w.Uvarint(uint64(n))
	for i := range l.parts {
		p := &l.parts[i]
		if p.isEmpty() {
			continue
		}
		w.String(p.key)
		encodeWeight(w, p.left)
		p.rows.encode(w)
		w.Uvarint(uint64(len(p.sums)))
		for _, s := range p.sums {
			s.encode(w)
		}
	}
}

// DecodeLikelihoods reads what Encode wrote.
func DecodeLikelihoods(r *wire.Reader) (*Likelihoods, error) {
	l := &Likelihoods{}
	for range r.Count(4) {
		p := likelihoodPart{key: r.String(), left: decodeWeightOrZero(r)}
		if n := len(l.parts); r.Err() == nil && n > 0 && l.parts[n-1].key >= p.key {
			return nil, fmt.Errorf("%w: likelihood %q is out of order", wire.ErrCorrupt, p.key)
		}
		var err error
		if p.rows, err = decodeLikelihoodRows(r); err != nil {
			return nil, err
		}
		for range r.Count(8) {
			s, err := decodeLikelihoodSums(r)
			if err != nil {
				return nil, err
			}
			if n := len(p.sums); n > 0 && p.sums[n-1].id >= s.id {
				return nil, fmt.Errorf("%w: sums of a likelihood are out of order", wire.ErrCorrupt)
			}
			p.sums = append(p.sums, s)
		}
		if p.isEmpty() {
			return nil, fmt.Errorf("%w: likelihood %q has no rows", wire.ErrCorrupt, p.key)
		}
		l.parts = append(l.parts, p)
	}
	if r.Err() == nil && len(l.parts) == 0 {
		r.Fail("there are no likelihoods")
	}
	return l, r.Err()
}
