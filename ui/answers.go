package ui

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// Bounds of the answers that are remembered.
const (
	// freshFor is how old an answer may be: pages ask once a second, and many
	// of them ask the same.
	freshFor   = 250 * time.Millisecond
	maxAnswers = 256
	maxAnswer  = 1 << 20 // bytes
)

// answers are the last answers to questions about projects, so that many pages
// cost hardly more than one. It is safe for concurrent use.
type answers struct {
	mu    sync.Mutex
	known map[string]*remembered
}

// remembered is an answer, or one that is being worked out.
type remembered struct {
	project  *live.Project
	revision uint64
	at       time.Time
	done     chan struct{} // closed when response is there
	response *Response     // nil when there was an error
}

// get answers a request, from memory where the answer is fresh and nothing has
// been changed through the interface since. Of the same request at the same
// time one is worked out.
func (c *answers) get(ctx context.Context, p *live.Project, key string, now time.Time, work func() (*Response, error)) (*Response, error) {
	c.mu.Lock()
	k := c.known[key]
	if k != nil && k.project == p && k.revision == p.Revision() && now.Sub(k.at) < freshFor {
		c.mu.Unlock()
		select {
		case <-k.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if k.response != nil {
			return k.response.copy(), nil
		}
		return work()
	}
	k = &remembered{project: p, revision: p.Revision(), at: now, done: make(chan struct{})}
	if c.known == nil || len(c.known) >= maxAnswers {
		c.known = map[string]*remembered{}
	}
	c.known[key] = k
	c.mu.Unlock()
	defer close(k.done)
	out, err := work()
	if err == nil && out.Status == http.StatusOK && len(out.Body) <= maxAnswer {
		k.response = out.copy()
		return out, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// a failure, a job, or more than is remembered
	if c.known[key] == k {
		delete(c.known, key)
	}
	return out, err
}

// copy returns a response whose headers may be changed; its body may not.
func (r *Response) copy() *Response {
	out := *r
	out.Headers = make(map[string]string, len(r.Headers))
	for name, value := range r.Headers {
		out.Headers[name] = value
	}
	return &out
}

// answer serves a read of a project from memory where it can.
func (a *API) answer(ctx context.Context, found *route, r *Request, serve handler) (*Response, error) {
	if found.verb != http.MethodGet || !strings.HasPrefix(found.path, projectPath) || found.content == typeBytes {
		return serve(ctx, a, r)
	}
	p, err := a.project(ctx, r)
	if err != nil {
		return nil, err
	}
	if p.Exact() {
		return serve(ctx, a, r) // which lacks nothing
	}
	key := strings.Trim(r.Path, "/")
	for i := range found.parameters {
		value, _ := r.query[found.parameters[i].Name].(string)
		key += strconv.Quote(value) // whatever the value is, it ends where it ends
	}
	if len(key) > maxPath {
		return serve(ctx, a, r)
	}
	return a.answers.get(ctx, p, key, a.options.Now(), func() (*Response, error) { return serve(ctx, a, r) })
}
