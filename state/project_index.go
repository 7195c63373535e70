package state

import "context"

// ProjectIndex lists the projects under a prefix, which a store without a scan
// cannot tell otherwise: a [Directory] under <prefix>.projects.list, which no
// project can have as its base. It is safe for concurrent use.
type ProjectIndex struct{ directory *Directory }

// NewProjectIndex returns the index of a prefix. It reads nothing.
func NewProjectIndex(store Store, prefix string) *ProjectIndex {
	return &ProjectIndex{directory: NewDirectory(store, prefix+".projects.list")}
}

// List returns the projects in the order in which they were first added. The
// error is that of Directory.List.
func (x *ProjectIndex) List(ctx context.Context) ([]string, error) {
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
// wraps ErrName.
func (x *ProjectIndex) Add(ctx context.Context, project string) error {
	if err := ValidateName("project", project); err != nil {
		return err
	}
	return x.directory.Register(ctx, project)
}

// Remove makes sure that the project is not listed; Add takes that back.
func (x *ProjectIndex) Remove(ctx context.Context, project string) error {
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
