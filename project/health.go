package project

import (
	"context"
	"errors"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Inspect reads every record of a project and says how each is. It writes
// nothing. The error wraps state.ErrStore; damage is in the results.
func Inspect(ctx context.Context, store state.Store, prefix, name string) ([]state.Health, error) {
	base := Base(prefix, name)
	settings, err := state.InspectRecord(ctx, store, schemaBase(base), wire.KindSchema, func(b []byte) error {
		return new(schema.Schema).UnmarshalBinary(b)
	})
	if err != nil {
		return nil, err
	}
	settings.Record = "schema"
	definitions := map[string][]byte{}
	models, err := state.InspectRecord(ctx, store, definitionsBase(base), wire.KindModels, func(b []byte) (err error) {
		if definitions, err = decodeDefinitions(b); err != nil {
			return err
		}
		if stored := definitions[CompositionRecord]; stored != nil {
			_, err = DecodeComposition(stored)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	models.Record = "models"
	maker, err := makerOf(ctx, store, base, definitions)
	if err != nil {
		return nil, err
	}
	shards, err := state.InspectShards(ctx, store, base, maker)
	return append([]state.Health{settings, models}, shards...), err
}

// MakerOf returns the maker of the statistics of the project, and that of plain
// statistics where the project does not tell, for damage. The error wraps
// state.ErrStore.
func MakerOf(ctx context.Context, store state.Store, prefix, name string) (stats.Maker, error) {
	base := Base(prefix, name)
	definitions, err := NewDefinitionLog(store, base).Load(ctx)
	if errors.Is(err, state.ErrStore) {
		return nil, err
	}
	return makerOf(ctx, store, base, definitions)
}

func makerOf(ctx context.Context, store state.Store, base string, definitions map[string][]byte) (stats.Maker, error) {
	c, err := StoredComposition(ctx, store, base, definitions)
	if errors.Is(err, state.ErrStore) {
		return nil, err
	}
	if maker, err := c.Maker(nil); err == nil {
		return maker, nil
	}
	return (&Composition{}).Maker(nil)
}
