package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Projects finds the projects that may be asked for.
type Projects interface {
	// Names lists the projects that are known to exist, in order.
	Names(ctx context.Context) ([]string, error)
	// Find returns a project; the error wraps live.ErrNotOpen when there is
	// none of that name.
	Find(ctx context.Context, name string) (*live.Project, error)
	// Learn opens a project of a Place for learning, or returns the one that
	// learns already. The error wraps live.ErrInUse when something that does
	// not learn it has it open.
	Learn(ctx context.Context, name string, settings *live.LearnSettings) (*live.Project, error)
	// Place returns where a project of that name is, or would be, kept; nil
	// when it is not to be changed as a whole.
	Place(name string) *portable.Place
	// Discard closes a project before it is changed as a whole. The error wraps
	// live.ErrInUse when something else than an API has it open.
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
	// Jobs are those of all APIs that share them; nil means that this one has its own.
	Jobs *Jobs
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

	answers answers
	work    sync.WaitGroup // of requests
	closed  atomic.Bool
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
	if o.Jobs == nil {
		o.Jobs = new(Jobs)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &API{options: o, routes: routes(), rates: map[string]*rate{}}, nil
}

// Serve answers a request. Every error is a problem document (RFC 9457).
func (a *API) Serve(ctx context.Context, r *Request) *Response {
	out, err := a.serve(ctx, r)
	if err != nil {
		refused := failed(r, err)
		if other := (&otherVerbs{}); errors.As(err, &other) {
			refused.Headers["Allow"] = strings.Join(other.verbs, ", ")
		}
		return refused
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

// serve finds what answers the request and lets it.
func (a *API) serve(ctx context.Context, r *Request) (*Response, error) {
	if err := a.fits(r); err != nil {
		return nil, err
	}
	if len(r.Path) > maxPath {
		return nil, failf("too-long", http.StatusRequestURITooLong, "the path has %d bytes, want at most %d", len(r.Path), maxPath)
	}
	found, parts, other := match(a.routes, r.Verb, strings.Trim(r.Path, "/"))
	if found == nil {
		if len(other) == 0 {
			return nil, failf("nothing-there", http.StatusNotFound, "there is nothing at %q; openapi.json says what there is", r.Path)
		}
		return nil, &failure{kind: "other-verb", status: http.StatusMethodNotAllowed, err: &otherVerbs{path: r.Path, verbs: other}}
	}
	return a.call(ctx, found, r, parts)
}

// fits refuses a body that is too large.
func (a *API) fits(r *Request) error {
	if len(r.Body) > a.options.Limit {
		return failf("too-large", http.StatusRequestEntityTooLarge, "the body has %d bytes, want at most %d", len(r.Body), a.options.Limit)
	}
	return nil
}

// call answers a request that is for a route.
func (a *API) call(ctx context.Context, found *route, r *Request, parts map[string]string) (*Response, error) {
	if found.writes && !a.options.Writable {
		return nil, failf("read-only", http.StatusForbidden, "this endpoint answers reads only; a processor with writable: true takes %s %s", found.verb, found.path)
	}
	asked, err := found.bind(r, parts)
	if err != nil {
		return nil, err
	}
	serve, err := found.handler(asked)
	if err != nil {
		return nil, err
	}
	return a.answer(ctx, found, asked, serve)
}

// otherVerbs says which verbs a path takes.
type otherVerbs struct {
	path  string
	verbs []string
}

// Error names path and verbs.
func (o *otherVerbs) Error() string {
	return fmt.Sprintf("%q takes %s", o.path, strings.Join(o.verbs, ", "))
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// project finds the project of the path.
func (a *API) project(ctx context.Context, r *Request) (*live.Project, error) {
	name := r.part("project")
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
