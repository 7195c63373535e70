package stats

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// PairStat is what is known of two columns from the rows that have both:
// weight, means and centred co-moments. The zero value is that of no rows.
type PairStat struct {
	N             float64
	MeanI, MeanJ  dd.Number
	Cii, Cjj, Cij dd.Number
}

// pairOf returns what the dense block c knows of columns i and j.
func pairOf(c *Comoments, i, j int) PairStat {
	if c.empty() {
		return PairStat{}
	}
	out := PairStat{
		N:     c.Weight(),
		MeanI: c.MeanDD(i), MeanJ: c.MeanDD(j),
		Cii: c.ComomentDD(i, i), Cjj: c.ComomentDD(j, j), Cij: c.ComomentDD(i, j),
	}
	return out.bounded()
}

// bounded returns the same with a co-moment of 0 where a column has no variance, by
// the inequality of Cauchy and Schwarz: rounding leaves others.
func (p PairStat) bounded() PairStat {
	if p.Cii.IsZero() || p.Cjj.IsZero() {
		p.Cij = dd.Number{}
	}
	return p
}

// merge adds other rows of the same two columns (Chan, Golub, LeVeque 1983,
// equation 2.1, in double-double).
func (p *PairStat) merge(o PairStat) {
	if o.N == 0 {
		return
	}
	if p.N == 0 {
		*p = o
		return
	}
	n := dd.Sum(p.N, o.N)
	share := dd.FromFloat(o.N).Div(n)
	f := share.MulFloat(p.N)
	di, dj := o.MeanI.Sub(p.MeanI), o.MeanJ.Sub(p.MeanJ)
	p.Cii = p.Cii.Add(o.Cii).Add(di.Mul(di).Mul(f))
	p.Cjj = p.Cjj.Add(o.Cjj).Add(dj.Mul(dj).Mul(f))
	p.Cij = p.Cij.Add(o.Cij).Add(di.Mul(dj).Mul(f))
	p.MeanI = p.MeanI.Add(di.Mul(share))
	p.MeanJ = p.MeanJ.Add(dj.Mul(share))
	p.N = n.Float()
}

// Covariance returns Cij over N - ddof, NaN when N is not above ddof.
func (p PairStat) Covariance(ddof float64) float64 {
	n := p.N - ddof
	if p.N == 0 || !(n > 0) {
		return math.NaN()
	}
	return p.Cij.Float() / n
}

// Correlation returns the correlation, from -1 to 1; NaN when one of the
// columns has no variance.
func (p PairStat) Correlation() float64 {
	x := math.Sqrt(p.Cii.Float()) * math.Sqrt(p.Cjj.Float())
	if !(x > 0) {
		return math.NaN()
	}
	return min(max(p.Cij.Float()/x, -1), 1)
}

// swapped returns the same with the columns exchanged.
func (p PairStat) swapped() PairStat {
	p.MeanI, p.MeanJ, p.Cii, p.Cjj = p.MeanJ, p.MeanI, p.Cjj, p.Cii
	return p
}
