package stats

import (
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// encode appends the use of each column, and the cells in ascending order of their keys.
func (p *jointCells) encode(w *wire.Writer, _ int) {
	for _, use := range p.numeric {
		w.Byte(byte(use))
	}
	for _, use := range p.categorical {
		w.Byte(byte(use))
	}
	counted := columnsOf(p.numeric, jointCounted)
	w.Uvarint(uint64(len(p.table)))
	for _, key := range slices.Sorted(maps.Keys(p.table)) {
		c := p.table[key]
		w.String(key)
		encodeWeight(w, c.weight)
		for _, column := range counted {
			s := c.counts[column]
			w.Bool(s != nil)
			if s != nil {
				encodeWeight(w, s.weight)
				w.Float64s([]float64{s.sum, s.logFactorial, s.yLogY})
			}
		}
	}
}

// decode reads what encode wrote.
func (p *jointCells) decode(r *wire.Reader, _ int, _ byte) {
	for _, uses := range [][]jointUse{p.numeric, p.categorical} {
		for j := range uses {
			if uses[j] = jointUse(r.Byte()); uses[j] >= jointUses {
				r.Fail("a column of joint cells has the use %d", uses[j])
			}
		}
	}
	p.changed()
	if slices.Contains(p.categorical, jointCounted) {
		r.Fail("a categorical column has sums")
	}
	n, before := r.Count(2), ""
	if n > maxJointCells {
		r.Fail("%d joint cells, at most %d", n, maxJointCells)
	}
	var values []jointValue
	for i := range n {
		key, ok := r.String(), false
		values, ok = readJointKey(values[:0], []byte(key))
		if !ok || i > 0 && key <= before || !p.fits(values, key) {
			r.Fail("joint cell %d is damaged or out of order", i)
		}
		before = key
		c := &jointCell{weight: decodeWeight(r)}
		p.decodeCounts(r, c)
		if r.Err() != nil {
			return
		}
		p.table[key] = c
	}
	p.look()
	for _, numbers := range p.values {
		if len(numbers) > maxJointValues {
			r.Fail("a column of joint cells has %d values, at most %d", len(numbers), maxJointValues)
		}
	}
}

func (p *jointCells) decodeCounts(r *wire.Reader, c *jointCell) {
	var sums [3]float64
	for _, column := range p.columns().counted {
		if !r.Bool() {
			continue
		}
		weight := decodeWeight(r)
		r.Float64s(sums[:])
		for _, x := range sums {
			if !inRange(x) {
				r.Fail("a sum of joint cells is %v", x)
			}
		}
		if r.Err() != nil {
			return
		}
		*c.of(column) = countSums{weight: weight, sum: sums[0], logFactorial: sums[1], yLogY: sums[2]}
	}
}

// fits reports whether a key is of columns and values that there are, in the one form that
// learning writes.
func (p *jointCells) fits(values []jointValue, key string) bool {
	out := p.key[:0]
	for _, v := range values {
		if v.categorical {
			if int(v.column) >= len(p.categorical) || p.categorical[v.column] != jointKeyed || v.bits > uint64(len(p.layout.Categorical[v.column].Values)) {
				return false
			}
		} else if int(v.column) >= len(p.numeric) || p.numeric[v.column] != jointKeyed || !(math.Abs(v.number()) <= MaxMagnitude) {
			return false
		}
		out = v.appendTo(out)
	}
	p.key = out
	return string(out) == key
}

// begun says that rows were learned by a version that kept no cells: what they had is not
// known.
func (p *jointCells) begun(weight float64) {
	if weight == 0 {
		return
	}
	for _, uses := range [][]jointUse{p.numeric, p.categorical} {
		for j := range uses {
			uses[j] = jointBefore
		}
	}
	p.table[""] = &jointCell{weight: weight}
	p.changed()
}
