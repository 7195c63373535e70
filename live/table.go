package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

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
// It has a size, as pointers to values of size zero may be equal.
type Scope struct{ _ byte }

// Table holds the projects that are open in a process. It is safe for
// concurrent use.
// mu guards the list and the openings of its projects. No store is asked under it.
type Table struct {
	mu       sync.Mutex
	projects []*Project        // in order of opening
	ended    map[string]*ended // by name, that closed last and is not open since
}

// NewTable returns an empty table.
func NewTable() *Table { return &Table{} }

// Open returns a handle on the project, which is shared with all components of
// the scope that name it. Settings that contradict those of an earlier opening
// are an error that wraps errSettings and names both components by path. Open
// reads nothing from the store: that happens at first use.
//
// A project that only components have open which open it on demand is closed,
// and opened anew, for a component that learns it: a project that is in use does
// not begin to learn. Where a component that is not on demand reads the project,
// one that would learn it on demand gets an error that wraps ErrInUse.
func (t *Table) Open(scope *Scope, settings Settings, store state.Store, path string, observer Observer) (*Handle, error) {
	if settings.Refresh <= 0 {
		settings.Refresh = DefaultRefresh
	}
	h, replaced, err := t.open(scope, settings, store, path, observer)
	if replaced != nil {
		ctx, cancel := context.WithTimeout(context.Background(), replacedTimeout)
		defer cancel()
		if err := replaced.close(ctx); err != nil {
			observer.Warn(fmt.Sprintf("project %q is opened anew by %s: %v", settings.Project, path, err))
		}
	}
	return h, err
}

// replacedTimeout bounds how long a project that is opened anew may take to
// write what it has not stored yet.
const replacedTimeout = 5 * time.Second

// open is Open but for closing the project whose place the new one takes.
func (t *Table) open(scope *Scope, settings Settings, store state.Store, path string, observer Observer) (h *Handle, replaced *Project, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.IndexFunc(t.projects, func(p *Project) bool { return p.scope == scope && p.settings.Project == settings.Project })
	if at >= 0 {
		p := t.projects[at]
		reader := inUse(p)
		switch {
		case settings.Learn != nil && settings.OnDemand && reader != "" && !p.Learning():
			return nil, nil, fmt.Errorf("%w: %q is open for reading at %s of this process", ErrInUse, settings.Project, reader)
		case settings.Learn == nil || reader != "" || p.Learning() && settings.OnDemand:
			if err := p.join(settings, path); err != nil {
				return nil, nil, err
			}
			return &Handle{table: t, project: p, observer: observer}, nil, nil
		}
	}
	p, err := newProject(scope, settings, store, path, observer)
	if err != nil {
		return nil, nil, err
	}
	if at >= 0 {
		replaced = t.projects[at]
		t.projects = slices.Delete(t.projects, at, at+1)
	}
	t.projects = append(t.projects, p)
	delete(t.ended, settings.Project)
	return &Handle{table: t, project: p, observer: observer}, replaced, nil
}

// inUse returns the path of a component that has the project open and does not
// open it on demand, "" when there is none; the table's lock is held.
// Components on demand, such as the web page, never keep a project from others.
func inUse(p *Project) string {
	for i := range p.opened {
		if !p.opened[i].settings.OnDemand {
			return p.opened[i].path
		}
	}
	return ""
}

// Kept returns where an open project is kept, and what its keys begin with; ok
// is false for one that is not open or that is open on demand only.
func (t *Table) Kept(name string) (store state.Store, prefix string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range slices.Backward(t.projects) {
		if p.settings.Project == name && inUse(p) != "" {
			return p.home.store, p.home.prefix, true
		}
	}
	return nil, "", false
}

// Find returns the open project of that name: the one opened last, where
// several scopes have one. The error wraps ErrNotOpen and says what is open.
// It is for callers that know the name only, such as a Bloblang function.
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

// Answering returns the open project of that name as Find does, else the one that was
// closed last, which answers of what it held when it was closed and, once its refresh
// interval has passed, of what the store holds. It is for callers that only read.
func (t *Table) Answering(ctx context.Context, name string) (*Project, error) {
	p, err := t.Find(name)
	if err == nil {
		return p, nil
	}
	t.mu.Lock()
	closed := t.ended[name]
	t.mu.Unlock()
	if closed != nil {
		return closed.answering(ctx), nil
	}
	return nil, err
}

// release reports whether the share was the project's last.
// It takes such a project out of the table, so the next opening makes a new one. What
// only reads goes on being answered until then.
func (t *Table) release(p *Project) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.shares--; p.shares > 0 {
		return false
	}
	for i, q := range t.projects {
		if q == p {
			t.projects = append(t.projects[:i], t.projects[i+1:]...)
			if t.ended == nil {
				t.ended = map[string]*ended{}
			}
			t.ended[p.settings.Project] = &ended{closed: p}
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
		if path := inUse(p); path != "" {
			t.mu.Unlock()
			return fmt.Errorf("%w: %q is open at %s of this process", ErrInUse, name, path)
		}
		gone = append(gone, p)
	}
	delete(t.ended, name)
	// The projects are closed without the lock: that writes to the store.
	t.projects = slices.DeleteFunc(t.projects, func(p *Project) bool { return slices.Contains(gone, p) })
	t.mu.Unlock()
	var failed []error
	for _, p := range gone {
		failed = append(failed, p.close(ctx))
	}
	return errors.Join(failed...)
}
