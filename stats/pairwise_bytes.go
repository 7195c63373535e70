package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// Encode appends the number of columns, per column whether it has a pivot and
// the pivot, and per pair of columns i <= j, ordered by j and then i, what there is: 0
// for nothing, 1 for sums about the pivots, 2 for exact sums, 3 for both. The former are
// weight, sums, squares and product: two float64
// each, on the diagonal without those of j.
func (p *Pairwise) Encode(w *wire.Writer) {
	w.Uvarint(uint64(p.dim()))
	for i, x := range p.pivot {
		w.Bool(p.pivoted[i])
		if p.pivoted[i] {
			w.Float64(x)
		}
	}
	for j := range p.pivot {
		for i := range j + 1 {
			s := &p.pairs[j*(j+1)/2+i]
			own, what := present(p.apart[j*(j+1)/2+i]), byte(0)
			if !s.n.IsZero() {
				what |= hasCentral
			}
			if own != nil {
				what |= hasApart
			}
			w.Byte(what)
			if what&hasCentral != 0 {
				s.encode(w, i == j)
			}
			if own != nil {
				own.Encode(w)
			}
		}
	}
}

// encode appends the sums about the pivots.
func (s *pairSum) encode(w *wire.Writer, diagonal bool) {
	if diagonal {
		encodeNumber(w, s.n)
		encodeNumber(w, s.si)
		encodeNumber(w, s.qii)
		return
	}
	for _, x := range s.words() {
		encodeNumber(w, *x)
	}
}

// decodePairwise reads what Encode wrote. Values that no statistic has leave an
// error in r.
func decodePairwise(r *wire.Reader) *Pairwise {
	// a byte per pair at least: this bounds the memory, which is quadratic
	dim := r.Count(1)
	if dim*(dim+1)/2 > r.Remaining() {
		r.Fail("%d columns in %d bytes", dim, r.Remaining())
		return newPairwise(0)
	}
	p := newPairwise(dim)
	for i := range p.pivot {
		if p.pivoted[i] = r.Bool(); p.pivoted[i] {
			p.pivot[i] = r.Finite()
		}
	}
	for j := range p.pivot {
		for i := range j + 1 {
			what := r.Byte()
			if r.Err() == nil && what > hasCentral|hasApart {
				r.Fail("columns %d and %d of kind %d", i, j, what)
			}
			if what&hasCentral != 0 {
				p.decodePair(r, i, j)
			}
			if what&hasApart != 0 && r.Err() == nil {
				p.decodeApart(r, i, j)
			}
			if r.Err() != nil {
				return newPairwise(0)
			}
		}
	}
	return p
}

// decodePair reads one pair. On the diagonal the sums of i and j are the same and
// were written once.
func (p *Pairwise) decodePair(r *wire.Reader, i, j int) {
	s := &p.pairs[j*(j+1)/2+i]
	if i == j {
		s.n, s.si, s.qii = decodeNumber(r), decodeNumber(r), decodeNumber(r)
		s.sj, s.qjj, s.q = s.si, s.qii, s.qii
	} else {
		for _, x := range s.words() {
			*x = decodeNumber(r)
		}
	}
	if r.Err() == nil && (s.n.Hi <= 0 || !p.pivoted[i] || !p.pivoted[j]) {
		r.Fail("columns %d and %d of weight %v", i, j, s.n.Hi)
	}
}
