package project

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// SummaryOf reads the main summary off the statistics of a composition. It must
// not be changed. Statistics that no composition makes are an error.
func SummaryOf(a stats.Additive) (*stats.Summary, error) {
	for {
		if s, ok := a.(*stats.Summary); ok {
			return s, nil
		}
		c, ok := a.(stats.Collapser)
		if !ok {
			return nil, fmt.Errorf("%w: there is no summary in %s", stats.ErrIncompatible, stats.InWords(a))
		}
		inner, err := c.Collapse()
		if err != nil {
			return nil, err
		}
		a = inner
	}
}

// seenOptions makes and reads summaries, and remembers with which settings those
// that it reads were made: these are in their bytes.
type seenOptions struct {
	options stats.SummaryOptions
	found   bool
}

var _ stats.Maker = (*seenOptions)(nil)

// New returns an empty summary with default settings.
func (m *seenOptions) New() (stats.Additive, error) { return stats.SummaryMaker{}.New() }

// Decode reads a summary.
func (m *seenOptions) Decode(r *wire.Reader) (stats.Additive, error) {
	s, err := stats.DecodeSummary(r)
	if err != nil {
		return nil, err
	}
	m.options, m.found = brief(s.Options()), true
	return s, nil
}

// describesSummary reports whether a stored composition says anything about its
// summaries. One of before these settings were stored does not, and neither does
// one with all defaults, unless they were altered.
func (c *Composition) describesSummary() bool { return c.Summary != (stats.SummaryOptions{}) }

// completed returns the composition with the settings of the summaries as they are
// in the bytes of the first shard that has any, and whether there is one.
// A shard that is damaged is passed over. The error wraps state.ErrStore.
func (c Composition) completed(ctx context.Context, store state.Store, base string) (Composition, bool, error) {
	seen := &seenOptions{}
	maker, err := c.over(seen, stats.SummaryMaker{Options: c.Summary}, nil)
	if err != nil {
		return c, false, err
	}
	entries, err := state.NewDirectory(store, base).List(ctx)
	if err != nil {
		return c, false, err
	}
	for _, e := range entries {
		r := state.NewShardReader(store, base, maker)
		r.Skip(func(id string) bool { return id != e.ID })
		if err := r.Refresh(ctx); errors.Is(err, state.ErrStore) {
			return c, false, err
		}
		if seen.found {
			c.Summary = seen.options
			return c, true, nil
		}
	}
	return c, false, nil
}

// CompositionOf returns the composition that is among the definitions of an
// export, plain statistics where none is, with encoded the statistics of its
// shards. What the record leaves open is read off those, as by StoredComposition.
func CompositionOf(definitions map[string][]byte, encoded [][]byte) (Composition, error) {
	c, err := recorded(definitions)
	if err != nil || c.describesSummary() {
		return c, err
	}
	seen := &seenOptions{}
	maker, err := c.over(seen, stats.SummaryMaker{Options: c.Summary}, nil)
	if err != nil {
		return c, err
	}
	for _, b := range encoded {
		// Damage is told by who reads the shard for its statistics.
		if _, err := maker.Decode(wire.NewReader(b)); err == nil && seen.found {
			c.Summary = seen.options
			return c, nil
		}
	}
	return c, nil
}
