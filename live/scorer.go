package live

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ScorerSettings say how a component scores.
type ScorerSettings struct {
	// Model is the name of a model of the project.
	Model string
	// Quantile of the scores so far above which a score is an anomaly; 0 means
	// defaultQuantile.
	Quantile float64
	// Quantiles are those of the scores so far that each result tells, as q95
	// for 0.95; none when empty.
	Quantiles []float64
	// Threshold, when not nil, is read off the scores of an anomaly model, or
	// off the residuals of a regression where the document has the target,
	// instead of the quantile.
	Threshold *threshold.ThresholdOptions
	// Evaluate, when not nil, compares predictions with the targets that the
	// documents have.
	Evaluate *evaluation.RunningOptions
	// Component is the path of the component, for errors about its fields.
	Component string
	// InDocument adds the evaluation so far to each result.
	InDocument bool
	// Entities, when not nil, scores each message with the statistics of its
	// key as well.
	Entities *EntityScoring
	// Contributions is how many to report, the largest first; negative means
	// all in the order of the inputs.
	Contributions int
}

// defaultQuantile is used when ScorerSettings.Quantile is zero.
const defaultQuantile = 0.98

// youngGrowth is by how much a project may grow within a batch before the rest
// of the batch is scored by a model that has seen the rows before it.
const youngGrowth = 0.1

// Scorer scores batches with one model. It is safe for concurrent use.
// mu guards bands only. Models are shared by all scorers of the project.
type Scorer struct {
	project  *Project
	settings ScorerSettings
	log      *scoreLog
	peeking  bool // scores are not counted
	work     pool[*scoring]
	spare    pool[*Results]

	mu    sync.Mutex
	bands *bands // as of the last view

	entities *keyModels // nil for none
}

// scoring is what one call of Score works with.
// It is reused from call to call, so that scoring a batch allocates little.
type scoring struct {
	reader  *batchReader
	result  model.Result
	labels  *labels
	of      model.Model // whose labels these are
	results Results
	batchScores
	offsets []int64
	layout  *stats.Layout // of the rows
	missing []string      // inputs of the row that is scored
	own     ownScores
	said    []said // per message, where the model has said before what it says; else nil
}

// batchScores is what is to be counted of a batch or a piece of one.
// probabilities are those of all rows one after another; an outcome says which of
// them are its own.
type batchScores struct {
	scores        []float64 // per message, NaN for none
	judged        []quality // per message, what the scores before say of its score
	outcomes      []outcome // per message, when the model is evaluated
	probabilities []float64
	targets       *targets
	// mixing is of a model that has members, costs what each row cost the model and each of
	// them, one row after another.
	mixing *mixing
	costs  []float64
}

// NewScorer returns a scorer for a model of the project. Whether the model
// exists shows at the first batch, as it may be defined later or elsewhere.
func (p *Project) NewScorer(settings ScorerSettings) (*Scorer, error) {
	if settings.Model == "" {
		return nil, fmt.Errorf("model is empty")
	}
	if settings.Quantile == 0 {
		settings.Quantile = defaultQuantile
	}
	if !(settings.Quantile > 0 && settings.Quantile < 1) {
		return nil, fmt.Errorf("anomaly_quantile is %v, want a number between 0 and 1", settings.Quantile)
	}
	for i, q := range settings.Quantiles {
		if !(q > 0 && q < 1) {
			return nil, fmt.Errorf("quantiles.%d is %v, want a number between 0 and 1", i, q)
		}
	}
	if settings.Threshold != nil {
		if err := settings.Threshold.Validate(); err != nil {
			return nil, fmt.Errorf("threshold.%w", err)
		}
	}
	if settings.Evaluate != nil {
		if _, err := evaluation.NewRunning(model.RoleRegression, *settings.Evaluate); err != nil {
			return nil, err
		}
	}
	if err := settings.begins(p); err != nil {
		return nil, err
	}
	s := &Scorer{project: p, settings: settings, log: p.scores.of(settings.Model)}
	if settings.Entities != nil {
		if err := settings.Entities.validate(); err != nil {
			return nil, err
		}
		s.entities = newKeyModels(p, *settings.Entities)
	}
	s.log.judges(&s.settings)
	if settings.Evaluate != nil || settings.Threshold != nil || p.models.isMixed(settings.Model) {
		s.log.begin()
	}
	s.work.fresh = func() *scoring { return &scoring{} }
	s.spare.fresh = func() *Results { return &Results{} }
	return s, nil
}

// Score scores a batch in order. What does not fit is said in the message's Err.
// Results that are not looked at any more should be given to Release.
func (s *Scorer) Score(ctx context.Context, messages []Message) (*Results, error) {
	p := s.project
	if err := p.home.start(ctx); err != nil {
		return nil, err
	}
	w := s.work.get()
	defer s.work.put(w)
	w.reader = p.schemas.reader()
	defer w.reader.release()
	out := s.spare.get()
	w.results, *out = *out, Results{}
	if err := s.scoreAll(ctx, w, messages); err != nil {
		return nil, err
	}
	*out, w.results = w.results, Results{}
	return out, nil
}

// Release lets the memory of results be used for others.
func (s *Scorer) Release(r *Results) {
	r.buf, r.ends = r.buf[:0], r.ends[:0]
	s.spare.put(r)
}

// scoreAll scores the batch: at once when the project is large against the
// batch, else in growing pieces, each by a model that has seen those before it.
// A model that is refreshed by its own settings is never scored in pieces: the user
// has said when it changes.
func (s *Scorer) scoreAll(ctx context.Context, w *scoring, messages []Message) error {
	p := s.project
	built, err := p.builds.patiently(ctx, s.settings.Model)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.refuse(w, messages, err)
		return nil
	}
	if s.settings.Evaluate != nil {
		if err := evaluates(built.role, s.settings.Model, path(s.settings.Component)); err != nil {
			s.refuse(w, messages, err)
			return nil
		}
	}
	if built.follows() && p.Learning() {
		return s.scoreFollowing(ctx, built, w, messages)
	}
	if p.Learning() && !built.at.IsZero() && built.definition.Refresh == nil && float64(len(messages)) > youngGrowth*built.rows {
		return s.scoreYoung(ctx, w, messages)
	}
	if built, err = p.builds.unlessShrunk(built); err != nil {
		return err
	}
	w.reader.reader.Collect(false)
	current := p.schemas.current.Load()
	w.layout = current.layout
	w.reader.read(current.schema, messages)
	return s.scorePiece(ctx, built, w, messages, 0, len(messages))
}

// ScoreValue scores one document, an object as Bloblang has it, without
// counting its score for the quantiles of others.
// The result has all contributions, in the order of the inputs.
func (p *Project) ScoreValue(ctx context.Context, name string, document any) (json.RawMessage, error) {
	if err := p.home.start(ctx); err != nil {
		return nil, err
	}
	built, err := p.builds.answering(ctx, name)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, built.asOf)
	s := &Scorer{project: p, settings: ScorerSettings{Model: name, Quantile: defaultQuantile, Contributions: -1}, log: p.scores.of(name), peeking: true}
	w := &scoring{reader: p.schemas.reader()}
	defer w.reader.release()
	messages := []Message{{Value: document}}
	w.reader.reader.Collect(false)
	current := p.schemas.current.Load()
	w.layout = current.layout
	w.reader.read(current.schema, messages)
	if messages[0].Err != nil {
		return nil, messages[0].Err
	}
	if err := s.scorePiece(ctx, built, w, messages, 0, 1); err != nil {
		return nil, err
	}
	return w.results.JSON(0), nil
}
