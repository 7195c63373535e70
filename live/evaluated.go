package live

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// errNotEvaluated says that a model gives nothing that a target can be compared with.
var errNotEvaluated = errors.New("an anomaly model has no target to be compared with: leave evaluate out, or name a regression or a classification")

// evaluated are the models whose predictions components of the process compare
// with targets, with the component of each. Its zero value has none; it is safe for
// concurrent use.
type evaluated struct {
	mu sync.Mutex
	by map[string]string
}

// add notes that the component evaluates a model.
func (e *evaluated) add(model, component string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.by == nil {
		e.by = map[string]string{}
	}
	e.by[model] = component
}

// check refuses definitions that a component evaluates and that cannot be.
func (e *evaluated) check(types model.Catalogue, definitions []model.Definition) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range definitions {
		component, ok := e.by[definitions[i].Name]
		if !ok {
			continue
		}
		if entry, err := types.Lookup(definitions[i].Type); err == nil {
			if err := evaluates(entry.Role, definitions[i].Name, component); err != nil {
				return err
			}
		}
	}
	return nil
}

// evaluates refuses a role that cannot be evaluated, by the field of the component.
func evaluates(role model.Role, name, component string) error {
	if evaluation.Has(role) {
		return nil
	}
	return fmt.Errorf("%sevaluate: model %q: %w", component, name, errNotEvaluated)
}

// path puts a dot behind the path of a component, where there is one.
func path(component string) string {
	if component == "" {
		return ""
	}
	return component + "."
}

// begins makes sure that what the settings evaluate can be, as far as models have
// been declared, and has later declarations checked.
func (s *ScorerSettings) begins(p *Project) error {
	if s.Evaluate == nil {
		return nil
	}
	name, _, _ := strings.Cut(s.Model, "@")
	p.evaluated.add(name, path(s.Component))
	for _, d := range p.learner.defined() {
		if d.Name != name {
			continue
		}
		if entry, err := p.home.types.Lookup(d.Type); err == nil {
			return evaluates(entry.Role, s.Model, "") // the caller names itself
		}
	}
	return nil
}
