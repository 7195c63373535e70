package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Models are the models of a project: their definitions, and what was built of
// these. They are safe for concurrent use.
type Models struct {
	home        *home
	definitions *definitions
	builds      *builds
	snapshots   *snapshots
	declared    func() []model.Definition   // by the settings of a learner
	changed     func(context.Context) error // reads back what has been stored
	calibration func(ctx context.Context, name string) (*evaluation.Calibration, error)
	course      func(ctx context.Context, name string) (*evaluation.MembersReport, error)
	weigh       func(*builtModel) (*builtModel, error) // as members stand now
}

// frozenVersion is a version of a model that is kept: its definition, with the
// statistics that it is built from in a shard of their own.
type frozenVersion struct {
	Definition model.Definition `json:"definition"`
	Rows       float64          `json:"rows"`
	At         time.Time        `json:"at"`
	// Members are those of a model that is mixed of others, with the weights that they keep.
	Members []frozenMember `json:"members,omitempty"`
}

var versionForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// ErrModelSettings is wrapped when a model is to be changed that the settings
// of a learner of this process define: it would be back at the next refresh.
var ErrModelSettings = errors.New("the settings of sml_learn define the model")

// Define stores a definition; it replaces one of the same name. One that the
// settings of the learner define otherwise is an error that wraps
// ErrModelSettings.
func (m *Models) Define(ctx context.Context, d model.Definition) error {
	if err := m.home.types.Validate(&d); err != nil {
		return err
	}
	for _, own := range m.declared() {
		if own.Name == d.Name && !sameDefinition(own, d) {
			return fmt.Errorf("%w %q of project %q: change it there, or choose another name", ErrModelSettings, d.Name, m.home.project)
		}
	}
	if err := m.home.start(ctx); err != nil {
		return err
	}
	if err := m.checkMembers(&d); err != nil {
		return err
	}
	encoded, err := d.Encode()
	if err != nil {
		return err
	}
	if err := m.definitions.log.Put(ctx, d.Name, encoded); err != nil {
		return err
	}
	return m.changed(ctx)
}

// Delete removes a definition; its frozen versions stay. One that the settings
// of the learner define is an error that wraps ErrModelSettings.
func (m *Models) Delete(ctx context.Context, name string) error {
	if _, err := m.find(ctx, name); err != nil {
		return err
	}
	if slices.ContainsFunc(m.declared(), func(own model.Definition) bool { return own.Name == name }) {
		return fmt.Errorf("%w %q of project %q: remove it there", ErrModelSettings, name, m.home.project)
	}
	if pool := m.memberOf(name); pool != "" {
		return fmt.Errorf("%w: model %q is a member of %q: take it out of options.members there first", ErrModelSettings, name, pool)
	}
	if err := m.definitions.log.Delete(ctx, name); err != nil {
		return err
	}
	return m.changed(ctx)
}

// checkMembers checks the members of a definition that is mixed of others, and of those
// that it is a member of.
func (m *Models) checkMembers(d *model.Definition) error {
	all := slices.DeleteFunc(m.definitions.all(), func(other model.Definition) bool { return other.Name == d.Name })
	if _, err := m.home.types.CheckMembers(append(all, *d)); err != nil {
		return err
	}
	if need := m.home.mixes(d); need != nil {
		_, err := m.home.members(d, need)
		return err
	}
	return nil
}

// memberOf returns a model that names another one as its member, empty for none.
func (m *Models) memberOf(name string) string {
	for _, d := range m.definitions.all() {
		if need := m.home.mixes(&d); need != nil && slices.Contains(need.Names, name) {
			return d.Name
		}
	}
	return ""
}

// Build rebuilds a model on demand from what has been learned by now, and describes
// it. One that cannot be built yet is no error: it is WarmingUp.
func (m *Models) Build(ctx context.Context, name string) (*ModelReport, error) {
	d, err := m.find(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := m.snapshots.get(0)
	if err != nil {
		return nil, err
	}
	built, err := m.builds.anew(ctx, d, s, false)
	if err != nil {
		return nil, err
	}
	ReadAsOf(ctx, built.asOf)
	if built, err = m.weigh(built); err != nil {
		return nil, err
	}
	return reportOf(d, built), nil
}

// Freeze keeps the model as it is built from what has been learned now, under
// the name model@version, for ever and whatever is learned later. A version that
// exists is an error that wraps state.ErrExists.
func (m *Models) Freeze(ctx context.Context, name, version string) error {
	if !versionForm.MatchString(version) {
		return fmt.Errorf("version is %q, want 1 to 100 letters, digits, underscores, hyphens and dots", version)
	}
	d, err := m.find(ctx, name)
	if err != nil {
		return err
	}
	s, err := m.snapshots.get(0)
	if err != nil {
		return err
	}
	evidence, err := s.modelEvidence()
	if err != nil {
		return err
	}
	built, err := buildOn(ctx, m.home, d, evidence)
	if err != nil {
		return err
	}
	if built.waiting != "" {
		return fmt.Errorf("freeze %s@%s: the model cannot be built yet: %s", name, version, built.waiting)
	}
	if built, err = m.weigh(built); err != nil {
		return err
	}
	full := name + "@" + version
	record, err := json.Marshal(frozenVersion{Definition: d, Rows: s.summary.Weight(), At: m.home.now().UTC(), Members: freezes(built)})
	if err != nil {
		return err
	}
	if err := m.putVersion(ctx, full, record, s.withAll); err != nil {
		return fmt.Errorf("freeze %s: %w", full, err)
	}
	return m.changed(ctx)
}

// putVersion stores a version: its statistics first, so that there are some where
// the record is. Statistics without a record are of an attempt that failed.
func (m *Models) putVersion(ctx context.Context, full string, record []byte, whole stats.Additive) error {
	log := m.definitions.log
	stored, err := log.Load(ctx)
	if err != nil {
		return err
	}
	if stored[project.FrozenRecord+full] != nil {
		return fmt.Errorf("the version is there already: %w", state.ErrExists)
	}
	if err := state.PutShard(ctx, m.home.store, m.home.base(), project.FrozenPrefix+full, &state.Positions{}, whole, true); err != nil {
		return err
	}
	if err := log.PutNew(ctx, project.FrozenRecord+full, record); err != nil {
		return err
	}
	if stored, err = log.Load(ctx); err != nil {
		return err
	}
	if !bytes.Equal(stored[project.FrozenRecord+full], record) {
		return fmt.Errorf("another process was first: %w", state.ErrExists)
	}
	return nil
}

// Serve makes a frozen version answer for the model, everywhere and until
// another one, or with an empty version the living model, is to serve.
func (m *Models) Serve(ctx context.Context, name, version string) error {
	if _, err := m.find(ctx, name); err != nil {
		return err
	}
	if version == "" {
		if err := m.definitions.log.Delete(ctx, project.ServeRecord+name); err != nil {
			return err
		}
		return m.changed(ctx)
	}
	if _, err := m.definitions.version(name + "@" + version); err != nil {
		return err
	}
	if err := m.definitions.log.Put(ctx, project.ServeRecord+name, []byte(version)); err != nil {
		return err
	}
	return m.changed(ctx)
}

// find returns the definition of a model.
func (m *Models) find(ctx context.Context, name string) (model.Definition, error) {
	if err := m.home.start(ctx); err != nil {
		return model.Definition{}, err
	}
	return m.definitions.model(name)
}
