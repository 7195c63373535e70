package live

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// Accountant is what an [Observer] may have besides, to be told of rows that were
// delivered and do not count, by reason.
type Accountant interface {
	// LeftOut reports rows that were refused or left out for one of the reasons.
	LeftOut(project, reason string, rows int)
}

// Reasons for which rows do not count.
const (
	// reasonAhead is that the time of a row is too far ahead of the clock. Such a
	// row is refused, and counted as failed too.
	reasonAhead = "ahead"
	// reasonLate is that a row comes too late for a window. What is kept beside
	// the window has learned it.
	reasonLate = "late"
	// reasonNotLearned is that a row to forget is not among those learned, or was
	// forgotten before. Such a row is refused, and counted as failed too.
	reasonNotLearned = "not_learned"
	// reasonNotForgotten is that rows to forget were stored, by an earlier version
	// or by two processes at once, that are not among those learned. The rows of
	// their shard stay.
	reasonNotForgotten = "not_forgotten"
	// reasonContradicted is that a row is not the one that was learned at its position.
	// Such a row is marked as failed.
	reasonContradicted = "contradicted"
	// reasonAltered is that a replay has other values than when it was learned. It is
	// counted as a replay.
	reasonAltered = "altered"
)

// errAhead is wrapped by the error of a row whose time is too far ahead.
var errAhead = errors.New("time is ahead of the clock")

// refuseAhead marks the messages whose time is further ahead of the clock than
// the composition tolerates: one such row would empty a window, or outweigh all
// others under decay, until its time comes.
func (l *learner) refuseAhead(c *project.Composition, messages []Message) {
	tolerance := c.Ahead()
	if tolerance == 0 {
		return
	}
	now, refused := l.home.now(), 0
	limit := now.Add(tolerance).UnixNano()
	for i := range messages {
		m := &messages[i]
		if m.Err == nil && !m.Skip && m.Time > limit {
			at := time.Unix(0, m.Time)
			m.Err = fmt.Errorf("timestamp %s is %v ahead of the clock, more than `ahead` (%v) allows: %w",
				at.UTC().Format(time.RFC3339Nano), at.Sub(now).Round(time.Millisecond), tolerance, errAhead)
			refused++
		}
	}
	l.left.note(reasonAhead, refused)
}

// leftOut counts rows that do not count and tells of them: each to an accountant,
// and at most one line a minute and reason to the log.
// mu guards the counts and is not held while the observer is told.
type leftOut struct {
	home *home

	mu     sync.Mutex
	counts map[string]*leftCount
}

// leftCount is the rows of a reason that no line has told of.
type leftCount struct {
	rows int
	told time.Time
}

// leftInterval is how much time passes between two lines about a reason.
const leftInterval = time.Minute

// note takes a number of rows.
func (o *leftOut) note(reason string, rows int) {
	if rows == 0 {
		return
	}
	if a, ok := o.home.observer.(Accountant); ok {
		a.LeftOut(o.home.project, reason, rows)
	}
	o.say(reason, rows)
}

// say tells of rows that are counted otherwise.
func (o *leftOut) say(reason string, rows int) {
	if rows == 0 {
		return
	}
	if untold := o.add(reason, rows); untold > 0 {
		o.home.warn("%d rows do not count: %s", untold, leftText[reason])
	}
}

// leftText says what has happened, by reason.
var leftText = map[string]string{
	reasonAhead:        "their timestamps are ahead of the clock by more than `ahead` of window or decay",
	reasonContradicted: "their positions have been learned with other rows; they are marked as failed",
	reasonAltered:      "they are replays, with other values than when they were learned: the pipeline before sml_learn has changed, or does not give the same each time",
	reasonNotLearned:   "they were to be forgotten and are not among those learned",
	reasonNotForgotten: "they are to be forgotten, by a shard that holds rows which were not learned; `sml check` names it",
	reasonLate:         "they are older than the window reaches, or than `lateness` of window allows",
}

// add returns how many rows a line is to be told about, 0 for no line yet.
func (o *leftOut) add(reason string, rows int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.counts[reason]
	if c == nil {
		if o.counts == nil {
			o.counts = map[string]*leftCount{}
		}
		c = &leftCount{}
		o.counts[reason] = c
	}
	c.rows += rows
	now := o.home.now()
	if !c.told.IsZero() && now.Sub(c.told) < leftInterval {
		return 0
	}
	untold := c.rows
	c.rows, c.told = 0, now
	return untold
}
