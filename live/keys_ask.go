package live

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ofOneAttribute are the questions that the small statistics of a key answer.
var ofOneAttribute = []string{"univariate", "quantile", "cdf", "density"}

// answers reports whether a question can be answered by the part: the small
// statistics of a key know of each number by itself only.
// The error says which setting would keep what the question needs.
func (k *Keys) answers(ctx context.Context, q *Query) error {
	key, ok := strings.CutPrefix(q.part, PartKey)
	if !ok || slices.Contains(ofOneAttribute, q.question.Name) {
		return nil
	}
	own, err := k.Of(ctx, key)
	if err != nil {
		return err
	}
	if _, slim := own.(*stats.Slim); slim {
		return fmt.Errorf("%s: the project keeps numbers by themselves per key, which answer %s; the rest needs `entities.pairs` of sml_learn", q.question.Name, strings.Join(ofOneAttribute, ", "))
	}
	return nil
}
