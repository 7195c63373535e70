package live

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// errFrozen is the error of rows that a frozen project refuses.
var errFrozen = errors.New("project is frozen")

var errNoKey = errors.New("key is empty, and the project keeps statistics per key")

// learner learns batches into shards. It has no state of its own but the settings,
// which a component that learns brings.
type learner struct {
	home     *home
	schemas  *schemas
	shards   *shards
	binnings *binnings
	limits   *limits
	settler  *settler
	stops    *stops
	missing  *missingRows
	keeper   *keeper
	outage   *outage

	forgetter   *forgetter
	kept        keptNote
	partitioned partitioned
	settings    atomic.Pointer[LearnSettings] // nil where this process only reads
	frozen      atomic.Bool                   // by Freeze
	pace        pace
	agreed      atomic.Uint64 // the shape of the schema that goes with the settings
}

// defined returns the models that the learner's settings define, none where the
// project is only read.
func (l *learner) defined() []model.Definition {
	if settings := l.settings.Load(); settings != nil {
		return settings.Models
	}
	return nil
}

// isFrozen reports whether nothing is learned: by the settings or by Freeze.
func (l *learner) isFrozen() bool {
	settings := l.settings.Load()
	return l.frozen.Load() || settings != nil && settings.Frozen
}

// take learns the rows of a batch, or takes them away again.
// Rows to forget go to a shard of their own, which readers subtract: a row may have
// been learned by another process.
// Each message has an Outcome afterwards, or waits when there is an error: then the
// same messages can be taken again, and those that are decided are passed over.
// Tests, where they are not nil, get the results of rows that are scored before they are
// learned.
func (l *learner) take(ctx context.Context, to Observer, messages []Message, forget bool, tests *Tests) error {
	arrive(to, l.home.project, messages)
	defer l.tell(to, messages)
	settings := l.settings.Load()
	if settings == nil {
		return fmt.Errorf("project %q is opened for reading only", l.home.project)
	}
	if err := l.home.start(ctx); err != nil {
		return err
	}
	if l.isFrozen() {
		for i := range messages {
			if m := &messages[i]; m.isWaiting() {
				m.Err = fmt.Errorf("%w: %q learns nothing", errFrozen, l.home.project)
				m.Outcome = reasonFrozen
			}
		}
		return nil
	}
	if settings.Composition.KeepsKeys() {
		requireKeys(messages)
	}
	l.refuseAhead(&settings.Composition, messages)
	err := l.takeUnderTypes(ctx, messages, func() error { return l.takeRows(ctx, settings, messages, forget, tests) })
	if err != nil {
		return err
	}
	for i := range messages {
		if m := &messages[i]; m.isWaiting() { // it has an error and no shard
			m.Outcome = outcomeOf(m.Err)
		}
	}
	if forget {
		l.kept.tell(l.home, keepers(l.home.types, l.binnings.definitions.all()), messages)
	}
	if !forget {
		if err := l.binnings.draw(ctx); err != nil && ctx.Err() == nil {
			l.outage.noteRead(err)
		}
	}
	return nil
}

// takeRows reads messages under the schema of now and takes them into their shards.
func (l *learner) takeRows(ctx context.Context, settings *LearnSettings, messages []Message, forget bool, tests *Tests) error {
	b := l.schemas.reader()
	defer b.release()
	if b.tests = tests; tests != nil {
		if err := tests.resolve(); err != nil {
			return err
		}
		tests.count = func() { tests.countLearned(ctx, b, messages) }
	}
	b.dropEmpty = !forget // an earlier version has learned rows without attributes
	read, takeGroup := l.read, l.learnGroup
	if forget {
		read, takeGroup = l.refuseUnknown, l.forgetGroup
	}
	layout, err := read(ctx, b, messages)
	if err != nil {
		return err
	}
	if l.partitioned.refuse(&settings.Composition, layout, b, messages) {
		current := l.schemas.current.Load()
		b.read(current.schema, messages) // without those that are refused
		layout = current.layout
	}
	if l.isWhole(messages) {
		refuseWhole(messages)
	}
	for _, g := range b.groupsOf(messages) {
		if err = takeGroup(ctx, settings, layout, b, messages, &g); err != nil {
			break
		}
	}
	if tests != nil {
		err = errors.Join(err, tests.finish(ctx, b, layout, messages))
	}
	if err != nil {
		return err
	}
	l.limits.noteOverflow(layout, b.overflow)
	return nil
}

