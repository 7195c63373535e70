package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// errNotInPlace says that a model cannot be scored row by row while it learns.
var errNotInPlace = errors.New("it is built from statistics and does not learn row by row: name a model of type adaptive, or a forest with adapt: true, or put sml_score before sml_learn")

// Prequential tests a model row by row while a project learns: each row is scored by what
// was learned of the rows of its shard before it, and then learned (test then train). It is
// safe for concurrent use.
type Prequential struct {
	scorer *Scorer
}

// NewPrequential returns what tests a model of the project, which must be one that learns each
// row in place. What is defined with the project's settings is checked at once, what is
// stored when rows come. The error names the field score.
func NewPrequential(p *Project, name, component string) (*Prequential, error) {
	for _, d := range p.learner.defined() {
		if d.Name == name {
			if _, err := inPlace(p.home.types, &d); err != nil {
				return nil, err
			}
		}
	}
	s, err := p.NewScorer(ScorerSettings{Model: name, Contributions: -1, Component: component, Evaluate: &evaluation.RunningOptions{}})
	if err != nil {
		return nil, err
	}
	return &Prequential{scorer: s}, nil
}

// InPlace returns an error that names the field score where the model of a definition does
// not learn row by row.
func InPlace(types model.Catalogue, d *model.Definition) error {
	_, err := inPlace(types, d)
	return err
}

func inPlace(types model.Catalogue, d *model.Definition) (*model.PoolNeed, error) {
	needs, err := types.Needs(*d)
	if err != nil {
		return nil, err
	}
	if len(needs.Pools) != 1 {
		return nil, fmt.Errorf("score: model %q of type %s cannot be scored before each row: %w", d.Name, d.Type, errNotInPlace)
	}
	return &needs.Pools[0], nil
}

// Tests are the results of one batch, over all attempts to learn it.
type Tests struct {
	scorer     *Scorer
	definition model.Definition
	entry      *model.Entry
	need       *model.PoolNeed

	said    []said
	results [][]byte
	// count counts what has been said of the rows that a shard has just learned; nil before
	// a batch is taken.
	count   func()
	at      []int // of the block that is learned, by row: the message
	built   *builtModel
	pool    *adaptive.Pool // that built reads
	inputs  int            // of it
	layout  *stats.Layout
	waiting string // what the model lacked before the block
}

// Begin returns what keeps the results of a batch of n messages.
func (q *Prequential) Begin(n int) *Tests {
	return &Tests{scorer: q.scorer, said: make([]said, n), results: make([][]byte, n)}
}

// JSON returns the result of message i, as Results.JSON does: empty for one that was refused
// or left out.
func (t *Tests) JSON(i int) []byte { return t.results[i] }

// resolve finds the model as it is defined now.
func (t *Tests) resolve() (err error) {
	p := t.scorer.project
	if t.definition, err = p.definitions.model(t.scorer.settings.Model); err != nil {
		return fmt.Errorf("score: %w", err)
	}
	if t.entry, err = p.home.types.Lookup(t.definition.Type); err != nil {
		return err
	}
	t.need, err = inPlace(p.home.types, &t.definition)
	return err
}

// learn calls learn, which lets a shard learn the rows of the fresh messages of a group, and
// notes what is said of each before it is learned. What was learned by an earlier delivery is
// scored by what there is now.
func (t *Tests) learn(a stats.Additive, b *batchReader, layout *stats.Layout, messages, fresh []int, learn func() error) error {
	w, ok := keyless(a).(*wrap.Adaptive)
	if t == nil || !ok {
		return learn()
	}
	t.at, t.built, t.layout, t.waiting = t.at[:0], nil, layout, ""
	if own := w.Learned(t.need.Spec.Key); own == nil || own.Weight() == 0 {
		summary, err := project.SummaryOf(w)
		if err != nil {
			return err
		}
		t.waiting, _ = model.Lacks(&t.definition, summary)
	}
	for k, at := range messages {
		row := b.rowOf[at]
		t.said[at].built = nil
		switch {
		case row == noRow:
		case slices.Contains(fresh, k):
			t.at = append(t.at, at)
		default:
			t.said[at].counts = false
			if own := w.Learned(t.need.Spec.Key); own != nil {
				t.test(at, own, b, row)
			}
		}
	}
	err := w.LearnTested(t.need.Spec.Key, func(row int, pool *adaptive.Pool) {
		at := t.at[row]
		t.said[at].counts = true
		t.test(at, pool, b, b.rowOf[at])
	}, learn)
	if err == nil {
		t.count()
	}
	return err
}

// countLearned makes the results of the rows that a shard has just learned, and counts what they
// say. It is called under the lock of the shard, so before a record of these rows is
// decided: scores are stored no later than rows (Scores.precede), and a process that dies
// between two writes leaves no row that is learned and not evaluated. What cannot be
// counted now is counted when the batch has been taken.
func (t *Tests) countLearned(ctx context.Context, b *batchReader, messages []Message) {
	outcomes := make([]Outcome, len(t.at))
	for k, at := range t.at { // they are being decided: what counts them must not
		outcomes[k], messages[at].Outcome, t.results[at] = messages[at].Outcome, OutcomeDone, nil
	}
	if err := t.finish(ctx, b, t.layout, messages); err != nil {
		t.scorer.project.home.warn("evaluate rows as they are learned: %v", err)
	}
	for k, at := range t.at {
		messages[at].Outcome = outcomes[k]
	}
}

// test lets the pool say of a message's row what it can.
func (t *Tests) test(at int, pool *adaptive.Pool, b *batchReader, row int) {
	if t.built == nil || t.built.warmingUp || t.pool != pool || len(t.built.classes) != len(pool.Classes()) || t.inputs != len(pool.Inputs()) {
		built, err := builtOver(&t.definition, t.entry, t.need, []*adaptive.Pool{pool}, t.layout)
		if err != nil {
			built = &builtModel{definition: t.definition, role: t.entry.Role, model: model.NewWaiting(&t.definition), warmingUp: true, waiting: err.Error()}
		}
		if pool.Weight() == 0 {
			built.waiting = t.waiting
		}
		t.built, t.pool, t.inputs = built, pool, len(pool.Inputs())
	}
	t.said[at].say(t.built, b.rows.Row(row), b.rows.RowCodes(row))
}

// finish makes the results of the messages that have been decided since it was called last, and
// counts what they say. Runs of neighbours of one build go together, as classes belong to it.
func (t *Tests) finish(ctx context.Context, b *batchReader, layout *stats.Layout, messages []Message) error {
	s := t.scorer
	w := s.work.get()
	defer s.work.put(w)
	w.reader, w.layout, w.said = b, layout, t.said
	defer func() { w.reader, w.said = nil, nil }()
	isDue := func(i int) bool { return t.said[i].built != nil && t.results[i] == nil && !messages[i].isWaiting() }
	for from := 0; from < len(messages); {
		if !isDue(from) {
			from++
			continue
		}
		to := from + 1
		for to < len(messages) && isDue(to) && t.said[to].built == t.said[from].built {
			to++
		}
		w.results = Results{ends: make([]int, from)}
		if err := s.scorePiece(ctx, t.said[from].built, w, messages, from, to); err != nil {
			return err
		}
		for i := from; i < to; i++ {
			t.results[i] = w.results.JSON(i)
		}
		from = to
	}
	return nil
}
