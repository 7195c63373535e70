package live

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Misser is what an [Observer] may have besides, to be told of positions whose rows were
// acknowledged and are not in the statistics.
type Misser interface {
	// Missing reports how many positions are missing for a reason. Some may be of no row,
	// such as markers of transactions.
	Missing(project, reason string, positions uint64)
}

// Reasons for which rows are missing.
const (
	// missingBefore is that a shard began, with nothing stored, behind positions that had
	// been acknowledged. The project may be younger than the consumer group.
	missingBefore = "before"
	// missingVanished is the same where the directory of the project knew the shard.
	missingVanished = "vanished"
	// missingSkipped is that the last row that had been acknowledged when the process
	// began to read is not contained, and earlier ones are.
	missingSkipped = "skipped"
	// missingBetween is that positions between the states of two owners are in neither.
	missingBetween = "between"
	// missingGone is that rows which were to be delivered again are not in the source any
	// more.
	missingGone = "gone"
)

// missingRows counts and tells of rows that are missing.
type missingRows struct{ home *home }

// note counts the positions and tells of them. Each call is about something that happens
// once for a shard and process.
func (m *missingRows) note(reason string, positions []state.Interval, format string, args ...any) {
	if len(positions) == 0 {
		return
	}
	n := uint64(0)
	for _, v := range positions {
		n += uint64(v.Last) - uint64(v.First) + 1
	}
	if to, ok := m.home.observer.(Misser); ok {
		to.Missing(m.home.project, reason, n)
	}
	m.home.warn("%s (reason %s, %d positions)", fmt.Sprintf(format, args...), reason, n)
}

// decided tells what a shard has found out as it took messages.
func (m *missingRows) decided(shard string, out *state.Outcome) {
	before := state.Missing{Before: out.Before, Vanished: out.Vanished}
	reason := missingBefore
	if out.Vanished {
		reason = missingVanished
	}
	m.note(reason, out.Before, "shard %q begins anew: %s", shard, before.String())
	if len(out.Skipped) > 0 {
		v := out.Skipped[0]
		m.note(missingSkipped, out.Skipped, "shard %q: positions %d to %d had been acknowledged when this process began to read, and at least the last one is not in the statistics: "+
			"a filter before sml_learn has left it out, or a later state is gone from the cache. To make sure, set the source back to %d; what is contained is skipped as replays", shard, v.First, v.Last, v.First)
	}
	gone := state.Missing{Lost: uint64(len(out.Gone))}
	if gone.Lost > 0 {
		v := out.Gone[0]
		m.note(missingGone, out.Gone, "shard %q: rows that were to be delivered again, such as positions %d to %d, are not in the source any more and are lost", shard, v.First, v.Last)
	}
}

// between tells of positions between two states of a shard that were joined.
func (m *missingRows) between(shard string, gap []state.Interval, owed bool) {
	what := "lost unless they are markers of transactions, were compacted or left out by a filter: set the source back to %d to make sure"
	if owed {
		what = "to be delivered again: set the source back to %d"
	}
	m.note(missingBetween, gap, "shard %q: positions %d to %d are between the states of two owners and in neither, as keys were gone; they are "+what, shard, gap[0].First, gap[len(gap)-1].Last, gap[0].First)
}
