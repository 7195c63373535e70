package live

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Scores are those that the models of a project have given, and how good their
// predictions have been. They are safe for concurrent use.
type Scores struct {
	home        *home
	outage      *outage
	definitions *definitions
	others      *scoreReader // scores of other processes
	learned     *learnedRows

	mu   sync.Mutex
	logs map[string]*scoreLog // by model
}

func newScores(h *home, o *outage, d *definitions, learned *learnedRows) *Scores {
	return &Scores{
		home: h, outage: o, definitions: d, learned: learned, logs: map[string]*scoreLog{},
		others: state.NewShardReader(h.store, project.ScoresBase(h.base()), scoreCodec{}),
	}
}

// Evaluation reports how good the predictions of a model have been, test then
// train, over all processes that evaluate it; nil when none does. An unknown
// model is an error that wraps ErrNoModel.
func (s *Scores) Evaluation(ctx context.Context, name string) (*evaluation.RunningReport, error) {
	running, err := s.evaluation(ctx, name)
	if running == nil || err != nil {
		return nil, err
	}
	report := running.Report()
	return &report, nil
}

// EvaluationDetail tells what plots of the evaluation of a model are drawn from: see
// [evaluation.Running.Detail]. It is nil when the model is not evaluated.
func (s *Scores) EvaluationDetail(ctx context.Context, name, part, class string) (*evaluation.Detail, error) {
	running, err := s.evaluation(ctx, name)
	if running == nil || err != nil {
		return nil, err
	}
	return running.Detail(part, class)
}

// evaluation returns the evaluation of a model over all processes, which is not to be
// changed; nil when none evaluates it.
func (s *Scores) evaluation(ctx context.Context, name string) (*evaluation.Running, error) {
	l, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	view, err := l.whole(ctx)
	if err != nil {
		return nil, err
	}
	return view.all.evaluation, nil
}

// Quantiles returns quantiles, each from 0 to 1, of all scores of a model that
// have been counted, in any process; nil when there are none. An unknown model is
// an error that wraps ErrNoModel.
func (s *Scores) Quantiles(ctx context.Context, name string, quantiles []float64) ([]float64, error) {
	l, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	view, err := l.distribution()
	if err == nil {
		ReadAsOf(ctx, view.taken)
	}
	if err != nil || !(view.all.histogram.Weight() > 0) {
		return nil, err
	}
	out := make([]float64, len(quantiles))
	for i, q := range quantiles {
		out[i] = view.all.histogram.Quantile(q)
	}
	return out, nil
}

// Recent returns the last and the highest scores that this process has given
// with the model. An unknown model is an error that wraps ErrNoModel.
func (s *Scores) Recent(ctx context.Context, name string) (*RecentScores, error) {
	l, err := s.find(ctx, name)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, s.home.now())
	return l.recent.read(), nil
}

// find returns the scores of a model that is defined.
func (s *Scores) find(ctx context.Context, name string) (*scoreLog, error) {
	if err := s.home.start(ctx); err != nil {
		return nil, err
	}
	if _, err := s.definitions.either(name); err != nil {
		return nil, err
	}
	return s.of(name), nil
}

// of returns the log of a model's scores, which all scorers share.
func (s *Scores) of(name string) *scoreLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.logs[name]
	if !ok {
		l = &scoreLog{home: s.home, outage: s.outage, foreign: s.foreign, learned: s.learned, model: name}
		s.logs[name] = l
	}
	return l
}

// all returns the logs of all models.
func (s *Scores) all() []*scoreLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.logs))
}

// foreign returns the shards of a model's scores as they were read last.
func (s *Scores) foreign(name string) (out []scoreState) {
	for _, shard := range s.others.Shards() {
		if strings.HasPrefix(shard.ID, name+"/") {
			out = append(out, shard)
		}
	}
	return out
}

// refresh reads the scores of other processes.
func (s *Scores) refresh(ctx context.Context) error {
	before := s.others.Generation()
	if err := s.others.Refresh(ctx); err != nil {
		return err
	}
	if s.others.Generation() != before {
		for _, l := range s.all() {
			l.outdate()
		}
	}
	return nil
}

// precede writes, before a record of rows is written, the scores of its rows that are not
// stored yet. So no row that is delivered again, after a crash, is known to the models and
// unknown to the statistics of scores. A score counts for the shard of rows of its
// source's name; where this process learns none of that name, for every one.
func (s *Scores) precede(ctx context.Context, shard string, learned func(id string) bool) error {
	for _, l := range s.all() {
		if err := l.precede(ctx, func(source string) bool { return source == shard || !learned(source) }); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the scores that are not stored yet.
func (s *Scores) flush(ctx context.Context) error {
	var failed []error
	for _, l := range s.all() {
		failed = append(failed, l.flush(ctx))
	}
	return errors.Join(failed...)
}
