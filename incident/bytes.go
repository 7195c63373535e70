package incident

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// stateVersion is the first byte of an encoded state.
const stateVersion = 1

// Codec returns what makes the state of shards. It needs no settings: those count from the
// next row on.
func Codec() state.Codec[*State] { return codec{} }

// codec is that of [Codec].
type codec struct{}

// New returns the empty state.
func (codec) New() (*State, error) { return newState(), nil }

// Encode writes format version (1), time and counts, the keys in order, the incidents that
// were closed, the oldest first, and what the last rows got.
func (s *State) Encode(w *wire.Writer) {
	w.Byte(stateVersion)
	w.Varint(s.clock)
	w.Uvarint(s.rows)
	w.Varint(s.last)
	w.Bool(s.isOff)
	w.String(s.ahead)
	w.Uvarint(s.alarms)
	w.Uvarint(s.opened)
	w.Uvarint(uint64(len(s.keys)))
	for _, key := range slices.Sorted(maps.Keys(s.keys)) {
		s.keys[key].encode(w)
	}
	w.Uvarint(uint64(len(s.closed)))
	for i := range s.closed {
		s.closed[i].encode(w)
	}
	w.Uvarint(uint64(s.answers.Len()))
	for offset, a := range s.answers.All() {
		w.Varint(offset)
		a.encode(w)
	}
}

// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion.
func (codec) Decode(r *wire.Reader) (*State, error) {
	if version := r.Byte(); r.Err() == nil && version != stateVersion {
		return nil, fmt.Errorf("%w: incidents version %d, this build reads %d", wire.ErrUnknownVersion, version, stateVersion)
	}
	s := newState()
	s.clock, s.rows, s.last, s.isOff, s.ahead = r.Varint(), r.Uvarint(), r.Varint(), r.Bool(), r.String()
	s.alarms, s.opened = r.Uvarint(), r.Uvarint()
	before, first := "", true
	for range r.Count(leastRecord) {
		e := decodeEntry(r)
		if !first && e.key <= before {
			r.Fail("key %q comes after %q", e.key, before)
		}
		before, first = e.key, false
		s.keys[e.key] = e
		if e.isOpen {
			s.open++
		}
	}
	for range r.Count(leastRecord) {
		s.closed = append(s.closed, decodeRecord(r))
		if s.closed[len(s.closed)-1].reason == 0 {
			r.Fail("an incident that was closed is open")
		}
	}
	for range r.Count(2) {
		offset, a := r.Varint(), decodeAnswer(r)
		s.answers.Add(offset, a, math.MaxInt)
	}
	return s, r.Err()
}

// leastRecord is the least number of bytes of a record.
const leastRecord = 24

func (e *entry) encode(w *wire.Writer) {
	e.record.encode(w)
	w.Bool(e.isOpen)
	w.Uvarint(e.counted)
	w.Uvarint(uint64(len(e.pending)))
	for i := range e.pending {
		a := &e.pending[i]
		w.Uvarint(a.row)
		w.Varint(a.time)
		w.Varint(a.at)
		w.Uint64(a.id)
		encodeScore(w, a.score)
		a.place.encode(w)
		a.blame.encode(w)
	}
}

func decodeEntry(r *wire.Reader) *entry {
	e := &entry{record: decodeRecord(r), isOpen: r.Bool(), counted: r.Uvarint()}
	for range r.Count(16) {
		a := alarm{row: r.Uvarint(), time: r.Varint(), at: r.Varint(), id: r.Uint64(), score: decodeScore(r), place: decodePlace(r), blame: decodeBlame(r)}
		if a.row > e.counted {
			r.Fail("alarm of row %d of %d", a.row, e.counted)
		}
		e.pending = append(e.pending, a)
	}
	if e.reason != 0 || !e.isOpen && len(e.pending) == 0 && e.alarms == 0 {
		r.Fail("key %q has neither an open incident nor an alarm", e.key)
	}
	return e
}

