package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// ErrNotOpen is wrapped when a project is asked for that no component opens.
var ErrNotOpen = errors.New("project is not open in this process")

// ErrInUse is wrapped when a project is to be changed as a whole and a
// component of this process has it open.
var ErrInUse = errors.New("project is in use")

// Observer is told what happens in a project, for logs and metrics. Its
// methods are called concurrently and must return quickly.
type Observer interface {
	// Learned reports a batch: rows that were learned, replays that were
	// skipped, messages that did not fit.
	Learned(project string, rows, replays, failed int)
	// Built reports that a model has been built.
	Built(project, model string)
	// Limited reports, once, that a limit of the settings has been reached.
	Limited(project, limit, message string)
	// Warn reports what no caller gets as an error.
	Warn(message string)
}

// Scope keeps the projects of one set of host resources apart from those of
// another in the same process, as when each unit test has resources of its own.
type Scope struct{ _ byte }

// Table holds the projects that are open in a process. It is safe for
// concurrent use.
type Table struct {
	mu       sync.Mutex
	projects []*Project // in order of opening
}

// NewTable returns an empty table.
func NewTable() *Table { return &Table{} }

// Handle is one component's share of a project.
type Handle struct {
	table   *Table
	project *Project
	once    sync.Once
}

// Project returns the project that the handle shares.
func (h *Handle) Project() *Project { return h.project }

// Open returns a handle on the project, which is shared with all components of
// the scope that name it. Settings that contradict those of an earlier opening
// are an error that wraps ErrSettings and names both components by path. Open
// reads nothing from the store: that happens at first use.
func (t *Table) Open(scope *Scope, settings Settings, store state.Store, path string, observer Observer) (*Handle, error) {
	if settings.Refresh <= 0 {
		settings.Refresh = DefaultRefresh
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.projects {
		if p.scope != scope || p.settings.Project != settings.Project {
			continue
		}
		if err := p.join(settings, path); err != nil {
			return nil, err
		}
		return &Handle{table: t, project: p}, nil
	}
	p, err := newProject(scope, settings, store, path, observer)
	if err != nil {
		return nil, err
	}
	t.projects = append(t.projects, p)
	return &Handle{table: t, project: p}, nil
}

// Find returns the open project of that name: the one opened last, where
// several scopes have one. The error wraps ErrNotOpen and says what is open.
func (t *Table) Find(name string) (*Project, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for i := len(t.projects) - 1; i >= 0; i-- {
		if t.projects[i].settings.Project == name {
			return t.projects[i], nil
		}
		names = append(names, t.projects[i].settings.Project)
	}
	open := "no project is open"
	if len(names) > 0 {
		open = "open are " + strings.Join(names, ", ")
	}
	return nil, fmt.Errorf("%w: %q (%s; an sml_learn or sml_score processor with `project: %s` opens it)", ErrNotOpen, name, open, name)
}

// Close gives the share up. The last one closes the project: what is not
// stored yet is written, which the context bounds.
func (h *Handle) Close(ctx context.Context) (err error) {
	h.once.Do(func() {
		if !h.table.release(h.project) {
			return
		}
		err = h.project.close(ctx)
	})
	return err
}

// release reports whether the share was the project's last.
func (t *Table) release(p *Project) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.shares--; p.shares > 0 {
		return false
	}
	for i, q := range t.projects {
		if q == p {
			t.projects = append(t.projects[:i], t.projects[i+1:]...)
			break
		}
	}
	return true
}

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
		for _, o := range p.opened {
			if !o.settings.OnDemand {
				t.mu.Unlock()
				return fmt.Errorf("%w: %q is open at %s of this process", ErrInUse, name, o.path)
			}
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
