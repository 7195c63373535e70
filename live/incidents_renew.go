package live

import (
	"context"
	"errors"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/incident"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// RenewIncidents forgets, where do is set, the positions of a source in the incidents of the
// project whose keys begin with base, and returns what they were. The incidents stay. The
// error wraps state.ErrNotFound where there are none of that source.
func RenewIncidents(ctx context.Context, store state.Store, base, source string, do bool) (before *state.Positions, err error) {
	base = project.IncidentsBase(base)
	entries, err := state.NewDirectory(store, base).List(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, of, ok := strings.Cut(e.ID, "/"); !ok || of != source {
			continue
		}
		found, err := state.RenewShard(ctx, store, base, e.ID, incident.Codec(), do)
		switch {
		case errors.Is(err, state.ErrNotFound):
		case err != nil:
			return nil, err
		case before == nil || found.Count() > before.Count():
			before = found
		}
	}
	if before == nil {
		return nil, state.ErrNotFound
	}
	return before, nil
}
