package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
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
	Body  []byte

	parts map[string]string // variables of the path
}

// param returns a variable of the path or else a query parameter.
func (r *Request) param(name string) string {
	if v, ok := r.parts[name]; ok {
		return v
	}
	if r.Param == nil {
		return ""
	}
	return r.Param(name)
}

// Response is what the host is to send.
type Response struct {
	Status      int
	ContentType string
	Headers     map[string]string
	Body        []byte
}

// Headers lists the names of all headers that a response may have.
func Headers() []string {
	return []string{"Allow", "Cache-Control", "Content-Disposition", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"}
}

// Content types of responses.
const (
	typeJSON    = "application/json"
	typeProblem = "application/problem+json"
	typeSVG     = "image/svg+xml"
	typeBytes   = "application/octet-stream"
)

// problem is an error as RFC 9457 has it. The type says that the status tells
// what kind of problem it is.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func fail(status int, format string, args ...any) *Response {
	body, err := json.Marshal(problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)})
	if err != nil {
		body = []byte(`{"status":500}`)
	}
	return &Response{Status: status, ContentType: typeProblem, Body: body}
}

func answer(v any) *Response {
	body, err := json.Marshal(v)
	if err != nil {
		return fail(http.StatusInternalServerError, "encode answer: %v", err)
	}
	return &Response{Status: http.StatusOK, ContentType: typeJSON, Body: body}
}
