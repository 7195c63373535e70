package stats

import (
	"cmp"
	"errors"
	"fmt"
)

// safeWeight is the weight of all rows up to which no sum leaves the range of
// float64 whatever the values: the largest are fourth powers of deviations,
// (2 MaxMagnitude)^4 = 1.6e289 each, of which merging adds up to eleven. Beyond
// it, operations run on a copy that is looked at before it counts.
const safeWeight = 1e17

// become makes next, which is either s or a changed copy, the state of s, unless
// one of its sums is out of range.
func (s *Summary) become(next *Summary) error {
	if next == s {
		return nil
	}
	if next.weight > safeWeight {
		if err := next.checkRange(); err != nil {
			return err
		}
	}
	*s = *next
	return nil
}

func (s *Summary) checkRange() error {
	for u := range s.table.units(s.layout) {
		if !s.parts[u.row].isInRange(u.unit) {
			return u.kind.named(s.layout, u.unit, fmt.Errorf("%s of rows of weight %v are out of range", s.table[u.row].name, s.weight))
		}
	}
	return nil
}

// Merge adds what other has learned. Columns are matched by name, so summaries
// of other projects merge too; the same name with another type, or other
// options, give an error that wraps ErrIncompatible.
func (s *Summary) Merge(other Additive) error {
	o, err := s.operand(other)
	if err != nil {
		return err
	}
	union, m, err := s.layout.union(o.layout)
	if err != nil {
		return err
	}
	// Summaries of one project fit by construction, so no copy is made of them.
	next := s
	if m != nil || s.weight+o.weight > safeWeight {
		next = s.clone()
	}
	next.extend(union)
	if err := next.combine(o, m, 0, part.merge); err != nil {
		return err
	}
	next.weight += o.weight
	next.peak += o.peak
	return s.become(next)
}

// Subtract takes away what other has learned; other's columns must be among
// the summary's. What was never learned gives an error that wraps
// ErrNotLearned where that can be seen.
func (s *Summary) Subtract(other Additive) error {
	o, err := s.operand(other)
	if err != nil {
		return err
	}
	union, m, err := s.layout.union(o.layout)
	if err != nil {
		return err
	}
	rest, ok := subtractWeight(s.weight, o.weight, weightRounding*s.peak)
	if !ok {
		return fmt.Errorf("%w: rows of weight %v taken from %v", ErrNotLearned, o.weight, s.weight)
	}
	next := s.clone()
	next.extend(union)
	slack := weightRounding * s.peak
	failed := next.combine(o, m, slack, part.subtract)
	if failed != nil && !errors.Is(failed, errCombination) {
		return failed
	}
	next.weight = rest
	if err := cmp.Or(next.checkMissing(slack), failed); err != nil { // the former says which attribute
		return err
	}
	next.patterns.dropOverflow(rest, slack)
	next.narrowExtremes()
	next.settleConstants()
	return s.become(next)
}

// narrowExtremes takes extremes that were lost by forgetting from histograms: those
// are values where each bin holds one value only.
func (s *Summary) narrowExtremes() {
	for i, m := range s.moments.at {
		if h := s.histograms.at[i]; (m.lostMin || m.lostMax) && h.Weight() > 0 {
			m.narrow(h.Min(), h.Max(), h.shift == 0)
		}
	}
}

// checkMissing refuses more rows with an attribute than there are rows: rows that
// lack it were to be taken away, and were never learned. Slack is what rounding
// can have left of weights.
func (s *Summary) checkMissing(slack float64) error {
	check := func(name string, with float64) error {
		if with-s.weight > 2*slack {
			return fmt.Errorf("%w: of rows without attribute %q more were to be taken away than there are", ErrNotLearned, name)
		}
		return nil
	}
	for i := range s.layout.Numeric {
		if err := check(s.layout.Numeric[i].Name, s.moments.at[i].Weight()); err != nil {
			return err
		}
	}
	for i := range s.layout.Categorical {
		if err := check(s.layout.Categorical[i].Name, s.Present(i)); err != nil {
			return err
		}
	}
	return nil
}

// InWords names the kind of statistic, for errors.
func (*Summary) InWords() string { return "a summary" }

func (s *Summary) operand(other Additive) (*Summary, error) {
	o, ok := other.(*Summary)
	if !ok {
		return nil, fmt.Errorf("%w: %s and %s", ErrIncompatible, s.InWords(), InWords(other))
	}
	if o.options != s.options {
		return nil, fmt.Errorf("%w: one summary has %v, the other %v", ErrIncompatible, s.options, o.options)
	}
	if len(o.table) != len(s.table) {
		return nil, fmt.Errorf("%w: summaries of %d and %d parts", ErrIncompatible, len(s.table), len(o.table))
	}
	return o, nil
}

// combine merges or subtracts every unit of o; m says where its columns are, slack what
// rounding can have left of weights.
func (s *Summary) combine(o *Summary, m *layoutMap, slack float64, verb func(into, from part, at place) error) error {
	for u := range s.table.units(o.layout) {
		at := u.kind.place(m, u.unit)
		at.slack = slack
		if err := verb(s.parts[u.row], o.parts[u.row], at); err != nil {
			return u.kind.named(o.layout, u.unit, err)
		}
	}
	return nil
}

// Scale multiplies every weight by f, which must be positive and finite and
// must leave the sums finite. What falls below a weight of 2^-500 vanishes.
func (s *Summary) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	if err := checkScaled(f, s.weight, "rows"); err != nil {
		return err
	}
	for _, p := range s.parts {
		if err := p.scalable(f); err != nil {
			return err
		}
	}
	// Nothing can fail from here on.
	for _, p := range s.parts {
		p.scale(f) // some need the weight as it was
	}
	s.weight *= f
	s.peak *= f
	return nil
}

// Clone returns a deep copy. The layout is shared, as a layout never changes once
// it is in use.
func (s *Summary) Clone() Additive { return s.clone() }

func (s *Summary) clone() *Summary {
	out := &Summary{options: s.options, layout: s.layout, weight: s.weight, peak: s.peak, table: s.table, near: &near{}}
	parts := make([]part, len(s.parts))
	for i, p := range s.parts {
		parts[i] = p.clone()
	}
	out.take(parts)
	return out
}
