package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// RenewScores begins a new epoch of the scores of a shard of rows, in a store and under
// the base of a project's keys: its messages count again. What has been counted stays. It
// goes with state.RenewShard, without which messages that are numbered anew would be
// learned, and their scores taken for those of replays.
func RenewScores(ctx context.Context, store state.Store, base, shard string) error {
	scores := project.ScoresBase(base)
	entries, err := state.NewDirectory(store, scores).List(ctx)
	if err != nil {
		return fmt.Errorf("scores of shard %q: %w", shard, err)
	}
	for _, e := range entries {
		if _, source, ok := strings.Cut(e.ID, "/"); !ok || source != shard {
			continue
		}
		if _, err := state.RenewShard(ctx, store, scores, e.ID, scoreCodec{}, true); err != nil {
			return fmt.Errorf("scores %q: %w", e.ID, err)
		}
	}
	return nil
}
