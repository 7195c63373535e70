package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
)

// ErrDefinition is wrapped by errors about a definition that cannot be built
// whatever is learned.
var ErrDefinition = errors.New("bad model definition")

// Definition says what to build: type, target, inputs and options. It is
// stored with the project.
type Definition struct {
	// Name is 1 to 100 letters, digits, _ and -.
	Name string `json:"name"`
	// Type is a row of the catalogue.
	Type string `json:"type"`
	// Target is the attribute that is predicted; anomaly models have none.
	Target string `json:"target,omitempty"`
	// Inputs are names of attributes or patterns in the syntax of path.Match,
	// save that * and ? match a slash too; empty means all but the target.
	Inputs []string `json:"inputs,omitempty"`
	// Features says which columns of the inputs are used: the attributes themselves
	// (linear) and those that the project computes of them, by expansion.Features. Empty
	// means linear. Categorical and binary inputs are used in any case.
	Features []string `json:"features,omitempty"`
	// Options by name; their defaults are in the catalogue.
	Options map[string]any `json:"options,omitempty"`
	// Refresh bounds how often the model is rebuilt; nil means no bound.
	Refresh *Refresh `json:"refresh,omitempty"`

	// Without is an attribute that is no input of a member of an ensemble; it is
	// not stored.
	Without string `json:"-"`

	columns *columns // of what it is built from; nil before
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// maxInputs bounds the inputs of a definition: as many attributes as a project
// can have.
const maxInputs = 10_000

// checkName checks the name.
func (d *Definition) checkName() error {
	if !nameForm.MatchString(d.Name) {
		return fmt.Errorf("%w: name is %q, want 1 to 100 letters, digits, _ and -", ErrDefinition, d.Name)
	}
	return nil
}

// check checks everything but the options that does not depend on what has been
// learned, as a definition of the entry's type.
func (d *Definition) check(entry *Entry) error {
	if d.Target != "" && !entry.Target {
		return fmt.Errorf("%w %q: target is %q, but type %s predicts no attribute", ErrDefinition, d.Name, d.Target, d.Type)
	}
	if d.Target == "" && entry.Target {
		return fmt.Errorf("%w %q: target is empty, and type %s needs one", ErrDefinition, d.Name, d.Type)
	}
	if len(d.Inputs) > maxInputs {
		return fmt.Errorf("%w %q: inputs has %d entries, want at most %d", ErrDefinition, d.Name, len(d.Inputs), maxInputs)
	}
	for i, input := range d.Inputs {
		if !glob.Valid(input) || input == "" {
			return fmt.Errorf("%w %q: inputs.%d: %q is no name and no pattern", ErrDefinition, d.Name, i, input)
		}
	}
	if err := d.checkFeatures(entry); err != nil {
		return fmt.Errorf("%w %q: %w", ErrDefinition, d.Name, err)
	}
	if err := d.Refresh.validate(); err != nil {
		return fmt.Errorf("%w %q: %w", ErrDefinition, d.Name, err)
	}
	return nil
}

// Encode returns the canonical JSON of the definition: keys in a fixed order.
func (d *Definition) Encode() ([]byte, error) {
	out, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode model %q: %w", d.Name, err)
	}
	return out, nil
}

// Selects reports whether the definition has the attribute among its inputs.
func (d *Definition) Selects(attribute string) bool {
	if attribute == d.Target || attribute == d.Without && attribute != "" {
		return false
	}
	e := d.columns.expansion(attribute)
	switch {
	case e != nil:
		return d.selectsComputed(attribute, e)
	case IsPowerColumn(attribute) || d.columns == nil && expansion.IsColumn(attribute):
		return slices.Contains(d.Inputs, attribute)
	case (!d.uses(expansion.Linear) || d.isCopied(attribute)) && d.columns.isNumeric(attribute):
		return false
	}
	return d.names(attribute)
}

// names reports whether an attribute is among the inputs, or a pattern of them.
func (d *Definition) names(attribute string) bool {
	return len(d.Inputs) == 0 || slices.ContainsFunc(d.Inputs, func(pattern string) bool {
		return glob.Match(pattern, attribute) || pattern == attribute
	})
}
