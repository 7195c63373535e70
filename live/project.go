package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Project is a live project: shared by all components of a process that name
// it, and safe for concurrent use.
type Project struct {
	scope    *Scope
	settings Settings
	store    state.Store
	observer Observer
	shares   int      // guarded by the table
	opened   []opener // guarded by the table

	rules    *schema.Rules
	learning *LearnSettings
	maker    stats.Maker
	stored   []byte // the composition, of a project that is only read
	readers  *sync.Pool

	starting sync.Mutex
	started  atomic.Bool
	closed   atomic.Bool
	log      *project.SchemaLog
	models   *modelTable
	frames   frames
	frozen   atomic.Bool // by Freeze
	revision atomic.Uint64
	schema   atomic.Pointer[settled]

	mu        sync.Mutex
	learnedAt map[string]time.Time // by open shard, when it was last learned
	shards    map[string]*rowShard
	others    atomic.Pointer[rowReader] // of the shards that are not open here
	directory *state.Directory
	scored    *scoreReader // scores of other processes

	limits limits
	outage outage
	told   state.Counters // what has been measured; of watch, and of close after it

	rows atomic.Int64 // learned in this process
	view snapshots
	now  func() time.Time

	stop context.CancelFunc // ends the background work
	work sync.WaitGroup
}

// Shards of rows that were learned, or that are to be forgotten.
type (
	rowShard  = state.Shard[stats.Additive]
	rowReader = state.ShardReader[stats.Additive]
)

// opener is one component that has opened the project.
type opener struct {
	path     string
	settings Settings
}

// settled is the schema at one moment with the layout that follows from it.
type settled struct {
	schema *schema.Schema
	layout *stats.Layout
}

func newProject(scope *Scope, settings Settings, store state.Store, path string, observer Observer) (*Project, error) {
	if err := project.ValidateName("project", settings.Project); err != nil {
		return nil, err
	}
	if err := project.ValidateName("prefix", settings.Prefix); err != nil {
		return nil, err
	}
	p := &Project{scope: scope, settings: settings, store: store, observer: observer, shards: map[string]*rowShard{}, learnedAt: map[string]time.Time{}, now: time.Now}
	p.schema.Store(settle(&schema.Schema{}))
	p.models = newModelTable(p)
	if err := p.join(settings, path); err != nil {
		return nil, err
	}
	return p, nil
}

// join adds a component to the project; the table's lock is held.
func (p *Project) join(settings Settings, path string) error {
	for i := range p.opened {
		if err := p.opened[i].settings.agree(&settings, p.opened[i].path, path); err != nil {
			return err
		}
	}
	begins := p.learning == nil && settings.Learn != nil
	if begins {
		p.learning = settings.Learn
	}
	if p.readers == nil || begins { // else the same, which is in use
		rules, err := schema.NewRules(p.ruleOptions())
		if err != nil {
			return fmt.Errorf("%s.%w", path, err)
		}
		p.rules, p.readers = rules, newReaders(rules, p.powers())
		if p.maker, err = p.newMaker(); err != nil {
			return fmt.Errorf("%s.%w", path, err)
		}
	}
	p.opened = append(p.opened, opener{path: path, settings: settings})
	p.shares++
	return nil
}

func (p *Project) ruleOptions() schema.Config {
	if p.learning == nil {
		return schema.Config{}
	}
	return p.learning.Schema
}

// powers returns what a learner learns beside its attributes.
func (p *Project) powers() *Powers {
	if p.learning == nil {
		return nil
	}
	return &p.learning.Powers
}

func (p *Project) newMaker() (stats.Maker, error) {
	var c project.Composition
	if p.learning != nil {
		c = p.learning.Composition
	}
	return c.Maker(&p.frames.set)
}

// Name returns the project's name.
func (p *Project) Name() string { return p.settings.Project }

// Learning reports whether a component of this process learns the project.
func (p *Project) Learning() bool { return p.learning != nil }

// base returns the beginning of the project's keys.
func (p *Project) base() string { return project.Base(p.settings.Prefix, p.settings.Project) }

// start loads schema and models at first use. A store that fails is tried
// again with growing pauses until ctx ends.
func (p *Project) start(ctx context.Context) error {
	if p.started.Load() {
		return nil
	}
	p.starting.Lock()
	defer p.starting.Unlock()
	if p.started.Load() {
		return nil
	}
	if err := state.Retry(ctx, func() error { return p.waiting(p.load(ctx)) }); err != nil {
		return fmt.Errorf("open project %q: %w", p.settings.Project, err)
	}
	background, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.work.Go(func() { p.tend(background) })
	p.work.Go(func() { p.watch(background) })
	p.started.Store(true)
	return nil
}

// waiting tells once that the store fails and is tried again, and returns err.
func (p *Project) waiting(err error) error {
	if err == nil || errors.Is(err, state.ErrStore) {
		p.tell(p.outage.read(err, p.now()))
	}
	return err
}

