package wrap

import "math"

// decayEnd decides of which time the weights are: of that of the newest row, unless
// that row is more than loneHalfLives ahead of all others; then of that of the second
// newest. So one row with a wrong time in the midst of others does not outweigh them,
// and a stream that has really moved on moves on with its second row there. A stream of
// which every row is that far from the one before lags by one row.
//
// The end follows from the two newest of all rows, so it does not depend on their order
// or on how they are split, and it never goes back except where the second row of all is
// far behind the first.
type decayEnd struct {
	newest, second int64 // times; math.MinInt64 for none
}

// loneHalfLives is how far ahead of all others a row must be not to count until a second
// one is there: the others would lose all but a thousandth of their weight.
const loneHalfLives = 10

func emptyDecayEnd() decayEnd { return decayEnd{newest: math.MinInt64, second: math.MinInt64} }

// add takes the time of a row.
func (e *decayEnd) add(t int64) {
	switch {
	case t > e.newest:
		e.newest, e.second = t, e.newest
	case t > e.second:
		e.second = t
	}
}

// merged returns the end for the rows of both.
func (e decayEnd) merged(o decayEnd) decayEnd {
	e.add(o.newest)
	e.add(o.second)
	return e
}

// lone reports whether the newest row is the only one or too far ahead of all others.
func (e decayEnd) lone(halfLife int64) bool {
	switch {
	case e.newest == math.MinInt64:
		return false
	case e.second == math.MinInt64:
		return true
	}
	ahead, limit := uint64(e.newest)-uint64(e.second), uint64(halfLife)
	return ahead/loneHalfLives >= limit && ahead > limit*loneHalfLives
}

// at returns the time of which the weights are.
func (e decayEnd) at(halfLife int64) int64 {
	if e.second != math.MinInt64 && e.lone(halfLife) {
		return e.second
	}
	return e.newest
}
