package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrNoModel is wrapped when a project has no model of that name.
var ErrNoModel = errors.New("unknown model")

// builtModel is a model with what it was built from.
type builtModel struct {
	model      model.Model
	definition model.Definition
	role       model.Role
	classes    [][]byte // of a classifier, as JSON
	rows       float64  // weight of the statistics
	at         time.Time
	from       *stats.Summary
	warmingUp  bool
}

// modelTable holds the project's definitions and what was built of them.
type modelTable struct {
	project *Project
	log     *project.DefinitionLog
	turn    chan struct{} // holds one token while somebody loads

	mu          sync.Mutex
	definitions map[string]model.Definition
	built       map[string]*builtModel
	building    map[string]bool
	failed      map[string]error // last failure of a rebuild
	warned      string           // last failure that was told
	scores      map[string]*scoreLog
	frozen      map[string]FrozenModel // by model@version
	serving     map[string]string      // frozen version by model
}

func newModelTable(p *Project) *modelTable {
	return &modelTable{
		project: p, turn: make(chan struct{}, 1), definitions: map[string]model.Definition{}, built: map[string]*builtModel{},
		building: map[string]bool{}, failed: map[string]error{}, scores: map[string]*scoreLog{},
	}
}

// load reads the stored definitions. Those that this process declares are
// stored first where they are missing or differ. Callers take turns: what was
// read earlier would otherwise take the place of what was read later.
func (t *modelTable) load(ctx context.Context) error {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if t.log == nil {
		t.log = project.NewDefinitionLog(t.project.store, t.project.base())
	}
	if err := t.project.settleComposition(ctx, t.log); err != nil {
		return err
	}
	stored, err := t.log.Load(ctx)
	if err != nil {
		return err
	}
	if err := t.project.followComposition(ctx, stored); err != nil {
		return err
	}
	if t.project.learning != nil {
		for _, d := range t.project.learning.Models {
			encoded, err := d.Encode()
			if err != nil {
				return err
			}
			if string(stored[d.Name]) == string(encoded) {
				continue
			}
			if err := t.log.Put(ctx, d.Name, encoded); err != nil {
				return fmt.Errorf("define model %q: %w", d.Name, err)
			}
			stored[d.Name] = encoded
		}
	}
	return t.adopt(stored)
}

func (t *modelTable) adopt(stored map[string][]byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	definitions := make(map[string]model.Definition, len(stored))
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if project.IsReserved(name) {
			continue
		}
		d, err := catalogue.All().Decode(stored[name])
		if err != nil {
			return fmt.Errorf("stored model %q: %w", name, err)
		}
		definitions[name] = d
		before, known := t.definitions[name]
		if known && !sameDefinition(before, d) {
			delete(t.built, name)
		}
	}
	t.definitions = definitions
	t.project.frozen.Store(stored[project.FreezeRecord] != nil)
	if err := t.adoptFrames(stored); err != nil {
		return err
	}
	return t.adoptVersions(stored)
}

func sameDefinition(a, b model.Definition) bool {
	x, errX := a.Encode()
	y, errY := b.Encode()
	return errX == nil && errY == nil && string(x) == string(y)
}

// definition returns the definition of a model; ErrNoModel lists those there are.
func (t *modelTable) definition(name string) (model.Definition, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, ok := t.definitions[name]
	if ok {
		return d, nil
	}
	known := "it has none"
	if len(t.definitions) > 0 {
		known = "it has " + strings.Join(slices.Sorted(maps.Keys(t.definitions)), ", ")
	}
	return d, fmt.Errorf("%w %q of project %q (%s; sml_learn defines models under `models`)", ErrNoModel, name, t.project.settings.Project, known)
}

// model returns the current build of a model: built now the first time,
// rebuilt in the background when the statistics have moved on.
func (p *Project) model(name string) (*builtModel, error) {
	t := p.models
	name = t.serves(name)
	if strings.Contains(name, "@") {
		return p.frozenModel(name)
	}
	d, err := t.definition(name)
	if err != nil {
		return nil, err
	}
	s, err := p.snapshot(youngGrowth)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	built := t.built[name]
	if built != nil && (built.from == s.summary || t.building[name] || !built.warmingUp && !d.Refresh.Due(built.rows, s.summary.Weight(), p.now().Sub(built.at))) {
		t.mu.Unlock()
		return built, nil
	}
	if built != nil {
		t.building[name] = true
		t.mu.Unlock()
		p.work.Go(func() { _, _ = t.rebuild(d, s) })
		return built, nil
	}
	t.mu.Unlock()
	return t.rebuild(d, s)
}

// rebuild builds a model and puts it in place. When that fails, the last good
// one stays.
func (t *modelTable) rebuild(d model.Definition, s *snapshot) (*builtModel, error) {
	_, end := t.project.span(context.Background(), SpanBuild)
	evidence, err := s.modelEvidence()
	var built *builtModel
	if err == nil {
		built, err = buildOn(d, evidence)
	}
	end(err)
	if err == nil {
		built.at = t.project.now()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.building[d.Name] = false
	if err != nil {
		if last := t.failed[d.Name]; last == nil || last.Error() != err.Error() {
			t.project.observer.Warn(fmt.Sprintf("project %q: %v", t.project.settings.Project, err))
		}
		t.failed[d.Name] = err
		return nil, err
	}
	t.failed[d.Name] = nil
	t.built[d.Name] = built
	t.project.Touch()
	t.project.observer.Built(t.project.settings.Project, d.Name)
	return built, nil
}

// warnOnce tells of a failure that marks every message, unless it was told last.
func (t *modelTable) warnOnce(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := err.Error(); text != t.warned {
		t.warned = text
		t.project.observer.Warn("messages are marked as failed: " + text)
	}
}

func buildOn(d model.Definition, e *model.Evidence) (*builtModel, error) {
	m, err := catalogue.All().Build(d, e)
	if err != nil {
		return nil, err
	}
	entry, err := catalogue.All().Lookup(d.Type)
	if err != nil {
		return nil, err
	}
	s := e.Summary
	built := &builtModel{model: m, definition: d, role: entry.Role, rows: s.Weight(), from: s, warmingUp: s.Weight() < m.MinRows()}
	if c, ok := m.(model.Classifier); ok {
		built.classes = classesJSON(c.Classes(), s.Layout().NumericIndex(d.Target) >= 0)
	}
	return built, nil
}

// classesJSON returns the classes as they stand in a document: those of a
// binary attribute as the numbers 0 and 1, others as strings.
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
