package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ScorerSettings say how a component scores.
type ScorerSettings struct {
	// Model is the name of a model of the project.
	Model string
	// Quantile of the scores so far above which a score is an anomaly; 0 means
	// DefaultQuantile.
	Quantile float64
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
}

// scoring is what one call of Score works with.
type scoring struct {
	reader  *batchReader
	result  model.Result
	labels  *labels
	of      model.Model // whose labels these are
	results Results
	size    int // of the results of the last batch, and some more
	scores  []float64
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
	log, err := p.models.scoresOf(settings.Model)
	if err != nil {
		return nil, err
	}
	s := &Scorer{project: p, settings: settings, log: log}
	s.pool.New = func() any { return &scoring{reader: p.readers.Get().(*batchReader)} }
	return s, nil
}

// Score scores a batch in order. What does not fit is said in the message's Err.
func (s *Scorer) Score(ctx context.Context, messages []Message) (*Results, error) {
	p := s.project
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	w := s.pool.Get().(*scoring)
	defer s.pool.Put(w)
	w.results = Results{buf: make([]byte, 0, w.size), ends: make([]int, 0, len(messages))}
	if err := s.scoreAll(w, messages); err != nil {
		return nil, err
	}
	out := w.results
	w.results, w.size = Results{}, len(out.buf)+len(out.buf)/8
	return &out, nil
}

// scoreAll scores the batch: at once when the project is large against the
// batch, else in growing pieces, each by a model that has seen those before it.
func (s *Scorer) scoreAll(w *scoring, messages []Message) error {
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
		return s.scoreYoung(w, messages)
	}
	w.reader.reader.Collect(false)
	w.reader.read(s.project.schema.Load().schema, messages)
	s.scorePiece(built, w, messages, 0, len(messages))
	return nil
}

// scoreYoung scores a batch of a young project, test then train within the
// batch: the rows are learned into a private copy that is dropped afterwards.
// What the schema lacks is settled for the copy only.
func (s *Scorer) scoreYoung(w *scoring, messages []Message) error {
	d, err := s.project.models.definition(s.settings.Model)
	if err != nil {
		return err
	}
	private, err := s.project.private()
	if err != nil {
		return err
	}
	layout := w.reader.readAhead(s.project, messages)
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
		s.scorePiece(built, w, messages, from, to)
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
	growth := b.reader.Growth()
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
func (s *Scorer) scorePiece(built *builtModel, w *scoring, messages []Message, from, to int) {
	if w.of != built.model {
		w.of, w.labels = built.model, newLabels(built.model.Inputs())
	}
	rows := &w.reader.rows
	seen := s.log.distribution()
	known := seen.Weight() > 0
	threshold := seen.Quantile(s.settings.Quantile)
	w.scores = w.scores[:0]
	for i := from; i < to; i++ {
		row := w.reader.rowOf[i]
		switch {
		case messages[i].Err != nil || row == noRow:
			w.results.skip()
		case built.warmingUp:
			w.results.appendWarmingUp()
		default:
			built.model.Predict(rows.Row(row), rows.RowCodes(row), &w.result)
			if built.role != model.RoleAnomaly {
				w.results.appendPrediction(built, &w.result, w.labels, s.settings.Contributions)
				continue
			}
			q := quality{known: known, threshold: threshold}
			if known {
				q.quantile = seen.At(w.result.Score)
			}
			w.results.appendAnomaly(&w.result, q, w.labels, s.settings.Contributions)
			w.scores = append(w.scores, w.result.Score)
		}
	}
	if !s.peeking {
		s.log.add(w.scores)
	}
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
	log, err := p.models.scoresOf(name)
	if err != nil {
		return nil, err
	}
	s := &Scorer{project: p, settings: ScorerSettings{Model: name, Quantile: DefaultQuantile, Contributions: -1}, log: log, peeking: true}
	w := &scoring{reader: p.readers.Get().(*batchReader)}
	defer p.readers.Put(w.reader)
	messages := []Message{{Value: document}}
	w.reader.reader.Collect(false)
	w.reader.read(p.schema.Load().schema, messages)
	if messages[0].Err != nil {
		return nil, messages[0].Err
	}
	s.scorePiece(built, w, messages, 0, 1)
	return w.results.JSON(0), nil
}
