package features

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Reasons that stand against taking rows, as Settings.Stopped is told.
const (
	stopFenced        = "fenced"
	stopLost          = "lost"
	stopContradiction = "contradiction"
	stopOwed          = "owed"
)

// fencedInterval is how much time passes between two lines about one shard that others
// write.
const fencedInterval = time.Minute

// overtaken counts how often another process was first. mu guards both fields.
type overtaken struct {
	mu    sync.Mutex
	times int       // since it was told last
	told  time.Time // zero before the first line
}

// add counts one more time and returns how many there were since the last line, 0 when
// none is due.
func (o *overtaken) add(now time.Time) (due int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.times++
	if !o.told.IsZero() && now.Sub(o.told) < fencedInterval {
		return 0
	}
	due = o.times
	o.times, o.told = 0, now
	return due
}

// fenced tells that another process has written the shard: at once, and then once a
// minute.
func (s *shard) fenced(settings *Settings) {
	settings.Stopped(stopFenced)
	if n := s.overtaken.add(time.Now()); n > 0 {
		settings.Warn(fmt.Sprintf("features %q: another process has written shard %q while this one takes its rows (%d times since it was said last); what it wrote is taken over, and no row is taken twice. "+
			"After a rebalance this is said once. When it comes again, two processes take rows of one shard, which is slow, and the rows of a key come in no order: give each a shard of its own, such as `shard: local-${HOSTNAME}`",
			s.base, s.id, n))
	}
}

// stopped counts an error that stops a shard.
func (s *Shards) stopped(err error) {
	switch {
	case errors.Is(err, state.ErrContradiction):
		s.settings.Stopped(stopContradiction)
	case errors.Is(err, state.ErrOwed):
		s.settings.Stopped(stopOwed)
	}
}
