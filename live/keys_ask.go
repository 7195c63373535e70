package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ofOneAttribute returns the names of the questions that the small statistics of a
// key answer.
func ofOneAttribute() []string {
	var names []string
	for _, q := range explore.Questions() {
		if q.OneAttribute {
			names = append(names, q.Name)
		}
	}
	return names
}

// answers reports whether a question can be answered by the part: the small
// statistics of a key know of each number by itself only.
// The error says which setting would keep what the question needs.
func (k *Keys) answers(ctx context.Context, q *Query) error {
	key, ok := strings.CutPrefix(q.part, PartKey)
	if !ok || q.question.OneAttribute {
		return nil
	}
	small, err := k.isSmall(ctx, key)
	if err != nil {
		return err
	}
	if small {
		return fmt.Errorf("%s: the project keeps numbers by themselves per key, which answer %s; the rest needs `entities.pairs` of sml_learn", q.question.Name, strings.Join(ofOneAttribute(), ", "))
	}
	return nil
}

// whole returns an error where a part is a key of which only numbers are kept, each by itself.
func (k *Keys) whole(ctx context.Context, part string) error {
	key, ok := strings.CutPrefix(part, PartKey)
	if !ok {
		return nil
	}
	if err := k.home.start(ctx); err != nil {
		return err
	}
	small, err := k.isSmall(ctx, key)
	if err == nil && small {
		err = fmt.Errorf("part %s: the project keeps numbers by themselves per key, the rest needs `entities.pairs` of sml_learn", part)
	}
	return err
}

// isSmall reports whether of a key only numbers are kept, each by itself.
func (k *Keys) isSmall(ctx context.Context, key string) (bool, error) {
	own, err := k.Of(ctx, key)
	if err != nil {
		return false, err
	}
	_, small := own.(*stats.Slim)
	return small, nil
}
