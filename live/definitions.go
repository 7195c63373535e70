package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// ErrNoModel is wrapped when a project has no model of that name.
var ErrNoModel = errors.New("unknown model")

// definitions are the models of the project, their frozen versions, and which of
// these serve, as they were read last.
type definitions struct {
	home *home
	log  *project.DefinitionLog

	mu      sync.Mutex
	models  map[string]model.Definition
	frozen  map[string]frozenVersion // by model@version
	serving map[string]string        // frozen version by model
	// thresholds are options that were set in place of those of components, by the name
	// of the scores.
	thresholds map[string]*param.Values
}

// newDefinitions reads nothing; the models are known after the first adopt.
func newDefinitions(h *home) *definitions {
	return &definitions{home: h, log: project.NewDefinitionLog(h.store, h.base())}
}

// declare stores the models of the learner's settings where they are missing or
// differ, and adds them to what was read of the store.
// A definition that is stored already is not written again, so a restart writes
// nothing.
func (d *definitions) declare(ctx context.Context, models []model.Definition, stored map[string][]byte) error {
	for i := range models {
		m := &models[i]
		encoded, err := m.Encode()
		if err != nil {
			return err
		}
		if string(stored[m.Name]) == string(encoded) {
			continue
		}
		if err := d.log.Put(ctx, m.Name, encoded); err != nil {
			return fmt.Errorf("define model %q: %w", m.Name, err)
		}
		stored[m.Name] = encoded
	}
	return nil
}

// adopt takes over what is stored, and returns the models that are defined
// otherwise than before.
// All records are decoded before any is taken over: an error changes nothing.
func (d *definitions) adopt(stored map[string][]byte) (changed []string, err error) {
	models, frozen, serving := map[string]model.Definition{}, map[string]frozenVersion{}, map[string]string{}
	thresholds := map[string]*param.Values{}
	for name, data := range stored {
		if full, ok := strings.CutPrefix(name, project.FrozenRecord); ok {
			var f frozenVersion
			if err := json.Unmarshal(data, &f); err != nil {
				return nil, fmt.Errorf("frozen model %q: %w", full, jsonwords.Error(err))
			}
			frozen[full] = f
		} else if of, ok := strings.CutPrefix(name, project.ServeRecord); ok {
			serving[of] = string(data)
		} else if of, ok := strings.CutPrefix(name, project.ThresholdRecord); ok {
			thresholds[of] = &param.Values{}
			if err := json.Unmarshal(data, thresholds[of]); err != nil {
				return nil, fmt.Errorf("threshold of %q: %w", of, err)
			}
		} else if !project.IsReserved(name) {
			if models[name], err = d.home.types.Decode(data); err != nil {
				return nil, fmt.Errorf("stored model %q: %w", name, err)
			}
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, now := range models {
		if before, known := d.models[name]; known && !sameDefinition(before, now) {
			changed = append(changed, name)
		}
	}
	d.models, d.frozen, d.serving, d.thresholds = models, frozen, serving, thresholds
	return changed, nil
}

// sameDefinition compares the stored forms, in which options have one order.
func sameDefinition(a, b model.Definition) bool {
	x, errX := a.Encode()
	y, errY := b.Encode()
	return errX == nil && errY == nil && string(x) == string(y)
}

// all returns the definitions of the models, by name in order.
func (d *definitions) all() []model.Definition {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]model.Definition, 0, len(d.models))
	for _, name := range slices.Sorted(maps.Keys(d.models)) {
		out = append(out, d.models[name])
	}
	return out
}

// targets returns what models predict.
func (d *definitions) targets() (out []string) {
	for _, m := range d.all() {
		out = append(out, m.Target)
	}
	return out
}

// frozenOnes returns the definitions of the frozen versions.
func (d *definitions) frozenOnes() []model.Definition {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]model.Definition, 0, len(d.frozen))
	for _, f := range d.frozen {
		out = append(out, f.Definition)
	}
	return out
}

// model returns the definition of a model; ErrNoModel lists those there are.
func (d *definitions) model(name string) (model.Definition, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.models[name]
	if ok {
		return found, nil
	}
	known := "it has none"
	if len(d.models) > 0 {
		known = "it has " + strings.Join(slices.Sorted(maps.Keys(d.models)), ", ")
	}
	return found, fmt.Errorf("%w %q of project %q (%s; sml_learn defines models under `models`)", ErrNoModel, name, d.home.project, known)
}

// version returns a frozen version, by model@version.
func (d *definitions) version(full string) (frozenVersion, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.frozen[full]
	if !ok {
		return f, fmt.Errorf("%w %q of project %q: it has the frozen versions %q", ErrNoModel, full, d.home.project, slices.Sorted(maps.Keys(d.frozen)))
	}
	return f, nil
}

// either returns the definition of a model, or of a frozen version.
func (d *definitions) either(name string) (model.Definition, error) {
	if !strings.Contains(name, "@") {
		return d.model(name)
	}
	f, err := d.version(name)
	return f.Definition, err
}

// serves returns what answers under a name: a frozen version when one was
// asked for, or was told to.
func (d *definitions) serves(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if version := d.serving[name]; version != "" {
		return name + "@" + version
	}
	return name
}

// threshold returns the options that were set for the scores of a name, nil for none.
// The address changes whenever the options may have.
func (d *definitions) threshold(name string) *param.Values {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.thresholds[name]
}

// versionsOf returns the frozen versions of a model, in order, and the one that
// serves, empty for none.
func (d *definitions) versionsOf(name string) (versions []string, serves string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, full := range slices.Sorted(maps.Keys(d.frozen)) {
		if version, ok := strings.CutPrefix(full, name+"@"); ok {
			versions = append(versions, version)
		}
	}
	return versions, d.serving[name]
}
