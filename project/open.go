package project

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Project is a project at rest, as it was when it was opened.
type Project struct {
	// Prefix and Name are what its keys begin with.
	Prefix, Name string
	// Schema is empty where nothing has been learned.
	Schema *schema.Schema
	// Composition says which statistics the project keeps.
	Composition Composition
	// Definitions are canonical bytes by name, those of models and those that
	// IsReserved tells apart.
	Definitions map[string][]byte

	store state.Store
	log   *SchemaLog
	maker stats.Maker
}

// Open reads what is stored of a project beside its shards. A project of which
// nothing is stored is no error: it is empty. Open writes nothing, save that a
// schema in dispute is written again. The error names the project; it wraps
// state.ErrName, state.ErrStore when it is worth trying again, or wire.ErrCorrupt
// and wire.ErrUnknownVersion for a damaged record.
func Open(ctx context.Context, store state.Store, prefix, name string) (*Project, error) {
	if err := ValidateName("prefix", prefix); err != nil {
		return nil, err
	}
	if err := ValidateName("project", name); err != nil {
		return nil, err
	}
	p := &Project{Prefix: prefix, Name: name, store: store, log: NewSchemaLog(store, Base(prefix, name))}
	if err := p.load(ctx); err != nil {
		return nil, fmt.Errorf("open project %q: %w", name, err)
	}
	return p, nil
}

func (p *Project) load(ctx context.Context) (err error) {
	if p.Schema, err = p.log.Load(ctx); err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	if p.Definitions, err = NewDefinitionLog(p.store, p.Base()).Load(ctx); err != nil {
		return fmt.Errorf("models: %w", err)
	}
	if p.Composition, err = StoredComposition(ctx, p.store, p.Base(), p.Definitions); err != nil {
		return err
	}
	p.maker, err = p.Composition.MakerUnder(columnsOf(p.log, p.Schema), nil)
	return err
}

// Base returns the beginning of the project's keys.
func (p *Project) Base() string { return Base(p.Prefix, p.Name) }

// Maker returns what makes and decodes the project's statistics.
func (p *Project) Maker() stats.Maker { return p.maker }

// FollowForests reads the forests again, which may have grown since the project was opened.
func (p *Project) FollowForests(ctx context.Context) error {
	now, err := NewDefinitionLog(p.store, p.Base()).Load(ctx)
	if err != nil {
		return err
	}
	for name, b := range now {
		if strings.HasPrefix(name, ForestRecord) {
			p.Definitions[name] = b
		}
	}
	return nil
}

// Shards reads all shards that have been written, in the order of their
// registration, and then the schema again, which so has all that they know. The
// error is as for Open.
func (p *Project) Shards(ctx context.Context) ([]state.ShardState[stats.Additive], error) {
	r := state.NewShardReader(p.store, p.Base(), p.maker)
	if err := r.Refresh(ctx); err != nil {
		return nil, fmt.Errorf("read project %q: %w", p.Name, err)
	}
	current, err := p.log.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema of project %q: %w", p.Name, err)
	}
	p.Schema = current
	return slices.DeleteFunc(r.Shards(), func(s state.ShardState[stats.Additive]) bool { return s.Version == 0 }), nil
}

// OutOfOrder returns the shards that hold rows and have columns or values in another order than
// the schema, as after a loss of its keys. What was merged keeps the order of its origin, and
// is among them. The error is as for Open.
func (p *Project) OutOfOrder(ctx context.Context) (shards []string, err error) {
	all, err := p.Shards(ctx)
	if err != nil {
		return nil, err
	}
	layout := p.Layout()
	for _, s := range all {
		if !HoldsRows(s.ID) {
			continue
		}
		summary, err := SummaryOf(s.Content)
		if err != nil {
			return nil, fmt.Errorf("shard %q: %w", s.ID, err)
		}
		if own := summary.Layout(); !own.Extends(layout) && !layout.Extends(own) {
			shards = append(shards, s.ID)
		}
	}
	return shards, nil
}

// Layout returns the layout of the rows that are encoded under the schema.
func (p *Project) Layout() *stats.Layout { return LayoutOf(p.Schema) }
