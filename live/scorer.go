package live

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

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
	// DefaultQuantile.
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
	// InDocument adds the evaluation so far to each result.
	InDocument bool
	// Entities, when not nil, scores each message with the statistics of its
	// key as well.
	Entities *EntityScoring
	// Contributions is how many to report, the largest first; negative means
	// all in the order of the inputs.
	Contributions int
}

// DefaultQuantile is used when ScorerSettings.Quantile is zero.
const DefaultQuantile = 0.98

// youngGrowth is by how much a project may grow within a batch before the rest
// of the batch is scored by a model that has seen the rows before it.
const youngGrowth = 0.1

// Scorer scores batches with one model. It is safe for concurrent use.
type Scorer struct {
	project  *Project
	settings ScorerSettings
	log      *scoreLog
	peeking  bool      // scores are not counted
	pool     sync.Pool // of *scoring
	spare    sync.Pool // of *Results

	mu    sync.Mutex
	bands *bands // as of the last view

	entities *entityModels // nil for none
}

// scoring is what one call of Score works with.
type scoring struct {
	reader  *batchReader
	result  model.Result
	labels  *labels
	of      model.Model // whose labels these are
	results Results
	batchScores
	offsets []int64
	layout  *stats.Layout // of the rows
	own     ownScores
}

// batchScores is what is to be counted of a batch or a piece of one.
type batchScores struct {
	scores        []float64 // per message, NaN for none
	outcomes      []outcome // per message, when the model is evaluated
	probabilities []float64
	targets       *targets
}

// NewScorer returns a scorer for a model of the project. Whether the model
// exists shows at the first batch, as it may be defined later or elsewhere.
func (p *Project) NewScorer(settings ScorerSettings) (*Scorer, error) {
	if settings.Model == "" {
		return nil, fmt.Errorf("model is empty")
	}
	if settings.Quantile == 0 {
		settings.Quantile = DefaultQuantile
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
			return nil, err
		}
	}
	if settings.Evaluate != nil {
		if _, err := evaluation.NewRunning(model.RoleRegression, *settings.Evaluate); err != nil {
			return nil, err
		}
	}
	s := &Scorer{project: p, settings: settings, log: p.models.scoresOf(settings.Model)}
	if settings.Entities != nil {
		if err := settings.Entities.validate(); err != nil {
			return nil, err
		}
		s.entities = newEntityModels(p, *settings.Entities)
	}
	s.pool.New = func() any { return &scoring{reader: p.readers.Get().(*batchReader)} }
	return s, nil
}

// Score scores a batch in order. What does not fit is said in the message's Err.
// Results that are not looked at any more should be given to Release.
func (s *Scorer) Score(ctx context.Context, messages []Message) (*Results, error) {
	p := s.project
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	w := s.pool.Get().(*scoring)
	defer s.pool.Put(w)
	out, ok := s.spare.Get().(*Results)
	if !ok {
		out = &Results{}
	}
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
	s.spare.Put(r)
}

// scoreAll scores the batch: at once when the project is large against the
// batch, else in growing pieces, each by a model that has seen those before it.
func (s *Scorer) scoreAll(ctx context.Context, w *scoring, messages []Message) error {
	built, err := s.project.model(s.settings.Model)
	if err != nil {
		s.project.models.warnOnce(err)
		for i := range messages {
			if messages[i].Err == nil {
				messages[i].Err = err
			}
			w.results.skip()
		}
		return nil
	}
	if s.project.Learning() && built.at != (time.Time{}) && built.definition.Refresh == nil && float64(len(messages)) > youngGrowth*built.rows {
		return s.scoreYoung(ctx, w, messages)
	}
	if built, err = s.project.unlessShrunk(built); err != nil {
		return err
	}
	w.reader.reader.Collect(false)
	current := s.project.schema.Load()
	w.layout = current.layout
	w.reader.read(current.schema, messages)
	return s.scorePiece(ctx, built, w, messages, 0, len(messages))
}

