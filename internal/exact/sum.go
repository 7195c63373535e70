package exact

import (
	"math/big"
	"math/bits"
	"slices"
)

// sum is a sum of numbers m*2^e with integers m: an integer in two's complement
// times a power of two. The zero value is 0.
type sum struct {
	limbs []uint64 // ascending; the sign is that of the last one
	base  int      // the integer counts 2^(64*base)
}

// lowest is the exponent below which numbers are cut off: 2^-1216 is far below the
// fourth powers of numbers of which the product with themselves is a normal float64.
const lowest = -1216

// signOf returns the limb that continues a number beyond its last limb.
func signOf(limb uint64) uint64 { return uint64(int64(limb) >> 63) }

// sign returns the limb that continues the number.
func (s *sum) sign() uint64 {
	if len(s.limbs) == 0 {
		return 0
	}
	return signOf(s.limbs[len(s.limbs)-1])
}

// cover makes the limbs reach from one place to below another, with a limb above
// them that is nothing but the sign.
func (s *sum) cover(from, to int) {
	if len(s.limbs) == 0 {
		s.base = from
		s.limbs = make([]uint64, to-from+1, to-from+3)
		return
	}
	if from < s.base {
		s.limbs = slices.Insert(s.limbs, 0, make([]uint64, s.base-from)...)
		s.base = from
	}
	sign := s.sign()
	for s.base+len(s.limbs) <= to || s.limbs[len(s.limbs)-1] != sign {
		s.limbs = append(s.limbs, sign)
	}
}

// add adds the integer of the limbs m, times 2^e, or takes it away.
func (s *sum) add(m []uint64, e int, negative bool) {
	if e < lowest {
		if m, e = cutOff(m, e); len(m) == 0 {
			return
		}
	}
	place, shift := e>>6, uint(e&63)
	s.cover(place, place+len(m)+1)
	at, carry, low := place-s.base, uint64(0), uint64(0)
	for _, word := range m {
		limb := word<<shift | low
		low = word >> 1 >> (63 - shift)
		if negative {
			s.limbs[at], carry = bits.Sub64(s.limbs[at], limb, carry)
		} else {
			s.limbs[at], carry = bits.Add64(s.limbs[at], limb, carry)
		}
		at++
	}
	for ; at < len(s.limbs) && (low != 0 || carry != 0); at++ {
		if negative {
			s.limbs[at], carry = bits.Sub64(s.limbs[at], low, carry)
		} else {
			s.limbs[at], carry = bits.Add64(s.limbs[at], low, carry)
		}
		low = 0
	}
}

// addTwo adds the integer of two limbs, times 2^e, or takes it away: at once where there
// is room for it.
func (s *sum) addTwo(low, high uint64, e int, negative bool) {
	at, shift := (e>>6)-s.base, uint(e&63)
	top := len(s.limbs) - 1
	if e < lowest || at < 0 || at+3 > top || s.limbs[top]+1 > 1 {
		s.add([]uint64{low, high}, e, negative)
		return
	}
	limbs := s.limbs[at:]
	third := high >> 1 >> (63 - shift)
	high, low = high<<shift|low>>1>>(63-shift), low<<shift
	var carry uint64
	if negative {
		limbs[0], carry = bits.Sub64(limbs[0], low, 0)
		limbs[1], carry = bits.Sub64(limbs[1], high, carry)
		limbs[2], carry = bits.Sub64(limbs[2], third, carry)
		for i := 3; carry != 0 && i < len(limbs); i++ {
			limbs[i], carry = bits.Sub64(limbs[i], 0, carry)
		}
		return
	}
	limbs[0], carry = bits.Add64(limbs[0], low, 0)
	limbs[1], carry = bits.Add64(limbs[1], high, carry)
	limbs[2], carry = bits.Add64(limbs[2], third, carry)
	for i := 3; carry != 0 && i < len(limbs); i++ {
		limbs[i], carry = bits.Add64(limbs[i], 0, carry)
	}
}

