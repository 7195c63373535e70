package model

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrNotHeld is wrapped when a model needs what no summary of the project keeps.
var ErrNotHeld = errors.New("the statistics do not hold it")

// Declared is what is known of a project before anything is learned.
type Declared struct {
	// Kind returns the type that an attribute is declared with, in the words of a
	// configuration; empty where it is not declared.
	Kind func(attribute string) string
	// Partition is the attribute by which the project is partitioned, empty for none.
	Partition string
	// Powers are the attributes whose powers are learned.
	Powers []string
}

// Bounded reports whether the inputs are all named, so that there will never be more.
func (d *Definition) Bounded() bool {
	return len(d.Inputs) > 0 && !slices.ContainsFunc(d.Inputs, glob.Is)
}

// inputsAtOnce bounds the attributes of a trial.
const inputsAtOnce = 40

// Try returns an error when no rows whatever could make the definition one that can be
// built in a project of which this is declared: its target is ignored or among its
// inputs, an attribute has a type that the model cannot use, or the project does not keep
// what the model is read off. An input that is ignored is refused of detectors as well,
// which would be built without it: who names it expects it to be used. The error wraps ErrDefinition or ErrNotHeld. The model is
// built from rows that are made up, in which every attribute that is not declared has the
// type that suits it, and the target of a type that predicts classes or a number either, so a trial refuses what a build refuses, for the same reason.
func (c Catalogue) Try(ctx context.Context, d Definition, k *Declared) error {
	build, err := c.bind(&d)
	if err != nil {
		return err
	}
	if err := k.names(&d); err != nil {
		return err
	}
	entry, err := c.Lookup(d.Type)
	if err != nil {
		return err
	}
	if entry.Role != RoleClassification {
		return c.try(ctx, d, k, build, kindContinuous)
	}
	classes := c.try(ctx, d, k, build, kindCategorical)
	if classes == nil || !entry.Numbers || k.Kind(d.Target) != "" {
		return classes
	}
	number := c.try(ctx, d, k, build, kindContinuous) // the target may become one
	if number == nil || number.Error() == classes.Error() {
		return number
	}
	return fmt.Errorf("%w; and were it a number: %w", classes, number)
}

// try builds the definition from rows in which a target that is not declared is of the kind.
func (c Catalogue) try(ctx context.Context, d Definition, k *Declared, build Builder, suits string) error {
	inputs := d.Inputs
	for from := 0; from == 0 || from < len(inputs); from += inputsAtOnce {
		part := d
		part.Inputs = slices.Clone(inputs[from:min(from+inputsAtOnce, len(inputs))])
		if len(part.Inputs) < len(inputs) || !k.settles(inputs) {
			part.Inputs = append(part.Inputs, "*") // there are others, or levels of categories: not Bounded
			var err error
			if build, err = c.bind(&part); err != nil {
				return err
			}
		}
		e, err := k.evidence(&part, suits)
		if err != nil {
			return fmt.Errorf("try model %q: %w", d.Name, err)
		}
		if _, err := build(ctx, e); errors.Is(err, ErrDefinition) || errors.Is(err, ErrNotHeld) {
			return err
		}
	}
	return nil
}

// settles reports whether the types of all inputs are declared, so that it is known how
// many columns they are.
func (k *Declared) settles(inputs []string) bool {
	return !slices.ContainsFunc(inputs, func(input string) bool { return !glob.Is(input) && k.Kind(input) == "" })
}

// names refuses a target or input that is ignored, and the target among the inputs.
func (k *Declared) names(d *Definition) error {
	if d.Target != "" && k.Kind(d.Target) == kindIgnore {
		return fmt.Errorf("%w: target %q is declared as ignore, so no row has it", ErrDefinition, d.Target)
	}
	for i, input := range d.Inputs {
		switch {
		case input == d.Target:
			return fmt.Errorf("%w: inputs.%d: %q is the target", ErrDefinition, i, input)
		case !glob.Is(input) && k.Kind(input) == kindIgnore:
			return fmt.Errorf("%w: inputs.%d: %q is declared as ignore, so no row has it", ErrDefinition, i, input)
		}
	}
	return nil
}

// The types of attributes in a configuration.
const (
	kindIgnore      = "ignore"
	kindBinary      = "binary"
	kindCategorical = "categorical"
	kindList        = "list"
	kindContinuous  = "continuous"
)

// evidence makes up rows of the attributes that a definition names. A target that is not
// declared is of the kind suits.
func (k *Declared) evidence(d *Definition, suits string) (*Evidence, error) {
	t := &trialRows{declared: k, layout: &stats.Layout{}}
	if d.Target != "" {
		t.add(d.Target, suits)
	}
	if k.Partition != "" {
		t.add(k.Partition, kindCategorical)
	}
	var words []string
	for value := range maps.Values(d.Options) {
		if word, ok := value.(string); ok && k.Kind(word) != "" {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	for _, word := range words {
		t.add(word, kindBinary) // an option that names an attribute
	}
	for _, name := range d.Inputs {
		if !glob.Is(name) && !t.isProduct(d, name) {
			t.add(name, kindContinuous)
		}
	}
	t.add("an attribute of a trial", kindContinuous) // where all are inputs
	for _, name := range k.Powers {
		if k.Kind(name) == "" || k.Kind(name) == kindContinuous {
			t.add(name, kindContinuous)
			t.add(PowerColumn(name, 1), kindContinuous)
			t.add(JacobianColumn(name), kindContinuous)
		}
	}
	return t.evidence(k.Partition)
}
