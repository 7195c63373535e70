package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// weightRounding is the share of the largest weight that rounding leaves of sums of
// float64: some 2^11 roundings of numbers of one sign.
const weightRounding = 0x1p-42

// subtractWeight returns whole-part, and false when that is negative. Integers
// are exact; where rounding can have left a trace, a rest of its size is 0. Slack is the
// size of what larger weights can have left that were in whole before.
func subtractWeight(whole, part, slack float64) (rest float64, ok bool) {
	// about 2^12 roundings of sums of non-integers
	const rounding = 0x1p-40
	rest = whole - part
	if isInteger(whole) && isInteger(part) {
		return rest, rest >= 0
	}
	if rest <= max(rounding*whole, slack) && rest >= -max(rounding*part, slack) {
		return 0, true
	}
	return rest, rest >= 0
}

// maxInteger bounds the integers that a float64 counts without rounding.
const maxInteger = 1 << 53

func isInteger(w float64) bool { return w <= maxInteger && w == float64(uint64(w)) }

// encodeWeight appends an integer up to 2^53 as twice its value in the
// variable-length form, any other weight as a byte 1 and its bits.
func encodeWeight(w *wire.Writer, weight float64) {
	if isInteger(weight) {
		w.Uvarint(uint64(weight) << 1)
		return
	}
	w.Byte(1)
	w.Float64(weight)
}

// decodeWeight reads a weight that is positive and finite.
func decodeWeight(r *wire.Reader) float64 {
	weight := decodeWeightOrZero(r)
	if r.Err() == nil && weight == 0 {
		r.Fail("weight is 0")
	}
	return weight
}

// decodeWeightOrZero reads what encodeWeight wrote, in the one form that it
// writes; the weight is finite and not negative.
func decodeWeightOrZero(r *wire.Reader) float64 {
	v := r.Uvarint()
	if v&1 == 0 {
		if v>>1 > maxInteger {
			r.Fail("weight %d is in the short form", v>>1)
		}
		return float64(v >> 1)
	}
	if v != 1 {
		r.Fail("weight has the form %d", v)
	}
	weight := r.Finite()
	if r.Err() == nil && (weight < 0 || isInteger(weight)) {
		r.Fail("weight %v is in the long form", weight)
	}
	return weight
}