func (p *Project) load(ctx context.Context) error {
	p.log = project.NewSchemaLog(p.store, p.base())
	current, err := p.log.Load(ctx)
	if err != nil {
		return err
	}
	if err := p.rules.Check(current); err != nil {
		return err
	}
	p.schema.Store(settle(current))
	if err := p.models.load(ctx); err != nil {
		return err
	}
	p.others.Store(p.newReader())
	if err := p.others.Load().Refresh(ctx); err != nil {
		return err
	}
	p.directory = state.NewDirectory(p.store, p.base())
	p.scored = state.NewShardReader(p.store, project.ScoresBase(p.base()), scoreCodec{})
	if err := p.scored.Refresh(ctx); err != nil || p.learning == nil {
		return err
	}
	return project.NewIndex(p.store, p.settings.Prefix).Add(ctx, p.settings.Project)
}

// settle derives the layout of a schema.
func settle(s *schema.Schema) *settled {
	return &settled{schema: s, layout: project.LayoutOf(s)}
}

// grow settles new attributes and categories once for all shards: whoever
// writes first decides, others take what they find.
func (p *Project) grow(ctx context.Context, growth schema.Growth) (*settled, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var grown *schema.Schema
	err := state.Retry(ctx, func() (err error) {
		grown, err = p.log.Grow(ctx, growth, p.rules.Limits())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("grow the schema of project %q: %w", p.settings.Project, err)
	}
	next := settle(grown)
	p.schema.Store(next)
	return next, nil
}

// shard returns the open shard of that id, opening it at first use.
func (p *Project) shard(ctx context.Context, id string) (*rowShard, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.shards[id]; ok {
		p.learnedAt[id] = p.now()
		return s, nil
	}
	var shard *rowShard
	err := state.Retry(ctx, func() (err error) {
		shard, err = state.OpenShard(ctx, p.store, p.base(), id, p.maker, state.ShardOptions{Durable: p.learning.Durable, Directory: p.directory})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open shard %q of project %q: %w", id, p.settings.Project, err)
	}
	p.shards[id], p.learnedAt[id] = shard, p.now()
	return shard, nil
}

// open returns the shards that this process has open.
func (p *Project) openShards() []*rowShard {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]*rowShard, 0, len(p.shards))
	for _, id := range slices.Sorted(maps.Keys(p.shards)) {
		out = append(out, p.shards[id])
	}
	return out
}

// tend writes what is not stored yet, when durability is an interval, and
// looks for what other processes have learned.
func (p *Project) tend(ctx context.Context) {
	refresh := time.NewTicker(p.settings.Refresh)
	defer refresh.Stop()
	every := p.settings.Refresh
	if p.learning != nil && !p.learning.Durable {
		every = p.learning.Every
	}
	flush := time.NewTicker(every)
	defer flush.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-refresh.C:
			if err := p.refresh(ctx); ctx.Err() == nil {
				p.tell(p.outage.read(err, p.now()))
			}
		case <-flush.C:
			if err := p.flush(ctx); err != nil && ctx.Err() == nil {
				p.noteFlush(err)
			}
		}
	}
}

// refresh reads what changed elsewhere.
func (p *Project) refresh(ctx context.Context) error {
	current, err := p.log.Load(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	if current.Version() > p.schema.Load().schema.Version() {
		p.schema.Store(settle(current))
	}
	p.mu.Unlock()
	if err := p.models.load(ctx); err != nil {
		return err
	}
	read := p.others.Load().Generation()
	if err := p.others.Load().Refresh(ctx); err != nil {
		return err
	}
	if p.others.Load().Generation() != read {
		p.view.outdate()
	}
	before := p.scored.Generation()
	if err := p.scored.Refresh(ctx); err != nil {
		return err
	}
	if p.scored.Generation() != before {
		for _, l := range p.models.logs() {
			l.outdate()
		}
	}
	return nil
}

func (p *Project) flush(ctx context.Context) (err error) {
	ctx, end := p.span(ctx, SpanFlush)
	defer func() { end(err) }()
	var failed []error
	for _, s := range p.openShards() {
		failed = append(failed, p.flushShard(ctx, s))
	}
	return errors.Join(append(failed, p.flushScores(ctx))...)
}

// flushScores writes the scores that are not stored yet.
func (p *Project) flushScores(ctx context.Context) error {
	var failed []error
	for _, l := range p.models.logs() {
		failed = append(failed, l.flush(ctx))
	}
	return errors.Join(failed...)
}

// close ends the background work and writes what is not stored yet; a store
// that fails is tried again until ctx ends.
func (p *Project) close(ctx context.Context) error {
	if !p.started.Load() || p.closed.Swap(true) {
		return nil
	}
	p.stop()
	p.work.Wait()
	err := state.Retry(ctx, func() error { return p.flush(ctx) })
	p.measure()
	if err != nil {
		return fmt.Errorf("close project %q: %w", p.settings.Project, err)
	}
	return nil
}

// newReader returns a reader of the shards that this process does not learn at
// present. One that it has open and has not learned for a while may have gone
// to another process.
func (p *Project) newReader() *rowReader {
	r := state.NewShardReader(p.store, p.base(), p.maker)
	r.Skip(func(id string) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		last, open := p.learnedAt[id]
		return open && p.now().Sub(last) < max(2*p.settings.Refresh, leastQuiet)
	})
	return r
}

// leastQuiet is how long a shard must not have been learned before it is looked
// at whether another process has it now.
const leastQuiet = 3 * time.Second
