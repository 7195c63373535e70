package live

import "github.com/rpconnect-sml/rpconnect-sml/state"

// Misser is what an [Observer] may have besides, to be told of positions whose rows were
// acknowledged and are not in the statistics.
type Misser interface {
	// Missing reports how many positions are missing for a reason: before, vanished,
	// skipped, between or gone. Some may be of no row, such as markers of transactions.
	Missing(project, reason string, positions uint64)
}

// missingRows counts and tells of rows that are missing.
type missingRows struct{ home *home }

// note counts the positions and tells of them. Each call is about something that happens
// once for a shard and process.
func (m *missingRows) note(n state.MissingNote) {
	if to, ok := m.home.observer.(Misser); ok {
		to.Missing(m.home.project, n.Reason, n.Count)
	}
	m.home.warn("%s (reason %s, %d positions)", n.Text, n.Reason, n.Count)
}

// decided tells what a shard has found out as it took messages.
func (m *missingRows) decided(shard string, out *state.Outcome) {
	for _, n := range out.Notes(shard) {
		m.note(n)
	}
}

// between tells of positions between two states of a shard that were joined.
func (m *missingRows) between(shard string, gap []state.Interval, owed bool) {
	m.note(state.GapNote(shard, gap, owed))
}

// unknown tells of positions of an earlier topic of which nothing more is remembered.
func (m *missingRows) unknown(shard string, positions []state.Interval) {
	m.note(state.UnknownNote(shard, positions))
}
