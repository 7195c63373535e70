package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Operation is a route by its name, for callers that have named arguments in
// place of a path, a query and a body.
type Operation struct {
	// Name is the operationId of the OpenAPI document.
	Name    string
	Summary string
	// Verb is GET or POST. Writes says that an API must be writable for it.
	Verb   string
	Writes bool
	// Arguments are the variables of the path, the query parameters and the
	// fields of the body, in this order.
	Arguments []Argument
}

// Argument is one argument of an operation.
type Argument struct {
	Name     string
	Required bool
	// Schema is JSON Schema in the dialect of OpenAPI 3.0.
	Schema map[string]any
}

// rowsArgument is the argument that has the rows of a body.
const rowsArgument = "rows"

// Operations lists what can be called: each route with a name whose answer is
// JSON and that needs no file.
func (a *API) Operations() []Operation {
	var out []Operation
	for i := range a.routes {
		if r := &a.routes[i]; r.callable() {
			out = append(out, Operation{Name: r.name, Summary: r.summary, Verb: r.verb, Writes: r.writes, Arguments: r.arguments()})
		}
	}
	return out
}

// callable reports whether arguments can stand for the request and JSON for the
// answer.
func (r *route) callable() bool {
	return r.name != "" && r.content == "" && (!r.file || r.optional)
}

// arguments lists those of a route.
func (r *route) arguments() []Argument {
	var out []Argument
	for _, segment := range strings.Split(r.path, "/") {
		if name, ok := variable(segment); ok {
			out = append(out, Argument{Name: name, Required: true, Schema: map[string]any{"type": "string", "minLength": 1, "description": "The " + name + "."}})
		}
	}
	for i := range r.parameters {
		p := &r.parameters[i]
		out = append(out, Argument{Name: p.Name, Required: p.Required, Schema: p.Body()})
	}
	if r.takesRows {
		return append(out, Argument{Name: rowsArgument, Required: true, Schema: map[string]any{
			"type": "array", "minItems": 1, "maxItems": maxRows, "items": map[string]any{"type": "object"},
			"description": "The rows: objects with the attributes by name.",
		}})
	}
	fields, _ := r.body["properties"].(map[string]any)
	required, _ := r.body["required"].([]string)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		schema, _ := fields[name].(map[string]any)
		out = append(out, Argument{Name: name, Required: slices.Contains(required, name), Schema: schema})
	}
	return out
}

// Call answers an operation. Arguments are JSON by name; null is the same as left
// out. Every error is a problem document, as Serve's are.
func (a *API) Call(ctx context.Context, name string, arguments map[string]json.RawMessage) *Response {
	asked := &Request{Path: name}
	at := slices.IndexFunc(a.routes, func(r route) bool { return r.name == name && r.callable() })
	if at < 0 {
		return failed(asked, failf("nothing-there", http.StatusNotFound, "there is no operation %s", quote(name)))
	}
	found := &a.routes[at]
	parts, err := found.place(arguments, asked)
	var out *Response
	if err == nil {
		err = a.fits(asked)
	}
	if err == nil {
		out, err = a.call(ctx, found, asked, parts)
	}
	if err != nil {
		return failed(asked, err)
	}
	return out
}

// place turns arguments into a request: path, query and body.
func (r *route) place(arguments map[string]json.RawMessage, asked *Request) (parts map[string]string, err error) {
	given := map[string]json.RawMessage{}
	for name, value := range arguments {
		if text := bytes.TrimSpace(value); len(text) > 0 && !bytes.Equal(text, []byte("null")) {
			given[name] = text
		}
	}
	var names []string
	for _, argument := range r.arguments() {
		names = append(names, argument.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%w: %w", errBad, &param.UnknownError{Name: name, Known: names})
		}
	}
	if parts, err = r.fill(given, asked); err != nil {
		return nil, err
	}
	query := map[string]string{}
	for i := range r.parameters {
		if value, ok := given[r.parameters[i].Name]; ok {
			query[r.parameters[i].Name] = plainText(value)
			delete(given, r.parameters[i].Name)
		}
	}
	asked.Verb, asked.Param = r.verb, func(name string) string { return query[name] }
	switch {
	case r.takesRows:
		asked.Body = given[rowsArgument]
	case len(given) > 0 || r.body != nil && !r.optional:
		if asked.Body, err = json.Marshal(given); err != nil {
			return nil, fmt.Errorf("%w: %w", errBad, err)
		}
	}
	return parts, nil
}

// fill takes the variables of the path out of what is given, and sets the path.
func (r *route) fill(given map[string]json.RawMessage, asked *Request) (map[string]string, error) {
	parts, segments := map[string]string{}, strings.Split(r.path, "/")
	for i, segment := range segments {
		name, ok := variable(segment)
		if !ok {
			continue
		}
		parts[name] = plainText(given[name])
		if parts[name] == "" {
			return nil, fmt.Errorf("%w: %s is missing, want a text", errBad, name)
		}
		segments[i] = url.PathEscape(parts[name]) // whatever it is, it ends where it ends
		delete(given, name)
	}
	asked.Path = strings.Join(segments, "/")
	return parts, nil
}

// plainText is a value as a query has it: a text as it is, all else as JSON.
func plainText(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
