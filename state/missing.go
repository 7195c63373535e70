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
	m := Missing{Owed: p.Owed(), Lost: p.lost()}
	m.Before, m.Vanished = p.before()
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

// MissingNote is what is to be counted and told of positions whose messages were
// acknowledged and are not in a shard.
type MissingNote struct {
	// Reason is before, vanished, skipped, between or gone.
	Reason string
	// Count is how many positions there are. Some may be of no message, such as markers
	// of transactions.
	Count uint64
	// Text says which, why, and what to do.
	Text string
}

// note returns what is to be told of positions, without a text.
func note(reason string, positions []Interval) MissingNote {
	return MissingNote{Reason: reason, Count: (&offsetSet{intervals: positions}).Count()}
}

// Notes returns what a shard has found out as it took messages. Each note comes once for
// a shard and the beginning of a process.
func (o *Outcome) Notes(shard string) (out []MissingNote) {
	if o.Before != nil {
		n, m := note("before", o.Before), Missing{Before: o.Before, Vanished: o.Vanished}
		if o.Vanished {
			n.Reason = "vanished"
		}
		n.Text = fmt.Sprintf("shard %q begins anew: %s", shard, m.String())
		out = append(out, n)
	}
	if o.Skipped != nil {
		n, v := note("skipped", o.Skipped), o.Skipped[0]
		n.Text = fmt.Sprintf("shard %q: positions %d to %d had been acknowledged when this process began to read, and at least the last one is not contained: "+
			"a filter has left it out, or a later state is gone from the cache. To make sure, set the source back to %d; what is contained is skipped as replays", shard, v.First, v.Last, v.First)
		out = append(out, n)
	}
	if o.Gone != nil {
		n := note("gone", o.Gone)
		n.Text = fmt.Sprintf("shard %q: messages that were to be delivered again, positions %s, are not in the source any more and are lost", shard, ranges(o.Gone))
		out = append(out, n)
	}
	return out
}

// GapNote returns what is to be told of positions between two states of a shard that were
// joined, which are in neither; owed says that they were acknowledged.
func GapNote(shard string, gap []Interval, owed bool) MissingNote {
	n := note("between", gap)
	what := "lost unless they are markers of transactions, were compacted or left out by a filter: set the source back to %d to make sure"
	if owed {
		what = "to be delivered again: set the source back to %d"
	}
	n.Text = fmt.Sprintf("shard %q: positions %d to %d are between the states of two owners and in neither, as keys were gone; they are "+what, shard, gap[0].First, gap[len(gap)-1].Last, gap[0].First)
	return n
}

// UnknownNote returns what is to be told of positions of an earlier topic of which the
// state of a shard that stays remembers nothing more.
func UnknownNote(shard string, positions []Interval) MissingNote {
	n := note("forgotten", positions)
	n.Text = fmt.Sprintf("shard %q: the record remembers nothing more of an earlier topic of this name, of which this process or another one had learned positions %s: "+
		"where keys were gone meanwhile, rows of these may be missing, and nobody can tell which", shard, ranges(positions))
	return n
}
