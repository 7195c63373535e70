package live

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/model"
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
	left     *leftOut
	stops    *stops
	keeper   *keeper
	outage   *outage

	forgetter *forgetter
	settings  atomic.Pointer[LearnSettings] // nil where this process only reads
	frozen    atomic.Bool                   // by Freeze
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
func (l *learner) take(ctx context.Context, messages []Message, forget bool) error {
	settings := l.settings.Load()
	if settings == nil {
		return fmt.Errorf("project %q is opened for reading only", l.home.project)
	}
	if err := l.home.start(ctx); err != nil {
		return err
	}
	if l.isFrozen() {
		for i := range messages {
			messages[i].Err = fmt.Errorf("%w: %q learns nothing", errFrozen, l.home.project)
		}
		return nil
	}
	if settings.Composition.KeepsKeys() {
		requireKeys(messages)
	}
	l.refuseAhead(&settings.Composition, messages)
	b := l.schemas.reader()
	defer b.release()
	read, takeGroup := l.read, l.learnGroup
	if forget {
		read, takeGroup = l.refuseUnknown, l.forgetGroup
	}
	layout, err := read(ctx, b, messages)
	if err != nil {
		return err
	}
	for _, g := range b.groupsOf(messages) {
		learned, out, err := takeGroup(ctx, settings, layout, b, messages, &g)
		if err != nil {
			return err
		}
		l.noteOutcome(&g, &out, messages)
		l.home.observer.Learned(l.home.project, learned, out.Replays, 0)
		l.shards.learned.Add(int64(learned))
	}
	for i := range messages {
		messages[i].taken = false
	}
	failed := countFailed(messages)
	l.limits.noteOverflow(layout, b.overflow)
	l.home.observer.Learned(l.home.project, 0, 0, failed)
	if !forget {
		if err := l.binnings.draw(ctx); err != nil && ctx.Err() == nil {
			l.outage.noteRead(err)
		}
	}
	return nil
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

// countFailed counts the messages with an error, whoever has set it.
func countFailed(messages []Message) (n int) {
	for i := range messages {
		if messages[i].Err != nil {
			n++
		}
	}
	return n
}

// read reads the batch, and again when it brought attributes or categories that
// the schema did not have: those are agreed on first.
// Errors of the first reading are taken back, as a grown schema may read the row.
func (l *learner) read(ctx context.Context, b *batchReader, messages []Message) (*stats.Layout, error) {
	current := l.schemas.current.Load()
	b.reader.Collect(true)
	before := make([]error, len(messages))
	for i := range messages {
		before[i] = messages[i].Err
	}
	b.read(current.schema, messages)
	growth := b.growth(current.schema)
	if growth.Empty() {
		return current.layout, nil
	}
	grown, err := l.schemas.grow(ctx, growth)
	if err != nil {
		return nil, err
	}
	for i := range messages {
		messages[i].Err = before[i]
	}
	b.read(grown.schema, messages)
	return grown.layout, nil
}

// learnGroup learns the messages of one shard and returns how many rows were
// learned and what became of the messages.
// The shard holds its own lock while the function adds the rows, so positions and
// statistics change together.
func (l *learner) learnGroup(ctx context.Context, settings *LearnSettings, layout *stats.Layout, b *batchReader, messages []Message, g *group) (learned int, out state.Outcome, err error) {
	shard, err := l.shards.get(ctx, g.shard, settings.Durable)
	if err != nil {
		return 0, out, err
	}
	if g.offsets == nil {
		l.limits.notePositions(g.shard)
	}
	if settings.Durable {
		spanned, end := l.home.span(ctx, spanFlush)
		ctx = spanned
		defer func() { end(err) }()
	}
	arrivals := b.arrivalsOf(layout, messages, g, settings.Verify)
	if settings.Composition.KeepsKeys() {
		learned, out, err = l.learnKeys(ctx, settings, shard, layout, b, g, arrivals, nil)
	} else {
		learned, out, err = l.learnRows(ctx, shard, layout, b, g, arrivals)
	}
	if err != nil {
		return 0, out, l.failed(g, err)
	}
	return learned, out, nil
}

// failed tells of a group that contradicts what was learned, and names its shard in
// the error.
func (l *learner) failed(g *group, err error) error {
	if errors.Is(err, state.ErrContradiction) {
		l.stops.note(stopContradiction, g.shard, fmt.Sprintf("nothing more is learned of shard %q, and nothing acknowledged: %v", g.shard, err))
	}
	return fmt.Errorf("shard %q: %w", g.shard, err)
}

// learnRows learns the messages of one shard without keys.
func (l *learner) learnRows(ctx context.Context, shard *rowShard, layout *stats.Layout, b *batchReader, g *group, arrivals state.Arrivals) (learned int, out state.Outcome, err error) {
	var part stats.Rows
	late := 0
	out, err = shard.LearnFrom(ctx, arrivals, func(a stats.Additive, fresh []int) error {
		rows := b.selectRows(&part, g.messages, fresh)
		learned = rows.N
		if rows.N == 0 {
			return nil
		}
		late = stats.LateRows(a, rows.Times)
		return a.Learn(layout, rows)
	})
	if err == nil {
		l.left.note(reasonLate, late)
	}
	return learned, out, err
}

// noteOutcome marks the messages of a group that has been learned, those that are not
// what their positions say as failed, and tells what is unusual.
func (l *learner) noteOutcome(g *group, out *state.Outcome, messages []Message) {
	for _, k := range g.messages {
		messages[k].taken = true
	}
	for _, i := range out.Contradicted {
		messages[g.messages[i]].Err = out.Contradiction
	}
	if out.Contradiction != nil {
		l.left.note(reasonContradicted, len(out.Contradicted))
		l.stops.note(stopContradiction, g.shard, out.Contradiction.Error())
	}
	l.left.say(reasonAltered, out.Altered)
	if out.Renewed {
		l.home.warn("the topic of shard %q has been deleted and created again: its id is now %q. The rows of the new topic are learned from its first one", g.shard, g.origin.Topic)
	}
}
