package exact

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Powers are the sums of w, w x, w x^2, w x^3 and w x^4 of numbers x with weights w.
// Taking away more than was added leaves them negative. The zero value is empty.
type Powers struct {
	sums [5]sum
}

// Add adds a number; both must be finite.
func (p *Powers) Add(x, w float64) {
	var room [5]uint64
	m, e := split(w)
	room[0] = m
	product, exponent := room[:1], e
	p.sums[0].add(product, exponent, false)
	m, e = split(x)
	if m == 0 {
		return
	}
	for k := 1; k < len(p.sums); k++ {
		product, exponent = times(product, m), exponent+e
		p.sums[k].add(product, exponent, x < 0 && k%2 == 1)
	}
}

// split returns m and e with |x| = m 2^e and m odd, or m = 0.
func split(x float64) (m uint64, e int) {
	raw := math.Float64bits(x)
	m, e = raw&(1<<52-1), int(raw>>52&0x7ff)
	if e > 0 {
		m |= 1 << 52
	} else {
		e = 1
	}
	if m == 0 {
		return 0, 0
	}
	zeros := bits.TrailingZeros64(m)
	return m >> zeros, e - 1075 + zeros
}

// times multiplies the integer of the limbs m by a word, in place.
func times(m []uint64, word uint64) []uint64 {
	carry := uint64(0)
	for i, limb := range m {
		hi, lo := bits.Mul64(limb, word)
		var c uint64
		m[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	if carry != 0 {
		m = append(m, carry)
	}
	return m
}

// Merge adds o.
func (p *Powers) Merge(o *Powers) {
	for k := range p.sums {
		p.sums[k].addSum(&o.sums[k], false)
	}
}

// Subtract takes o away.
func (p *Powers) Subtract(o *Powers) {
	for k := range p.sums {
		p.sums[k].addSum(&o.sums[k], true)
	}
}

// AddBig adds sums that are given as numbers.
func (p *Powers) AddBig(sums *[5]*big.Float) {
	for k, x := range sums {
		p.sums[k].addBig(x)
	}
}

// Big returns the sums.
func (p *Powers) Big() (out [5]*big.Float) {
	for k := range p.sums {
		out[k] = p.sums[k].number()
	}
	return out
}

// Scale multiplies the sums by a positive number. With a power of two it is exact
// while nothing is cut off.
func (p *Powers) Scale(f float64) {
	for k := range p.sums {
		p.sums[k].scale(f)
	}
}

// Exponent returns an exponent of two that no sum reaches.
func (p *Powers) Exponent() int {
	most := lowest
	for k := range p.sums {
		if s := &p.sums[k]; len(s.limbs) > 0 {
			most = max(most, s.exponent())
		}
	}
	return most
}

// IsZero reports whether all sums are 0.
func (p *Powers) IsZero() bool {
	for k := range p.sums {
		if !p.sums[k].IsZero() {
			return false
		}
	}
	return true
}

// Clone returns a copy.
func (p *Powers) Clone() Powers {
	out := *p
	for k := range out.sums {
		out.sums[k].limbs = append([]uint64(nil), out.sums[k].limbs...)
	}
	return out
}

// maxLimbs bounds the limbs of a decoded sum: from the lowest exponent to weights of
// 1e300 times fourth powers of 1e72.
const maxLimbs = 64

// Encode appends of each sum how many limbs it has, the place of the first and the
// limbs.
func (p *Powers) Encode(w *wire.Writer) {
	for k := range p.sums {
		p.sums[k].encode(w)
	}
}

// encode appends how many limbs there are, the place of the first and the limbs.
func (s *sum) encode(w *wire.Writer) {
	own := s.clone()
	own.trim()
	w.Uvarint(uint64(len(own.limbs)))
	if len(own.limbs) == 0 {
		return
	}
	w.Varint(int64(own.base))
	for _, limb := range own.limbs {
		w.Uint64(limb)
	}
}

// Decode reads what Encode wrote. Damage is recorded in r.
func Decode(r *wire.Reader) (p Powers) {
	for k := range p.sums {
		if p.sums[k] = decodeSum(r); r.Err() != nil {
			return Powers{}
		}
	}
	return p
}

// decodeSum reads what encode wrote.
func decodeSum(r *wire.Reader) sum {
	n := r.Count(8)
	if n == 0 {
		return sum{}
	}
	base := r.Varint()
	if r.Err() == nil && (n > maxLimbs || base < lowest/64 || base > maxLimbs) {
		r.Fail("exact sum of %d limbs from %d on", n, base)
	}
	if r.Err() != nil {
		return sum{}
	}
	s := sum{limbs: make([]uint64, n), base: int(base)}
	for i := range s.limbs {
		s.limbs[i] = r.Uint64()
	}
	if s.trim(); r.Err() == nil && len(s.limbs) != n {
		r.Fail("exact sum with limbs that say nothing")
	}
	return s
}
