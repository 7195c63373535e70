package processors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/portable"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

const httpName = "sml_http"

// Fields of sml_http.
const (
	httpPath     = "path"
	httpWritable = "writable"
	httpProjects = "projects"
	httpLimit    = "max_body_bytes"
	httpOther    = "other_metadata"
)

// Metadata of an answer that http_server uses for its response.
const (
	metaStatus      = "status"
	metaContentType = "content_type"
)

func httpSpec() *service.ConfigSpec {
	return service.NewConfigSpec().
		Beta().
		Categories("Machine Learning").
		Summary("Answers HTTP requests about projects: a REST interface with its OpenAPI document, and a web page.").
		Description(`
Put this processor behind an `+"`http_server`"+` input and put `+"`sync_response`"+` after it. The content of the message becomes the answer. The metadata
`+"`status` and `content_type`"+` hold the answer's status and content type, which the input's `+"`sync_response`"+` sends. Authentication and TLS are settings of the host.

Use two inputs: one that takes GET, with `+"`writable: false`"+`, and one that takes POST, with `+"`writable: true`"+`. Whether a request may change something is a setting of this
processor. It is never read from the request, because a query parameter can forge the verb.

The processor answers for the projects that components of this process have open. With `+"`cache`"+` it also answers for the projects of that cache, and opens them for reading when
a request names them. `+"`projects`"+` limits it to some of these.`).
		Fields(httpFields()...).
		Example("Page and reads", "Serves the page and all reads, in parallel with the other pipelines of the process.", `
input:
  http_server:
    address: 127.0.0.1:4195
    path: /sml/{rest:(?s:.*)}
    ws_path: ""
    allowed_verbs: [ GET ]
    sync_response:
      status: '${! @status.or("200") }'
      headers: { Content-Type: '${! @content_type.or("application/json") }' }
      metadata_headers: { include_prefixes: [ Allow, Cache-Control, Content-Disposition, Content-Security-Policy, Location, Referrer-Policy, Retry-After, X-Content-Type-Options ] }

pipeline:
  processors:
    - sml_http: {}
    - sync_response: {}

output:
  drop: {}
`)
}

// httpFields say which requests are answered, about which projects.
func httpFields() []*service.ConfigField {
	return []*service.ConfigField{
		service.NewInterpolatedStringField(httpPath).
			Description("The path of the request, below the path of the input: the path variable of `http_server`.").
			Default(`${! @rest.or("") }`),
		service.NewBoolField(httpWritable).
			Description("Answer requests that change something (learn, define, build, delete) instead of requests that read.").
			Default(false),
		service.NewStringListField(httpProjects).
			Description("The projects of the cache to answer for, besides the open ones. Empty means all projects of the cache.").
			Default([]any{}),
		service.NewStringField(fieldCache).
			Description("The label of a cache resource whose projects are answered for, besides the open ones. It is needed to create, delete, rename, export, import and merge projects.").
			Default(""),
		service.NewStringField(fieldPrefix).
			Description("The beginning of all keys in the cache.").
			Default("sml").
			Advanced(),
		service.NewDurationField(fieldRefresh).
			Description("The maximum age of an answer about a project that this processor opens.").
			Default("1s").
			Advanced(),
		accountField(),
		service.NewStringListField(httpOther).
			Description("The names of metadata that processors before this one set. Other metadata of a request that is no header, cookie or path variable is a query parameter, and one that the route does not have is refused.").
			Default([]any{}).
			Advanced(),
		service.NewIntField(httpLimit).
			Description("The maximum size of a body. A larger body is refused with status 413.").
			Default(ui.DefaultLimit).
			Advanced().
			LintRule(`root = if this < 1 { [ "max_body_bytes is " + this.string() + ", must be 1 or more" ] }`),
	}
}

// httpAPI is the processor. One instance serves all pipeline threads.
type httpAPI struct {
	path     *service.InterpolatedString
	writable bool
	other    []string // metadata that is no query parameter
	api      *ui.API
	projects *httpTable
}

