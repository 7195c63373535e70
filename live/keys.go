package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// PartKey begins the parts that are the statistics of one key: "key:pump-7".
const PartKey = "key:"

// ErrUnknownKey is wrapped when nothing was learned of a key.
var ErrUnknownKey = errors.New("unknown key")

// Keys are the statistics that a project keeps per key. They are safe for
// concurrent use and hold nothing themselves: the keys are in the shards.
type Keys struct {
	home   *home
	shards *shards
}

// Kept reports whether the project has statistics per key.
func (k *Keys) Kept() bool { return len(k.ofShards()) > 0 }

// Of returns the statistics of a key: the sum over all shards, nil when nothing
// was learned of it. They are a *stats.Slim, or with project.Entities.Pairs a
// *stats.Summary.
func (k *Keys) Of(ctx context.Context, key string) (own stats.Additive, err error) {
	if err := k.home.start(ctx); err != nil {
		return nil, err
	}
	sum := &keySum{}
	if err := k.visit(ctx, []string{key}, sum.reset, sum.add); err != nil {
		return nil, fmt.Errorf("key %.100q of project %q: %w", key, k.home.project, err)
	}
	return sum.total()
}

// shardKeys is the keys of one shard.
type shardKeys struct {
	keys   *keyed.Keyed
	values *paged.Values
	gone   bool // rows to forget
}

// ofShards returns the keys of all shards: of this process, live, and of others
// as they were read last.
func (k *Keys) ofShards() (out []shardKeys) {
	for _, from := range k.shards.all() {
		from.view(func(a stats.Additive) {
			if own, ok := a.(*keyed.Keyed); ok {
				out = append(out, shardKeys{keys: own, values: valuesOf(k.home, from.id), gone: from.forgotten()})
			}
		})
	}
	return out
}

// visit calls fn with the statistics of each of the keys, one call per shard
// that has the key. A value that is gone because another owner has written
// meanwhile makes the shards be looked at again, once.
func (k *Keys) visit(ctx context.Context, keys []string, begin func(), fn func(i int, a stats.Additive, gone bool)) error {
	for again := false; ; again = true {
		begin()
		var err error
		for _, s := range k.ofShards() {
			if err = s.keys.Visit(ctx, s.values, keys, func(i int, a stats.Additive) { fn(i, a, s.gone) }); err != nil {
				break
			}
		}
		if err == nil || again || !errors.Is(err, state.ErrNotFound) {
			return err
		}
		if err := k.shards.lookAgain(ctx); err != nil {
			return err
		}
	}
}

// summary returns the statistics of the key of a part, as of a summary.
func (k *Keys) summary(ctx context.Context, part string) (*stats.Summary, error) {
	key := strings.TrimPrefix(part, PartKey)
	own, err := k.Of(ctx, key)
	if err != nil {
		return nil, err
	}
	switch own := own.(type) {
	case nil:
		if !k.Kept() {
			return nil, fmt.Errorf("%w %q: the project keeps no statistics per key", ErrUnknownKey, key)
		}
		return nil, fmt.Errorf("%w %q", ErrUnknownKey, key)
	case *stats.Slim:
		return own.Numbers(stats.SummaryOptions{})
	case *stats.Summary:
		return own, nil
	default:
		return nil, fmt.Errorf("%w: key %q has %s", stats.ErrIncompatible, key, stats.InWords(own))
	}
}

// keySum adds up what the shards have of one key.
type keySum struct {
	own, gone stats.Additive
	err       error
}

func (s *keySum) reset() { *s = keySum{} }

func (s *keySum) add(_ int, a stats.Additive, gone bool) {
	into := &s.own
	if gone {
		into = &s.gone
	}
	if *into == nil {
		*into = a.Clone()
		return
	}
	s.err = errors.Join(s.err, (*into).Merge(a))
}

// total returns the sum; what is to be forgotten and was not learned stays.
func (s *keySum) total() (stats.Additive, error) {
	if s.err != nil || s.own == nil || s.gone == nil {
		return s.own, s.err
	}
	if err := s.own.Subtract(s.gone); err != nil && !errors.Is(err, stats.ErrNotLearned) {
		return nil, err
	}
	return s.own, nil
}

// keyless returns the statistics of all rows of a shard, without its keys.
func keyless(a stats.Additive) stats.Additive {
	if k, ok := a.(*keyed.Keyed); ok {
		return k.Inner()
	}
	return a
}

// population returns the statistics of all rows of a shard that add up and can be
// subtracted: without its keys, and without pools of models.
func population(a stats.Additive) stats.Additive {
	a = keyless(a)
	if w, ok := a.(*wrap.Adaptive); ok {
		return w.Inner()
	}
	return a
}
