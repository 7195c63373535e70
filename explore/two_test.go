package explore

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// AskOf asks a question of a summary, in tests of all questions: one that compares two states compares it with the same rows of a
// third of the weight.
func (q *Question) AskOf(ctx context.Context, s *stats.Summary, args param.Values) (any, error) {
	name, compares := q.Reference(args)
	if !compares {
		return q.Ask(ctx, s, args)
	}
	reference, err := s.Scaled(1. / 3)
	if err != nil {
		return nil, err
	}
	return q.AskTwo(ctx, Two{Reference: reference, Recent: s, ReferenceName: name}, args)
}
