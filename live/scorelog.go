package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// scoreView is the statistics of all scores of a model at one moment; nothing
// changes it.
type scoreView struct {
	all  *scoreStats
	seen *stats.ECDF
	mine float64 // weight of this process's scores

	taken time.Time

	calibrating sync.Mutex
	calibrated  map[string]*evaluation.Calibration // by method, guarded by calibrating
}

// scoreLog is the scores of one model: those of this process in a shard per
// source, written at an interval, and those of others as read last.
type scoreLog struct {
	home    *home
	outage  *outage
	foreign func(model string) []scoreState
	model   string
	recent  recentRing
	// timeline is by when scores were given.
	timeline timeline

	sources openings[*scoreSource] // by id of their shards
	learned *learnedRows

	mu     sync.Mutex
	had    map[string]*state.Had // by source, what was learned when the last component began to count
	view   *scoreView
	weight float64 // of what this process has open
	// component is the settings of the last scorer of this process, nil for none.
	component *ScorerSettings
}

// judges notes the settings by which a component judges the scores.
func (l *scoreLog) judges(settings *ScorerSettings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.component = settings
}

// whole returns the scores so far, all of them, and notes of when they are.
func (l *scoreLog) whole(ctx context.Context) (*scoreView, error) {
	l.outdate()
	view, err := l.distribution()
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, view.taken)
	return view, nil
}

// distribution returns the scores so far, at most a tenth of them behind, or none of
// those of this process where the project is exact.
func (l *scoreLog) distribution() (*scoreView, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	growth := youngGrowth
	if l.home.exact.Load() {
		growth = 0
	}
	if v := l.view; v != nil && l.weight <= (1+growth)*v.mine {
		return v, nil
	}
	all, err := scoreCodec{}.New()
	if err != nil {
		return nil, err
	}
	for _, source := range l.sources.all() {
		var failed error
		source.shard.View(func(part *scoreStats, _ *state.Positions) { failed = all.merge(part) })
		if failed != nil {
			return nil, failed
		}
	}
	mine := l.weight
	for _, other := range l.foreign(l.model) {
		if l.sources.has(other.ID) {
			continue
		}
		if err := all.merge(other.Content); err != nil {
			return nil, fmt.Errorf("scores of shard %q: %w", other.ID, err)
		}
	}
	l.view = &scoreView{all: all, seen: stats.NewECDF(all.histogram), mine: mine, taken: l.home.now()}
	return l.view, nil
}

// outdate makes the next view be taken anew.
func (l *scoreLog) outdate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.view = nil
}

// add counts the scores of messages of one source, and returns the indices of those
// that had not been counted before.
func (l *scoreLog) add(ctx context.Context, source string, b *scoreBatch) (fresh []int, err error) {
	s, err := l.source(ctx, source)
	if err != nil {
		return nil, err
	}
	if fresh, err = s.count(ctx, b); err != nil {
		return nil, fmt.Errorf("count the scores of model %q: %w", l.model, err)
	}
	l.mu.Lock()
	l.weight += float64(len(fresh))
	l.mu.Unlock()
	return fresh, nil
}

// source opens the scores of a source at first use.
func (l *scoreLog) source(ctx context.Context, source string) (*scoreSource, error) {
	id := l.model + "/" + source
	s, err := l.sources.get(ctx, id, func() (*scoreSource, error) {
		s := &scoreSource{of: source, now: l.home.now}
		err := state.Retry(ctx, func() (err error) {
			if err = l.noteOld(ctx, s); err == nil {
				s.shard, err = state.OpenShard(ctx, l.home.store, project.ScoresBase(l.home.base()), id, scoreCodec{}, state.ShardOptions{Yielding: true})
			}
			return l.outage.waiting(err)
		})
		if err == nil {
			l.found(s.shard)
		}
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("open the scores of model %q: %w", l.model, err)
	}
	return s, nil
}

// found counts what a shard had when it was opened.
func (l *scoreLog) found(shard *scoreShard) {
	had := 0.0
	shard.View(func(s *scoreStats, _ *state.Positions) { had = s.seen() })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.weight += had
}

// flush writes the scores that are not stored yet. That another process was
// first with a source is no error: scores that it lacks are counted again.
func (l *scoreLog) flush(ctx context.Context) error {
	var failed []error
	for _, s := range l.sources.all() {
		failed = append(failed, s.store(ctx, s.shard.Flush))
	}
	return errors.Join(failed...)
}

// precede writes the scores of messages with positions that are not stored yet, of the
// sources that are chosen.
func (l *scoreLog) precede(ctx context.Context, chosen func(source string) bool) error {
	for _, s := range l.sources.all() {
		if pending, _ := s.waiting(); len(pending) == 0 || !chosen(s.of) {
			continue
		}
		if err := s.store(ctx, s.shard.Store); err != nil {
			return fmt.Errorf("scores of model %q: %w", l.model, err)
		}
	}
	return nil
}
