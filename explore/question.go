package explore

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrUnknownQuestion is wrapped when there is no question of that name.
var ErrUnknownQuestion = errors.New("unknown question")

// Question is one row of the catalogue: what REST, the command line and the
// page need to list it, to ask it and to document it.
type Question struct {
	Name       string      `json:"name"`
	Summary    string      `json:"summary"`
	Parameters []Parameter `json:"parameters"`

	run func(s *stats.Summary, v *values) (any, error)
}

// Check reads the arguments without asking: unknown names, missing ones and
// values out of range are errors.
func (q *Question) Check(args Arguments) error {
	if _, err := read(q.Parameters, args); err != nil {
		return fmt.Errorf("%s: %w", q.Name, err)
	}
	return nil
}

// Ask answers the question from a summary. The answer is a plain struct, or a
// [Number], whose JSON form has no NaN.
func (q *Question) Ask(s *stats.Summary, args Arguments) (any, error) {
	v, err := read(q.Parameters, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	answer, err := q.run(s, v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.Name, err)
	}
	return answer, nil
}

// Lookup finds a question; the error wraps ErrUnknownQuestion and lists those
// there are.
func Lookup(name string) (*Question, error) {
	all := Questions()
	if i := slices.IndexFunc(all, func(q Question) bool { return q.Name == name }); i >= 0 {
		return &all[i], nil
	}
	known := make([]string, len(all))
	for i := range all {
		known[i] = all[i].Name
	}
	return nil, fmt.Errorf("%w %q (there are %s)", ErrUnknownQuestion, name, strings.Join(known, ", "))
}
