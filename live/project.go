package live

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Project is a live project: shared by all components of a process that name
// it, and safe for concurrent use. Each of its parts has one concern and guards
// what it holds itself.
type Project struct {
	scope    *Scope
	settings Settings // of the component that opened it first
	opened   []opener // guarded by the table
	shares   int      // guarded by the table

	home        *home
	outage      *outage
	schemas     *schemas
	composition *composition
	shards      *shards
	snapshots   *snapshots
	definitions *definitions
	builds      *builds
	models      *Models
	binnings    *binnings
	keys        *Keys
	scores      *Scores
	incidents   *Incidents
	asked       *asked
	learner     *learner
	meter       *meter
	upkeep      *upkeep
	background  *background
	revision    atomic.Uint64
	evaluated   evaluated
}

// opener is one component that has opened the project.
type opener struct {
	path     string
	settings Settings
}

func newProject(scope *Scope, settings Settings, store state.Store, path string, observer Observer) (*Project, error) {
	if err := project.ValidateName("project", settings.Project); err != nil {
		return nil, err
	}
	if err := project.ValidateName("prefix", settings.Prefix); err != nil {
		return nil, err
	}
	p := &Project{scope: scope, settings: settings, background: newBackground()}
	p.home = &home{
		project: settings.Project, cache: settings.Cache, prefix: settings.Prefix, refresh: settings.Refresh,
		store: store, observer: observer, types: catalogue.All(), now: time.Now, start: p.start,
	}
	connect(p)
	if err := p.join(settings, path); err != nil {
		return nil, err
	}
	return p, nil
}

// connect makes the parts of a project and tells each which others it needs.
func connect(p *Project) {
	h := p.home
	p.outage = &outage{home: h}
	p.schemas = newSchemas(h, p.outage)
	h.layout = func() *stats.Layout { return p.schemas.current.Load().layout }
	h.expansions = func() []*expansion.Expansion { return p.schemas.current.Load().schema.Expansions() }
	p.definitions = newDefinitions(h)
	h.members = func(d *model.Definition, need *model.MemberNeed) ([]model.Definition, error) {
		return h.types.MembersOf(d, need, p.definitions.model, p.definitions.all())
	}
	p.binnings = &binnings{home: h, definitions: p.definitions, reload: func(ctx context.Context) error { return p.upkeep.readDefinitions(ctx) }}
	p.binnings.forests = forests{
		home: h, set: &p.binnings.set, log: p.definitions.log, reload: func(ctx context.Context) error { return p.upkeep.readDefinitions(ctx) }, growing: map[string]*growing{}, behind: map[string]bool{},
		failed: func(err error) { p.outage.noteFlush(err) },
	}
	p.composition = &composition{home: h, binnings: &p.binnings.set, columns: p.schemas.columns()}
	stops := &stops{home: h}
	p.shards = newShards(h, p.outage, stops, p.composition.maker)
	p.shards.schemas = p.schemas
	p.shards.reshape.done = func() { p.snapshots.drop() }
	keeper := &keeper{home: h, stops: stops, schemas: p.schemas, definitions: p.definitions, shards: p.shards}
	p.shards.restored, p.shards.agree = keeper.noteLost, keeper.agree
	limits := &limits{home: h}
	p.snapshots = &snapshots{home: h, maker: p.composition.maker, shards: p.shards, limits: limits}
	p.builds = &builds{
		home: h, definitions: p.definitions, snapshots: p.snapshots, shards: p.shards, forests: &p.binnings.forests, run: p.background.run, life: p.background.life, touch: p.Touch, patience: firstBuildPatience,
		built: map[string]*builtModel{}, flights: map[string]*flight{}, failed: map[string]error{},
	}
	p.binnings.snapshots, p.binnings.builds, p.binnings.shards = p.snapshots, p.builds, p.shards
	p.models = &Models{home: h, definitions: p.definitions, builds: p.builds, snapshots: p.snapshots, declared: func() []model.Definition { return p.learner.defined() }, changed: func(ctx context.Context) error { return p.upkeep.changed(ctx) }}
	p.keys = &Keys{home: h, shards: p.shards}
	p.scores = newScores(h, p.outage, p.definitions, &learnedRows{home: h, shards: p.shards, learning: p.Learning})
	p.models.calibration, p.models.weigh, p.models.course = p.scores.calibration, p.scores.weigh, p.scores.Members
	p.builds.calibration = p.scores.calibration
	p.shards.before = func(ctx context.Context, id string) error {
		return p.outage.waiting(p.scores.precede(ctx, id, p.shards.open.has))
	}
	p.asked = &asked{home: h, schemas: p.schemas, snapshots: p.snapshots, keys: p.keys}
	p.learner = &learner{
		home: h, schemas: p.schemas, shards: p.shards, binnings: p.binnings, limits: limits, stops: stops, missing: p.shards.missing, keeper: keeper, outage: p.outage,
		forgetter: &forgetter{home: h, snapshots: p.snapshots, keys: p.keys, look: func(ctx context.Context) error {
			return p.outage.waiting(errors.Join(p.upkeep.reread(ctx), p.shards.catchUp(ctx)))
		}},
	}
	p.learner.partitioned.home = h
	p.incidents = newIncidents(h, p.outage, stops, p.shards.missing)
	p.learner.settler = &settler{targets: p.definitions.targets}
	p.upkeep = &upkeep{
		home: h, turn: make(chan struct{}, 1), schemas: p.schemas, composition: p.composition, definitions: p.definitions, builds: p.builds, binnings: p.binnings,
		shards: p.shards, snapshots: p.snapshots, scores: p.scores, incidents: p.incidents, learner: p.learner, keeper: keeper, touch: p.Touch,
	}
	p.meter = &meter{home: h, shards: p.shards, snapshots: p.snapshots, outage: p.outage}
}

