package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
	SpanFlush = "sml_flush"
	SpanBuild = "sml_build"
)

// Gauges is how a project is at one moment.
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

// span begins a span where the observer takes them.
func (p *Project) span(ctx context.Context, name string) (context.Context, func(error)) {
	if t, ok := p.observer.(Tracer); ok {
		return t.Span(ctx, name, p.settings.Project)
	}
	return ctx, func(error) {}
}

// outage tells once when the store begins to fail, and once when it answers
// again. Reads and writes fail apart: a full disk can still be read.
type outage struct {
	mu            sync.Mutex
	reads, writes bool      // whether they fail
	since         time.Time // zero while neither does
	told          string    // the last other failure
}

func (o *outage) down() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reads || o.writes
}

// read takes the result of looking at the store and returns what is to be
// told, if anything.
func (o *outage) read(err error, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil && !errors.Is(err, state.ErrStore) {
		if err.Error() == o.told {
			return ""
		}
		o.told = err.Error()
		return o.told
	}
	o.reads = err != nil
	return o.turn(err, now)
}

// wrote takes the result of a write; nil means that one has succeeded.
func (o *outage) wrote(err error, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writes = err != nil
	return o.turn(err, now)
}

// turn returns what is to be told of a change; the lock is held.
func (o *outage) turn(err error, now time.Time) string {
	fails := o.reads || o.writes
	switch {
	case fails && o.since.IsZero():
		o.since = now
		return fmt.Sprintf("the cache fails, and is tried again; nothing is acknowledged meanwhile: %v", err)
	case !fails && !o.since.IsZero():
		lasted := now.Sub(o.since).Round(time.Millisecond)
		o.since, o.told = time.Time{}, ""
		return fmt.Sprintf("the cache works again, after %v", lasted)
	}
	return ""
}

// tell hands what there is to be told to the observer.
func (p *Project) tell(text string) {
	if text != "" {
		p.observer.Warn(fmt.Sprintf("project %q, cache %q: %s", p.settings.Project, p.settings.Cache, text))
	}
}

// noteFlush tells of a write that failed, and of messages that were dropped.
func (p *Project) noteFlush(err error) {
	if errors.Is(err, state.ErrStore) {
		p.tell(p.outage.wrote(err, p.now()))
	} else if err != nil {
		p.tell(err.Error())
	}
}

// noteWrites concludes from what the shards did how their writes fare: those
// of batches are tried again where only the counters tell.
func (p *Project) noteWrites(did state.Counters) {
	switch {
	case did.Flushes > 0:
		p.tell(p.outage.wrote(nil, p.now()))
	case did.Retries > 0:
		p.tell(p.outage.wrote(fmt.Errorf("%w: write: %d attempts", state.ErrStore, did.Retries), p.now()))
	}
}

// watch measures once per Refresh. It is apart from what reads and writes, as
// that waits while the store fails.
func (p *Project) watch(ctx context.Context) {
	ticker := time.NewTicker(p.settings.Refresh)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.measure()
		}
	}
}

// measure looks what the shards of this process did since the last time, and
// reports it to the meter, if there is one.
func (p *Project) measure() {
	var sum state.Counters
	shards, unseen := map[string]bool{}, uint64(0)
	for _, s := range p.openShards() {
		s.View(func(_ stats.Additive, positions *state.Positions) { unseen += positions.Unseen() })
		c := s.Counters()
		sum.Flushes += c.Flushes
		sum.Bytes += c.Bytes
		sum.Fenced += c.Fenced
		sum.Retries += c.Retries
		sum.Dropped += c.Dropped
		sum.LastFlush = max(sum.LastFlush, c.LastFlush)
		shards[s.ID()] = true
	}
	for _, s := range p.others.Load().Shards() {
		shards[s.ID] = true
	}
	did := state.Counters{
		Flushes: sum.Flushes - p.told.Flushes, Bytes: sum.Bytes - p.told.Bytes, Fenced: sum.Fenced - p.told.Fenced,
		Retries: sum.Retries - p.told.Retries, Dropped: sum.Dropped - p.told.Dropped, LastFlush: sum.LastFlush,
	}
	p.told = sum
	p.noteWrites(did)
	if m, ok := p.observer.(Meter); ok {
		m.Stored(p.settings.Project, did)
		m.Gauged(p.settings.Project, Gauges{Shards: len(shards), Unseen: unseen, Staleness: p.staleness(), Down: p.outage.down(), Entities: p.entityCounters()})
	}
}

// staleness is the age of the current snapshot, 0 before the first.
func (p *Project) staleness() time.Duration {
	p.view.mu.Lock()
	defer p.view.mu.Unlock()
	if p.view.current == nil {
		return 0
	}
	return p.now().Sub(p.view.current.taken)
}
