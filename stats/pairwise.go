package stats

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/exact"
)

// Pairwise keeps, for each pair of columns, the sums over the rows that have
// both: it takes rows with values missing anywhere and answers for each pair
// as if the incomplete rows had been left out. Rows cost time and memory by
// the pair, so it is for rows that fit no dense [Comoments].
//
// All sums are in double-double about a pivot per column, so that adding,
// merging and subtracting are additions. The pivot is the first value seen and
// is replaced when it turns out to be far from the mean.
type Pairwise struct {
	pivot   []float64
	pivoted []bool    // whether the column has its pivot
	pairs   []pairSum // of columns i <= j, at j(j+1)/2+i

	apart map[int]*exact.Products // of pairs by their place, rows that are not in the sums above

	row []pairEntry // scratch of AddRow
}

// pairSum is the sums over the rows that have columns i and j. On the diagonal
// the sums of i and j are the same.
type pairSum struct {
	n           dd.Number // weight
	si, sj      dd.Number // of w e, where e = x - pivot
	qii, qjj, q dd.Number // of w ei^2, w ej^2 and w ei ej
}

// pairEntry is one value of a row.
type pairEntry struct {
	column     int
	e, we, wee dd.Number
}

// newPairwise returns the empty statistic for dim columns; a negative dim
// counts as 0.
func newPairwise(dim int) *Pairwise {
	p := &Pairwise{}
	p.extend(dim)
	return p
}

// dim returns the number of columns.
func (p *Pairwise) dim() int { return len(p.pivot) }

// extend makes room for columns up to dim, of which no value has been seen. It
// never removes any.
func (p *Pairwise) extend(dim int) {
	for len(p.pivot) < dim {
		p.pivot = append(p.pivot, 0)
		p.pivoted = append(p.pivoted, false)
		p.pairs = append(p.pairs, make([]pairSum, len(p.pivot))...)
	}
}

// addRow takes a row, at most Dim values, with weight w. NaN means missing.
// The values must be within MaxMagnitude and w positive and finite. With far it is
// added exactly.
func (p *Pairwise) addRow(values []float64, w float64, far bool) {
	if far {
		p.addApart(values[:min(len(values), len(p.pivot))], w)
		return
	}
	p.row = p.row[:0]
	for i, x := range values[:min(len(values), len(p.pivot))] {
		if math.IsNaN(x) {
			continue
		}
		if !p.pivoted[i] {
			p.pivot[i], p.pivoted[i] = x, true
		}
		e := dd.Diff(x, p.pivot[i])
		we := e.MulFloat(w)
		p.row = append(p.row, pairEntry{column: i, e: e, we: we, wee: we.Mul(e)})
	}
	for b := range p.row {
		y := &p.row[b]
		sums := p.pairs[y.column*(y.column+1)/2:]
		for a := range p.row[:b+1] {
			x := &p.row[a]
			s := &sums[x.column]
			s.n = s.n.AddFloat(w)
			s.si, s.sj = s.si.Add(x.we), s.sj.Add(y.we)
			s.qii, s.qjj = s.qii.Add(x.wee), s.qjj.Add(y.wee)
			s.q = s.q.Add(x.we.Mul(y.e))
		}
	}
	for k := range p.row {
		p.mendPivot(p.row[k].column)
	}
}

// mendPivot moves the pivot of column i when it is far from the mean, see
// betterPivot.
func (p *Pairwise) mendPivot(i int) {
	own := &p.pairs[pairIndex(i, i)]
	better := betterPivot(p.pivot[i], own.n, own.si, own.qii)
	if better != p.pivot[i] {
		p.movePivot(i, better)
	}
}

// movePivot changes the pivot of column i.
func (p *Pairwise) movePivot(i int, better float64) {
	shift := dd.Diff(p.pivot[i], better)
	p.pivot[i] = better
	for j := range p.pivot {
		s := &p.pairs[pairIndex(i, j)]
		switch {
		case j < i:
			*s = s.moved(dd.Number{}, shift)
		case j > i:
			*s = s.moved(shift, dd.Number{})
		default:
			*s = s.moved(shift, shift)
			s.q = s.qii // to the last bit, as only one of them is stored
		}
	}
}

