package ui

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Request is one request, as the host has received it.
type Request struct {
	// Verb is GET or POST.
	Verb string
	// Path is relative to where the interface is mounted, without a slash
	// before it; empty means the page.
	Path string
	// Param returns a query parameter, empty when there is none; nil means
	// that there are none.
	Param func(name string) string
	// Given lists the names of the query parameters, and of nothing else; nil means
	// that they are not known, and then none is refused.
	Given func() []string
	Body  []byte
	// ContentType is that of the body; empty means JSON.
	ContentType string
	// Encoding is the Content-Encoding of the body; empty means none.
	Encoding string

	parts map[string]string // variables of the path
	query param.Values      // query parameters of the route that are not empty
}

// part returns a variable of the path.
func (r *Request) part(name string) string { return r.parts[name] }

// Response is what the host is to send.
type Response struct {
	Status      int
	ContentType string
	Headers     map[string]string
	Body        []byte
}

// headerAsOf says when the statistics were put together that an answer was read off, the
// oldest of them where there are several, as RFC 3339 has it with milliseconds.
const headerAsOf = "Sml-As-Of"

// dated returns a handler whose answers say of when the statistics are that it has read,
// where it has read any.
func dated(work handler) handler {
	return func(ctx context.Context, a *API, r *Request) (*Response, error) {
		read := new(live.AsOf)
		out, err := work(live.WithAsOf(ctx, read), a, r)
		if at := read.Time(); err == nil && !at.IsZero() && out.Status == http.StatusOK {
			if out.Headers == nil {
				out.Headers = map[string]string{}
			}
			out.Headers[headerAsOf] = at.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		}
		return out, err
	}
}

// dated makes a route that no job stands for answer so; the others do already.
func (r *route) dated() {
	if ask := r.ask; ask != nil && !r.job {
		r.ask = func(p *param.Reader) handler { return dated(ask(p)) }
	}
	if r.serve != nil {
		r.serve = dated(r.serve)
	}
}

// Headers lists the names of all headers that a response may have.
func Headers() []string {
	return []string{"Allow", "Cache-Control", "Content-Disposition", "Content-Security-Policy", "Location", "Referrer-Policy", "Retry-After", headerAsOf, "X-Content-Type-Options"}
}

// Content types of responses.
const (
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
	typeSVG     = "image/svg+xml"
	typeBytes   = "application/octet-stream"
	typeCSV     = "text/csv"
)

func answer(v any) *Response {
	body, err := json.Marshal(v)
	if err != nil { // no answer has anything that JSON has not
		return &Response{Status: http.StatusInternalServerError, ContentType: typeProblem, Body: []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"encode the answer","instance":""}`)}
	}
	return &Response{Status: http.StatusOK, ContentType: typeJSON, Body: body}
}
