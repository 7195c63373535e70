package live

import (
	"errors"
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// errAhead is wrapped by the error of a row whose time is too far ahead.
var errAhead = errors.New("time is ahead of the clock")

// refuseAhead marks the messages whose time is further ahead of the clock than
// the composition tolerates: one such row would empty a window, or outweigh all
// others under decay, until its time comes.
func (l *learner) refuseAhead(c *project.Composition, messages []Message) {
	if tolerance := c.Ahead(); tolerance > 0 {
		refuseLater(l.home.now(), tolerance, messages)
	}
}

// refuseLater marks the messages whose time is further ahead of the clock than is tolerated.
func refuseLater(now time.Time, tolerance time.Duration, messages []Message) {
	limit := now.Add(tolerance).UnixNano()
	for i := range messages {
		m := &messages[i]
		if m.Err == nil && !m.Skip && m.Time > limit {
			at := time.Unix(0, m.Time)
			fault := account.NewFault("timestamp", at.UTC().Format(time.RFC3339Nano), fmt.Sprintf("%%s is %v ahead of the clock, more than `ahead` (%v) allows", at.Sub(now).Round(time.Millisecond), tolerance))
			m.Err = fmt.Errorf("%w: %w", fault, errAhead)
		}
	}
}
