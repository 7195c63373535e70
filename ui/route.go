package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// handler answers a request that is for its route.
type handler func(ctx context.Context, a *API, r *Request) (*Response, error)

// route is one row of what there is: the router, the checks and the OpenAPI
// document are made of it.
type route struct {
	// name is the operationId; none for the files of the page.
	name       string
	verb, path string
	summary    string
	// serve answers where there are no query parameters; ask declares and reads
	// them where there are, and returns what answers.
	serve handler
	ask   func(p *param.Reader) handler
	// parameters are those that ask declares.
	parameters []param.Parameter
	// body is the JSON schema of the request, nil for none.
	body map[string]any
	// takesRows says that the body is rows.
	takesRows bool
	// file says that the body is bytes; optional that there may be none.
	file, optional bool
	// content is the type of the answer, required the fields that a JSON
	// object in the answer always has; list says that it is an array.
	content  string
	required []string
	list     bool
	writes   bool
	// also has further types of content that the answer may have.
	also []string
	// job says that the answer may be a job instead, with the status 202.
	job bool
}

// handler reads the query parameters and returns what answers.
func (r *route) handler(asked *Request) (handler, error) {
	if r.ask == nil {
		return r.serve, nil
	}
	p := param.NewReader(asked.query, param.Texts)
	out := r.ask(p)
	if err := p.Close(); err != nil {
		return nil, fmt.Errorf("%w: %w", errBad, err)
	}
	return out, nil
}

// match finds the route of a path and its variables, else which verbs there
// are for it.
func match(routes []route, verb, path string) (found *route, parts map[string]string, other []string) {
	asked := strings.Split(path, "/")
	for i := range routes {
		parts, ok := fits(strings.Split(routes[i].path, "/"), asked)
		if !ok {
			continue
		}
		if routes[i].verb == verb {
			return &routes[i], parts, nil
		}
		if !slices.Contains(other, routes[i].verb) {
			other = append(other, routes[i].verb)
		}
	}
	return nil, nil, other
}

func fits(pattern, asked []string) (map[string]string, bool) {
	if len(pattern) != len(asked) {
		return nil, false
	}
	parts := map[string]string{}
	for i, p := range pattern {
		if name, ok := variable(p); ok && asked[i] != "" {
			parts[name] = asked[i]
		} else if p != asked[i] {
			return nil, false
		}
	}
	return parts, true
}

func variable(segment string) (string, bool) {
	if len(segment) > 2 && segment[0] == '{' && segment[len(segment)-1] == '}' {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}
