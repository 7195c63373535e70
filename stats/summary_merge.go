package stats

import (
	"fmt"
	"slices"
)

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
	next := s
	if s.mayFail(o, m) {
		next = s.clone()
	}
	if err := next.merge(o, union, m); err != nil {
		return err
	}
	*s = *next
	return nil
}

// mayFail reports whether merging can fail half-way: never for summaries of
// one project, whose parts fit by construction.
func (s *Summary) mayFail(o *Summary, m *layoutMap) bool { return m != nil }

func (s *Summary) operand(other Additive) (*Summary, error) {
	o, ok := other.(*Summary)
	if !ok {
		return nil, fmt.Errorf("%w: a summary and a %T", ErrIncompatible, other)
	}
	if o.options != s.options {
		return nil, fmt.Errorf("%w: summary options %+v and %+v", ErrIncompatible, s.options, o.options)
	}
	return o, nil
}

func (s *Summary) merge(o *Summary, union *Layout, m *layoutMap) error {
	if err := s.extend(union); err != nil {
		return err
	}
	s.weight += o.weight
	for i := range o.attributes {
		into, from := &s.attributes[m.column(int32(i))], &o.attributes[i]
		if err := into.merge(from, s.binaryMap(o, m)); err != nil {
			return fmt.Errorf("attribute %q: %w", o.layout.Numeric[i].Name, err)
		}
	}
	for i := range o.categories {
		into, from := &s.categories[m.category(i)], &o.categories[i]
		if err := into.merge(from, m, i); err != nil {
			return fmt.Errorf("attribute %q: %w", o.layout.Categorical[i].Name, err)
		}
	}
	if err := s.mergeContingency(o, m, (*Contingency).MergeMapped); err != nil {
		return err
	}
	for _, b := range o.blocks {
		if err := s.mergeBlock(b, m); err != nil {
			return err
		}
	}
	if o.overflow == nil {
		return nil
	}
	s.needOverflow()
	return s.overflow.MergeMapped(o.overflow, m.columns())
}

func (m *layoutMap) columns() []int32 {
	if m == nil {
		return nil
	}
	return m.numeric
}

func (a *attribute) merge(o *attribute, continuous []int32) error {
	if err := a.moments.Merge(o.moments); err != nil {
		return err
	}
	if err := a.histogram.Merge(o.histogram); err != nil {
		return err
	}
	if o.conditional == nil {
		return nil
	}
	return a.conditional.MergeMapped(o.conditional, nil, continuous)
}

func (c *category) merge(o *category, m *layoutMap, column int) error {
	c.present += o.present
	if err := c.overflow.merge(&o.overflow); err != nil {
		return err
	}
	if err := c.counts.MergeMapped(o.counts, m.code(column)); err != nil {
		return err
	}
	return c.conditional.MergeMapped(o.conditional, m.code(column), m.columns())
}

// binaryMap maps o's continuous columns, counted among themselves, to those of
// s; nil is the identity.
func (s *Summary) binaryMap(o *Summary, m *layoutMap) []int32 {
	if m == nil {
		return nil
	}
	out := make([]int32, len(o.continuous))
	for i, c := range o.continuous {
		out[i] = int32(slices.Index(s.continuous, m.numeric[c]))
	}
	return out
}

// mergeContingency applies merge to each pair of categorical columns. Where
// the order of the two differs between the layouts the table is transposed.
func (s *Summary) mergeContingency(o *Summary, m *layoutMap, merge func(into, from *Contingency, a, b []int32) error) error {
	for b := range o.categories {
		for a := range b {
			from := o.contingency[b*(b-1)/2+a]
			ia, ib, ma, mb := m.category(a), m.category(b), m.code(a), m.code(b)
			if ia > ib {
				from, ia, ib, ma, mb = from.Transposed(), ib, ia, mb, ma
			}
			if err := merge(s.contingency[ib*(ib-1)/2+ia], from, ma, mb); err != nil {
				return fmt.Errorf("attributes %q and %q: %w", o.layout.Categorical[a].Name, o.layout.Categorical[b].Name, err)
			}
		}
	}
	return nil
}

// mergeBlock adds a dense block to the block of the same columns, or to the
// overflow when there is no room for another.
func (s *Summary) mergeBlock(b *patternBlock, m *layoutMap) error {
	columns, como, err := b.mapped(m)
	if err != nil {
		return err
	}
	into := s.block(columns)
	if into == nil && len(s.blocks) < s.options.MaxPatterns {
		into = s.addBlock(columns)
	}
	if into == nil {
		s.needOverflow()
		return s.overflow.Absorb(como, columns)
	}
	return into.comoments.Merge(como)
}

// mapped returns the block's columns in the target layout, ascending, and its
// co-moments in that order.
func (b *patternBlock) mapped(m *layoutMap) ([]int32, *Comoments, error) {
	if m == nil {
		return b.columns, b.comoments, nil
	}
	type place struct{ to, from int32 }
	places := make([]place, len(b.columns))
	for i, c := range b.columns {
		places[i] = place{to: m.numeric[c], from: int32(i)}
	}
	slices.SortFunc(places, func(x, y place) int { return int(x.to - y.to) })
	columns, order := make([]int32, len(places)), make([]int32, len(places))
	for i, p := range places {
		columns[i], order[i] = p.to, p.from
	}
	como, err := b.comoments.Select(order)
	return columns, como, err
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
	next := s.clone()
	if err := next.subtract(o, union, m); err != nil {
		return err
	}
	*s = *next
	return nil
}

