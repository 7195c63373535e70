package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// FrozenModel is a version of a model that is kept: its definition, with the
// statistics that it is built from in a shard of their own.
type FrozenModel struct {
	Definition model.Definition `json:"definition"`
	Rows       float64          `json:"rows"`
	At         time.Time        `json:"at"`
}

var versionForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// FreezeModel keeps the model as it is built from what has been learned now,
// under the name model@version, for ever and whatever is learned later. A
// version that exists is an error that wraps state.ErrExists.
func (p *Project) FreezeModel(ctx context.Context, name, version string) error {
	if !versionForm.MatchString(version) {
		return fmt.Errorf("version is %q, want 1 to 100 letters, digits, underscores, hyphens and dots", version)
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	d, err := p.models.definition(name)
	if err != nil {
		return err
	}
	s, err := p.snapshot(0)
	if err != nil {
		return err
	}
	evidence, err := s.modelEvidence()
	if err != nil {
		return err
	}
	if _, err := buildOn(d, evidence); err != nil {
		return err
	}
	full := name + "@" + version
	record, err := json.Marshal(FrozenModel{Definition: d, Rows: s.summary.Weight(), At: p.now().UTC()})
	if err != nil {
		return err
	}
	if err := state.PutShard(ctx, p.store, p.base(), project.FrozenPrefix+full, &state.Positions{}, s.whole, false); err != nil {
		return fmt.Errorf("freeze %s: %w", full, err)
	}
	if err := p.models.log.Put(ctx, project.FrozenRecord+full, record); err != nil {
		return fmt.Errorf("freeze %s: %w", full, err)
	}
	return p.changed(ctx)
}

// ServeVersion makes a frozen version answer for the model, everywhere and
// until another one, or with an empty version the living model, is to serve.
func (p *Project) ServeVersion(ctx context.Context, name, version string) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	if _, err := p.models.definition(name); err != nil {
		return err
	}
	if version == "" {
		if err := p.models.log.Delete(ctx, project.ServeRecord+name); err != nil {
			return err
		}
		return p.changed(ctx)
	}
	if _, err := p.models.frozenVersion(name + "@" + version); err != nil {
		return err
	}
	if err := p.models.log.Put(ctx, project.ServeRecord+name, []byte(version)); err != nil {
		return err
	}
	return p.changed(ctx)
}

// BuildModel rebuilds a model on demand from what has been learned by now.
func (p *Project) BuildModel(ctx context.Context, name string) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	d, err := p.models.definition(name)
	if err != nil {
		return err
	}
	s, err := p.snapshot(0)
	if err != nil {
		return err
	}
	_, err = p.models.rebuild(d, s)
	return err
}

// ErrModelSettings is wrapped when a model is to be changed that the settings
// of a learner of this process define: it would be back at the next refresh.
var ErrModelSettings = errors.New("the settings of sml_learn define the model")

// settingsDefine returns the definition that the settings of the learner have,
// if they have one.
func (p *Project) settingsDefine(name string) (d model.Definition, ok bool) {
	if p.learning == nil {
		return d, false
	}
	i := slices.IndexFunc(p.learning.Models, func(m model.Definition) bool { return m.Name == name })
	if i < 0 {
		return d, false
	}
	return p.learning.Models[i], true
}

// DefineModel stores a definition; it replaces one of the same name. One that
// the settings of the learner define otherwise is an error that wraps
// ErrModelSettings.
func (p *Project) DefineModel(ctx context.Context, d model.Definition) error {
	if err := catalogue.All().Validate(&d); err != nil {
		return err
	}
	if own, ok := p.settingsDefine(d.Name); ok && !sameDefinition(own, d) {
		return fmt.Errorf("%w %q of project %q: change it there, or choose another name", ErrModelSettings, d.Name, p.settings.Project)
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	encoded, err := d.Encode()
	if err != nil {
		return err
	}
	if err := p.models.log.Put(ctx, d.Name, encoded); err != nil {
		return err
	}
	return p.changed(ctx)
}

// DeleteModel removes a definition; its frozen versions stay. One that the
// settings of the learner define is an error that wraps ErrModelSettings.
func (p *Project) DeleteModel(ctx context.Context, name string) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	if _, err := p.models.definition(name); err != nil {
		return err
	}
	if _, ok := p.settingsDefine(name); ok {
		return fmt.Errorf("%w %q of project %q: remove it there", ErrModelSettings, name, p.settings.Project)
	}
	if err := p.models.log.Delete(ctx, name); err != nil {
		return err
	}
	return p.changed(ctx)
}

// adoptVersions takes frozen versions and who serves from the stored
// definitions; the table's lock is held.
func (t *modelTable) adoptVersions(stored map[string][]byte) error {
	t.frozen, t.serving = map[string]FrozenModel{}, map[string]string{}
	for name, data := range stored {
		if full, ok := strings.CutPrefix(name, project.FrozenRecord); ok {
			var f FrozenModel
			if err := json.Unmarshal(data, &f); err != nil {
				return fmt.Errorf("frozen model %q: %w", full, err)
			}
			t.frozen[full] = f
		}
		if model, ok := strings.CutPrefix(name, project.ServeRecord); ok {
			t.serving[model] = string(data)
		}
	}
	return nil
}

func (t *modelTable) frozenVersion(full string) (FrozenModel, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, ok := t.frozen[full]
	if !ok {
		return f, fmt.Errorf("%w %q of project %q: it has the frozen versions %q", ErrNoModel, full, t.project.settings.Project, slices.Sorted(maps.Keys(t.frozen)))
	}
	return f, nil
}

// definitionOf returns the definition of a model, or of a frozen version.
func (t *modelTable) definitionOf(name string) (model.Definition, error) {
	if !strings.Contains(name, "@") {
		return t.definition(name)
	}
	f, err := t.frozenVersion(name)
	return f.Definition, err
}

// serves returns what answers under a name: a frozen version when one was
// asked for, or was told to.
func (t *modelTable) serves(name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if version := t.serving[name]; version != "" {
		return name + "@" + version
	}
	return name
}

// errFrozenStatistics says that a version is known and its shard is not.
var errFrozenStatistics = errors.New("the statistics of the frozen model have not been read yet")

// frozenModel returns the built frozen version.
func (p *Project) frozenModel(full string) (*builtModel, error) {
	t := p.models
	f, err := t.frozenVersion(full)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	built := t.built[full]
	t.mu.Unlock()
	if built != nil {
		return built, nil
	}
	var statistics stats.Additive
	for _, s := range p.others.Load().Shards() {
		if s.ID == project.FrozenPrefix+full {
			statistics = s.Content
		}
	}
	if statistics == nil {
		return nil, fmt.Errorf("%w: %s", errFrozenStatistics, full)
	}
	evidence, err := evidenceOf(statistics)
	if err != nil {
		return nil, err
	}
	if built, err = buildOn(f.Definition, evidence); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.built[full] = built
	return built, nil
}
