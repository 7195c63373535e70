package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// PartKey begins the parts that are the statistics of one key: "key:pump-7".
const PartKey = "key:"

// ErrUnknownKey is wrapped when nothing was learned of a key.
var ErrUnknownKey = errors.New("unknown key")

// KeepsKeys reports whether the project has statistics per key.
func (p *Project) KeepsKeys() bool { return len(p.keyedShards()) > 0 }

// ofOneAttribute are the questions that the small statistics of a key answer.
var ofOneAttribute = []string{"univariate", "quantile", "cdf", "density"}

// summaryOfPart returns the statistics that a part names, that of a key too.
func (p *Project) summaryOfPart(ctx context.Context, s *snapshot, part string) (*stats.Summary, error) {
	key, ok := strings.CutPrefix(part, PartKey)
	if !ok {
		return s.part(part)
	}
	own, err := p.Entity(ctx, key)
	if err != nil {
		return nil, err
	}
	switch own := own.(type) {
	case nil:
		if !p.KeepsKeys() {
			return nil, fmt.Errorf("%w %q: the project keeps no statistics per key", ErrUnknownKey, key)
		}
		return nil, fmt.Errorf("%w %q", ErrUnknownKey, key)
	case *stats.Slim:
		return own.Numbers(stats.SummaryOptions{})
	default:
		return summaryOf(own)
	}
}

// answers reports whether a question can be answered by the part: the small
// statistics of a key know of each number by itself only.
func (p *Project) answersPart(ctx context.Context, q *Query) error {
	key, ok := strings.CutPrefix(q.part, PartKey)
	if !ok || slices.Contains(ofOneAttribute, q.question.Name) {
		return nil
	}
	own, err := p.Entity(ctx, key)
	if err != nil {
		return err
	}
	if _, slim := own.(*stats.Slim); slim {
		return fmt.Errorf("%s: the project keeps numbers by themselves per key, which answer %s; the rest needs `entities.pairs` of sml_learn", q.question.Name, strings.Join(ofOneAttribute, ", "))
	}
	return nil
}

// answer works a query out.
func (p *Project) answer(ctx context.Context, s *snapshot, q *Query) *Answer {
	err := p.answersPart(ctx, q)
	if err != nil {
		return &Answer{err: err}
	}
	summary, err := p.summaryOfPart(ctx, s, q.part)
	if err != nil {
		return &Answer{err: err}
	}
	value, err := q.question.Ask(summary, q.args)
	if strings.HasPrefix(q.part, PartKey) && errors.Is(err, explore.ErrUnknownAttribute) {
		err = fmt.Errorf("of %s: %w", q.part, err)
	}
	if err != nil {
		return &Answer{err: err}
	}
	return newAnswer(value)
}
