package live

import (
	"context"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ForgetPrefix begins the ids of the shards whose rows are taken away from
// those of the others.
const ForgetPrefix = forgotten

// HoldsRows reports whether a shard is of rows that count: not of rows to be
// forgotten, and not what a frozen model was built from.
func HoldsRows(shard string) bool { return !strings.HasPrefix(shard, reserved) }

// StoredTower returns which statistics a project keeps, as its learner stored
// it; nil when it has not.
func StoredTower(ctx context.Context, store state.Store, base string) (*Tower, error) {
	stored, err := state.NewDefinitionLog(store, base).Load(ctx)
	if err != nil || stored[towerRecord] == nil {
		return nil, err
	}
	t, err := DecodeTower(stored[towerRecord])
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// StoredMaker returns the maker of the statistics of StoredTower, nil when there
// is none.
func StoredMaker(ctx context.Context, store state.Store, base string) (stats.Maker, error) {
	t, err := StoredTower(ctx, store, base)
	if err != nil || t == nil {
		return nil, err
	}
	return t.Maker()
}

// SettleTower stores that a project keeps plain statistics, unless it is stored
// which it keeps: so that a learner with other settings is refused, and does not
// meet statistics that it cannot read.
func SettleTower(ctx context.Context, store state.Store, base string) error {
	plain, err := (&Tower{}).Encode()
	if err != nil {
		return err
	}
	return state.NewDefinitionLog(store, base).PutNew(ctx, towerRecord, plain)
}

// LayoutOf returns the layout of the rows that are encoded under the schema.
func LayoutOf(s *schema.Schema) *stats.Layout { return settle(s).layout }
