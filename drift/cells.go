package drift

import (
	"iter"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// cells is two distributions of a number over the same cells, in ascending order: cell i holds the values from
// lo[i] up to hi[i], or the single value of both where they are equal. a and b are its weights in the reference
// and in the recent rows, n and m their sums.
type cells struct {
	lo, hi, a, b []float64
	n, m         float64
	middle       []float64 // of the ranks, once rank has been asked
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

// scaled returns the same with other weights of all rows, such as effective numbers of them.
func (c *cells) scaled(n, m float64) *cells {
	out := &cells{lo: c.lo, hi: c.hi, a: make([]float64, len(c.a)), b: make([]float64, len(c.b)), n: n, m: m}
	for i := range c.a {
		out.a[i], out.b[i] = c.a[i]*(n/c.n), c.b[i]*(m/c.m)
	}
	return out
}

// empty reports whether one of the states has no values.
func (c *cells) empty() bool { return !(c.n > 0 && c.m > 0) }

// kolmogorov returns the largest difference of the two distribution functions, the statistic D of Kolmogorov and
// Smirnov, and by how much more it may be where values within a cell cannot be told apart.
func (c *cells) kolmogorov() (d, bound float64) {
	var f, g float64
	for i := range c.lo {
		f, g = f+c.a[i]/c.n, g+c.b[i]/c.m
		d = max(d, math.Abs(f-g))
		if c.lo[i] < c.hi[i] {
			bound = max(bound, c.a[i]/c.n, c.b[i]/c.m)
		}
	}
	return min(d, 1), bound
}

// wasserstein returns the first Wasserstein distance, the integral of the difference of the two distribution
// functions, in units of the attribute. The values of a cell are taken to lie in its middle, so the error is at most
// the mean width of a cell, which is also returned.
func (c *cells) wasserstein() (distance, bound float64) {
	var f, g, last float64
	for i := range c.lo {
		at := c.lo[i]/2 + c.hi[i]/2
		if i > 0 {
			distance += math.Abs(f-g) * (at - last)
		}
		f, g, last = f+c.a[i]/c.n, g+c.b[i]/c.m, at
		bound += (c.hi[i] - c.lo[i]) / 2 * (c.a[i]/c.n + c.b[i]/c.m)
	}
	return distance, bound
}

// grouped joins neighbouring cells into at most that many of about the same weight; a cell that has as much alone
// stays as it is.
func (c *cells) grouped(most int) *cells {
	out := &cells{n: c.n, m: c.m}
	share, sum := (c.n+c.m)/float64(most/2), 0.0
	for i := range c.lo {
		w := c.a[i] + c.b[i]
		if sum == 0 || sum+w > share {
			out.lo, out.hi = append(out.lo, c.lo[i]), append(out.hi, c.hi[i])
			out.a, out.b = append(out.a, 0), append(out.b, 0)
			sum = 0
		}
		last := len(out.lo) - 1
		out.hi[last] = c.hi[i]
		out.a[last], out.b[last] = out.a[last]+c.a[i], out.b[last]+c.b[i]
		sum += w
	}
	return out
}

// mostShannon is how many cells are compared by the Jensen-Shannon divergence as they are; of more, neighbours are joined, as cells with a few
// rows each differ by chance alone.
const mostShannon = 64

// jensenShannon is the divergence of the two distributions, in bits.
func (c *cells) jensenShannon() float64 {
	if len(c.lo) > mostShannon {
		c = c.grouped(mostShannon)
	}
	return jensenShannon(c.a, c.b)
}

// quantileCells joins the cells into ten between the deciles of the reference. A value that has several deciles has
// one cell.
func (c *cells) quantileCells() *cells {
	const parts = 10
	out, below, cut := &cells{n: c.n, m: c.m}, 0.0, 0
	for i := range c.lo {
		if i == 0 || below >= c.n*float64(cut)/parts {
			cut = int(below/c.n*parts) + 1
			out.lo, out.hi = append(out.lo, c.lo[i]), append(out.hi, c.hi[i])
			out.a, out.b = append(out.a, 0), append(out.b, 0)
		}
		last := len(out.lo) - 1
		out.hi[last] = c.hi[i]
		out.a[last], out.b[last] = out.a[last]+c.a[i], out.b[last]+c.b[i]
		below += c.a[i]
	}
	return out
}
