package wrap

import "math"

// windowEnd decides with which tile a window ends: with that of the newest row,
// unless that row is further ahead of all others than the window is long; then
// with that of the second newest. So one row with a wrong time in the midst of
// others does not empty a window, and a stream that has really moved on moves
// the window with its second row there. A stream of which every row is that far
// from the one before lags by one row.
//
// The end follows from the two newest of all rows, so it does not depend on
// their order or on how they are split, and it never goes back except where the
// second row of all is far behind the first, when nothing has been dropped yet.
type windowEnd struct {
	newest, second int64 // tiles; math.MinInt64 for none
}

func emptyEnd() windowEnd { return windowEnd{newest: math.MinInt64, second: math.MinInt64} }

// add takes the tile of a row.
func (e *windowEnd) add(tile int64) {
	switch {
	case tile > e.newest:
		e.newest, e.second = tile, e.newest
	case tile > e.second:
		e.second = tile
	}
}

// merged returns the end for the rows of both.
func (e windowEnd) merged(o windowEnd) windowEnd {
	e.add(o.newest)
	e.add(o.second)
	return e
}

// at returns the tile with which a window of so many tiles ends.
func (e windowEnd) at(tiles int64) int64 {
	if e.second != math.MinInt64 && e.newest-e.second > tiles {
		return e.second
	}
	return e.newest
}
