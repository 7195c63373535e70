package state

import (
	"fmt"
	"strings"
)

// Missing is what the positions of a shard say of messages that were acknowledged and are
// not in it. The zero value says nothing.
type Missing struct {
	// Owed are the positions whose messages are in no state any more and have to be
	// delivered again. Of some intervals only the last position is certainly of a message.
	Owed []Interval
	// Before are positions that had been acknowledged before the first message of the
	// shard. Vanished says that the project's directory knew the shard by then, so that
	// its record is gone; otherwise the project may be younger than the source's readers.
	Before   []Interval
	Vanished bool
	// Lost is how many positions were owed and cannot be delivered again: their topic was
	// deleted, or does not have them any more.
	Lost uint64
}

// Missing returns what the positions say of messages that are not contained.
func (p *Positions) Missing() Missing {
	m := Missing{Owed: p.Owed(), Lost: p.Lost()}
	m.Before, m.Vanished = p.Before()
	return m
}

// Proved reports whether messages are certainly missing.
func (m *Missing) Proved() bool { return len(m.Owed) > 0 || m.Vanished || m.Lost > 0 }

// String says what is missing and what to do, empty for nothing.
func (m *Missing) String() string {
	var out []string
	if len(m.Owed) > 0 {
		out = append(out, fmt.Sprintf("positions %s were acknowledged and are in no state any more: set the source back to %d, or give them up with `sml epoch`", ranges(m.Owed), m.Owed[0].First))
	}
	if len(m.Before) > 0 {
		n := (&offsetSet{intervals: m.Before}).Count()
		why := "the project is younger than the consumer group, or its keys were gone when it began"
		if m.Vanished {
			why = "the directory of the project knew the shard, so its record is gone"
		}
		out = append(out, fmt.Sprintf("%d positions before the first, %s, had been acknowledged and are not in the statistics: %s. To learn them, set the source back to %d", n, ranges(m.Before), why, m.Before[0].First))
	}
	if m.Lost > 0 {
		out = append(out, fmt.Sprintf("%d positions were acknowledged, are in no state any more, and the source has them no longer", m.Lost))
	}
	return strings.Join(out, "; ")
}
