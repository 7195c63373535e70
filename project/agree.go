package project

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrComposition is wrapped when a project is opened for learning with other
// statistics than it was begun with.
var ErrComposition = fmt.Errorf("%w: project keeps other statistics", stats.ErrIncompatible)

// StoredComposition returns the composition that is among the definitions of the
// project whose keys begin with base: plain statistics where none is. What a
// record of before the settings of summaries were stored leaves open is read off
// the bytes of the shards. With an error, which wraps state.ErrStore when it is
// worth trying again, the composition is what could be read of it.
func StoredComposition(ctx context.Context, store state.Store, base string, definitions map[string][]byte) (Composition, error) {
	c, err := recorded(definitions)
	if err != nil || c.describesSummary() {
		return c, err
	}
	c, _, err = c.completed(ctx, store, base)
	return c, err
}

// recorded returns the composition that is among the definitions, plain
// statistics where none is.
func recorded(definitions map[string][]byte) (Composition, error) {
	if stored := definitions[CompositionRecord]; stored != nil {
		return DecodeComposition(stored)
	}
	return Composition{}, nil
}

// Agree makes c the composition of the project whose keys begin with base, or
// makes sure that it is. Another one that is stored is an error that wraps
// ErrComposition and says which settings differ and what to do. Otherwise the error is that of the store.
func (c *Composition) Agree(ctx context.Context, store state.Store, base string, log *DefinitionLog) error {
	mine, err := c.Encode()
	if err != nil {
		return err
	}
	definitions, err := log.Load(ctx)
	if err == nil && definitions[CompositionRecord] == nil {
		if err = log.PutNew(ctx, CompositionRecord, mine); err == nil {
			definitions, err = log.Load(ctx)
		}
	}
	if err != nil {
		return err
	}
	stored := definitions[CompositionRecord]
	if bytes.Equal(stored, mine) {
		return nil
	}
	theirs, err := DecodeComposition(stored)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrComposition, err)
	}
	if canonical, err := theirs.Encode(); err != nil || bytes.Equal(canonical, mine) {
		return err // stated in full, as after an alteration
	}
	same, err := c.completes(ctx, store, base, stored)
	if err != nil {
		return err
	}
	if !same {
		if theirs, err = StoredComposition(ctx, store, base, definitions); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s", ErrComposition, theirs.differsFrom(c))
	}
	return log.Put(ctx, CompositionRecord, mine)
}

// completes reports whether c is the stored composition with the settings of the
// summaries that the shards have: a record of before these were stored lacks them.
func (c *Composition) completes(ctx context.Context, store state.Store, base string, stored []byte) (bool, error) {
	theirs, err := DecodeComposition(stored)
	if err != nil || theirs.describesSummary() {
		return false, err
	}
	theirs, found, err := theirs.completed(ctx, store, base)
	if err != nil || !found {
		return false, err
	}
	full, err := theirs.Encode()
	if err != nil {
		return false, err
	}
	mine, err := c.Encode()
	return bytes.Equal(full, mine), err
}

// differsFrom says which settings of a project are not those of a learner, and
// which command makes them so.
func (c *Composition) differsFrom(learner *Composition) string {
	changed := map[string]bool{}
	for _, s := range c.alterable() {
		changed[s.Name] = true
	}
	var differ, set []string
	fixed := false
	mine := map[string]any{}
	for _, s := range learner.Settings().Shared().Flat() {
		mine[s.Name] = s.Value
	}
	for _, s := range c.Settings().Shared().Flat() {
		value, ok := mine[s.Name]
		delete(mine, s.Name)
		if !ok {
			text := fmt.Sprintf("%s is %s in the project, and not set here", s.Name, shown(s.Value))
			if strings.HasPrefix(s.Name, "entities.") {
				text = fmt.Sprintf("the project keeps statistics per key (%s is %s), and key is not set here", s.Name, shown(s.Value))
			}
			differ, fixed = append(differ, text), true
			continue
		}
		if value == s.Value {
			continue
		}
		differ = append(differ, fmt.Sprintf("%s is %s in the project, and %s in the settings of sml_learn", s.Name, shown(s.Value), shown(value)))
		if changed[s.Name] {
			set = append(set, fmt.Sprintf("--set %s=%v", s.Name, value))
		} else {
			fixed = true
		}
	}
	for _, name := range sortedNames(mine) {
		differ, fixed = append(differ, fmt.Sprintf("%s is not in the project, and %s in the settings of sml_learn", name, shown(mine[name]))), true
	}
	advice := "change the project by `sml alter PROJECT " + strings.Join(set, " ") + "`, or these settings"
	if fixed {
		advice = "what a project keeps of its rows cannot be changed later: set what the project has, or learn another project"
	}
	return strings.Join(differ, "; ") + "; " + advice
}

// shown is a value as the text of a difference has it.
func shown(value any) string {
	if value == "" {
		return "empty"
	}
	return fmt.Sprint(value)
}

func sortedNames[M ~map[string]any](m M) []string { return slices.Sorted(maps.Keys(m)) }
