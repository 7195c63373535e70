package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// addColumns is AddColumns for sizes that fit. Rows to forget are added to moments
// without rounding.
func (c *Comoments) addColumns(values []float64, stride int, columns, rows []int32, n int, weights []float64, moments []*Moments, forgotten bool) {
	if rows != nil {
		n = len(rows)
	}
	for from := 0; from < n; from += kernel.MaxRows {
		k := chunk{values: values, stride: stride, columns: columns, moments: moments, forgotten: forgotten, n: min(n-from, kernel.MaxRows)}
		if rows == nil {
			k.values = values[from*stride:]
			if len(weights) > 0 {
				k.weights = weights[from : from+k.n]
			}
		} else {
			k.rows = rows[from : from+k.n]
			k.gatherWeights(weights, c.scratchFor(k.n))
		}
		c.addChunk(&k)
	}
}

func (c *Comoments) checkColumns(values []float64, stride int, columns, rows []int32, n int, weights []float64, moments []*Moments) error {
	if len(columns) != c.dim || moments != nil && len(moments) != c.dim {
		return fmt.Errorf("%w: %d columns and %d moments for co-moments of %d columns", ErrIncompatible, len(columns), len(moments), c.dim)
	}
	if n < 0 || stride < 0 || len(values) < n*stride || len(weights) > 0 && len(weights) < n {
		return fmt.Errorf("%w: %d values and %d weights for %d rows of %d", ErrIncompatible, len(values), len(weights), n, stride)
	}
	for _, k := range columns {
		if k < 0 || int(k) >= stride {
			return fmt.Errorf("%w: column %d of rows of %d", ErrIncompatible, k, stride)
		}
	}
	for _, r := range rows {
		if r < 0 || int(r) >= n {
			return fmt.Errorf("%w: row %d of %d", ErrIncompatible, r, n)
		}
	}
	return nil
}

// addChunk adds up to kernel.MaxRows rows.
func (c *Comoments) addChunk(k *chunk) {
	if c.hi == nil {
		c.allocate()
	}
	weight := k.weight()
	if c.precision == Extended {
		c.addExtended(k, weight)
		c.weight = c.weight.Add(weight)
		c.mendPivots()
		c.changed()
		return
	}
	c.addDouble(k, weight)
	c.weight = c.weight.Add(weight)
	c.changed()
}

// addDouble adds a chunk that is centred on its own means: two passes over
// rows that are in the cache. What the distance of the means adds comes as one
// more row, (na nb/n)^(1/2) d.
func (c *Comoments) addDouble(k *chunk, weight dd.Number) {
	s := c.scratchFor(k.n)
	total := c.weight.Add(weight)
	share, root := weight.Hi/total.Hi, math.Sqrt(c.weight.Hi*(weight.Hi/total.Hi))
	panels := kernel.Panels(c.dim)
	residual := false
	for p := range panels {
		src := k.source(p, s)
		from := p * kernel.Width
		var centre kernel.Lane
		for i := range src.Columns {
			centre[i] = c.first[from+i].Hi
			if c.weight.IsZero() {
				centre[i] = src.Values[i]
			}
		}
		sums := kernel.Scan(&src, &centre)
		for i := range src.Columns {
			centre[i] += sums.Sum[i] / weight.Hi
		}
		a, b := s.weighted[p*s.stride:][:s.stride], s.plain[p*s.stride:][:s.stride]
		kernel.Centre(&src, &centre, a, b, &s.powers)
		last := k.n * kernel.Width
		for i := range src.Columns {
			d := s.powers[0][i] / weight.Hi
			residual = residual || s.powers[0][i]*d > negligible*s.powers[1][i]
			s.sum[from+i], s.offset[from+i] = s.powers[0][i], -d
			row := 0.0
			if c.weight.IsZero() {
				c.first[from+i] = dd.Sum(centre[i], d)
			} else {
				delta := dd.Sum(centre[i], d).Sub(c.first[from+i]).Hi
				c.first[from+i] = c.first[from+i].AddFloat(delta * share)
				row = root * delta
			}
			a[last+i], b[last+i] = row, row
			if k.moments != nil {
				k.moments[from+i].addColumn(&src, i, weight, centre[i], &s.powers, sums.Min[i], sums.Max[i], k.forgotten)
			}
		}
		for i := src.Columns; i < kernel.Width; i++ {
			a[last+i], b[last+i] = 0, 0
		}
	}
	a := s.weighted
	if k.weights == nil {
		a = s.plain
	}
	kernel.MulAdd(c.hi, a, s.plain, panels, s.stride, k.n+1)
	if residual {
		kernel.MulAdd(c.hi, s.offset, s.sum, panels, kernel.Width, 1)
	}
}

// negligible is the part of a sum of squares that float64 does not see.
const negligible = 0x1p-60

// addExtended adds the rows to the sums about the fixed pivots.
func (c *Comoments) addExtended(k *chunk, weight dd.Number) {
	s := c.scratchFor(k.n)
	if c.weight.IsZero() {
		c.choosePivots(k, s)
	}
	panels := kernel.Panels(c.dim)
	var low uint64
	for p := range panels {
		src := k.source(p, s)
		from := p * kernel.Width
		var pivot kernel.Lane
		copy(pivot[:], c.pivot[from:])
		part := kernel.Exact{BHi: s.plain[p*s.stride:], BLo: s.plainLow[p*s.stride:]}
		if k.weights != nil {
			part.AHi, part.ALo = s.weighted[p*s.stride:], s.weightedLow[p*s.stride:]
		}
		out := &s.splits
		kernel.Split(&src, &pivot, &part, out)
		for i := range src.Columns {
			low |= out.Low[i]
			c.first[from+i] = c.first[from+i].Add(dd.Sum(out.SumHi[i], out.SumLo[i]))
			pivot[i] += (out.SumHi[i] + out.SumLo[i]) / weight.Hi
		}
		for i := range kernel.Width {
			s.scaleB[from+i] = kernel.Scale(out.NormB[i])
			s.scaleA[from+i] = s.scaleB[from+i]
			if k.weights != nil {
				s.scaleA[from+i] = kernel.Scale(out.NormA[i])
			}
		}
		if k.moments == nil {
			continue
		}
		kernel.Centre(&src, &pivot, s.centredWeighted, s.centred, &s.powers)
		for i := range src.Columns {
			k.moments[from+i].addColumn(&src, i, weight, pivot[i], &s.powers, out.Min[i], out.Max[i], k.forgotten)
		}
	}
	a, aLow := s.plain, s.plainLow
	if k.weights != nil {
		a, aLow = s.weighted, s.weightedLow
	}
	if low != 0 {
		kernel.MulAdd(c.lo, aLow, s.plain, panels, s.stride, k.n)
		kernel.MulAdd(c.lo, a, s.plainLow, panels, s.stride, k.n)
	}
	kernel.MulAddExact(c.hi, c.lo, a, s.plain, s.scaleA, s.scaleB, panels, s.stride, k.n)
}
