package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// operand returns the patterns of another summary.
func (p *patterns) operand(o part) (*patterns, error) {
	from, ok := o.(*patterns)
	if !ok {
		return nil, incompatibleParts()
	}
	return from, nil
}

// merge adds block by block. Which patterns have a block depends on the order in
// which a summary met them, so past the maximum the same rows can be in a block of
// one summary and in the overflow of another; what is asked pair by pair is the
// same either way.
func (p *patterns) merge(o part, at place) error {
	from, err := p.operand(o)
	if err != nil {
		return err
	}
	before := p.overflow != nil
	for _, b := range from.blocks {
		if err := p.mergeBlock(b, at.numeric, before, from.overflow != nil); err != nil {
			return err
		}
	}
	if from.overflow == nil {
		return nil
	}
	p.unmark(from, at.numeric)
	p.needOverflow()
	overflow, columns := from.overflow.selected(at.numeric)
	return p.overflow.mergeMapped(overflow, columns)
}

// unmark notes that rows of another overflow come into this one: of a pattern of which
// the other has a whole block there are none.
func (p *patterns) unmark(from *patterns, numeric []int32) {
	narrower := slices.Contains(numeric, leftOut)
	for _, b := range p.blocks {
		b.whole = b.whole && !narrower && slices.ContainsFunc(from.blocks, func(o *patternBlock) bool {
			columns, _, err := o.mapped(numeric)
			return err == nil && o.whole && slices.Equal(columns, b.columns)
		})
	}
}

// mergeBlock adds a dense block to the block of the same columns, or to the
// overflow when there is no room for another. Before says that there was an overflow.
func (p *patterns) mergeBlock(b *patternBlock, numeric []int32, before, others bool) error {
	columns, como, err := b.mapped(numeric)
	if err != nil {
		return err
	}
	into := p.block(columns)
	if into == nil && len(p.blocks) < p.max {
		into = p.addBlock(columns, nil)
		into.whole = !before
	}
	if into == nil {
		p.needOverflow()
		return p.overflow.absorb(como, columns)
	}
	into.whole = into.whole && (b.whole || !others)
	if len(columns) < len(b.columns) {
		como = como.converted(into.comoments.Precision()) // narrower than it was
	}
	return into.comoments.Merge(como)
}

// mapped returns the block's columns in the target layout, ascending, and its
// co-moments in that order.
func (b *patternBlock) mapped(numeric []int32) ([]int32, *Comoments, error) {
	if numeric == nil {
		return b.columns, b.comoments, nil
	}
	type move struct{ to, from int32 }
	moves := make([]move, 0, len(b.columns))
	for i, c := range b.columns {
		if numeric[c] != leftOut {
			moves = append(moves, move{to: numeric[c], from: int32(i)})
		}
	}
	slices.SortFunc(moves, func(x, y move) int { return cmp.Compare(x.to, y.to) })
	columns, order := make([]int32, len(moves)), make([]int32, len(moves))
	for i, m := range moves {
		columns[i], order[i] = m.to, m.from
	}
	como, err := b.comoments.selected(order)
	return columns, como, err
}

// subtract works on a copy of the summary (Summary.Subtract), so it may leave the
// blocks half-way when it fails.
func (p *patterns) subtract(o part, at place) error {
	from, err := p.operand(o)
	if err != nil {
		return err
	}
	for _, b := range from.blocks {
		if err := p.subtractBlock(b, at.numeric, at.slack); err != nil {
			return err
		}
	}
	if from.overflow == nil {
		return nil
	}
	return p.subtractOverflow(from.overflow, at.numeric)
}

// subtractBlock takes a dense block from the block of the same columns. Rows past
// the maximum of patterns can be in the overflow of the receiver: unless its block of
// these columns is whole, that joins the overflow, which holds all rows that are meant
// afterwards.
func (p *patterns) subtractBlock(b *patternBlock, numeric []int32, slack float64) error {
	columns, como, err := b.mapped(numeric)
	if err != nil {
		return err
	}
	into := p.block(columns)
	if p.overflow != nil && (into == nil || !into.whole) {
		if into != nil {
			if err := p.overflow.absorb(into.comoments, columns); err != nil {
				return err
			}
			into.comoments = newComoments(len(columns), into.comoments.Precision())
			p.dropEmpty()
		}
		gone := newPairwise(p.columns)
		if err := gone.absorb(como, columns); err != nil {
			return err
		}
		return p.overflow.subtractMapped(gone, nil)
	}
	have := 0.0
	if into != nil {
		have = into.comoments.Weight()
	}
	if _, ok := subtractWeight(have, como.Weight(), slack); !ok {
		return fmt.Errorf("%w: weight %v of rows with just these %d numeric attributes taken from %v", ErrNotLearned, como.Weight(), len(columns), have)
	}
	if into == nil {
		return nil // rounding
	}
	err = into.comoments.Subtract(como)
	p.dropEmpty()
	return err
}

// dropEmpty removes the blocks of which all rows have been taken away: their
// patterns count no longer among those that have one.
func (p *patterns) dropEmpty() {
	kept := p.blocks
	if !slices.ContainsFunc(kept, func(b *patternBlock) bool { return b.comoments.empty() }) {
		return
	}
	p.blocks, p.byMask, p.scratch.rows, p.scratch.tame = nil, nil, nil, nil
	for _, b := range kept {
		if !b.comoments.empty() {
			p.addBlock(b.columns, b.comoments).whole = b.whole
		}
	}
}

// dropOverflow removes an overflow of which all rows have been taken away. Weight is that of
// all rows, of which rounding can have left slack.
func (p *patterns) dropOverflow(weight, slack float64) {
	if p.overflow == nil {
		return
	}
	for i := range p.overflow.dim() {
		if p.overflow.weightOf(i, i).Float() > slack {
			return
		}
	}
	for _, b := range p.blocks {
		weight -= b.comoments.Weight()
	}
	if weight > slack { // of rows without any numeric attribute
		return
	}
	p.overflow = nil
	for _, b := range p.blocks {
		b.whole = true
	}
}

// subtractOverflow takes pairwise sums away. Their rows can have come in by any
// dense block: all blocks join the overflow first, which loses nothing that is asked
// pair by pair.
func (p *patterns) subtractOverflow(gone *Pairwise, numeric []int32) error {
	p.needOverflow()
	for _, b := range p.blocks {
		if err := p.overflow.absorb(b.comoments, b.columns); err != nil {
			return err
		}
	}
	p.blocks, p.byMask, p.scratch.rows, p.scratch.tame = nil, nil, nil, nil
	return p.overflow.subtractMapped(gone, numeric)
}

// scalable asks every block before scale changes the first.
func (p *patterns) scalable(f float64) error {
	for _, b := range p.blocks {
		if err := b.comoments.scalable(f); err != nil {
			return err
		}
	}
	if p.overflow == nil {
		return nil
	}
	return p.overflow.scalable(f)
}

func (p *patterns) scale(f float64) {
	for _, b := range p.blocks {
		b.comoments.scale(f)
	}
	if p.overflow != nil {
		p.overflow.scale(f)
	}
}

func (p *patterns) isInRange(int) bool {
	for _, b := range p.blocks {
		if !b.comoments.isInRange() {
			return false
		}
	}
	return p.overflow == nil || p.overflow.isInRange()
}