func (s *Summary) subtract(o *Summary, union *Layout, m *layoutMap) error {
	if err := s.extend(union); err != nil {
		return err
	}
	if o.weight > s.weight {
		return fmt.Errorf("%w: rows of weight %v taken from %v", ErrNotLearned, o.weight, s.weight)
	}
	s.weight -= o.weight
	for i := range o.attributes {
		into, from := &s.attributes[m.column(int32(i))], &o.attributes[i]
		if err := into.subtract(from, s.binaryMap(o, m)); err != nil {
			return fmt.Errorf("attribute %q: %w", o.layout.Numeric[i].Name, err)
		}
	}
	for i := range o.categories {
		into, from := &s.categories[m.category(i)], &o.categories[i]
		if err := into.subtract(from, m, i); err != nil {
			return fmt.Errorf("attribute %q: %w", o.layout.Categorical[i].Name, err)
		}
	}
	if err := s.mergeContingency(o, m, (*Contingency).SubtractMapped); err != nil {
		return err
	}
	for _, b := range o.blocks {
		if err := s.subtractBlock(b, m); err != nil {
			return err
		}
	}
	if o.overflow == nil {
		return nil
	}
	return s.subtractOverflow(o.overflow, m)
}

func (a *attribute) subtract(o *attribute, continuous []int32) error {
	if err := a.moments.Subtract(o.moments); err != nil {
		return err
	}
	if err := a.histogram.Subtract(o.histogram); err != nil {
		return err
	}
	if o.conditional == nil {
		return nil
	}
	return a.conditional.SubtractMapped(o.conditional, nil, continuous)
}

func (c *category) subtract(o *category, m *layoutMap, column int) error {
	c.present = max(c.present-o.present, 0)
	if err := c.counts.SubtractMapped(o.counts, m.code(column)); err != nil {
		return err
	}
	return c.conditional.SubtractMapped(o.conditional, m.code(column), m.columns())
}

// subtractBlock takes a dense block from the block of the same columns. Rows
// that s holds in its overflow are taken from there.
func (s *Summary) subtractBlock(b *patternBlock, m *layoutMap) error {
	columns, como, err := b.mapped(m)
	if err != nil {
		return err
	}
	if into := s.block(columns); into != nil && into.comoments.Weight() >= como.Weight() {
		return into.comoments.Subtract(como)
	}
	gone := NewPairwise(len(s.attributes))
	if err := gone.Absorb(como, columns); err != nil {
		return err
	}
	return s.subtractOverflow(gone, nil)
}

// subtractOverflow takes pairwise sums away. Where the overflow does not hold
// them, the rows came in by a dense block: all blocks then join the overflow,
// which loses nothing that is asked pair by pair.
func (s *Summary) subtractOverflow(gone *Pairwise, m *layoutMap) error {
	if s.overflow != nil {
		err := s.overflow.SubtractMapped(gone, m.columns())
		if err == nil || len(s.blocks) == 0 {
			return err
		}
	}
	s.needOverflow()
	for _, b := range s.blocks {
		if err := s.overflow.Absorb(b.comoments, b.columns); err != nil {
			return err
		}
	}
	s.blocks, s.byMask, s.scratch.rows = nil, nil, nil
	return s.overflow.SubtractMapped(gone, m.columns())
}

// Scale multiplies every weight by f, which must be positive and finite.
func (s *Summary) Scale(f float64) error {
	if err := CheckScale(f); err != nil {
		return err
	}
	s.weight *= f
	for i := range s.attributes {
		a := &s.attributes[i]
		_ = a.moments.Scale(f)
		_ = a.histogram.Scale(f)
		if a.conditional != nil {
			_ = a.conditional.Scale(f)
		}
	}
	for i := range s.categories {
		c := &s.categories[i]
		c.present *= f
		_ = c.counts.Scale(f)
		_ = c.conditional.Scale(f)
		c.overflow.scale(f)
	}
	for _, t := range s.contingency {
		_ = t.Scale(f)
	}
	for _, b := range s.blocks {
		_ = b.comoments.Scale(f)
	}
	if s.overflow != nil {
		_ = s.overflow.Scale(f)
	}
	return nil
}

// Clone returns a deep copy.
func (s *Summary) Clone() Additive { return s.clone() }

func (s *Summary) clone() *Summary {
	out := &Summary{
		options: s.options, layout: s.layout, weight: s.weight,
		continuous: slices.Clone(s.continuous),
	}
	for _, a := range s.attributes {
		c := attribute{moments: a.moments.Clone(), histogram: a.histogram.Clone()}
		if a.conditional != nil {
			c.conditional = a.conditional.Clone()
		}
		out.attributes = append(out.attributes, c)
	}
	for _, c := range s.categories {
		out.categories = append(out.categories, category{present: c.present, counts: c.counts.Clone(), conditional: c.conditional.Clone(), overflow: c.overflow.clone()})
	}
	for _, t := range s.contingency {
		out.contingency = append(out.contingency, t.Clone())
	}
	for _, b := range s.blocks {
		into := out.addBlock(b.columns)
		into.comoments = b.comoments.Clone()
	}
	if s.overflow != nil {
		out.overflow = s.overflow.Clone()
	}
	return out
}
