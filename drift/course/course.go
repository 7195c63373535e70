// Package course is the verdicts of a watch of drift, one after the other: when a drift begins and ends, and what is still to be told. It is
// pure state.
package course

import (
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Status is what a course of verdicts says at present.
type Status string

// What a course says.
const (
	WarmingUp Status = "warming_up" // one of the states has too few rows
	Stable    Status = "stable"
	Drifting  Status = "drift"
)

// Events of a course.
const (
	begun = "begun"
	ended = "ended"
)

// Hysteresis says how many verdicts in succession change the status: Begin that something has changed, End that nothing has.
type Hysteresis struct{ Begin, End int }

// Course is the verdicts of one watch so far. It is pure state: the same verdicts give the same course.
type Course struct {
	// Count is the number of verdicts, those that came too late for their interval included, At the time of the last one, in nanoseconds
	// since 1970, and Mark what the states were then: a verdict of the same states does not count again.
	Count uint64
	At    int64
	Mark  uint64
	// Status has been so since Since, in nanoseconds since 1970.
	Status Status
	Since  int64
	// Begun is when the last drift began.
	Begun int64
	// Run is the number of verdicts in succession that contradict the status, which began at RunSince.
	Run      uint64
	RunSince int64
	// Untold are the changes of the status that are still to be told, by Owner, since SaidAt; Owner is 0 when there are none.
	Untold []Told
	Owner  uint64
	SaidAt int64
	// Last is the last verdict, as a JSON document.
	Last []byte
}

// Told is a change of the status, begun or ended, with the JSON document that tells of it.
type Told struct {
	Event string
	Body  []byte
}

// mostUntold bounds the changes that are still to be told; the oldest are left out.
const mostUntold = 16

// Tell adds a change that an owner has to tell.
func (c *Course) Tell(owner uint64, now int64, told Told) {
	c.Untold = append(c.Untold, told)
	c.Untold = c.Untold[max(0, len(c.Untold)-mostUntold):]
	c.Owner, c.SaidAt = owner, now
}

// Step takes a verdict: whether something has changed, at a time. ready is false where a state has too few rows, which ends no drift. It returns
// the event, "" for none.
func (c *Course) Step(h Hysteresis, drift, ready bool, now int64) string {
	c.Count, c.At = c.Count+1, now
	if c.Status == "" {
		c.Status, c.Since = WarmingUp, now
	}
	if !ready {
		return ""
	}
	if c.Status == WarmingUp {
		c.Status, c.Since = Stable, now
	}
	if drift == (c.Status == Drifting) {
		c.Run = 0
		return ""
	}
	if c.Run == 0 {
		c.RunSince = now
	}
	c.Run++
	switch {
	case drift && c.Run >= uint64(h.Begin):
		c.Status = Drifting
	case !drift && c.Run >= uint64(h.End):
		c.Status = Stable
	default:
		return ""
	}
	c.Since, c.Run = c.RunSince, 0
	if drift {
		c.Begun = c.Since
		return begun
	}
	return ended
}

// SinceTime returns since when the status is so.
func (c *Course) SinceTime() time.Time { return time.Unix(0, c.Since).UTC() }

const courseVersion = 1

// Encode appends the course.
func (c *Course) Encode(w *wire.Writer) {
	w.Byte(courseVersion)
	w.Uvarint(c.Count)
	w.Varint(c.At)
	w.Uvarint(c.Mark)
	w.String(string(c.Status))
	w.Varint(c.Since)
	w.Varint(c.Begun)
	w.Uvarint(c.Run)
	w.Varint(c.RunSince)
	w.Uvarint(uint64(len(c.Untold)))
	for _, t := range c.Untold {
		w.String(t.Event)
		w.String(string(t.Body))
	}
	w.Uvarint(c.Owner)
	w.Varint(c.SaidAt)
	w.String(string(c.Last))
}

// Codec returns what makes courses for shards. It needs no settings.
func Codec() state.Codec[*Course] { return codec{} }

// codec is that of [Codec].
type codec struct{}

// New returns the course of no verdict.
func (codec) New() (*Course, error) { return &Course{}, nil }

// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion.
func (codec) Decode(r *wire.Reader) (*Course, error) {
	if v := r.Byte(); r.Err() == nil && v != courseVersion {
		return nil, fmt.Errorf("%w: verdicts of drift version %d, this build reads %d", wire.ErrUnknownVersion, v, courseVersion)
	}
	c := &Course{
		Count: r.Uvarint(), At: r.Varint(), Mark: r.Uvarint(), Status: Status(r.String()), Since: r.Varint(), Begun: r.Varint(), Run: r.Uvarint(), RunSince: r.Varint(),
	}
	for range r.Count(2) {
		t := Told{Event: r.String(), Body: []byte(r.String())}
		if t.Event != begun && t.Event != ended {
			r.Fail("event of drift is %q", t.Event)
		}
		c.Untold = append(c.Untold, t)
	}
	c.Owner, c.SaidAt, c.Last = r.Uvarint(), r.Varint(), []byte(r.String())
	switch c.Status {
	case "", WarmingUp, Stable, Drifting:
	default:
		r.Fail("status of drift is %q", c.Status)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return c, nil
}
