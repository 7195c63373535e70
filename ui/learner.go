package ui

import (
	"context"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// learner returns the project where it learns: p itself where a component of
// this process learns it, else the project opened for the rows of requests. A
// project whose rows came from somewhere else is refused with an error that
// wraps live.ErrInUse: the types and the limits that its pipeline has set are
// not known here.
func (a *API) learner(ctx context.Context, p *live.Project) (*live.Project, error) {
	if p.Learning() {
		return p, nil
	}
	if err := a.placed(p.Name()); err != nil {
		return nil, err
	}
	place := a.options.Projects.Place(p.Name())
	stored, err := project.Open(ctx, place.Store, place.Prefix, p.Name())
	if err != nil {
		return nil, err
	}
	shards, err := state.NewDirectory(place.Store, stored.Base()).List(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range shards {
		if !s.Ended && project.HoldsRows(s.ID) && !ours(s.ID) {
			return nil, fmt.Errorf("%w: project %q has the shard %q of a pipeline that this process does not run; send the rows to that pipeline, or merge the project into one that was created here", live.ErrInUse, p.Name(), s.ID)
		}
	}
	return a.options.Projects.Learn(ctx, p.Name(), &live.LearnSettings{Composition: stored.Composition, Durable: true})
}

// ours reports whether a shard is of rows of requests, or was merged.
func ours(shard string) bool {
	return shard == restShard || strings.HasPrefix(shard, restShard+"/") || strings.HasPrefix(shard, portable.MergedPrefix)
}