func newHTTP(table *live.Table) service.BatchProcessorConstructor {
	jobs := new(ui.Jobs) // of the processor that reads and of the one that writes
	return func(conf *service.ParsedConfig, resources *service.Resources) (service.BatchProcessor, error) {
		p := &httpAPI{projects: &httpTable{table: table, opened: map[string]*live.Handle{}}}
		var err error
		if p.path, err = conf.FieldInterpolatedString(httpPath); err != nil {
			return nil, err
		}
		if p.writable, err = conf.FieldBool(httpWritable); err != nil {
			return nil, err
		}
		if p.other, err = conf.FieldStringList(httpOther); err != nil {
			return nil, err
		}
		limit, err := conf.FieldInt(httpLimit)
		if err != nil {
			return nil, err
		}
		if limit < 1 {
			return nil, fmt.Errorf("%s.%s is %d, want 1 or more", where(resources), httpLimit, limit)
		}
		if err := p.projects.configure(conf, resources); err != nil {
			return nil, err
		}
		p.api, err = ui.New(ui.Options{Projects: p.projects, Writable: p.writable, Limit: limit, Jobs: jobs})
		return p, err
	}
}

// httpTable holds the projects that are answered for: those that the process has
// open, and those of the settings, which are opened at the first request.
type httpTable struct {
	table *live.Table
	names []string        // of the settings; empty with a cache means all of it
	place *portable.Place // nil without a cache
	open  func(name string, learn *live.LearnSettings) (*live.Handle, error)

	mu     sync.Mutex
	opened map[string]*live.Handle
}

var _ ui.Projects = (*httpTable)(nil)

func (t *httpTable) configure(conf *service.ParsedConfig, resources *service.Resources) (err error) {
	if t.names, err = conf.FieldStringList(httpProjects); err != nil {
		return err
	}
	cache, err := conf.FieldString(fieldCache)
	if err != nil {
		return err
	}
	if cache == "" && len(t.names) > 0 {
		return fmt.Errorf("%s.%s is empty, and %s are to be read from it", where(resources), fieldCache, httpProjects)
	}
	if cache != "" && !resources.HasCache(cache) {
		return fmt.Errorf("%s.%s: cache %q is not among the cache_resources", where(resources), fieldCache, cache)
	}
	var store live.Settings // read here so that what is wrong with it shows at the start
	err = storeSettings(conf, &store)
	if err == nil {
		err = project.ValidateName(fieldPrefix, store.Prefix)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", where(resources), err)
	}
	for i, name := range t.names {
		if err := project.ValidateName("project", name); err != nil {
			return fmt.Errorf("%s.%s.%d: %w", where(resources), httpProjects, i, err)
		}
	}
	if cache != "" {
		if t.place, err = placeOf(conf, resources); err != nil {
			return err
		}
	}
	t.open = func(name string, learn *live.LearnSettings) (*live.Handle, error) {
		return openNamed(conf, resources, t.table, name, learn)
	}
	return nil
}

