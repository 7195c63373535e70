package project

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Erase deletes all records of a project, damaged ones too, and takes it off the
// index. Values that shards keep beside their records, such as those of keys, are
// not among them. Nothing may write the project meanwhile. After a crash it can
// be called again. The error wraps state.ErrStore.
func Erase(ctx context.Context, store state.Store, prefix, name string) error {
	base := Base(prefix, name)
	if err := state.EraseShards(ctx, store, ScoresBase(base)); err != nil {
		return fmt.Errorf("erase the scores of project %q: %w", name, err)
	}
	if err := state.EraseShards(ctx, store, DriftBase(base)); err != nil {
		return fmt.Errorf("erase the verdicts of drift of project %q: %w", name, err)
	}
	if err := state.EraseShards(ctx, store, IncidentsBase(base)); err != nil {
		return fmt.Errorf("erase the incidents of project %q: %w", name, err)
	}
	if err := state.EraseShards(ctx, store, base); err != nil {
		return fmt.Errorf("erase project %q: %w", name, err)
	}
	if err := state.EraseRecord(ctx, store, definitionsBase(base), wire.KindModels); err != nil {
		return fmt.Errorf("erase the models of project %q: %w", name, err)
	}
	if err := state.EraseRecord(ctx, store, schemaBase(base), wire.KindSchema); err != nil {
		return fmt.Errorf("erase the schema of project %q: %w", name, err)
	}
	return NewIndex(store, prefix).Remove(ctx, name)
}
