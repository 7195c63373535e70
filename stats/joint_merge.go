package stats

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// operand returns the cells of another summary.
func (p *jointCells) operand(o part) (*jointCells, error) {
	from, ok := o.(*jointCells)
	if !ok {
		return nil, incompatibleParts()
	}
	return from, nil
}

// raise lets the columns leave that have left another summary, and ends the sums of those
// of which that has values that are no counts.
func (p *jointCells) raise(o *jointCells, m *layoutMap) {
	left := false
	up := func(use *jointUse, to jointUse) {
		if to > *use {
			*use, left = to, true
		}
	}
	for j, use := range o.numeric {
		if to := m.column(int32(j)); to != leftOut {
			up(&p.numeric[to], use)
		}
	}
	for j, use := range o.categorical {
		to := int32(j)
		if m != nil {
			to = m.categorical[j]
		}
		if to != leftOut {
			up(&p.categorical[to], use)
		}
	}
	notCounts := func(of *jointCells, m *layoutMap) {
		numbers, _ := of.found()
		for j, values := range numbers {
			if to := m.column(int32(j)); len(values) > 0 && to != leftOut && p.numeric[to] == jointCounted {
				up(&p.numeric[to], summable(values, jointMany))
			}
		}
	}
	if slices.Contains(p.numeric, jointCounted) {
		notCounts(o, m)
		notCounts(p, nil)
	}
	if left {
		p.regroup()
	}
}

func (p *jointCells) merge(o part, at place) error {
	from, err := p.operand(o)
	if err != nil {
		return err
	}
	p.raise(from, at.columns)
	p.absorb(from.table, at.columns)
	p.changed()
	p.settle()
	return nil
}

// errCombination is wrapped when nothing but a combination of values was never learned, as
// far as the parts before this one know.
var errCombination = errors.New("one combination of values")

// subtract takes cells away: rows that are not there are an error that wraps
// ErrNotLearned.
func (p *jointCells) subtract(o part, at place) error {
	from, err := p.operand(o)
	if err != nil {
		return err
	}
	p.raise(from, at.columns)
	gone := &jointCells{layout: p.layout, numeric: p.numeric, categorical: p.categorical, table: map[string]*jointCell{}}
	gone.absorb(from.table, at.columns)
	for _, key := range slices.Sorted(maps.Keys(gone.table)) {
		g := gone.table[key]
		c := p.table[key]
		have := 0.0
		if c != nil {
			have = c.weight
		}
		rest, ok := subtractWeight(have, g.weight, at.slack)
		switch {
		case !ok:
			return fmt.Errorf("%w: weight %v of rows with %w taken from %v", ErrNotLearned, g.weight, errCombination, have)
		case rest == 0:
			delete(p.table, key)
			continue
		}
		c.weight = rest
		for column, sums := range g.counts {
			s := c.of(column)
			left, ok := subtractWeight(s.weight, sums.weight, at.slack)
			if !ok || left == 0 {
				delete(c.counts, column)
				continue
			}
			s.takeAway(sums)
			s.weight = left
		}
	}
	p.changed()
	return nil
}

func (p *jointCells) scalable(f float64) error {
	for _, c := range p.table {
		if err := checkScaled(f, c.largest(), "combinations of values"); err != nil {
			return err
		}
	}
	return nil
}

// largest returns the largest sum of a cell.
func (c *jointCell) largest() float64 {
	out := c.weight
	for _, s := range c.counts {
		out = max(out, s.sum, s.logFactorial, s.yLogY)
	}
	return out
}

func (p *jointCells) scale(f float64) {
	for key, c := range p.table {
		if c.weight *= f; c.weight < leastWeight {
			delete(p.table, key)
			continue
		}
		for column, s := range c.counts {
			if s.weight*f < leastWeight {
				delete(c.counts, column)
				continue
			}
			*s = countSums{weight: s.weight * f, sum: s.sum * f, logFactorial: s.logFactorial * f, yLogY: s.yLogY * f}
		}
	}
	p.changed()
}

func (p *jointCells) isInRange(int) bool {
	for _, c := range p.table {
		if !inRange(c.largest()) {
			return false
		}
	}
	return true
}
