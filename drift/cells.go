package drift

import (
	"iter"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// cells is two distributions of a number over the same cells, in ascending order: cell i holds the values from
// lo[i] up to hi[i], or the single value of both where they are equal. a and b are its weights in the reference
// and in the recent rows, n and m their sums.
type cells struct {
	lo, hi, a, b []float64
	n, m         float64
}

// cellsOf returns the common cells of two histograms, which may have different bounds on their bins. Bins are
// ranges of keys whose lengths are powers of 2, so two of them are apart, equal, or one lies in the other: the
// wider one is the cell.
func cellsOf(a, b *stats.Histogram) *cells {
	c := &cells{}
	next, stop := iter.Pull(b.Bins())
	defer stop()
	other, more := next()
	for bin := range a.Bins() {
		for more && other.Lo < bin.Lo {
			c.add(other, 0, other.Weight)
			other, more = next()
		}
		c.add(bin, bin.Weight, 0)
	}
	for ; more; other, more = next() {
		c.add(other, 0, other.Weight)
	}
	return c
}

// add adds a bin whose lower edge is not below that of any bin before it.
func (c *cells) add(bin stats.Bin, a, b float64) {
	c.n, c.m = c.n+a, c.m+b
	last := len(c.lo) - 1
	if last < 0 || bin.Lo != c.lo[last] && bin.Lo >= c.hi[last] {
		c.lo, c.hi = append(c.lo, bin.Lo), append(c.hi, bin.Hi)
		c.a, c.b = append(c.a, a), append(c.b, b)
		return
	}
	c.hi[last] = max(c.hi[last], bin.Hi)
	c.a[last], c.b[last] = c.a[last]+a, c.b[last]+b
}