// join adds a component to the project; the table's lock is held.
func (p *Project) join(settings Settings, path string) error {
	for i := range p.opened {
		if err := p.opened[i].settings.agree(&settings, p.opened[i].path, path); err != nil {
			return err
		}
	}
	if len(p.opened) == 0 || settings.Learn != nil && !p.Learning() {
		err := p.declare(settings.Learn)
		if errors.Is(err, errNotEvaluated) {
			return err // names the component whose field it is
		}
		if err != nil {
			return fmt.Errorf("%s.%w", path, err)
		}
	}
	if settings.Exact {
		p.home.exact.Store(true)
	}
	p.opened = append(p.opened, opener{path: path, settings: settings})
	p.shares++
	return nil
}

// declare takes the settings of a learner, nil for a component that only reads.
func (p *Project) declare(learn *LearnSettings) error {
	use, err := p.schemas.declare(learn)
	if err != nil {
		return err
	}
	var keeps *project.Composition
	if learn != nil {
		if err := p.evaluated.check(p.home.types, learn.Models); err != nil {
			return err
		}
		keeps = &learn.Composition
		if cover := keeps.KeysCover(); cover != "" {
			p.home.warn("the statistics per key are of %s", cover)
		}
	}
	if err := p.composition.declare(keeps); err != nil {
		return err
	}
	use()
	p.learner.settings.Store(learn)
	var expand *Expand
	if learn != nil {
		expand = &learn.Expand
	}
	p.learner.settler.declare(expand)
	p.shards.follow()
	p.background.again()
	return nil
}

// start loads the project at first use. A store that fails is tried again with
// growing pauses until ctx ends.
func (p *Project) start(ctx context.Context) error {
	refresh := func() time.Duration { return p.home.refresh }
	return p.background.start(ctx,
		func() error {
			if err := state.Retry(ctx, func() error { return p.outage.waiting(p.upkeep.load(ctx)) }); err != nil {
				return fmt.Errorf("open project %q: %w", p.home.project, err)
			}
			return nil
		},
		every(refresh, func(ctx context.Context) {
			if err := p.upkeep.refresh(ctx); ctx.Err() == nil {
				p.outage.noteRead(err)
			}
		}),
		every(p.upkeep.flushInterval, func(ctx context.Context) {
			if err := p.upkeep.flush(ctx); err != nil && ctx.Err() == nil {
				p.outage.noteFlush(err)
			}
		}),
		every(p.incidents.interval, func(ctx context.Context) {
			if err := p.incidents.flush(ctx, false); err != nil && ctx.Err() == nil {
				p.outage.noteFlush(err)
			}
		}),
		// Apart from what reads and writes, as that waits while the store fails.
		every(refresh, func(context.Context) { p.meter.measure() }),
	)
}

// close ends the background work and writes what is not stored yet; a store
// that fails is tried again until ctx ends.
func (p *Project) close(ctx context.Context) error {
	if !p.background.end(ctx) {
		return nil
	}
	err := state.Retry(ctx, func() error { return errors.Join(p.upkeep.flush(ctx), p.incidents.flush(ctx, true)) })
	p.meter.measure()
	if err != nil {
		return fmt.Errorf("close project %q: %w", p.home.project, err)
	}
	return nil
}

