package project

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Index lists the projects under a prefix, which a store without a scan cannot
// tell otherwise: a [state.Directory] under <prefix>.projects.list, which no
// project can have as its base. It is safe for concurrent use.
type Index struct{ directory *state.Directory }

// NewIndex returns the index of a prefix. It reads nothing.
func NewIndex(store state.Store, prefix string) *Index {
	return &Index{directory: state.NewDirectory(store, prefix+".projects.list")}
}

// List returns the projects in the order in which they were first added. The
// error is that of state.Directory.List.
func (x *Index) List(ctx context.Context) ([]string, error) {
	entries, err := x.directory.List(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, e := range entries {
		if !e.Ended {
			names = append(names, e.ID)
		}
	}
	return names, nil
}

// Add makes sure that the project is listed. The error is that of List, or
// wraps state.ErrName.
func (x *Index) Add(ctx context.Context, project string) error {
	if err := ValidateName("project", project); err != nil {
		return err
	}
	return x.directory.Register(ctx, project)
}

// Remove makes sure that the project is not listed; Add takes that back.
func (x *Index) Remove(ctx context.Context, project string) error {
	names, err := x.directory.List(ctx)
	if err != nil {
		return err
	}
	for _, e := range names {
		if e.ID == project && !e.Ended {
			return x.directory.End(ctx, project)
		}
	}
	return nil
}
