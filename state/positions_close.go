package state

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// bound closes the older half of the holes when there are more than
// maxIntervals intervals, and returns how many holes it closed. Each interval
// that is left holds a message at least, so no hole is closed before about
// maxIntervals/2 messages above it have been seen.
func (p *offsetSet) bound() int {
	if len(p.intervals) <= maxIntervals {
		return 0
	}
	n := max(len(p.intervals)/2, len(p.intervals)-maxIntervals)
	p.closeOldest(n)
	return n - 1
}

// closeOldest makes one interval of the n lowest.
func (p *offsetSet) closeOldest(n int) {
	p.hasFloor, p.floor = true, p.intervals[n-1].First-1
	p.intervals[n-1].First = p.intervals[0].First
	p.intervals = slices.Delete(p.intervals, 0, n-1)
}

// encodeFloor writes the floor (zig-zag).
func (p *offsetSet) encodeFloor(w *wire.Writer) { w.Varint(p.floor) }

// decodeFloor reads what encodeFloor wrote; it lies within the first interval.
func (p *offsetSet) decodeFloor(r *wire.Reader) error {
	p.floor, p.hasFloor = r.Varint(), true
	if r.Err() == nil && (len(p.intervals) == 0 || p.floor < p.intervals[0].First || p.floor >= p.intervals[0].Last) {
		r.Fail("floor %d of positions outside the first interval", p.floor)
	}
	return r.Err()
}

// floorOrLeast returns the floor, or the least position where no hole was closed.
func (p *offsetSet) floorOrLeast() int64 {
	if !p.hasFloor {
		return math.MinInt64
	}
	return p.floor
}