// Names lists the open projects, those of the settings, and those of the cache.
func (t *httpTable) Names(ctx context.Context) ([]string, error) {
	out := append(t.table.Names(), t.names...)
	if t.place != nil && len(t.names) == 0 {
		stored, err := t.place.Projects(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, stored...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Find returns an open project, or opens one of the settings or of the cache.
func (t *httpTable) Find(ctx context.Context, name string) (*live.Project, error) {
	p, err := t.table.Find(name)
	switch {
	case err == nil:
		return p, nil
	case t.place == nil:
		return t.table.Answering(ctx, name) // one that was closed here
	}
	if len(t.names) > 0 && !slices.Contains(t.names, name) {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, err := t.table.Find(name); err == nil {
		return p, nil
	}
	if len(t.names) == 0 {
		stored, listErr := t.place.Projects(ctx)
		if listErr != nil {
			return nil, listErr
		}
		if !slices.Contains(stored, name) {
			return nil, fmt.Errorf("%w; the cache has %s", err, several(stored))
		}
	}
	return t.keep(ctx, name, nil)
}

// keep opens a project and keeps the handle; the lock is held.
func (t *httpTable) keep(ctx context.Context, name string, learn *live.LearnSettings) (*live.Project, error) {
	h, err := t.open(name, learn)
	if err != nil {
		return nil, err
	}
	before := t.opened[name]
	t.opened[name] = h
	if before != nil {
		return h.Project(), before.Close(ctx)
	}
	return h.Project(), nil
}

// Learn opens a project of the cache for the rows of requests.
func (t *httpTable) Learn(ctx context.Context, name string, settings *live.LearnSettings) (*live.Project, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, err := t.table.Find(name); err == nil && p.Learning() {
		return p, nil
	}
	if t.place == nil {
		return nil, fmt.Errorf("%w: %q is open for reading only in this process, and sml_http has no %s to learn it in", live.ErrInUse, name, fieldCache)
	}
	return t.keep(ctx, name, settings)
}

// several formats the first few names of a list.
func several(names []string) string {
	const most = 10
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Place returns where a project is kept: where the component of this process
// keeps it that has it open, else the cache of the settings, nil without one. A
// project of the cache that the settings do not name is not to be changed.
func (t *httpTable) Place(name string) *portable.Place {
	if store, prefix, ok := t.table.Kept(name); ok {
		return &portable.Place{Store: store, Prefix: prefix}
	}
	if len(t.names) > 0 && !slices.Contains(t.names, name) {
		return nil
	}
	return t.place
}

// Discard closes a project that this processor opened.
func (t *httpTable) Discard(ctx context.Context, name string) error {
	return t.table.Discard(ctx, name)
}

func (t *httpTable) close(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var failed []error
	for _, h := range t.opened {
		failed = append(failed, h.Close(ctx))
	}
	return errors.Join(failed...)
}

// ProcessBatch answers each message.
func (p *httpAPI) ProcessBatch(ctx context.Context, batch service.MessageBatch) ([]service.MessageBatch, error) {
	for i, m := range batch {
		path, err := batch.TryInterpolatedString(i, p.path)
		if err != nil {
			m.SetError(fmt.Errorf("%s: %w", httpPath, err))
			continue
		}
		body, err := m.AsBytes()
		if err != nil {
			m.SetError(err)
			continue
		}
		r := p.api.Serve(ctx, p.request(m, path, body))
		m.SetBytes(r.Body)
		m.MetaSetMut(metaStatus, strconv.Itoa(r.Status))
		m.MetaSetMut(metaContentType, r.ContentType)
		for _, name := range ui.Headers() {
			// A request header of that name is in the metadata as well.
			m.MetaDelete(name)
			if value, ok := r.Headers[name]; ok {
				m.MetaSetMut(name, value)
			}
		}
	}
	return []service.MessageBatch{batch}, nil
}

// request is a message as a request.
func (p *httpAPI) request(m *service.Message, path string, body []byte) *ui.Request {
	r := &ui.Request{
		Verb: p.verb(body), Path: path, Body: body, ContentType: metadata(m, "Content-Type"), Encoding: metadata(m, "Content-Encoding"),
		Param: func(name string) string { return metadata(m, name) },
	}
	if names := queryNames(m, path, p.other); names != nil {
		r.Given = func() []string { return names }
	}
	return r
}

func metadata(m *service.Message, name string) string {
	value, _ := m.MetaGet(name)
	return value
}

// verb returns the verb of a request, which depends on the processor and not on
// the request. A body sent to a processor that only reads belongs to a request
// that reads with a body, such as predict.
func (p *httpAPI) verb(body []byte) string {
	if p.writable || len(body) > 0 {
		return "POST"
	}
	return "GET"
}

// Close cancels the jobs and closes the projects that this processor opened.
func (p *httpAPI) Close(ctx context.Context) error {
	p.api.Close(ctx)
	return p.projects.close(ctx)
}
