package live

import (
	"context"
	"errors"
	"fmt"
	"math"
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

	shards openings[*scoreShard]

	mu     sync.Mutex
	view   *scoreView
	weight float64 // of this process's shards
	// component is the settings of the last scorer of this process, nil for none.
	component *ScorerSettings
}

// judges notes the settings by which a component judges the scores.
func (l *scoreLog) judges(settings *ScorerSettings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.component = settings
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
	for _, shard := range l.shards.all() {
		var failed error
		shard.View(func(part *scoreStats, _ *state.Positions) { failed = all.merge(part) })
		if failed != nil {
			return nil, failed
		}
	}
	mine := l.weight
	for _, other := range l.foreign(l.model) {
		if l.shards.has(other.ID) {
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

// add counts the scores of messages of one source; scores of a replay count once.
func (l *scoreLog) add(ctx context.Context, source string, arrivals state.Arrivals, b *batchScores, usual func(float64) bool, evaluate *evaluation.RunningOptions) error {
	shard, err := l.shard(ctx, l.model+"/"+source)
	if err != nil {
		return err
	}
	var fresh []float64
	_, err = shard.LearnFrom(ctx, arrivals, func(kept *scoreStats, indices []int) error {
		fresh = fresh[:0]
		for _, i := range indices {
			if x := b.scores[i]; !math.IsNaN(x) {
				fresh = append(fresh, x)
			}
		}
		if evaluate != nil && len(b.outcomes) > 0 {
			if err := kept.evaluate(*evaluate, b, indices, l.home.now()); err != nil {
				return err
			}
		}
		return kept.add(fresh, usual)
	})
	if err != nil {
		return fmt.Errorf("count the scores of model %q: %w", l.model, err)
	}
	l.mu.Lock()
	l.weight += float64(len(b.scores))
	l.mu.Unlock()
	return nil
}

// shard opens a shard of scores at first use.
func (l *scoreLog) shard(ctx context.Context, id string) (*scoreShard, error) {
	shard, err := l.shards.get(ctx, id, func() (shard *scoreShard, err error) {
		err = state.Retry(ctx, func() error {
			shard, err = state.OpenShard(ctx, l.home.store, project.ScoresBase(l.home.base()), id, scoreCodec{}, state.ShardOptions{})
			return l.outage.waiting(err)
		})
		if err == nil {
			l.found(shard)
		}
		return shard, err
	})
	if err != nil {
		return nil, fmt.Errorf("open the scores of model %q: %w", l.model, err)
	}
	return shard, nil
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
// first with a source is no error: it scores it now.
func (l *scoreLog) flush(ctx context.Context) error {
	var failed []error
	for _, s := range l.shards.all() {
		var dropped *state.DroppedError
		if err := s.Flush(ctx); err != nil && !errors.As(err, &dropped) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