func (r *record) encode(w *wire.Writer) {
	w.Uint64(r.id)
	w.String(r.key)
	for _, t := range []int64{r.first, r.opened, r.lastAlarm, r.closed, r.begun, r.since, r.last} {
		w.Varint(t)
	}
	w.Byte(byte(r.reason))
	for _, n := range []uint64{r.rows, r.alarms, r.suppressed, r.quiet} {
		w.Uvarint(n)
	}
	encodeScore(w, r.peak.score)
	w.Varint(r.peak.time)
	r.peak.place.encode(w)
	r.blame.encode(w)
}

func decodeRecord(r *wire.Reader) (out record) {
	out.id, out.key = r.Uint64(), r.String()
	for _, t := range []*int64{&out.first, &out.opened, &out.lastAlarm, &out.closed, &out.begun, &out.since, &out.last} {
		*t = r.Varint()
	}
	if out.reason = reason(r.Byte()); int(out.reason) >= len(reasonNames) {
		r.Fail("reason %d is none", out.reason)
		out.reason = 0
	}
	for _, n := range []*uint64{&out.rows, &out.alarms, &out.suppressed, &out.quiet} {
		*n = r.Uvarint()
	}
	out.peak = peak{decodeScore(r), r.Varint(), decodePlace(r)}
	out.blame = decodeBlame(r)
	return out
}

// Bits of an answer.
const (
	answerOpen = 1 << iota
	answerSuppressed
	answerEvents
	answerBits
)

func (a *Answer) encode(w *wire.Writer) {
	bits := byte(0)
	for bit, on := range map[byte]bool{answerOpen: a.isOpen, answerSuppressed: a.suppressed, answerEvents: len(a.events) > 0} {
		if on {
			bits |= bit
		}
	}
	w.Byte(bits)
	if a.isOpen {
		w.Uint64(a.id)
	}
	if len(a.events) == 0 {
		return
	}
	w.Uvarint(uint64(len(a.events)))
	for i := range a.events {
		w.Bool(a.events[i].opened)
		a.events[i].encode(w)
	}
}

func decodeAnswer(r *wire.Reader) (a Answer) {
	bits := r.Byte()
	if bits >= answerBits {
		r.Fail("answer has the bits %d", bits)
	}
	a.isOpen, a.suppressed = bits&answerOpen != 0, bits&answerSuppressed != 0
	if a.isOpen {
		a.id = r.Uint64()
	}
	if bits&answerEvents == 0 {
		return a
	}
	n := r.Count(leastRecord)
	if n == 0 {
		r.Fail("no events where there are some")
	}
	for range n {
		e := event{opened: r.Bool(), record: decodeRecord(r)}
		if e.opened != (e.reason == 0) {
			r.Fail("event of an incident that is closed for reason %d", e.reason)
		}
		a.events = append(a.events, e)
	}
	return a
}

func (p place) encode(w *wire.Writer) {
	w.Bool(p.hasOffset)
	if p.hasOffset {
		w.Varint(p.offset)
	}
}

func decodePlace(r *wire.Reader) (p place) {
	if p.hasOffset = r.Bool(); p.hasOffset {
		p.offset = r.Varint()
	}
	return p
}

// encodeScore writes whether there is a score, and the score.
func encodeScore(w *wire.Writer, score float64) {
	w.Bool(!math.IsNaN(score))
	if !math.IsNaN(score) {
		w.Float64(score)
	}
}

func decodeScore(r *wire.Reader) float64 {
	if !r.Bool() {
		return math.NaN()
	}
	return r.Finite()
}

func (b *blame) encode(w *wire.Writer) {
	w.Float64(b.other)
	w.Uvarint(uint64(len(b.list)))
	for _, a := range b.list {
		w.String(a.name)
		w.Float64(a.sum)
	}
}

func decodeBlame(r *wire.Reader) (b blame) {
	b.other = r.Finite()
	for i := range r.Count(9) {
		a := amount{r.String(), r.Finite()}
		if i > 0 && strings.Compare(a.name, b.list[i-1].name) <= 0 {
			r.Fail("attribute %q comes after %q", a.name, b.list[i-1].name)
		}
		b.list = append(b.list, a)
	}
	return b
}
