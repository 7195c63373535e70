package project

import (
	"bytes"
	"context"
	"fmt"

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
// ErrComposition and names both. Otherwise the error is that of the store.
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
	same, err := c.completes(ctx, store, base, stored)
	if err != nil {
		return err
	}
	if !same {
		return fmt.Errorf("%w: %s, the settings of sml_learn say %s", ErrComposition, stored, mine)
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
