package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/engine"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Projects finds the projects that may be asked for.
type Projects interface {
	// Names lists the projects that are known to exist, in order.
	Names(ctx context.Context) ([]string, error)
	// Find returns a project; the error wraps engine.ErrNotOpen when there is
	// none of that name.
	Find(ctx context.Context, name string) (*engine.Project, error)
	// Place returns where a project of that name is, or would be, kept; nil
	// when it is not to be changed as a whole.
	Place(name string) *portable.Place
	// Discard closes a project before it is changed as a whole. The error wraps
	// engine.ErrInUse when something else than an API has it open.
	Discard(ctx context.Context, name string) error
}

// Options of an API.
type Options struct {
	Projects Projects
	// Writable answers requests that change something; otherwise they are
	// forbidden.
	Writable bool
	// Limit bounds the bytes of a body; 0 means DefaultLimit.
	Limit int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// DefaultLimit is used when Options.Limit is zero: 16 MiB.
const DefaultLimit = 16 << 20

// maxPath bounds the bytes of a path, maxParameter those of a query parameter.
const (
	maxPath      = 1000
	maxParameter = 1 << 20
)

// API answers requests. It is safe for concurrent use.
type API struct {
	options Options
	routes  []route

	mu    sync.Mutex
	rates map[string]*rate
}

// New returns an API over the projects.
func New(o Options) (*API, error) {
	if o.Projects == nil {
		return nil, errors.New("projects is nil")
	}
	if o.Limit < 0 {
		return nil, errors.New("limit is negative")
	}
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &API{options: o, routes: routes(), rates: map[string]*rate{}}, nil
}

// Serve answers a request. Every error is a problem document (RFC 9457).
func (a *API) Serve(ctx context.Context, r *Request) *Response {
	if len(r.Body) > a.options.Limit {
		return fail(http.StatusRequestEntityTooLarge, "the body has %d bytes, want at most %d", len(r.Body), a.options.Limit)
	}
	if len(r.Path) > maxPath {
		return fail(http.StatusRequestURITooLong, "the path has %d bytes, want at most %d", len(r.Path), maxPath)
	}
	found, parts, other := match(a.routes, r.Verb, strings.Trim(r.Path, "/"))
	if found == nil {
		if len(other) == 0 {
			return fail(http.StatusNotFound, "there is nothing at %q; openapi.json says what there is", r.Path)
		}
		out := fail(http.StatusMethodNotAllowed, "%q takes %s", r.Path, strings.Join(other, ", "))
		out.Headers = map[string]string{"Allow": strings.Join(other, ", ")}
		return out
	}
	if found.writes && !a.options.Writable {
		return fail(http.StatusForbidden, "this endpoint answers reads only; a processor with writable: true takes %s %s", found.verb, found.path)
	}
	asked := *r
	asked.parts = parts
	for _, p := range found.parameters {
		if p.required && asked.param(p.name) == "" {
			return fail(http.StatusBadRequest, "%s is missing", p.name)
		}
		if len(asked.param(p.name)) > maxParameter {
			return fail(http.StatusBadRequest, "%s has %d bytes, want at most %d", p.name, len(asked.param(p.name)), maxParameter)
		}
	}
	out, err := found.serve(ctx, a, &asked)
	if err != nil {
		return failed(err)
	}
	if out.Headers == nil {
		out.Headers = map[string]string{}
	}
	if out.Headers["Cache-Control"] == "" {
		out.Headers["Cache-Control"] = "no-store"
	}
	out.Headers["X-Content-Type-Options"] = "nosniff"
	return out
}

// errBad is wrapped by errors about what was asked.
var errBad = errors.New("bad request")

// failed turns an error of the core into a problem.
func failed(err error) *Response {
	status := http.StatusBadRequest
	switch {
	case errors.Is(err, engine.ErrNotOpen), errors.Is(err, engine.ErrNoModel), errors.Is(err, explore.ErrUnknownQuestion), errors.Is(err, portable.ErrNoProject):
		status = http.StatusNotFound
	case errors.Is(err, state.ErrExists), errors.Is(err, engine.ErrFrozen), errors.Is(err, engine.ErrInUse), errors.Is(err, portable.ErrProjectExists),
		errors.Is(err, portable.ErrLive), errors.Is(err, portable.ErrKinds), errors.Is(err, stats.ErrIncompatible):
		status = http.StatusConflict
	case errors.Is(err, state.ErrStore), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		status = http.StatusServiceUnavailable
	case errors.Is(err, errNoPlace):
		status = http.StatusForbidden
	case errors.Is(err, errBad), errors.Is(err, model.ErrDefinition):
	}
	return fail(status, "%v", err)
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// project finds the project of the path.
func (a *API) project(ctx context.Context, r *Request) (*engine.Project, error) {
	name := r.param("project")
	if err := checkName("project", name); err != nil {
		return nil, err
	}
	return a.options.Projects.Find(ctx, name)
}

func checkName(what, name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%w: %s is %s, want 1 to 100 letters, digits, _ and -", errBad, what, quote(name))
	}
	return nil
}
