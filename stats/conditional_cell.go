package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/dd"

// Cell is what is known of a numeric column given one code: the weight of the
// rows that have both, the mean (0 without rows) and M2, the sum of squared
// deviations from the mean; the methods give the same in double-double. Min and
// Max are the extremes of all values, forgotten ones too; NaN where an earlier
// version, which kept none, has learned some of the rows.
type Cell struct {
	Weight, Mean, M2 float64
	Min, Max         float64

	weight, mean, m2 dd.Number
}

func newCell(weight, mean, m2 dd.Number, low, high float64) Cell {
	return Cell{
		Weight: weight.Float(), Mean: mean.Float(), M2: m2.Float(), Min: low, Max: high,
		weight: weight, mean: mean, m2: m2,
	}
}

// WeightDD returns the weight in double-double.
func (c Cell) WeightDD() dd.Number { return c.weight }

// MeanDD returns the mean in double-double.
func (c Cell) MeanDD() dd.Number { return c.mean }

// M2DD returns the sum of squared deviations in double-double.
func (c Cell) M2DD() dd.Number { return c.m2 }

// Merge returns the cell of the rows of both (Chan, Golub, LeVeque, Updating
// formulae and a pairwise algorithm for computing sample variances, 1979,
// equation 2.1), for example of all codes together.
func (c Cell) Merge(o Cell) Cell {
	switch {
	case c.weight.IsZero():
		return o
	case o.weight.IsZero():
		return c
	}
	weight := c.weight.Add(o.weight)
	d, share := o.mean.Sub(c.mean), o.weight.Div(weight)
	between := d.Square().Mul(c.weight).Mul(share)
	return newCell(weight, c.mean.Add(d.Mul(share)), c.m2.Add(o.m2).Add(between), min(c.Min, o.Min), max(c.Max, o.Max))
}

// Cell returns what is known of a numeric column given a code; the zero Cell
// where there are no such rows.
func (c *Conditional) Cell(code int32, column int) Cell {
	if code < 0 || int(code) >= len(c.cells) || column < 0 || column >= len(c.cells[code]) {
		return Cell{}
	}
	at := c.cells[code][column]
	if at = at.total(); at.empty() {
		return Cell{}
	}
	return newCell(at.weight, at.sum.Div(at.weight).AddFloat(at.pivot), at.m2(), at.min, at.max)
}

// Histogram returns that of a numeric column given a code, which must not be
// changed; nil where there is none.
func (c *Conditional) Histogram(code int32, column int) *Histogram {
	if code < 0 || int(code) >= len(c.cells) || column < 0 || column >= len(c.cells[code]) {
		return nil
	}
	return c.cells[code][column].histogram
}
