package sml

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
)

// place is where the project is kept.
func (p *opened) place() portable.Place { return portable.Place{Store: p.store, Prefix: p.prefix} }

// quiet refuses a project that changes while it is watched, unless force.
func (p *opened) quiet(ctx context.Context, force bool) error {
	if force {
		return nil
	}
	return p.changing(p.place().Quiet(ctx, p.project))
}

// changing explains an error of a command that changes the project as a whole.
func (p *opened) changing(err error) error {
	if errors.Is(err, portable.ErrLive) {
		return fmt.Errorf("%w, or use --force", err)
	}
	if err == nil {
		return nil
	}
	return p.explain(err)
}
