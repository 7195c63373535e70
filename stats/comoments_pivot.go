package stats

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/kernel"
)

// A pivot other than 0 is needed only where the mean is far off compared to
// the spread: up to a distance of 1,000 standard deviations the sums about 0
// lose 6 of their 28 digits, differences to 0 are exact, and shards that have
// never seen each other agree on it. The limits are apart so that a pivot does
// not go back and forth.
const (
	farFromZero  = 1024 // deviations of the mean from 0 that call for a pivot
	nearZero     = 256  // deviations of the mean from 0 that need none
	farFromPivot = 4096 // deviations of the mean from the pivot that call for another
)

// choosePivots sets the pivots from the first chunk: 0, or the median where
// that is far off 0 compared to the distance of the quartiles.
func (c *Comoments) choosePivots(k *chunk, s *blockScratch) {
	for p := range kernel.Panels(c.dim) {
		src := k.source(p, s)
		for i := range src.Columns {
			column := s.centred[:src.Rows]
			for r := range column {
				column[r] = src.Values[r*src.Stride+i]
			}
			slices.Sort(column)
			median := column[len(column)/2]
			spread := column[len(column)*3/4] - column[len(column)/4]
			if math.Abs(median) <= farFromZero*spread {
				median = 0
			}
			c.pivot[p*kernel.Width+i] = median
		}
	}
}

// mendPivots moves the pivots when the mean of a column has gone far from its
// own, as after a first row that was an outlier, or when 0 has become good
// enough.
func (c *Comoments) mendPivots() {
	panels := kernel.Panels(c.dim)
	for i := range c.dim {
		if c.betterPivot(i, panels) != c.pivot[i] {
			better := make([]float64, c.dim)
			for j := range better {
				better[j] = c.betterPivot(j, panels)
			}
			c.moveTo(better)
			return
		}
	}
}

// betterPivot returns the pivot that column i should have.
func (c *Comoments) betterPivot(i, panels int) float64 {
	at := kernel.Offset(panels, i, i)
	return betterPivot(c.pivot[i], c.weight, c.first[i], dd.Number{Hi: c.hi[at], Lo: c.lo[at]})
}

// betterPivot returns the pivot for a column of which first and second are the
// sums of e and e^2 about the present one.
func betterPivot(pivot float64, weight, first, second dd.Number) float64 {
	distance, square := first.Hi/weight.Hi, second.Hi/weight.Hi
	variance := square - distance*distance
	// float64 does not see a variance this much smaller than the square
	const unseen = 0x1p-40
	if variance <= unseen*square {
		variance = second.Sub(first.Mul(first.Div(weight))).Hi / weight.Hi
	}
	mean := math.Abs(pivot + distance)
	switch {
	case !(variance > 0):
		return pivot
	case pivot != 0 && mean*mean <= nearZero*nearZero*variance:
		return 0
	case distance*distance <= farFromPivot*farFromPivot*variance:
		return pivot
	case mean*mean <= farFromZero*farFromZero*variance:
		return 0
	default:
		return pivot + distance
	}
}
