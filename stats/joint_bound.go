package stats

import (
	"maps"
	"slices"
)

// note takes the numbers of a new cell into account.
func (p *jointCells) note(key []byte) {
	if p.values == nil {
		p.look()
		return
	}
	var room [8]jointValue
	values, _ := readJointKey(room[:0], key)
	for _, v := range values {
		if !v.categorical {
			p.have(v)
		}
	}
}

func (p *jointCells) have(v jointValue) {
	if p.values[v.column] == nil {
		p.values[v.column] = map[uint64]struct{}{}
	}
	p.values[v.column][v.bits] = struct{}{}
}

// look looks up which numbers the cells have.
func (p *jointCells) look() { p.values, _ = p.found() }

// found returns which numbers the cells have of each numeric column, and which codes of each
// categorical one; nil for none.
func (p *jointCells) found() (numbers, codes []map[uint64]struct{}) {
	numbers, codes = make([]map[uint64]struct{}, len(p.numeric)), make([]map[uint64]struct{}, len(p.categorical))
	var values []jointValue
	for key := range p.table {
		values, _ = readJointKey(values[:0], []byte(key))
		for _, v := range values {
			to := numbers
			if v.categorical {
				to = codes
			}
			if to[v.column] == nil {
				to[v.column] = map[uint64]struct{}{}
			}
			to[v.column][v.bits] = struct{}{}
		}
	}
	return numbers, codes
}

// settle holds the bounds: columns leave the combinations.
func (p *jointCells) settle() {
	for {
		if p.values == nil {
			p.look()
		}
		many := false
		for j, values := range p.values {
			if p.numeric[j] == jointKeyed && len(values) > maxJointValues {
				p.numeric[j] = summable(values, jointMany)
				many = true
			}
		}
		if !many {
			break
		}
		p.regroup()
	}
	for len(p.table) > maxJointCells {
		p.leave()
		p.regroup()
	}
}

// summable returns the use of a column that leaves the combinations: sums where all its
// values are counts, else the other one.
func summable(values map[uint64]struct{}, other jointUse) jointUse {
	for bits := range values {
		if !isCount((jointValue{bits: bits}).number()) {
			return other
		}
	}
	return jointCounted
}

// leave makes the column with the most values leave the combinations; of equal ones that
// whose name comes last.
func (p *jointCells) leave() {
	numbers, codes := p.found()
	most, name, at := 0, "", (*jointUse)(nil)
	var next jointUse
	consider := func(use *jointUse, values map[uint64]struct{}, column string, becomes func() jointUse) {
		if n := len(values); n > most || n == most && n > 0 && column > name {
			most, name, at, next = n, column, use, becomes()
		}
	}
	for j := range numbers {
		consider(&p.numeric[j], numbers[j], p.layout.Numeric[j].Name, func() jointUse {
			if p.layout.Numeric[j].Binary {
				return jointCrowded
			}
			return summable(numbers[j], jointCrowded)
		})
	}
	for j := range codes {
		consider(&p.categorical[j], codes[j], p.layout.Categorical[j].Name, func() jointUse { return jointCrowded })
	}
	*at = next
}

// regroup puts the cells together that differ only in columns that have left.
func (p *jointCells) regroup() {
	before := p.table
	p.table = make(map[string]*jointCell, len(before))
	p.changed()
	p.absorb(before, nil)
}

// absorb adds cells, of which m says where the columns and codes are here. A column that
// is counted here may have its values in their keys.
func (p *jointCells) absorb(cells map[string]*jointCell, m *layoutMap) {
	var values []jointValue
	for _, key := range slices.Sorted(maps.Keys(cells)) {
		from := cells[key]
		values, _ = readJointKey(values[:0], []byte(key))
		counted := 0
		for i := range values {
			v := &values[i]
			v.moveBy(m)
			if v.column == leftOut || !v.categorical && p.numeric[v.column] > jointCounted || v.categorical && p.categorical[v.column] > jointKeyed {
				v.column = leftOut
			} else if !v.categorical && p.numeric[v.column] == jointCounted {
				counted++
			}
		}
		slices.SortFunc(values, jointValue.order)
		out := p.key[:0]
		for _, v := range values {
			if v.column != leftOut && (v.categorical || p.numeric[v.column] == jointKeyed) {
				out = v.appendTo(out)
			}
		}
		p.key = out
		c := p.table[string(out)]
		if c == nil {
			c = &jointCell{}
			p.table[string(out)] = c
		}
		c.weight += from.weight
		for _, v := range values {
			if counted > 0 && !v.categorical && v.column != leftOut && p.numeric[v.column] == jointCounted {
				c.of(v.column).add(v.number(), from.weight)
			}
		}
		for column, sums := range from.counts {
			if to := m.column(column); to != leftOut && p.numeric[to] == jointCounted {
				c.of(to).addAll(sums)
			}
		}
	}
}

// moveBy puts a value where m says.
func (v *jointValue) moveBy(m *layoutMap) {
	switch {
	case m == nil:
	case !v.categorical:
		v.column = m.numeric[v.column]
	default:
		codes := m.codes[v.column]
		v.column = m.categorical[v.column]
		if codes != nil {
			v.bits = uint64(codes[v.bits])
		}
	}
}
