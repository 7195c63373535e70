package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// What rounding leaves of squares that were taken away, against those before, in sums
// of either precision: some thousand roundings of 2^-106 and some of 2^-53.
const (
	leftExtended = 0x1p-94
	leftDouble   = 0x1p-50
)

// settleConstants makes the co-moments of columns that have no variance left exactly
// 0. The moments know these columns: they are exact where the co-moments are not.
func (s *Summary) settleConstants() {
	values := make([]float64, len(s.moments.at))
	known := false
	for i, m := range s.moments.at {
		values[i] = m.constant()
		known = known || !math.IsNaN(values[i])
	}
	if !known {
		return
	}
	for _, b := range s.patterns.blocks {
		own := make([]float64, len(b.columns))
		for i, c := range b.columns {
			own[i] = values[c]
		}
		b.comoments.settle(own)
	}
	if s.patterns.overflow != nil {
		s.patterns.overflow.settle(values)
	}
}

// constant returns the value of all that has been added, NaN when these differ or
// there is none.
func (m *Moments) constant() float64 {
	if m.Empty() || m.total().m2.Hi != 0 {
		return math.NaN()
	}
	return m.total().mean.Hi
}

// become makes all values x.
func (m *Moments) become(x float64) {
	m.central, m.apart = central{weight: m.weightDD(), mean: dd.FromFloat(x)}, nil
}

// settle makes the rows that are left have a value in each column of which values
// says one, which is not NaN: no co-moments with these columns.
func (c *Comoments) settle(values []float64) {
	for i, x := range values {
		if c.apart != nil && !math.IsNaN(x) {
			c.needApart().Set(i, x)
		}
	}
	if c.weight.IsZero() {
		return
	}
	panels := kernel.Panels(c.dim)
	if c.precision == Extended {
		pivot := make([]float64, c.dim)
		moved := false
		for i, x := range values {
			if pivot[i] = c.pivot[i]; !math.IsNaN(x) {
				pivot[i] = x
			}
			moved = moved || pivot[i] != c.pivot[i]
		}
		if moved {
			c.moveTo(pivot)
		}
	}
	for i, x := range values {
		if math.IsNaN(x) {
			continue
		}
		if c.first[i] = (dd.Number{}); c.precision == Double {
			c.first[i] = dd.FromFloat(x)
		}
		for j := range c.dim {
			at := kernel.Offset(panels, i, j)
			if c.hi[at] = 0; c.precision == Extended {
				c.lo[at] = 0
			}
		}
	}
}

// squares returns of each column the sum of squares that rounding is relative to: of
// rows in blocks.
func (c *Comoments) squares() []float64 {
	if c.weight.IsZero() {
		return nil
	}
	out, panels := make([]float64, c.dim), kernel.Panels(c.dim)
	for i := range out {
		out[i] = c.hi[kernel.Offset(panels, i, i)]
	}
	return out
}

// settleRounding settles the columns of which what is left of the squares before is
// rounding.
func (c *Comoments) settleRounding(before []float64) {
	share := leftExtended
	if c.precision == Double {
		share = leftDouble
	}
	var values []float64
	for i, square := range before {
		if c.comoment(i, i) > share*square {
			continue
		}
		if values == nil {
			values = make([]float64, c.dim)
			for k := range values {
				values[k] = math.NaN()
			}
		}
		values[i] = c.MeanDD(i).Hi
	}
	if values != nil {
		c.settle(values)
	}
}

// settle does the same pair by pair.
func (p *Pairwise) settle(values []float64) {
	p.settleApart(values)
	for i := range p.pivot {
		if x := values[i]; !math.IsNaN(x) {
			p.movePivot(i, x)
			p.pivoted[i] = true
		}
	}
	for j := range p.pivot {
		for i := range j + 1 {
			s := &p.pairs[pairIndex(i, j)]
			if !math.IsNaN(values[i]) {
				s.si, s.qii, s.q = dd.Number{}, dd.Number{}, dd.Number{}
			}
			if !math.IsNaN(values[j]) {
				s.sj, s.qjj, s.q = dd.Number{}, dd.Number{}, dd.Number{}
			}
		}
	}
}

// settleRounding makes exactly 0 what is rounding of the squares before.
func (s *pairSum) settleRounding(before *pairSum) {
	flat := func(q, s, n dd.Number, before float64) bool {
		return q.Sub(s.Mul(s.Div(n))).Hi <= leftExtended*before
	}
	s.flatten(flat(s.qii, s.si, s.n, before.qii.Hi), flat(s.qjj, s.sj, s.n, before.qjj.Hi))
}

// flatten makes the squares of i or j, and then the products, those of constants: to
// the last bit what is taken off them when they are read.
func (s *pairSum) flatten(i, j bool) {
	if i {
		s.qii = s.si.Mul(s.si.Div(s.n))
	}
	if j {
		s.qjj = s.sj.Mul(s.sj.Div(s.n))
	}
	if i || j {
		s.q = s.si.Mul(s.sj.Div(s.n))
	}
}
