package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// builtModel is a model with what it was built from. Nothing changes it.
type builtModel struct {
	model      model.Model
	definition model.Definition
	role       model.Role
	classes    [][]byte  // of a classifier, as JSON
	rows       float64   // weight of the statistics
	at         time.Time // zero for a frozen version
	from       *stats.Summary
	asOf       time.Time // when from was put together
	warmingUp  bool
	waiting    string          // why it cannot be built yet; empty for one that is built
	unseen     string          // the attribute that no row has, where that is why
	folds      int             // that the project keeps
	pool       *model.PoolNeed // nil unless it follows the stream
	cause      error           // the same as waiting where that may hold a value of a row
	// need says how it is mixed of members; nil for most models, and for frozen ones.
	need    *model.MemberNeed
	members []mixedMember
	mixing  *mixing // how the members stand, nil as long as that has not been asked
}

// waitsFor returns how many rows a model that is warming up needs, or what else it
// waits for.
// A minimum of rows that is never reached stands for a model that waits for its
// binning.
func (b *builtModel) waitsFor() (minRows float64, waiting string) {
	minRows = b.model.MinRows()
	if minRows == math.MaxFloat64 {
		return 0, "rows to be counted in its binning, which is fixed at options.frame_rows rows of a running sml_learn"
	}
	return minRows, b.waiting
}

// waits says in words what a model that is warming up waits for.
func (b *builtModel) waits() string {
	rows, waiting := b.waitsFor()
	if waiting == "" {
		return fmt.Sprintf("%v rows, and there are %v", rows, b.rows)
	}
	return waiting
}

// builds are the models as they were built last. One is built at its first use
// and rebuilt in the background when the statistics have moved on.
// mu guards the maps; it is never held while a model is being built.
type builds struct {
	home        *home
	definitions *definitions
	snapshots   *snapshots
	shards      *shards
	forests     *forests
	run         func(func())    // in the background
	life        context.Context // of the background
	touch       func()          // a model has changed
	// patience is how long rows to be scored wait for the first build of a model.
	patience time.Duration
	// calibration tells what a model is calibrated by.
	calibration func(ctx context.Context, name string) (*evaluation.Calibration, error)

	mu      sync.Mutex
	built   map[string]*builtModel
	flights map[string]*flight // builds under way
	failed  map[string]error   // last failure of a rebuild
	warned  string             // last failure that was told
}

// drop forgets builds of models that are defined otherwise now.
func (b *builds) drop(names []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range names {
		delete(b.built, name)
		delete(b.flights, name) // its callers are answered, and nobody else
	}
}

// last returns the last good build of a model, nil for none, and why the last
// one failed, if it did.
func (b *builds) last(name string) (*builtModel, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.built[name], b.failed[name]
}

// get returns the current build of a model, or of the frozen version that serves
// for it.
// Only the first build makes a caller wait, until ctx ends; with keep it goes on
// then. Later ones score with the last build while the next one is made, unless the
// project is exact: then they wait, and are served by the last build where the next
// one fails or ctx ends.
func (b *builds) get(ctx context.Context, name string, keep bool) (*builtModel, error) {
	name = b.definitions.serves(name)
	if strings.Contains(name, "@") {
		return b.frozen(ctx, name, keep)
	}
	d, err := b.definitions.model(name)
	if err != nil {
		return nil, err
	}
	if need := b.home.mixes(&d); need != nil {
		return b.mixed(ctx, d, need, func(member *model.Definition) (*builtModel, error) { return b.get(ctx, member.Name, keep) })
	}
	s, err := b.snapshots.get(youngGrowth)
	if err != nil {
		return nil, err
	}
	built, stale := b.current(&d, s)
	if built != nil && built.from != s.summary && d.Refresh == nil && b.home.exact.Load() {
		if next, err := b.anew(ctx, d, s, keep); err == nil {
			return next, nil
		}
		return built, nil // a failure is told, and kept for those who ask
	}
	if stale {
		b.begin(d, s, true) // a failure is told, and kept for those who ask
	}
	if built != nil {
		return built, nil
	}
	return b.wait(ctx, b.begin(d, s, keep))
}

// current returns the last build of a model, nil for none, and whether it should
// be built anew.
// A model that is warming up is rebuilt with every new snapshot, as it is wanted as
// soon as it has rows enough; others follow their refresh settings.
func (b *builds) current(d *model.Definition, s *snapshot) (built *builtModel, stale bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	built = b.built[d.Name]
	switch {
	case built == nil || built.from == s.summary || b.flights[d.Name] != nil:
		return built, false
	case built.warmingUp:
		return built, true
	}
	return built, d.Refresh.Due(built.rows, s.summary.Weight(), b.home.now().Sub(built.at))
}

// begin begins to build a model from a snapshot, or joins a build under way.
func (b *builds) begin(d model.Definition, s *snapshot, keep bool) *flight {
	return b.join(d.Name, s, keep, func(ctx context.Context) (*builtModel, error) { return b.rebuild(ctx, d, s) })
}

// anew builds a model on demand from a snapshot. A build of another one that
// is under way is waited for first. With keep it goes on when ctx ends.
func (b *builds) anew(ctx context.Context, d model.Definition, s *snapshot, keep bool) (*builtModel, error) {
	if need := b.home.mixes(&d); need != nil {
		return b.mixed(ctx, d, need, func(member *model.Definition) (*builtModel, error) {
			if name := b.definitions.serves(member.Name); strings.Contains(name, "@") {
				return b.frozen(ctx, name, keep)
			}
			return b.anew(ctx, *member, s, keep)
		})
	}
	for {
		f := b.begin(d, s, keep)
		built, err := b.wait(ctx, f)
		if f.from == s || ctx.Err() != nil {
			return built, err
		}
	}
}

