package stats

import (
	"math"
	"math/bits"
)

// A key is the bits of a float64, reordered so that the order of the keys as
// integers is the order of the values: the sign bit is flipped, and for
// negative values all the others too.

const (
	signBit = 1 << 63
	// maxKey and minKey are the keys of the largest and the least finite value.
	maxKey = 0xffefffffffffffff
	minKey = 0x0010000000000000
	// negativeZeroKey belongs to no value: -0 counts as 0.
	negativeZeroKey = signBit - 1
)

// keyOf returns the key of a finite x; that of -0 is the one of 0.
func keyOf(x float64) uint64 {
	b := math.Float64bits(x + 0)
	return b ^ (uint64(int64(b)>>63) | signBit)
}

// valueOf returns the value that has key k; keys beyond the finite ones give
// the largest or the least finite value.
func valueOf(k uint64) float64 {
	k = min(max(k, minKey), maxKey)
	if k >= signBit {
		return math.Float64frombits(k ^ signBit)
	}
	return math.Float64frombits(^k)
}

// edges returns the least value of bin k at shift s and the least value above
// it. At shift 0 a bin is a single value and both are that; so is the bin of 0
// as long as it has nothing but subnormal numbers beside, as many zeros are
// common and such numbers are not.
func edges(k uint64, s uint) (lo, hi float64) {
	if s == 0 {
		v := valueOf(k)
		return v, v
	}
	lo, hi = valueOf(k<<s), math.MaxFloat64
	if next := (k + 1) << s; next != 0 {
		hi = valueOf(next)
	}
	const leastNormal = 0x1p-1022
	if lo == 0 && hi <= leastNormal {
		return 0, 0
	}
	return lo + 0, hi + 0
}

// foldShift returns the least further shift at which at most limit of the
// ascending keys are different: two neighbours stay apart as long as the
// highest bit in which they differ is not shifted out.
func foldShift(keys []uint64, limit int) uint {
	var apart [65]int // by bit length of the difference
	for i := 1; i < len(keys); i++ {
		apart[bits.Len64(keys[i]^keys[i-1])]++
	}
	distinct := 1
	for s := 64; s > 0; s-- {
		distinct += apart[s]
		if distinct > limit {
			return uint(s)
		}
	}
	return 0
}
