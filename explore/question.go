package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrUnknownQuestion is wrapped when there is no question of that name.
var ErrUnknownQuestion = errors.New("unknown question")

// Question is one row of the catalogue: what REST, the command line and the
// page need to list it, to ask it and to document it.
type Question struct {
	Name       string            `json:"name"`
	Summary    string            `json:"summary"`
	Parameters []param.Parameter `json:"parameters"`

	// OneAttribute says that the moments and the histogram of one numeric attribute
	// answer the question. A project may keep no more than these per key.
	OneAttribute bool `json:"-"`

	ask func(r *param.Reader) answer
	// two is there instead where a question compares two states.
	two func(r *param.Reader) comparison
	// weighs says that the answer tells weights as they are. Others get a summary
	// whose weights add up to the effective number of rows: see
	// stats.Summary.Effective.
	weighs bool
}

// answer answers a question whose arguments have been read.
type answer func(ctx context.Context, s *stats.Summary) (any, error)

// read reads the arguments. Texts stand for values of any kind.
func (q *Question) read(args param.Values) (answer, error) {
	r := param.NewReader(args, param.Texts)
	if q.two != nil {
		q.two(r)
		if err := r.Close(); err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		return func(context.Context, *stats.Summary) (any, error) {
			return nil, errors.New("compares two states, want a second one")
		}, nil
	}
	out := q.ask(r)
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	if q.weighs {
		return out, nil
	}
	return func(ctx context.Context, s *stats.Summary) (any, error) {
		effective, err := s.Effective(attributesIn(r.Declared(), args)...)
		if err != nil {
			return nil, err
		}
		return out(ctx, effective)
	}, nil
}

// attributesIn returns the attributes that arguments name.
func attributesIn(declared []param.Parameter, args param.Values) []string {
	var out []string
	for i := range declared {
		p := &declared[i]
		if p.Kind != param.KindAttribute && p.Kind != param.KindAttributes || param.Texts.Absent(args[p.Name]) {
			continue
		}
		// What does not parse has been told by Close.
		switch v, _ := p.Parse(args[p.Name], param.Texts); v := v.(type) {
		case string:
			out = append(out, v)
		case []string:
			out = append(out, v...)
		}
	}
	return out
}

// Check reads the arguments without asking: unknown names, missing ones and
// values out of range are errors.
func (q *Question) Check(args param.Values) error {
	_, err := q.read(args)
	return err
}

// Ask answers the question from a summary. The answer is a plain struct, or a
// [Number], whose JSON form has no NaN.
func (q *Question) Ask(ctx context.Context, s *stats.Summary, args param.Values) (any, error) {
	answer, err := q.read(args)
	if err != nil {
		return nil, err
	}
	out, err := answer(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	return out, nil
}

// list fills in the parameters, which are those that are read.
func (q *Question) list() {
	q.Parameters = param.List(q.declare)
}

// declare reads the arguments, of a question about one state or two.
func (q *Question) declare(r *param.Reader) {
	if q.two != nil {
		q.two(r)
		return
	}
	q.ask(r)
}

// Questions returns the catalogue, in the order in which it is documented.
func Questions() []Question {
	all := rows()
	for i := range all {
		all[i].list()
	}
	return all
}

// Lookup finds a question; the error wraps ErrUnknownQuestion and lists those
// there are.
func Lookup(name string) (*Question, error) {
	all := rows()
	if i := slices.IndexFunc(all, func(q Question) bool { return q.Name == name }); i >= 0 {
		all[i].list()
		return &all[i], nil
	}
	known := make([]string, len(all))
	for i := range all {
		known[i] = all[i].Name
	}
	return nil, fmt.Errorf("%w %q (there are %s)%s", ErrUnknownQuestion, name, strings.Join(known, ", "), param.DidYouMean(name, known))
}
