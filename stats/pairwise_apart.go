package stats

import (
	"math"
	"math/big"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Pairwise keeps rows exactly as co-moments do (comoments_apart.go), pair by pair: of
// one column on the diagonal, of two elsewhere.

// addApart takes a row exactly.
func (p *Pairwise) addApart(values []float64, w float64) {
	for j, y := range values {
		for i, x := range values[:j+1] {
			if math.IsNaN(x) || math.IsNaN(y) {
				continue
			}
			own := []float64{x, y}
			if i == j {
				own = own[:1]
			}
			p.needApart(i, j).Add(own, w)
		}
	}
}

func (p *Pairwise) needApart(i, j int) *exact.Products {
	at := pairIndex(i, j)
	if p.apart[at] == nil {
		if p.apart == nil {
			p.apart = make(map[int]*exact.Products)
		}
		dim := 2
		if i == j {
			dim = 1
		}
		p.apart[at] = exact.NewProducts(dim)
	}
	return p.apart[at]
}

// total returns the sums of columns i <= j, with the exact ones, and the pivots that
// these are about.
func (p *Pairwise) total(i, j int) (s pairSum, pivots [2]float64) {
	at := pairIndex(i, j)
	if at >= len(p.pairs) {
		return s, pivots
	}
	s, pivots = p.pairs[at], [2]float64{p.pivot[i], p.pivot[j]}
	own := p.apart[at]
	if own == nil {
		return s, pivots
	}
	last := own.Dim() - 1
	if s.n.IsZero() {
		weight := own.Weight()
		if weight.Sign() == 0 { // nothing is left of weights scaled down so far
			return s, pivots
		}
		pivots[0], _ = wide().Quo(own.First(0), weight).Float64()
		pivots[1], _ = wide().Quo(own.First(last), weight).Float64()
	}
	sums := newAbout(own, pivots[:last+1])
	more := pairSum{
		n: number(own.Weight()), si: number(sums.first[0]), sj: number(sums.first[last]),
		qii: number(sums.cross(0, 0)), qjj: number(sums.cross(last, last)), q: number(sums.cross(0, last)),
	}
	s.add(&more, 1)
	return s, pivots
}

// weightOf returns the weight of the rows that have both columns.
func (p *Pairwise) weightOf(i, j int) dd.Number {
	if i > j {
		i, j = j, i
	}
	s, _ := p.total(i, j)
	return s.n
}

// moveApart makes the sums of a pair exact sums, with the rounding that they have.
func (p *Pairwise) moveApart(i, j int) {
	if i > j {
		i, j = j, i
	}
	s := &p.pairs[pairIndex(i, j)]
	if s.n.IsZero() {
		return
	}
	n, pi, pj := bigOf(s.n), wide().SetFloat64(p.pivot[i]), wide().SetFloat64(p.pivot[j])
	first := []*big.Float{wide().Add(bigOf(s.si), product(n, pi)), wide().Add(bigOf(s.sj), product(n, pj))}
	cross := func(q dd.Number, p, r, firstR *big.Float, sp dd.Number) *big.Float { // Q + p S' + r S
		x := wide().Add(bigOf(q), product(p, firstR))
		return x.Add(x, product(r, bigOf(sp)))
	}
	own := p.needApart(i, j)
	own.AddBig(n, func(k int) *big.Float { return first[k] }, func(a, b int) *big.Float {
		switch {
		case a != b:
			return cross(s.q, pi, pj, first[1], s.si)
		case a == 0:
			return cross(s.qii, pi, pi, first[0], s.si)
		default:
			return cross(s.qjj, pj, pj, first[1], s.sj)
		}
	})
	*s = pairSum{}
}

// joinApart puts the exact sums of each pair into the others where no row is left among
// them that would cost these digits.
func (p *Pairwise) joinApart() {
	for j := range p.pivot {
		for i := range j + 1 {
			own := p.apart[pairIndex(i, j)]
			if own == nil {
				continue
			}
			if own.IsZero() {
				delete(p.apart, pairIndex(i, j))
				continue
			}
			s := &p.pairs[pairIndex(i, j)]
			if s.n.IsZero() {
				continue
			}
			rest, _ := p.total(i, j)
			if s.isNear(&rest) {
				*s = rest
				delete(p.apart, pairIndex(i, j))
			}
		}
	}
}

// isNear reports whether the values of rest are near enough to be summed up with s.
func (s *pairSum) isNear(rest *pairSum) bool {
	reach := joinReach
	near := func(rest, s dd.Number, restN, n float64) bool { return rest.Hi*n <= reach*reach*s.Hi*restN }
	return near(centred(rest.qii, rest.si.Mul(rest.si).Div(rest.n)), centred(s.qii, s.si.Mul(s.si).Div(s.n)), rest.n.Hi, s.n.Hi) &&
		near(centred(rest.qjj, rest.sj.Mul(rest.sj).Div(rest.n)), centred(s.qjj, s.sj.Mul(s.sj).Div(s.n)), rest.n.Hi, s.n.Hi)
}

// addApartMapped adds the exact sums of o or takes them away.
func (p *Pairwise) addApartMapped(o *Pairwise, columns []int32, sign float64) {
	for j, cj := range columns {
		for i, ci := range columns[:j+1] {
			from := o.apart[pairIndex(i, j)]
			if from == nil {
				continue
			}
			if ci > cj {
				from = from.Select([]int32{1, 0})
			}
			if own := p.needApart(int(ci), int(cj)); sign < 0 {
				own.Subtract(from)
			} else {
				own.Merge(from)
			}
		}
	}
}

// absorbApart adds the exact sums of a dense block.
func (p *Pairwise) absorbApart(sums *exact.Products, columns []int32) {
	for j, cj := range columns {
		for i, ci := range columns[:j+1] {
			pair := []int32{int32(i), int32(j)}
			switch {
			case ci > cj:
				pair[0], pair[1] = pair[1], pair[0]
			case i == j:
				pair = pair[:1]
			}
			p.needApart(int(ci), int(cj)).Merge(sums.Select(pair))
		}
	}
}

// settleApart does what settle does.
func (p *Pairwise) settleApart(values []float64) {
	for j := range p.pivot {
		for i := range j + 1 {
			own := p.apart[pairIndex(i, j)]
			if own == nil {
				continue
			}
			if !math.IsNaN(values[i]) || !math.IsNaN(values[j]) {
				p.moveApart(i, j)
			}
			for k, column := range []int{i, j}[:own.Dim()] {
				if x := values[column]; !math.IsNaN(x) {
					own.Set(k, x)
				}
			}
		}
	}
}

// decodeApart reads the exact sums of a pair.
func (p *Pairwise) decodeApart(r *wire.Reader, i, j int) {
	sums := exact.DecodeProducts(r, p.needApart(i, j).Dim())
	if r.Err() != nil {
		return
	}
	p.apart[pairIndex(i, j)] = sums
	if weight := p.weightOf(i, j).Hi; sums.IsZero() || sums.Exponent() > mostExponent || !(weight > 0) {
		r.Fail("exact sums of columns %d and %d of weight %v, or larger than 2^%d", i, j, weight, mostExponent)
	}
}

// mostApart returns an exponent of two that no exact sum reaches.
func (p *Pairwise) mostApart() int {
	most := math.MinInt32
	for _, s := range p.apart {
		most = max(most, s.Exponent())
	}
	return most
}