// cutOff drops what m*2^e has below the lowest exponent.
func cutOff(m []uint64, e int) ([]uint64, int) {
	x := new(big.Int)
	for i := len(m) - 1; i >= 0; i-- {
		x.Or(x.Lsh(x, 64), new(big.Int).SetUint64(m[i]))
	}
	return words(x.Rsh(x, uint(lowest-e))), lowest
}

// words returns the limbs of a number that is not negative.
func words(x *big.Int) []uint64 {
	var out []uint64
	mask, rest := new(big.Int).SetUint64(^uint64(0)), new(big.Int).Set(x)
	for rest.Sign() != 0 {
		out = append(out, new(big.Int).And(rest, mask).Uint64())
		rest.Rsh(rest, 64)
	}
	return out
}

// addSum adds o, or takes it away.
func (s *sum) addSum(o *sum, negative bool) {
	if len(o.limbs) == 0 {
		return
	}
	s.cover(o.base, o.base+len(o.limbs)+1)
	sign, carry := o.sign(), uint64(0)
	at := s.limbs[o.base-s.base:]
	if negative {
		for i, limb := range o.limbs {
			at[i], carry = bits.Sub64(at[i], limb, carry)
		}
		for i := len(o.limbs); i < len(at) && sign+carry != 0; i++ { // else nothing changes
			at[i], carry = bits.Sub64(at[i], sign, carry)
		}
		return
	}
	for i, limb := range o.limbs {
		at[i], carry = bits.Add64(at[i], limb, carry)
	}
	for i := len(o.limbs); i < len(at) && sign+carry != 0; i++ {
		at[i], carry = bits.Add64(at[i], sign, carry)
	}
}

// trim drops limbs that say nothing, so that equal sums have equal limbs.
func (s *sum) trim() {
	n := len(s.limbs)
	for n > 1 && s.limbs[n-1] == signOf(s.limbs[n-2]) {
		n--
	}
	first := 0
	for first < n && s.limbs[first] == 0 {
		first++
	}
	if first == n {
		*s = sum{}
		return
	}
	s.limbs, s.base = s.limbs[first:n], s.base+first
}

// IsZero reports whether the sum is 0.
func (s *sum) IsZero() bool {
	return !slices.ContainsFunc(s.limbs, func(l uint64) bool { return l != 0 })
}

// exponent returns an exponent of two that the sum does not reach, the least one
// unless the sum is negative.
func (s *sum) exponent() int {
	sign := s.sign()
	for i := len(s.limbs) - 1; i >= 0; i-- {
		if limb := s.limbs[i] ^ sign; limb != 0 {
			return 64*(s.base+i) + bits.Len64(limb) + int(sign&1)
		}
	}
	return 64*s.base + int(sign&1)
}

// integer returns the sum as an integer of 2^(64*base).
func (s *sum) integer() *big.Int {
	x := new(big.Int)
	negative := s.sign() != 0
	for i := len(s.limbs) - 1; i >= 0; i-- {
		limb := s.limbs[i]
		if negative {
			limb = ^limb
		}
		x.Or(x.Lsh(x, 64), new(big.Int).SetUint64(limb))
	}
	if negative {
		x.Not(x)
	}
	return x
}

// Precision is that of the numbers that Powers.Big returns, in bits: more than the fourth
// powers of two numbers can be apart of which a Powers holds both.
const Precision = 2304

// number returns the sum.
func (s *sum) number() *big.Float {
	out := new(big.Float).SetPrec(Precision).SetInt(s.integer())
	return out.SetMantExp(out, 64*s.base)
}

// set makes the sum an integer times 2^e.
func (s *sum) set(x *big.Int, e int) {
	*s = sum{}
	s.add(words(new(big.Int).Abs(x)), e, x.Sign() < 0)
	s.trim()
}

// addBig adds a number of which the exponent is not below the lowest.
func (s *sum) addBig(x *big.Float) {
	if x.Sign() == 0 {
		return
	}
	mantissa := new(big.Float)
	e := x.MantExp(mantissa) - int(x.MinPrec())
	integer, _ := mantissa.SetMantExp(mantissa, int(x.MinPrec())).Int(nil)
	s.add(words(integer.Abs(integer)), e, x.Sign() < 0)
	s.trim()
}
