package smlcli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// watchTime is how long a project is watched for writers. A learner with
// durability batch writes with every batch; one by interval may be missed.
const watchTime = 1200 * time.Millisecond

// errLive is wrapped when something writes the project.
var errLive = errors.New("something learns the project now")

// quiet refuses a project that changes while it is watched, unless force.
func (p *opened) quiet(ctx context.Context, force bool) error {
	if force {
		return nil
	}
	before, err := p.versions(ctx)
	if err != nil {
		return err
	}
	timer := time.NewTimer(watchTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	after, err := p.versions(ctx)
	if err != nil {
		return err
	}
	for id, version := range after {
		if version != before[id] {
			return fmt.Errorf("%w: shard %q of %q went from version %d to %d within %v; stop the pipeline first, or use --force", errLive, id, p.project, before[id], version, watchTime)
		}
	}
	return nil
}

// versions returns the newest version of each shard. Shards that cannot be
// read are left out: repair must work on them.
func (p *opened) versions(ctx context.Context) (map[string]uint64, error) {
	reader := state.NewShardReader(p.store, p.base(), p.maker)
	if err := reader.Refresh(ctx); errors.Is(err, state.ErrStore) {
		return nil, p.explain(err)
	}
	out := map[string]uint64{}
	for _, s := range reader.Shards() {
		out[s.ID] = s.Version
	}
	return out, nil
}
