package live

import (
	"context"
	"errors"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// upkeep keeps a live project and its store alike: it reads what other processes
// have stored and hands it to the parts that it concerns, and writes what is not
// stored yet. It holds nothing but whose turn it is.
type upkeep struct {
	home        *home
	turn        chan struct{} // has a token while somebody reads the definitions
	schemas     *schemas
	composition *composition
	definitions *definitions
	builds      *builds
	binnings    *binnings
	shards      *shards
	snapshots   *snapshots
	scores      *Scores
	incidents   *Incidents
	learner     *learner
	keeper      *keeper
	touch       func() // something has been changed on purpose
}

// flushInterval is how often what is not stored yet is written.
func (u *upkeep) flushInterval() time.Duration {
	if learn := u.learner.settings.Load(); learn != nil && !learn.Durable {
		return learn.Every
	}
	return u.home.refresh
}

// load reads what is stored, and stores what a learner's settings say.
// The schema comes first, as statistics are read under its layout.
func (u *upkeep) load(ctx context.Context) error {
	if err := u.schemas.load(ctx); err != nil {
		return err
	}
	if err := u.readDefinitions(ctx); err != nil {
		return err
	}
	if _, err := u.shards.refresh(ctx); err != nil {
		return err
	}
	if err := u.followForests(ctx); err != nil {
		return err
	}
	if err := errors.Join(u.scores.refresh(ctx), u.incidents.refresh(ctx)); err != nil || u.learner.settings.Load() == nil {
		return err
	}
	return project.NewIndex(u.home.store, u.home.prefix).Add(ctx, u.home.project)
}

// refresh reads what changed elsewhere.
// It is called once per Settings.Refresh, and costs a few reads when nothing changed.
func (u *upkeep) refresh(ctx context.Context) error {
	if err := u.reread(ctx); err != nil || u.shards.current() {
		return err
	}
	return u.shards.followTypes(ctx, false)
}

// reread is refresh but for opening shards anew where types have changed, which who
// takes rows does itself. A learner keeps what it has stored even while it cannot read
// what others have: two processes would otherwise wait for each other to write again
// what has gone from the store.
func (u *upkeep) reread(ctx context.Context) error {
	err := u.read(ctx)
	if err != nil && errors.Is(err, state.ErrStore) || u.learner.settings.Load() == nil {
		return err
	}
	if err != nil {
		u.keeper.alarm.Store(true)
	}
	return errors.Join(err, u.keeper.look(ctx))
}

// read reads what is stored.
func (u *upkeep) read(ctx context.Context) error {
	if err := u.schemas.refresh(ctx); err != nil {
		return err
	}
	if err := u.readDefinitions(ctx); err != nil {
		return err
	}
	changed, err := u.shards.refresh(ctx)
	if err != nil {
		return err
	}
	if changed {
		if err := u.followForests(ctx); err != nil {
			return err
		}
		u.snapshots.outdate()
	}
	return errors.Join(u.scores.refresh(ctx), u.incidents.refresh(ctx))
}

// followForests reads the definitions again where shards may count in nodes that forests
// have had since they were read.
func (u *upkeep) followForests(ctx context.Context) error {
	if !u.binnings.forests.any() {
		return nil
	}
	return u.readDefinitions(ctx)
}

// readDefinitions reads the definitions and hands them to those whom they
// concern. Those that this process declares are stored first. Callers take
// turns: what was read earlier would otherwise take the place of what was read
// later.
func (u *upkeep) readDefinitions(ctx context.Context) error {
	select {
	case u.turn <- struct{}{}:
		defer func() { <-u.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	log := u.definitions.log
	stored, err := log.Load(ctx)
	if err != nil {
		return err
	}
	// The composition decides how shards are decoded, so it is agreed on before them.
	if stored, err = u.composition.settle(ctx, log, stored); err != nil {
		return err
	}
	if learn := u.learner.settings.Load(); learn != nil {
		if err := u.definitions.declare(ctx, learn.Models, stored); err != nil {
			return err
		}
	}
	if err := u.schemas.follow(stored); err != nil {
		return err
	}
	follows, err := u.composition.follow(ctx, stored)
	if err != nil {
		return err
	}
	if follows {
		u.shards.follow()
	}
	changed, err := u.definitions.adopt(stored)
	if err != nil {
		return err
	}
	u.builds.drop(changed)
	u.learner.frozen.Store(stored[project.FreezeRecord] != nil)
	if err := u.binnings.adopt(stored); err != nil || u.learner.settings.Load() == nil {
		return err
	}
	if err := u.binnings.forests.renew(ctx); err != nil {
		return err
	}
	return u.binnings.forests.prune(ctx)
}

// flush writes scores and statistics, in this order (see Scores.precede). A failure of
// the one does not keep the other from being written, where it can.
func (u *upkeep) flush(ctx context.Context) (err error) {
	ctx, end := u.home.span(ctx, spanFlush)
	defer func() { end(err) }()
	return errors.Join(u.scores.flush(ctx), u.shards.flush(ctx))
}

// changed reads back what has been stored, for the next caller here.
func (u *upkeep) changed(ctx context.Context) error {
	defer u.touch()
	return u.refresh(ctx)
}
