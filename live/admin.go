package live

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// ErrInUse is wrapped when a project is to be changed as a whole and a
// component of this process has it open.
var ErrInUse = errors.New("project is in use")

// Names returns the names of the open projects in alphabetical order.
func (t *Table) Names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := []string{}
	for _, p := range t.projects {
		out = append(out, p.settings.Project)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Discard closes the project of that name if only components that open projects
// on demand (Settings.OnDemand) have it open; their handles are then closed. One
// that another component has open is an error that wraps ErrInUse and names it.
// That nobody has it open is no error.
func (t *Table) Discard(ctx context.Context, name string) error {
	t.mu.Lock()
	var gone []*Project
	for _, p := range t.projects {
		if p.settings.Project != name {
			continue
		}
		if path := p.inUse(); path != "" {
			t.mu.Unlock()
			return fmt.Errorf("%w: %q is open at %s of this process", ErrInUse, name, path)
		}
		gone = append(gone, p)
	}
	t.projects = slices.DeleteFunc(t.projects, func(p *Project) bool { return slices.Contains(gone, p) })
	t.mu.Unlock()
	var failed []error
	for _, p := range gone {
		failed = append(failed, p.close(ctx))
	}
	return errors.Join(failed...)
}

// Flush writes what this process has learned of the project and not stored yet.
// The error wraps state.ErrStore when it is worth trying again.
func (p *Project) Flush(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	return p.flush(ctx)
}

// Reread reads what has been stored by others, so that whoever asks next is
// answered with it. The error wraps state.ErrStore when it is worth trying again.
func (p *Project) Reread(ctx context.Context) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	defer p.view.drop()
	return p.changed(ctx)
}

// Revision grows whenever somebody has changed the project on purpose: its
// models, or whether it is frozen. That rows are learned does not count, unless
// Touch is called.
func (p *Project) Revision() uint64 { return p.revision.Load() }

// Touch makes the Revision grow.
func (p *Project) Touch() { p.revision.Add(1) }

// changed reads back what has been stored, for those who ask here next.
func (p *Project) changed(ctx context.Context) error {
	defer p.Touch()
	return p.refresh(ctx)
}

// Freeze makes the learners of the project, in all processes, refuse rows from
// when they have noticed, which takes them as long as Settings.Refresh;
// with frozen false they learn again. Rows that are refused are marked as failed
// and are not learned later.
func (p *Project) Freeze(ctx context.Context, frozen bool) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	var err error
	if frozen {
		err = p.models.log.Put(ctx, project.FreezeRecord, []byte{1})
	} else {
		err = p.models.log.Delete(ctx, project.FreezeRecord)
	}
	if err != nil {
		return err
	}
	return p.changed(ctx)
}

// Frozen reports whether the project learns nothing: by the settings of its
// learner or by Freeze.
func (p *Project) Frozen() bool {
	return p.frozen.Load() || p.learning != nil && p.learning.Frozen
}