// unlessShrunk returns the model, warming up where so many rows have been
// forgotten since it was built that fewer are left than it needs. One that was
// frozen stays as it is.
func (p *Project) unlessShrunk(built *builtModel) (*builtModel, error) {
	if built.warmingUp || built.at == (time.Time{}) {
		return built, nil
	}
	s, err := p.snapshot(youngGrowth)
	if err != nil || s.summary.Weight() >= built.model.MinRows() {
		return built, err
	}
	warming := *built
	warming.warmingUp = true
	return &warming, nil
}

// scoreYoung scores a batch of a young project, test then train within the
// batch: the rows are learned into a private copy that is dropped afterwards.
// What the schema lacks is settled for the copy only.
func (s *Scorer) scoreYoung(ctx context.Context, w *scoring, messages []Message) error {
	d, err := s.project.models.definition(s.settings.Model)
	if err != nil {
		return err
	}
	private, err := s.project.private()
	if err != nil {
		return err
	}
	layout := w.reader.readAhead(s.project, messages)
	w.layout = layout
	rows := &w.reader.rows
	if err := private.Learn(layout, &stats.Rows{Numeric: rows.Numeric, Categorical: rows.Categorical}); err != nil {
		return err
	}
	for from := 0; from < len(messages); {
		evidence, err := evidenceOf(private)
		if err != nil {
			return err
		}
		built, err := buildOn(d, evidence)
		if err != nil {
			return s.failPiece(w, messages, from, err)
		}
		to := min(len(messages), from+max(1, int(youngGrowth*private.Weight())))
		if err := s.scorePiece(ctx, built, w, messages, from, to); err != nil {
			return err
		}
		if err := w.reader.learnInto(private, layout, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// readAhead reads the batch under a schema that has all it brings.
func (b *batchReader) readAhead(p *Project, messages []Message) *stats.Layout {
	current := p.schema.Load()
	before := make([]error, len(messages))
	for i := range messages {
		before[i] = messages[i].Err
	}
	b.reader.Collect(true)
	b.read(current.schema, messages)
	growth := b.growth(current.schema)
	if growth.Empty() {
		return current.layout
	}
	grown, added := current.schema.Grow(growth, p.rules.Limits())
	if added == 0 {
		return current.layout
	}
	for i := range messages {
		messages[i].Err = before[i]
	}
	b.reader.Collect(false)
	b.read(grown, messages)
	return settle(grown).layout
}

// learnInto learns the rows of messages [from, to).
func (b *batchReader) learnInto(a stats.Additive, layout *stats.Layout, from, to int) error {
	first, last := noRow, noRow
	for _, row := range b.rowOf[from:to] {
		if row == noRow {
			continue
		}
		if first == noRow {
			first = row
		}
		last = row
	}
	if first == noRow {
		return nil
	}
	piece := b.rows.Select(first, last+1)
	return a.Learn(layout, &piece)
}

// failPiece marks messages from on: the model cannot be built yet.
func (s *Scorer) failPiece(w *scoring, messages []Message, from int, err error) error {
	s.project.models.warnOnce(err)
	for i := from; i < len(messages); i++ {
		if messages[i].Err == nil {
			messages[i].Err = err
		}
		w.results.skip()
	}
	return nil
}

// scorePiece scores messages [from, to) with one model.
func (s *Scorer) scorePiece(ctx context.Context, built *builtModel, w *scoring, messages []Message, from, to int) error {
	if w.of != built.model {
		w.of, w.labels = built.model, newLabels(built.model.Inputs())
	}
	bands, err := s.bandsNow()
	if err != nil {
		return err
	}
	if s.entities != nil {
		if err := s.entities.prepare(ctx, built, w, messages[from:to]); err != nil {
			return s.refuse(w, messages[from:to], err)
		}
	}
	rows := &w.reader.rows
	w.targets = targetsOf(built, w.layout)
	w.scores, w.outcomes, w.probabilities = w.scores[:0], w.outcomes[:0], w.probabilities[:0]
	for i := from; i < to; i++ {
		row := w.reader.rowOf[i]
		score, seen := math.NaN(), outcome{}
		switch {
		case messages[i].Err != nil || row == noRow:
			w.results.skip()
		case built.warmingUp:
			w.results.appendWarmingUp()
			w.own.tell(&w.results, messages[i].Key)
		default:
			built.model.Predict(rows.Row(row), rows.RowCodes(row), &w.result)
			w.own.blend(messages[i].Key, rows.Row(row), rows.RowCodes(row), &w.result)
			score = s.appendResult(built, bands, w, rows.Row(row))
			w.own.tell(&w.results, messages[i].Key)
			if s.settings.Evaluate != nil {
				seen = w.observe(w.targets, rows.Row(row), rows.RowCodes(row))
			}
		}
		w.scores, w.outcomes = append(w.scores, score), append(w.outcomes, seen)
	}
	if s.peeking {
		return nil
	}
	s.log.recent.add(s.project.now(), messages[from:to], w.scores, &w.results, from)
	return s.count(ctx, bands, w, messages[from:to])
}

// appendResult writes the result of one row and returns what is to be counted
// of it: a score, a residual, or NaN.
func (s *Scorer) appendResult(built *builtModel, b *bands, w *scoring, row []float64) float64 {
	switch built.role {
	case model.RoleAnomaly:
		w.results.appendAnomaly(&w.result, b.judge(w.result.Score), w.labels, s.settings.Contributions)
		return w.result.Score
	case model.RoleRegression:
		residual := math.NaN()
		if s.settings.Threshold != nil {
			residual = w.targets.number(row) - w.result.Prediction
		}
		w.results.appendPrediction(built, &w.result, w.labels, s.settings.Contributions, residual, b)
		if residual-residual == 0 {
			return residual
		}
	default:
		w.results.appendPrediction(built, &w.result, w.labels, s.settings.Contributions, math.NaN(), b)
	}
	return math.NaN()
}

// count adds what has been scored to the statistics of the scores, source by
// source.
func (s *Scorer) count(ctx context.Context, b *bands, w *scoring, messages []Message) error {
	any := false
	for i, x := range w.scores {
		any = any || x == x || i < len(w.outcomes) && w.outcomes[i].known
	}
	if !any {
		return nil
	}
	for from := 0; from < len(messages); {
		m := &messages[from]
		to := from + 1
		for to < len(messages) && messages[to].Shard == m.Shard && messages[to].HasOffset == m.HasOffset {
			to++
		}
		w.offsets = w.offsets[:0]
		var offsets []int64
		if m.HasOffset {
			for i := from; i < to; i++ {
				w.offsets = append(w.offsets, messages[i].Offset)
			}
			offsets = w.offsets
		}
		if err := s.log.add(ctx, m.Shard, offsets, w.batchScores.slice(from, to), b.usual(), s.settings.Evaluate); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// slice returns what is to be counted of messages [from, to).
func (b *batchScores) slice(from, to int) *batchScores {
	out := &batchScores{scores: b.scores[from:to], probabilities: b.probabilities, targets: b.targets}
	if len(b.outcomes) > 0 {
		out.outcomes = b.outcomes[from:to]
	}
	return out
}

// ScoreValue scores one document, an object as Bloblang has it, without
// counting its score for the quantiles of others.
func (p *Project) ScoreValue(ctx context.Context, name string, document any) (json.RawMessage, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	built, err := p.model(name)
	if err != nil {
		return nil, err
	}
	s := &Scorer{project: p, settings: ScorerSettings{Model: name, Quantile: DefaultQuantile, Contributions: -1}, log: p.models.scoresOf(name), peeking: true}
	w := &scoring{reader: p.readers.Get().(*batchReader)}
	defer p.readers.Put(w.reader)
	messages := []Message{{Value: document}}
	w.reader.reader.Collect(false)
	current := p.schema.Load()
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
