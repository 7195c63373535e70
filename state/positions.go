package state

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// maxIntervals bounds how many intervals the positions of a source have. Past
// it the older half of the holes is closed: their offsets count as seen. Topics
// that are transactional or compacted have offsets that never come; of those
// that do, a source has at most some thousand on the way at a time, which lie
// behind the newest maxIntervals/2 holes.
const maxIntervals = 10_000

// Interval is the offsets First to Last, both included.
type Interval struct{ First, Last int64 }

// offsetSet is a set of offsets: sorted disjoint intervals with at least one
// offset between two. The zero value is the empty set.
type offsetSet struct {
	intervals []Interval
	hasFloor  bool // a hole was closed, ever
	// floor is the end of the last such hole: of an offset up to there that is in
	// the set it is not known whether it was learned or was never to come.
	floor int64
}

// Positions says which messages of its source a shard contains: the set of their
// offsets, with fingerprints of some of them, where they came from, and of messages
// that have no offset how many each writer has learned. The zero value contains
// nothing.
type Positions struct {
	offsetSet
	prints  prints
	origin  Origin
	past    []epoch  // of earlier topics, the last one last; elements never change
	authors []author // never changed in place
}

// Contains reports whether offset is in the set.
func (p *offsetSet) Contains(offset int64) bool {
	i := p.search(offset)
	return i < len(p.intervals) && p.intervals[i].First <= offset
}

// search returns the index of the first interval that ends at offset or later.
func (p *offsetSet) search(offset int64) int {
	n := len(p.intervals)
	if n == 0 || p.intervals[n-1].Last < offset {
		return n
	}
	return sort.Search(n, func(i int) bool { return p.intervals[i].Last >= offset })
}

// Add adds one offset and reports whether it was new.
func (p *offsetSet) Add(offset int64) bool {
	fresh := p.add(offset)
	p.bound()
	return fresh
}

// add is Add without a bound of the intervals.
func (p *offsetSet) add(offset int64) bool {
	if n := len(p.intervals); n > 0 && p.intervals[n-1].Last < math.MaxInt64 && p.intervals[n-1].Last+1 == offset {
		p.intervals[n-1].Last = offset
		return true
	}
	if p.Contains(offset) {
		return false
	}
	p.addRange(offset, offset)
	return true
}

// AddRange adds the offsets first to last, both included; those it has are no
// error. The error says that last is below first.
func (p *offsetSet) AddRange(first, last int64) error {
	if last < first {
		return fmt.Errorf("positions: interval ends at %d, before it begins at %d", last, first)
	}
	p.addRange(first, last)
	p.bound()
	return nil
}

// addRange is AddRange without a bound of the intervals.
func (p *offsetSet) addRange(first, last int64) {
	from := first
	if from > math.MinInt64 {
		from--
	}
	lo := p.search(from) // first interval that touches or follows
	hi := lo
	for hi < len(p.intervals) && (last == math.MaxInt64 || p.intervals[hi].First <= last+1) {
		first, last = min(first, p.intervals[hi].First), max(last, p.intervals[hi].Last)
		hi++
	}
	p.intervals = slices.Replace(p.intervals, lo, hi, Interval{First: first, Last: last})
}

// clone returns a copy.
func (p *Positions) clone() *Positions {
	c := p.fork()
	c.prints.all = slices.Clone(p.prints.all)
	return c
}

// fork returns a copy of which only the fingerprints are shared: they must be
// changed only once the copy has taken the place of p.
func (p *Positions) fork() *Positions {
	c := *p
	c.intervals = slices.Clone(p.intervals)
	return &c
}

// high returns the highest offset; ok is false when there is none.
func (p *offsetSet) high() (offset int64, ok bool) {
	if len(p.intervals) == 0 {
		return 0, false
	}
	return p.intervals[len(p.intervals)-1].Last, true
}

// Count returns how many offsets there are, modulo 2^64.
func (p *offsetSet) Count() uint64 {
	var n uint64
	for _, v := range p.intervals {
		n += uint64(v.Last) - uint64(v.First) + 1
	}
	return n
}

// Unseen returns how many offsets between the lowest and the highest are not in
// the set.
func (p *offsetSet) Unseen() uint64 {
	var n uint64
	for i := 1; i < len(p.intervals); i++ {
		n += uint64(p.intervals[i].First) - uint64(p.intervals[i-1].Last) - 1
	}
	return n
}

// Intervals returns a copy of the intervals in ascending order.
func (p *Positions) Intervals() []Interval { return slices.Clone(p.intervals) }

// Encode writes the number of intervals, the first offset (zig-zag), and then
// in turn the length less one of an interval and the gap to the next less two.
func (p *offsetSet) Encode(w *wire.Writer) {
	w.Uvarint(uint64(len(p.intervals)))
	for i, v := range p.intervals {
		if i == 0 {
			w.Varint(v.First)
		} else {
			w.Uvarint(uint64(v.First) - uint64(p.intervals[i-1].Last) - 2)
		}
		w.Uvarint(uint64(v.Last) - uint64(v.First))
	}
}

// DecodePositions reads what Encode wrote. The error wraps wire.ErrCorrupt.
func DecodePositions(r *wire.Reader) (*Positions, error) {
	p := &Positions{}
	if err := p.decode(r); err != nil {
		return nil, err
	}
	return p, nil
}

// decode reads into the empty set what Encode wrote.
func (p *offsetSet) decode(r *wire.Reader) error {
	n := r.Count(2)
	if n > maxIntervals {
		r.Fail("%d intervals of positions, at most %d are written", n, maxIntervals)
	}
	if r.Err() != nil {
		return r.Err()
	}
	p.intervals = make([]Interval, 0, n)
	var last int64
	for i := range n {
		var first int64
		if i == 0 {
			first = r.Varint()
		} else {
			first = forward(r, last, r.Uvarint(), 2)
		}
		last = forward(r, first, r.Uvarint(), 0)
		if r.Err() != nil {
			return r.Err()
		}
		p.intervals = append(p.intervals, Interval{First: first, Last: last})
	}
	return nil
}

// forward returns from + step + more, or fails when no int64 is that large.
func forward(r *wire.Reader, from int64, step, more uint64) int64 {
	room := uint64(math.MaxInt64) - uint64(from)
	if more > room || step > room-more {
		r.Fail("position beyond the largest")
		return from
	}
	return int64(uint64(from) + step + more)
}