// rebuild builds a model and puts it in place. When that fails, the last good
// one stays.
// The same failure is told once in a row: a rebuild comes with every snapshot.
// That nobody waits for a build any more is no failure of the model.
func (b *builds) rebuild(ctx context.Context, d model.Definition, s *snapshot) (*builtModel, error) {
	ctx, end := b.home.span(ctx, spanBuild)
	evidence, err := s.modelEvidence()
	if err == nil {
		evidence, err = b.forests.follow(ctx, evidence)
	}
	var built *builtModel
	if err == nil {
		built, err = buildOn(ctx, b.home, d, evidence)
	}
	end(err)
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return nil, context.Cause(ctx)
	}
	if err == nil {
		built.at, built.asOf = b.home.now(), s.taken
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		if last := b.failed[d.Name]; last == nil || last.Error() != err.Error() {
			b.home.warn("%v", err)
		}
		b.failed[d.Name] = err
		return nil, err
	}
	b.failed[d.Name] = nil
	b.built[d.Name] = built
	b.touch()
	b.home.observer.Built(b.home.project, d.Name)
	return built, nil
}

// errFrozenStatistics says that a version is known and its shard is not.
var errFrozenStatistics = errors.New("the statistics of the frozen model have not been read yet")

// frozen returns the built frozen version, by model@version.
// Its statistics never change, so it is built once and kept.
func (b *builds) frozen(ctx context.Context, full string, keep bool) (*builtModel, error) {
	f, err := b.definitions.version(full)
	if err != nil {
		return nil, err
	}
	if built, _ := b.last(full); built != nil {
		return built, nil
	}
	statistics := b.shards.frozen(full)
	if statistics == nil {
		return nil, fmt.Errorf("%w: %s", errFrozenStatistics, full)
	}
	evidence, err := evidenceOf(statistics)
	if err != nil {
		return nil, err
	}
	return b.wait(ctx, b.join(full, nil, keep, func(ctx context.Context) (*builtModel, error) {
		built, err := b.home.buildFrozen(ctx, &f, evidence)
		if err != nil {
			return nil, err
		}
		built.asOf = f.At
		b.mu.Lock()
		defer b.mu.Unlock()
		b.built[full] = built
		return built, nil
	}))
}

// unlessShrunk returns the model, warming up where so many rows have been
// forgotten since it was built that fewer are left than it needs. One that was
// frozen stays as it is.
func (b *builds) unlessShrunk(built *builtModel) (*builtModel, error) {
	if built.warmingUp || built.at.IsZero() {
		return built, nil
	}
	s, err := b.snapshots.get(youngGrowth)
	if err != nil || s.summary.Weight() >= built.model.MinRows() {
		return built, err
	}
	warming := *built
	warming.warmingUp, warming.rows = true, s.summary.Weight()
	return &warming, nil
}

// warnOnce tells of a failure that marks every message, unless it was told last.
// Otherwise a model that is missing would fill the log with a line for each batch.
func (b *builds) warnOnce(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if text := err.Error(); text != b.warned {
		b.warned = text
		b.home.observer.Warn("messages are marked as failed: " + text)
	}
}

// buildOn builds a model from evidence. A model with fewer rows than its minimum is
// built all the same and marked as warming up. So is one that more rows are needed to
// build, and it says what it waits for.
func buildOn(ctx context.Context, h *home, d model.Definition, e *model.Evidence) (*builtModel, error) {
	if e.Expansions == nil {
		with := *e
		with.Expansions = h.expansions()
		e = &with
	}
	types := h.types
	need := h.mixes(&d)
	var members []mixedMember
	if need != nil && e.Members == nil {
		var err error
		if members, err = h.buildMembers(ctx, &d, need, e); err != nil {
			return nil, err
		}
		with := *e
		with.Members = membersOf(members)
		e = &with
	}
	m, err := types.Build(ctx, d, e)
	why := builtModel{}
	if errors.Is(err, model.ErrNotYet) {
		if why.waiting, why.unseen = model.Lacks(&d, e.Summary); why.waiting == "" {
			why.cause = errors.Unwrap(err) // without the name of the model
			why.waiting = why.cause.Error()
		}
		m, err = model.NewWaiting(&d), nil
	}
	if err != nil {
		return nil, err
	}
	entry, err := types.Lookup(d.Type)
	if err != nil {
		return nil, err
	}
	s := e.Summary
	built := &builtModel{model: m, definition: d, role: entry.RoleUnder(d.Target, s.Layout()), rows: s.Weight(), from: s, warmingUp: why.waiting != "" || model.RowsOf(d, e) < m.MinRows(),
		waiting: why.waiting, unseen: why.unseen, cause: why.cause, folds: len(e.Folds), need: need, members: members}
	if need != nil {
		built.warmingUp = why.waiting != "" // else a member answers
	}
	if needs, err := types.Needs(d); err == nil && len(needs.Pools) == 1 { // an error would have been one of Build
		built.pool = &needs.Pools[0]
	}
	if c, ok := m.(model.Classifier); ok {
		built.classes = classesJSON(c.Classes(), s.Layout().NumericIndex(d.Target) >= 0)
	}
	return built, nil
}

// classesJSON returns the classes as they stand in a document: those of a
// binary attribute as the numbers 0 and 1, others as strings.
// They are made once for a build, and copied into each result.
func classesJSON(classes []string, binary bool) [][]byte {
	out := make([][]byte, len(classes))
	for i, class := range classes {
		if binary {
			out[i] = []byte(class)
		} else {
			out[i] = appendString(nil, class)
		}
	}
	return out
}