// takeOnce takes messages that are not tried again after an error.
func (l *learner) takeOnce(ctx context.Context, messages []Message, forget bool) error {
	beginAgain(messages)
	err := l.take(ctx, l.home.observer, messages, forget, nil)
	if err != nil {
		giveUp(messages, err)
		depart(l.home.observer, l.home.project, messages)
	}
	return err
}

// requireKeys marks the messages that have no key.
// A row without a key would be learned for the population and for no key, and the
// sums of keys would no longer be those of all rows.
func requireKeys(messages []Message) {
	for i := range messages {
		if messages[i].Err == nil && messages[i].Key == "" {
			messages[i].Err = errNoKey
		}
	}
}

// tell reports what has been decided about the messages since they were told of last.
func (l *learner) tell(to Observer, messages []Message) {
	learned, replays, failed := 0, 0, 0
	for i := range messages {
		m := &messages[i]
		switch {
		case m.isWaiting() || m.counted:
		case m.Outcome == OutcomeDone:
			learned++
		case m.Outcome == ReasonReplayed:
			replays++
		case m.Err != nil:
			failed++
		}
	}
	to.Learned(l.home.project, learned, replays, failed)
	depart(to, l.home.project, messages)
}

// read reads the batch, and again when it brought attributes or categories that
// the schema did not have: those are agreed on first.
func (l *learner) read(ctx context.Context, b *batchReader, messages []Message) (*stats.Layout, error) {
	current := l.schemas.current.Load()
	if l.isWhole(messages) { // the schema must not grow by a batch that is refused
		before := make([]error, len(messages))
		for i := range messages {
			before[i] = messages[i].Err
		}
		if _, err := b.readAhead(l.schemas, l.settler, messages); err != nil {
			return nil, err
		}
		if refuseWhole(messages) {
			b.read(current.schema, messages)
			return current.layout, nil
		}
		again(messages, before)
	}
	layout := current.layout
	read, err := b.readAll(current.schema, messages, func(growth schema.Growth) (*schema.Schema, error) {
		grown, err := l.schemas.grow(ctx, growth)
		if err != nil {
			return nil, err
		}
		l.warnImpossible(growth, grown.schema)
		layout = grown.layout
		return grown.schema, nil
	})
	if err != nil {
		return nil, err
	}
	if read, layout, err = l.settle(ctx, b, read, layout, messages); err != nil {
		return nil, err
	}
	l.limits.notePowers(b.powers.lost(read))
	l.checkExpand(read)
	return layout, nil
}

// learnGroup learns the messages of one shard and decides their outcomes.
// The shard holds its own lock while the function adds the rows, so positions and
// statistics change together.
func (l *learner) learnGroup(ctx context.Context, settings *LearnSettings, layout *stats.Layout, b *batchReader, messages []Message, g *group) (err error) {
	shard, err := l.shards.get(ctx, g.shard, settings.Durable)
	if err != nil {
		return err
	}
	if g.offsets == nil {
		l.limits.notePositions(g.shard)
	}
	if b.tests != nil { // so that nothing is read while the shard is held
		if _, err := b.tests.scorer.log.source(ctx, g.shard); err != nil {
			return err
		}
	}
	if settings.Durable {
		spanned, end := l.home.span(ctx, spanFlush)
		ctx = spanned
		defer func() { end(err) }()
	}
	return l.takeGroup(ctx, settings, shard, layout, b, messages, g, &taken{grow: func(rows *stats.Rows) { l.binnings.forests.grow(ctx, layout, rows) }})
}

// failed tells of a group that contradicts what was learned, or passes over rows that
// are to be delivered again, and names its shard in the error.
func (l *learner) failed(g *group, err error) error {
	if errors.Is(err, state.ErrContradiction) {
		l.stops.note(stopContradiction, g.shard, fmt.Sprintf("nothing more is learned of shard %q, and nothing acknowledged: %v", g.shard, err))
	}
	if errors.Is(err, state.ErrOwed) {
		l.stops.note(stopOwed, g.shard, fmt.Sprintf("nothing more is learned of shard %q, and nothing acknowledged: %v", g.shard, err))
	}
	return fmt.Errorf("shard %q: %w", g.shard, err)
}
