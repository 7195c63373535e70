package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Query is a question of package explore with its arguments, checked, and the
// part of the statistics that is asked, such as project.PartWindow, or PartKey and
// a key. It is immutable and may be asked of any project, again and again.
// key names question, part and arguments; equal queries share an answer.
type Query struct {
	question *explore.Question
	args     param.Values
	part     string
	key      string
}

// NewQuery checks everything that does not depend on what has been learned.
func NewQuery(q *explore.Question, part string, args param.Values) (*Query, error) {
	if err := q.Check(args); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(args) // by name in order
	if err != nil {
		return nil, fmt.Errorf("arguments of %s: %w", q.Name, err)
	}
	return &Query{question: q, args: args, part: part, key: q.Name + "\n" + part + "\n" + string(encoded)}, nil
}

// Answer is what a question came to. It is shared and must not be changed.
type Answer struct {
	// Value is a plain struct of package explore; its JSON form is finite.
	Value any
	// AsOf is when the statistics were put together that it was read off.
	AsOf time.Time

	tree any // its JSON form
	err  error
}

// Tree returns a copy of the JSON form: maps, lists, strings and float64, for
// the caller to keep and change.
func (a *Answer) Tree() any { return copyTree(a.tree) }

// copyTree copies maps and lists. Other values of JSON cannot be changed.
func copyTree(v any) any {
	switch node := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(node))
		for name, value := range node {
			out[name] = copyTree(value)
		}
		return out
	case []any:
		out := make([]any, len(node))
		for i, value := range node {
			out[i] = copyTree(value)
		}
		return out
	}
	return v
}

// maxAnswers bounds the answers that a snapshot remembers.
const maxAnswers = 1000

// answers are what has been asked of one snapshot, by the key of the query.
// They end with it.
// The lock is held for a look-up only, so two callers may work out the same answer.
type answers struct {
	mu    sync.Mutex
	known map[string]*Answer
}

// asked is who answers queries.
type asked struct {
	home      *home
	schemas   *schemas
	snapshots *snapshots
	keys      *Keys
	watches   sync.Map // of drift, *DriftWatcher by name
}

// ask answers a query from the current snapshot. What was asked of it before is
// not worked out again.
func (k *asked) ask(ctx context.Context, q *Query) (*Answer, error) {
	s, err := k.snapshots.get(youngGrowth)
	if err != nil {
		return nil, err
	}
	a := s.answers.get(q.key)
	if a == nil {
		a = k.answer(ctx, s, q)
		// a failing store or a caller that gave up says nothing about the next caller
		// and of another project only its own snapshot knows whether it has changed
		if !errors.Is(a.err, state.ErrStore) && ctx.Err() == nil && !strings.Contains(q.key, partProject) {
			s.answers.put(q.key, a)
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	ReadAsOf(ctx, a.AsOf)
	return a, nil
}

// answer works a query out.
func (k *asked) answer(ctx context.Context, s *snapshot, q *Query) *Answer {
	if err := k.keys.answers(ctx, q); err != nil {
		return &Answer{err: err}
	}
	if reference, compares := q.question.Reference(q.args); compares {
		two, err := k.compared(ctx, s, q.part, reference)
		if err != nil {
			return &Answer{err: fmt.Errorf("%s: %w", q.question.Name, err)}
		}
		value, err := q.question.AskTwo(ctx, two, q.args)
		if err != nil {
			return &Answer{err: err}
		}
		return newAnswer(value, s.taken)
	}
	summary, err := k.summary(ctx, s, q.part)
	if err != nil {
		return &Answer{err: err}
	}
	value, err := q.question.Ask(ctx, summary, q.args)
	if errors.Is(err, explore.ErrUnknownAttribute) {
		value, err = k.askWider(ctx, summary, q, err)
	}
	if err != nil {
		return &Answer{err: err}
	}
	return newAnswer(value, s.taken)
}

// newAnswer goes through JSON once, so that every caller sees the same names and
// numbers as the REST interface gives.
func newAnswer(value any, asOf time.Time) *Answer {
	encoded, err := json.Marshal(value)
	if err != nil {
		return &Answer{err: fmt.Errorf("encode answer: %w", err)}
	}
	a := &Answer{Value: value, AsOf: asOf}
	if err := json.Unmarshal(encoded, &a.tree); err != nil {
		return &Answer{err: fmt.Errorf("decode answer: %w", err)}
	}
	return a
}

func (c *answers) get(key string) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[key]
}

// put drops everything at the bound: questions of a snapshot are few or generated.
func (c *answers) put(key string, a *Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxAnswers {
		c.known = map[string]*Answer{}
	}
	c.known[key] = a
}

// askWider answers a question about an attribute that the statistics do not have, with its
// error: of one that the project knows there are no values. Of a category of a key whose
// categories are not kept that would be wrong.
func (k *asked) askWider(ctx context.Context, s *stats.Summary, q *Query, unknown error) (value any, err error) {
	layout, err := k.schemas.current.Load().layout, unknown
	key, ofKey := strings.CutPrefix(q.part, PartKey)
	small := false
	if ofKey {
		if small, err = k.keys.isSmall(ctx, key); err != nil {
			return nil, err
		}
		err = fmt.Errorf("of %s: %w", q.part, unknown)
	}
	if small {
		layout = &stats.Layout{Numeric: layout.Numeric}
		err = fmt.Errorf("%w among its numbers; categories of a key need `entities.pairs` of sml_learn", err)
	}
	if wider := widened(s, layout); wider != nil {
		value, asked := q.question.Ask(ctx, wider, q.args)
		if !errors.Is(asked, explore.ErrUnknownAttribute) {
			return value, asked
		}
	}
	return nil, err
}

// widened returns the statistics with all attributes of a layout. It is nil where they have
// them all.
func widened(s *stats.Summary, layout *stats.Layout) *stats.Summary {
	if !layout.Extends(s.Layout()) || s.Layout().Extends(layout) {
		return nil
	}
	wider, ok := s.Clone().(*stats.Summary)
	if !ok {
		return nil
	}
	none := &stats.Rows{}
	none.Reset(len(layout.Numeric), len(layout.Categorical))
	if wider.Learn(layout, none) != nil {
		return nil // and the attribute stays unknown
	}
	return wider
}