// scalable returns the error that scaling by f would give.
func (p *Pairwise) scalable(f float64) error {
	for i := range p.pairs {
		if s := p.pairs[i].scaled(f); !s.isInRange() {
			return fmt.Errorf("scale factor %v takes sums of weight %v out of range", f, p.pairs[i].n.Float())
		}
	}
	if p.mostApart()+int(math.Ceil(math.Log2(f))) > mostExponent {
		return fmt.Errorf("scale factor %v takes sums out of range", f)
	}
	return nil
}

// scale multiplies every weight by a factor that scalable has let pass.
func (p *Pairwise) scale(f float64) {
	for j := range p.pivot {
		for i := range j + 1 {
			at := pairIndex(i, j)
			p.pairs[at] = p.pairs[at].scaled(f)
			if own := p.apart[at]; own != nil {
				own.Scale(f)
			}
			if p.weightOf(i, j).Hi < leastWeight {
				p.pairs[at] = pairSum{}
				delete(p.apart, at)
			}
		}
	}
}

// isInRange reports whether all sums are in range.
func (p *Pairwise) isInRange() bool {
	for i := range p.pairs {
		if !p.pairs[i].isInRange() {
			return false
		}
	}
	return p.mostApart() <= mostExponent
}

// Clone returns a deep copy.
func (p *Pairwise) Clone() *Pairwise {
	out := &Pairwise{pivot: slices.Clone(p.pivot), pivoted: slices.Clone(p.pivoted), pairs: slices.Clone(p.pairs), apart: maps.Clone(p.apart)}
	for at, s := range out.apart {
		out.apart[at] = s.Clone()
	}
	return out
}

// pair returns what is known of columns i and j from the rows that have both.
func (p *Pairwise) pair(i, j int) PairStat {
	if i > j {
		return p.pair(j, i).swapped()
	}
	s, pivots := p.total(i, j)
	if s.n.IsZero() {
		return PairStat{}
	}
	mi, mj := s.si.Div(s.n), s.sj.Div(s.n)
	out := PairStat{
		N:     s.n.Float(),
		MeanI: mi.AddFloat(pivots[0]),
		MeanJ: mj.AddFloat(pivots[1]),
		Cii:   centred(s.qii, s.si.Mul(mi)),
		Cjj:   centred(s.qjj, s.sj.Mul(mj)),
		Cij:   s.q.Sub(s.si.Mul(mj)),
	}
	return out.bounded()
}

// words returns the numbers of s, in the order in which they are stored.
func (s *pairSum) words() [6]*dd.Number {
	return [6]*dd.Number{&s.n, &s.si, &s.sj, &s.qii, &s.qjj, &s.q}
}

func (s *pairSum) isInRange() bool {
	for _, x := range s.words() {
		if !inRange(x.Hi) {
			return false
		}
	}
	return true
}

func (s pairSum) scaled(f float64) pairSum {
	for _, x := range s.words() {
		*x = x.MulFloat(f)
	}
	return s
}

// moved returns the sums about pivots that are ti and tj lower.
func (s *pairSum) moved(ti, tj dd.Number) pairSum {
	if ti.IsZero() && tj.IsZero() {
		return *s
	}
	wi, wj := s.n.Mul(ti), s.n.Mul(tj)
	return pairSum{
		n:   s.n,
		si:  s.si.Add(wi),
		sj:  s.sj.Add(wj),
		qii: s.qii.Add(s.si.MulPow2(2).Add(wi).Mul(ti)),
		qjj: s.qjj.Add(s.sj.MulPow2(2).Add(wj).Mul(tj)),
		q:   s.q.Add(s.si.Add(wi).Mul(tj)).Add(ti.Mul(s.sj)),
	}
}

// add adds sign times o, which is about the same pivots.
func (s *pairSum) add(o *pairSum, sign float64) {
	from := o.words()
	for i, x := range s.words() {
		*x = x.Add(from[i].MulPow2(sign))
	}
}

// swapped returns the sums with i and j exchanged.
func (s *pairSum) swapped() pairSum {
	return pairSum{n: s.n, si: s.sj, sj: s.si, qii: s.qjj, qjj: s.qii, q: s.q}
}
