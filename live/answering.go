package live

import (
	"context"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// answering returns a build for somebody who asks about a model, or for a prediction of
// it, where get is for rows of a pipeline, which do not wait. It is at most the refresh
// interval of the project old and lacks at most a tenth of the rows; where the last build
// is older, the next one is waited for. A model with refresh settings of its own is as
// these say. Where the next build fails, the last one answers: it says of when it is.
func (b *builds) answering(ctx context.Context, name string) (*builtModel, error) {
	if d, err := b.definitions.model(name); err == nil && !strings.Contains(b.definitions.serves(name), "@") {
		if need := b.home.mixes(&d); need != nil {
			return b.mixed(ctx, d, need, func(member *model.Definition) (*builtModel, error) { return b.answering(ctx, member.Name) })
		}
	}
	built, err := b.get(ctx, name, false)
	if err != nil || built.at.IsZero() {
		return built, err
	}
	s, err := b.snapshots.get(youngGrowth)
	if err != nil {
		return nil, err
	}
	if built.from == s.summary || !built.warmingUp && (built.definition.Refresh != nil || b.recent(built, s)) {
		return built, nil
	}
	next, err := b.anew(ctx, built.definition, s, false)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return built, nil // the failure is told, and kept for those who ask
	}
	return next, nil
}

// recent reports whether a build is of rows of at most the refresh interval ago and
// lacks at most a tenth of those of a snapshot.
func (b *builds) recent(built *builtModel, s *snapshot) bool {
	weight := s.summary.Weight()
	return b.home.now().Sub(built.asOf) < b.home.refresh && weight <= (1+youngGrowth)*built.rows && built.rows <= (1+youngGrowth)*weight
}
