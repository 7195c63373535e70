package portable

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// ErrProjectExists is wrapped when a project is to be created that is there.
var ErrProjectExists = errors.New("project exists")

// noLimits lets a schema have whatever the one it was taken from has.
func noLimits() schema.Limits {
	const attributes, categories = 10_000, 65_536 // the most that any settings allow
	return schema.Limits{MaxAttributes: attributes, MaxCategories: categories}
}

// Create makes a project of the export under the prefix. It is written in an
// order that a crash between two steps leaves a project that Create, with
// resume, completes: schema and models first, then shard by shard. Without
// resume, a project that is there is an error that wraps ErrProjectExists;
// with it, shards that are there are replaced. The other errors are those of
// the store.
func (e *Export) Create(ctx context.Context, store state.Store, prefix, name string, resume bool) error {
	if err := project.ValidateName("project", name); err != nil {
		return err
	}
	base := project.Base(prefix, name)
	shards, err := state.NewDirectory(store, base).List(ctx)
	if err != nil {
		return err
	}
	log := project.NewSchemaLog(store, base)
	current, err := log.Load(ctx)
	if err != nil {
		return err
	}
	if !resume {
		known, err := project.NewIndex(store, prefix).List(ctx)
		if err != nil {
			return err
		}
		if slices.Contains(known, name) {
			return fmt.Errorf("%w: %q", ErrProjectExists, name)
		}
		for _, s := range shards {
			if !s.Ended {
				return fmt.Errorf("%w: %q has shards, the first is %q", ErrProjectExists, name, s.ID)
			}
		}
		if len(current.Attributes()) > 0 {
			return fmt.Errorf("%w: %q has a schema of %d attributes", ErrProjectExists, name, len(current.Attributes()))
		}
	}
	if err := sameKinds(current, e.Schema); err != nil {
		return fmt.Errorf("project %q: %w", name, err)
	}
	if err := project.NewIndex(store, prefix).Add(ctx, name); err != nil {
		return err
	}
	if _, err := log.Grow(ctx, e.Schema.Growth(), noLimits()); err != nil {
		return err
	}
	models := project.NewDefinitionLog(store, base)
	for model, definition := range e.Models {
		if err := models.Put(ctx, model, definition); err != nil {
			return fmt.Errorf("define model %q: %w", model, err)
		}
	}
	for _, s := range e.Shards {
		if err := put(ctx, store, base, s, nil, resume); err != nil {
			return err
		}
		if !s.Ended {
			continue
		}
		if err := state.NewDirectory(store, base).End(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// sameKinds refuses attributes that the other has as something else.
func sameKinds(into, from *schema.Schema) error {
	var differ []error
	mine := into.Attributes()
	for _, a := range from.Attributes() {
		if i := into.Index(a.Name); i >= 0 && mine[i].Kind != a.Kind {
			differ = append(differ, fmt.Errorf("attribute %q is %v, and %v in what is added", a.Name, mine[i].Kind, a.Kind))
		}
	}
	for _, id := range into.Differs(from) {
		differ = append(differ, fmt.Errorf("%s is computed otherwise in what is added: what is computed of the first rows of one project cannot be added to another's, unless that was begun from an export of the first", id))
	}
	if len(differ) > 0 {
		return fmt.Errorf("%w (declare it alike under `attributes` of sml_learn on both sides): %w", ErrKinds, errors.Join(differ...))
	}
	return nil
}

// ErrKinds is wrapped when the same attribute has another type on either side.
var ErrKinds = errors.New("types of attributes differ")