// Name returns the project's name.
func (p *Project) Name() string { return p.home.project }

// Exact reports whether answers lack nothing that this process has learned; see
// Settings.Exact.
func (p *Project) Exact() bool { return p.home.exact.Load() }

// KeepsKeys reports whether what this process learns of the project is kept per key too,
// so that each row must have a key.
func KeepsKeys(p *Project) bool {
	settings := p.learner.settings.Load()
	return settings != nil && settings.Composition.KeepsKeys()
}

// Learning reports whether a component of this process learns the project.
func (p *Project) Learning() bool { return p.learner.settings.Load() != nil }

// Learn learns the rows of a batch into their shards. What does not fit is
// said in the message's Err and contributes nothing. Positions that a shard
// contains already are skipped. With LearnSettings.Durable it returns when the
// store has everything; a store that fails is tried again until ctx ends, and
// then nothing of the batch may be acknowledged: the error says so.
func (p *Project) Learn(ctx context.Context, messages []Message) error {
	return p.learner.takeOnce(ctx, messages, false)
}

// Forget takes rows away again, with the same guarantees as Learn: the rows
// are kept in shards of their own, which every snapshot subtracts from the
// others. So rows that another process has learned can be forgotten here, and
// a row that is to be forgotten twice by a replay is forgotten once.
func (p *Project) Forget(ctx context.Context, messages []Message) error {
	err := p.learner.takeOnce(ctx, messages, true)
	if settings := p.learner.settings.Load(); err == nil && settings != nil && settings.Composition.NeedsTime() {
		adviseTime(messages)
	}
	return err
}

// Inexact returns of how many digits correlations and regressions with an attribute are
// right, by its name, of those of which the last rows that this process has forgotten leave
// fewer than 8.
func Inexact(p *Project) map[string]int {
	if known := p.learner.forgetter.inexact.Load(); known != nil {
		return *known
	}
	return nil
}

// Flush writes what this process has learned of the project and not stored yet.
// The error wraps state.ErrStore when it is worth trying again.
func (p *Project) Flush(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	return errors.Join(p.upkeep.flush(ctx), p.incidents.flush(ctx, true))
}

// Reread reads what has been stored by others, so that whoever asks next is
// answered with it. The error wraps state.ErrStore when it is worth trying again.
func (p *Project) Reread(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	defer p.snapshots.drop()
	return errors.Join(p.upkeep.changed(ctx), p.shards.catchUp(ctx))
}

// Freeze makes the learners of the project, in all processes, refuse rows from
// when they have noticed, which takes them as long as Settings.Refresh;
// with frozen false they learn again. Rows that are refused are marked as failed
// and are not learned later.
func (p *Project) Freeze(ctx context.Context, frozen bool) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	var err error
	if frozen {
		err = p.definitions.log.Put(ctx, project.FreezeRecord, []byte{1})
	} else {
		err = p.definitions.log.Delete(ctx, project.FreezeRecord)
	}
	if err != nil {
		return err
	}
	return p.upkeep.changed(ctx)
}

// Summary returns the statistics of all rows that count: at most Refresh old
// and at most a tenth behind in rows, or not behind this process at all (Exact). Part names one of the statistics that
// are kept side by side, such as project.PartWindow, or PartKey and a key; empty
// means the main one. The result must not be changed.
func (p *Project) Summary(ctx context.Context, part string) (*stats.Summary, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	s, err := p.snapshots.get(youngGrowth)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, s.taken)
	return p.asked.summary(ctx, s, part)
}

// Ask answers a query from the current snapshot, which is as of Summary. What
// was asked of it before is not worked out again.
func (p *Project) Ask(ctx context.Context, q *Query) (*Answer, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p.asked.ask(ctx, q)
}

// Models returns the models of the project.
func (p *Project) Models() *Models { return p.models }

// Keys returns what the project keeps per key.
func (p *Project) Keys() *Keys { return p.keys }

// Scores returns the scores that the models have given.
func (p *Project) Scores() *Scores { return p.scores }

// Revision grows whenever somebody has changed the project on purpose: its
// models, or whether it is frozen. That rows are learned does not count, unless
// Touch is called.
func (p *Project) Revision() uint64 { return p.revision.Load() }

// Touch makes the Revision grow.
func (p *Project) Touch() { p.revision.Add(1) }
