package live

import (
	"context"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Meter is what an [Observer] may have besides, to be told how a project fares
// with its store: once per Refresh, from one goroutine.
type Meter interface {
	// Stored reports what the shards of this process did since the last time.
	Stored(project string, did state.Counters)
	// Gauged reports how the project is now.
	Gauged(project string, now Gauges)
}

// Tracer is what an [Observer] may have besides, to be told of work that takes
// time. The function that Span returns ends the span, with an error or nil.
type Tracer interface {
	Span(ctx context.Context, name, project string) (context.Context, func(error))
}

// Names of spans: writing statistics to the store, and building a model.
const (
	spanFlush = "sml_flush"
	spanBuild = "sml_build"
)

// Gauges is how a project is at one moment.
// All of it is as of the moment of the report and not an average.
type Gauges struct {
	// Shards is the number of shards, those of other processes included.
	Shards int
	// Staleness is the age of the snapshot that questions are answered from.
	Staleness time.Duration
	// Unseen is how many offsets of the shards of this process were never
	// seen, though later ones were.
	Unseen uint64
	// Down says that the store fails.
	Down bool
	// Entities is what happened to the keys of the shards of this process.
	Entities EntityCounters
}

// meter measures what the shards of this process do. It is used by one goroutine
// at a time: that of the background work, and then the one that closes.
type meter struct {
	home      *home
	shards    *shards
	snapshots *snapshots
	outage    *outage
	told      state.Counters // what has been measured
}

// measure looks what the shards of this process did since the last time, and
// reports it to the meter, if there is one.
// Counters of shards only grow, so the difference to the last measure is exact.
func (m *meter) measure() {
	sum := m.shards.counted()
	ids, unseen := map[string]bool{}, uint64(0)
	for _, s := range m.shards.mine() {
		s.View(func(_ stats.Additive, positions *state.Positions) { unseen += positions.Unseen() })
		ids[s.ID()] = true
	}
	for _, s := range m.shards.elsewhere() {
		ids[s.ID] = true
	}
	did := state.Counters{
		Flushes: sum.Flushes - m.told.Flushes, Bytes: sum.Bytes - m.told.Bytes, Fenced: sum.Fenced - m.told.Fenced,
		Retries: sum.Retries - m.told.Retries, Dropped: sum.Dropped - m.told.Dropped, LastFlush: sum.LastFlush,
		HolesClosed: sum.HolesClosed - m.told.HolesClosed, LateInHole: sum.LateInHole - m.told.LateInHole,
	}
	m.told = sum
	m.outage.noteWrites(did)
	if to, ok := m.home.observer.(Meter); ok {
		to.Stored(m.home.project, did)
		to.Gauged(m.home.project, Gauges{
			Shards: len(ids), Unseen: unseen, Staleness: m.snapshots.staleness(),
			Down: m.outage.down(), Entities: countKeys(m.shards.mine()),
		})
	}
}
