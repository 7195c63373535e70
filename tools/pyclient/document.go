package pyclient

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is what is read of an OpenAPI document.
type document struct {
	Paths      map[string]map[string]*operation
	Components struct{ Schemas map[string]*schema }
}

// operation is one operation.
type operation struct {
	Name       string `json:"operationId"`
	Summary    string
	Parameters []struct {
		Name, In, Description string
		Required              bool
		Kind                  string `json:"x-kind"`
		Schema                schema
	}
	RequestBody *struct {
		Required bool
		Content  map[string]struct{ Schema schema }
	}
	verb, path string
}

// schema is JSON Schema in the dialect of OpenAPI 3.0.
type schema struct {
	Type        string
	Description string
	Enum        []any
	Default     any
	Items       *schema
	AnyOf       []schema
	Properties  map[string]*schema
	Required    []string
}

const (
	typeJSON  = "application/json"
	typeBytes = "application/octet-stream"
)

// read reads a document.
func read(data []byte) (*document, error) {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	return &d, nil
}

// operations lists those with a name, in the order of their names.
func (d *document) operations() []*operation {
	var out []*operation
	for path, verbs := range d.Paths {
		for verb, o := range verbs {
			if o.Name != "" {
				o.verb, o.path = strings.ToUpper(verb), strings.TrimPrefix(path, "/")
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b *operation) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// body returns the schema of the JSON of a request, nil for none.
func (o *operation) body() *schema {
	if o.RequestBody == nil {
		return nil
	}
	content, ok := o.RequestBody.Content[typeJSON]
	if !ok {
		return nil
	}
	return &content.Schema
}

// file reports whether a request has bytes, and whether it must.
func (o *operation) file() (takes, must bool) {
	if o.RequestBody == nil {
		return false, false
	}
	_, takes = o.RequestBody.Content[typeBytes]
	return takes && o.body() == nil, o.RequestBody.Required
}

// models lists the schemas of definitions by type, in the order of the types.
func (d *document) models() (types []string, of map[string]*schema) {
	of = map[string]*schema{}
	for name, s := range d.Components.Schemas {
		if typ, ok := strings.CutPrefix(name, "Model_"); ok {
			of[typ] = s
		}
	}
	return slices.Sorted(maps.Keys(of)), of
}
