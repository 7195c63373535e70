package ui

import (
	"context"
	"slices"
	"strings"
)

// parameter is a query parameter or, where the path has it in braces, a part
// of the path.
type parameter struct {
	name, description string
	kind              string // of JSON schema: string, number, integer, boolean
	required          bool
}

// route is one row of what there is: the router, the checks and the OpenAPI
// document are made of it.
type route struct {
	verb, path string
	summary    string
	parameters []parameter
	// body is the JSON schema of the request, nil for none.
	body map[string]any
	// file says that the body is bytes; optional that there may be none.
	file, optional bool
	// content is the type of the answer, required the fields that a JSON
	// object in the answer always has; list says that it is an array.
	content  string
	required []string
	list     bool
	writes   bool

	serve func(ctx context.Context, a *API, r *Request) (*Response, error)
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
