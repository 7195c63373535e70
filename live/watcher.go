package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
)

// watched begins the names under which the statistics of watched values are
// kept beside those of the scores of models.
const watched = "watch."

// WatcherSettings say how a stream of numbers is watched.
type WatcherSettings struct {
	// Name tells the numbers watched in a project apart.
	Name      string
	Threshold threshold.ThresholdOptions
	// Drift is over how many values the level is taken that the threshold is
	// relative to; 0 means that there is none.
	Drift int
}

// Watcher raises alarms on any number of the documents. It is safe for
// concurrent use.
// mu guards levels. A level is in memory only: after a restart it is learned anew.
type Watcher struct {
	scorer *Scorer
	drift  int

	mu     sync.Mutex
	levels map[string]*threshold.Drift // by source
}

// NewWatcher returns a watcher; settings out of range are an error.
// The values share the machinery of scores: distribution, threshold, shards.
func (p *Project) NewWatcher(settings WatcherSettings) (*Watcher, error) {
	if settings.Name == "" {
		return nil, errors.New("name is empty")
	}
	if len(settings.Name) > 100 || strings.ContainsAny(settings.Name, "/@") {
		return nil, fmt.Errorf("name is %.120q, want 1 to 100 bytes without / and @", settings.Name)
	}
	if settings.Drift != 0 {
		if _, err := threshold.NewDrift(settings.Drift); err != nil {
			return nil, err
		}
	}
	if err := settings.Threshold.Validate(); err != nil {
		return nil, err
	}
	s, err := p.NewScorer(ScorerSettings{Model: watched + settings.Name, Threshold: &settings.Threshold})
	if err != nil {
		return nil, err
	}
	return &Watcher{scorer: s, drift: settings.Drift, levels: map[string]*threshold.Drift{}}, nil
}

// Watch judges the values, one per message, NaN for none, in order. A value
// that is infinite is said in the message's Err.
// Every value is judged by the values before the batch, and counted afterwards.
func (w *Watcher) Watch(ctx context.Context, messages []Message, values []float64) (*Results, error) {
	if err := w.scorer.project.home.start(ctx); err != nil {
		return nil, err
	}
	b, err := w.scorer.bandsNow()
	if err != nil {
		return nil, err
	}
	results, work := &Results{}, &scoring{batchScores: batchScores{scores: make([]float64, len(values))}}
	for i, x := range values {
		work.scores[i] = math.NaN()
		switch {
		case messages[i].Err != nil:
			results.skip()
		case math.IsInf(x, 0):
			messages[i].Err = fmt.Errorf("value is %v, not a finite number", x)
			results.skip()
		case math.IsNaN(x):
			messages[i].Outcome = ReasonNoInput
			results.appendUnwatched()
		default:
			level, ready, err := w.level(messages[i].Shard, x, b)
			if err != nil {
				return nil, err
			}
			if !ready {
				results.appendWaiting(fmt.Sprintf("the level over %d values of %q", w.drift, messages[i].Shard))
				continue
			}
			work.scores[i] = x - level
			results.appendWatched(x, level, b.judge(x-level))
		}
	}
	return results, w.scorer.count(ctx, b, work, messages)
}

// level returns that of the source before x, takes x, and reports whether it
// means something yet.
// An alarm does not move the level, as it is not what is usual (the drift variant of
// Siffer and others, KDD 2017, algorithm 3).
func (w *Watcher) level(source string, x float64, b *bands) (level float64, ready bool, err error) {
	if w.drift == 0 {
		return 0, true, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.levels[source]
	if d == nil {
		if d, err = threshold.NewDrift(w.drift); err != nil {
			return 0, false, err
		}
		w.levels[source] = d
	}
	level, ready = d.Level(), d.Ready()
	alarm := ready && b.threshold != nil && b.threshold.IsAnomaly(x-level)
	return level, ready, d.Add(x, alarm)
}

// appendUnwatched appends the result of a document without a value, which
// there is nothing to say of.
func (r *Results) appendUnwatched() {
	r.buf = append(r.buf, `{"value":null,"is_anomaly":null}`...)
	r.skip()
}

// appendWatched appends the result of one value; thresholds are told as values.
func (r *Results) appendWatched(x, level float64, q quality) {
	q.threshold += level
	q.lower += level
	b := append(r.buf, `{"value":`...)
	b = appendExact(b, x)
	if level != 0 {
		b = append(b, `,"level":`...)
		b = appendExact(b, level)
	}
	b = appendQuality(b, q)
	r.buf = append(b, '}')
	r.skip()
}
