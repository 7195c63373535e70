package pipeline

import (
	"slices"
	"strings"
)

// Component is one component of a configuration.
type Component struct {
	// Name is its type, such as sml_learn, and Label the one that it has, if any.
	Name, Label string
	// File is where it stands.
	File string
	// Config is the configuration under its name.
	Config *Node
	// Template is the name of the template that it is made by; "" for none. Its
	// places are then those of the component that names the template.
	Template string
}

// sections are the fields of a configuration in which components stand.
var sections = []string{"input", "buffer", "pipeline", "output", "input_resources", "cache_resources", "processor_resources", "output_resources", "rate_limit_resources"}

// find calls each for every component below a node that has one of the names.
func find(n *Node, named func(name string) bool, each func(name, label string, config *Node)) {
	if n == nil {
		return
	}
	if typ := n.Child("type").Text(); n.IsObject() && named(typ) && n.Child(typ) == nil {
		config := n.Child("plugin")
		if config == nil {
			config = &Node{Line: n.Line, Column: n.Column, Path: join(n.Path, typ), kind: n.kind}
		}
		each(typ, n.Child("label").Text(), config)
	}
	for i, f := range n.fields {
		if f.merged {
			continue // the host does not look there
		}
		if n.IsObject() && named(n.keys[i]) {
			each(n.keys[i], n.Child("label").Text(), f)
		}
		find(f, named, each)
	}
}

// Components returns the components that have one of the names, in the order in which
// they stand; those that templates make are among them.
func (d *Document) Components(names ...string) ([]Component, error) {
	var out []Component
	var failed error
	named := func(name string) bool { return slices.Contains(names, name) || d.templates[name] != nil }
	var add func(root *Node, template string, depth int)
	add = func(root *Node, template string, depth int) {
		find(root, named, func(name, label string, config *Node) {
			t := d.templates[name]
			if t == nil {
				out = append(out, Component{Name: name, Label: label, File: d.File, Config: config, Template: template})
				return
			}
			if depth == 0 {
				return // templates that are made by themselves
			}
			made, err := t.render(config, label)
			if err != nil {
				if failed == nil {
					failed = &PlaceError{File: d.File, Line: config.Line, Column: config.Column, Path: config.Path, Err: err}
				}
				return
			}
			add(made, strings.TrimPrefix(template+" > "+name, " > "), depth-1)
		})
	}
	for _, section := range sections {
		add(d.Root.Child(section), "", 8)
	}
	return out, failed
}

// Caches returns the cache resources in their order, those that templates make as what
// they are made into.
func (d *Document) Caches() ([]*Node, error) {
	var out []*Node
	for _, cache := range d.Root.Child("cache_resources").Children() {
		for _, name := range cache.keys {
			t := d.templates[name]
			if t == nil {
				continue
			}
			label := cache.Child("label")
			made, err := t.render(cache.Child(name), label.Text())
			if err != nil {
				return nil, &PlaceError{File: d.File, Line: cache.Line, Column: cache.Column, Path: cache.Path, Err: err}
			}
			if label != nil {
				made.keys, made.fields = append(made.keys, "label"), append(made.fields, label)
			}
			cache = made
			break
		}
		out = append(out, cache)
	}
	return out, nil
}

// IsPart reports whether the document has resources and runs nothing by itself.
func (d *Document) IsPart() bool {
	return d.Root.Child("input") == nil && d.Root.Child("pipeline") == nil && d.Root.Child("output") == nil
}
