package incident

import (
	"fmt"
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
)

// Incident is one incident as it is told.
type Incident struct {
	// ID is the same for the same first alarm, in whatever process and at whatever replay.
	ID string `json:"id"`
	// Name is that of the component, Shard the source of the rows, Key what the incident is of.
	Name  string `json:"name"`
	Shard string `json:"shard"`
	Key   string `json:"key"`
	// State is open or closed.
	State string `json:"state"`
	// FirstAlarm, Opened and LastAlarm are the times of rows. Closed is when the time
	// without an alarm, or the longest duration, had passed, or the time of the row that
	// closed it; null while the incident is open.
	FirstAlarm time.Time  `json:"first_alarm"`
	Opened     time.Time  `json:"opened"`
	LastAlarm  time.Time  `json:"last_alarm"`
	Closed     *time.Time `json:"closed"`
	// Reason is why it was closed: rows, quiet, max_duration or max_keys.
	Reason string `json:"reason,omitempty"`
	// Rows are the rows of the key from the first alarm on that were alarms or not, Alarms
	// those that were, Suppressed the alarms after it had opened.
	Rows       uint64 `json:"rows"`
	Alarms     uint64 `json:"alarms"`
	Suppressed uint64 `json:"suppressed"`
	// Peak is the alarm with the highest score; null where none had a score.
	Peak *Peak `json:"peak"`
	// Blame are the attributes that have raised the scores of its alarms, the largest first.
	Blame []Share `json:"blame"`
}

// Peak is the alarm with the highest score of an incident.
type Peak struct {
	Score float64   `json:"score"`
	Time  time.Time `json:"time"`
	// Position is that of the row in its shard; null where rows have none.
	Position *int64 `json:"position"`
}

// Share is what an attribute has contributed to the scores of an incident's alarms.
type Share struct {
	Attribute string `json:"attribute"`
	// Sum is over the alarms, Share its part of all that has raised scores.
	Sum   float64 `json:"sum"`
	Share float64 `json:"share"`
}

// States of an incident.
const (
	StateOpen   = "open"
	StateClosed = "closed"
)

// Why an incident was closed.
const (
	byRows reason = iota + 1
	byQuiet
	byDuration
	byKeys
)

type reason byte

var reasonNames = [...]string{"", "rows", "quiet", "max_duration", "max_keys"}

// record is one incident, or the alarms that may become one.
type record struct {
	id                       uint64
	key                      string
	first, opened, lastAlarm int64 // as the rows have them
	closed                   int64
	reason                   reason // 0 while it is open

	// begun, since and last are first, opened and lastAlarm in the time of the shard.
	begun, since, last int64

	rows, alarms, suppressed uint64
	quiet                    uint64 // rows since the last alarm
	peak                     peak
	blame                    blame
}

// peak is the alarm with the highest score; NaN for none.
type peak struct {
	score float64
	time  int64
	place place
}

// place is where a row is in its shard.
type place struct {
	offset    int64
	hasOffset bool
}

// add takes one more alarm, at a time of the shard.
func (r *record) add(a *alarm) {
	if r.alarms == 0 {
		r.first, r.begun, r.peak.score = a.time, a.at, math.NaN()
		r.id = a.id
	}
	r.alarms++
	r.lastAlarm, r.last, r.quiet = a.time, a.at, 0
	if !math.IsNaN(a.score) && !(a.score <= r.peak.score) {
		r.peak = peak{a.score, a.time, a.place}
	}
	r.blame.add(a.blame)
}

// clone returns a copy that shares nothing.
func (r *record) clone() record {
	out := *r
	out.blame = r.blame.clone()
	return out
}

// tell returns the incident of a component and shard.
func (r *record) tell(name, shard string) Incident {
	out := Incident{
		ID: idText(r.id), Name: name, Shard: shard, Key: r.key, State: StateOpen,
		FirstAlarm: moment(r.first), Opened: moment(r.opened), LastAlarm: moment(r.lastAlarm),
		Rows: r.rows, Alarms: r.alarms, Suppressed: r.suppressed, Blame: r.blame.shares(),
	}
	if r.reason != 0 {
		closed := moment(r.closed)
		out.State, out.Closed, out.Reason = StateClosed, &closed, reasonNames[r.reason]
	}
	if !math.IsNaN(r.peak.score) {
		out.Peak = &Peak{Score: r.peak.score, Time: moment(r.peak.time)}
		if at := r.peak.place; at.hasOffset {
			out.Peak.Position = &at.offset
		}
	}
	return out
}

func moment(ns int64) time.Time { return time.Unix(0, ns).UTC() }

func idText(id uint64) string { return fmt.Sprintf("%016x", id) }

// Seed is what the ids of the incidents of a component in a shard are made of, beside key
// and first alarm.
func Seed(name, shard string) uint64 {
	return hash.String(hash.String(hash.Offset, name)^0xff, shard)
}

// identify returns the id of an incident with that first alarm.
func identify(seed uint64, key string, time int64, at uint64) uint64 {
	return hash.Mix(hash.Mix(hash.String(seed^0xff, key)^uint64(time)) ^ at)
}
