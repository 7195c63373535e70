package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// Document is one file of a configuration.
type Document struct {
	// File is its path, Root its content with the variables put in.
	File string
	Root *Node
	// Unchecked says that the file asks for no lints, as its first line.
	Unchecked bool

	templates map[string]*template
}

// Config is a configuration: the files of pipelines and of further resources.
type Config struct {
	// Documents are the files that were named, Resources those of --resources.
	Documents, Resources []*Document

	variables *variables
}

// All are all files.
func (c *Config) All() []*Document {
	return append(append([]*Document{}, c.Documents...), c.Resources...)
}

// Hide puts the names of variables in place of their values in a text.
func (c *Config) Hide(text string) string { return c.variables.hide(text) }

// Escaped is YAML that a host which puts variables in leaves as it is.
func Escaped(yaml string) string { return escape(yaml) }

// Read reads a configuration from its sources. The error names the file and, where
// there is one, the line.
func Read(s *Sources) (*Config, error) {
	if err := s.loadEnv(); err != nil {
		return nil, err
	}
	c := &Config{variables: &variables{lookup: os.LookupEnv, names: map[string]string{}}}
	templates, err := readTemplates(s.Templates)
	if err != nil {
		return nil, err
	}
	files, err := Files(s.Configs)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		d, err := c.read(file, templates)
		if err != nil {
			return nil, err
		}
		for _, text := range s.Sets {
			if err := d.set(text); err != nil {
				return nil, fmt.Errorf("--set %s: %w", text, err)
			}
		}
		c.Documents = append(c.Documents, d)
	}
	if files, err = globs(s.Resources); err != nil {
		return nil, err
	}
	for _, file := range files {
		d, err := c.read(file, templates)
		if err != nil {
			return nil, err
		}
		c.Resources = append(c.Resources, d)
	}
	return c, nil
}

func readTemplates(paths []string) (map[string]*template, error) {
	files, err := globs(paths)
	if err != nil {
		return nil, err
	}
	out := map[string]*template{}
	for _, file := range files {
		t, err := readTemplate(file)
		if err != nil {
			return nil, err
		}
		out[t.name] = t
	}
	return out, nil
}

// read reads one file.
func (c *Config) read(file string, templates map[string]*template) (*Document, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	d := &Document{File: file, templates: templates, Unchecked: bytes.HasPrefix(text, []byte("# BENTHOS LINT DISABLE"))}
	expanded, err := c.variables.expand(string(text))
	if err == nil {
		d.Root, err = parse(expanded)
	}
	if err != nil {
		return nil, c.broken(file, err)
	}
	if !d.Root.IsObject() {
		return nil, &PlaceError{File: file, Line: d.Root.Line, Column: d.Root.Column, Err: errors.New("the file is no object of fields such as input and pipeline")}
	}
	return d, nil
}

// broken names the line of an error of the YAML library.
func (c *Config) broken(file string, err error) error {
	text := strings.TrimPrefix(c.Hide(yamlwords.Text(err.Error())), "yaml: ")
	out := &PlaceError{File: file, Line: 1, Column: 1, Err: fmt.Errorf("the file is no YAML: %s", text)}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, what, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			out.Line, out.Err = line, fmt.Errorf("the file is no YAML: %s", what)
		}
	}
	return out
}

// set puts a value at a path, PATH=VALUE, as the host's --set: what is not there is
// made, "-" adds to a list, and an empty value takes away.
func (d *Document) set(text string) error {
	path, value, ok := strings.Cut(text, "=")
	if !ok || path == "" {
		return errors.New("want PATH=VALUE, such as pipeline.threads=1")
	}
	var given *Node
	if value != "" {
		var err error
		if given, err = parse(value); err != nil {
			return yamlwords.Error(err)
		}
	}
	names := strings.Split(path, ".")
	for i := range names {
		names[i] = strings.NewReplacer("~1", ".", "~0", "~").Replace(names[i])
	}
	return d.Root.put(names, given)
}

// put sets the value at a path below the node.
func (n *Node) put(names []string, value *Node) error {
	name := names[0]
	child := n.Child(name)
	last := len(names) == 1
	switch {
	case child != nil && last && value == nil:
		*n = *n.Without(child)
		return nil
	case child != nil && last:
		line, column, path := child.Line, child.Column, child.Path
		*child = *value
		child.Line, child.Column, child.Path = line, column, path
		return nil
	case child != nil:
		return child.put(names[1:], value)
	case value == nil:
		return nil // it is not there
	}
	at := join(n.Path, name)
	if n.kind == yaml.SequenceNode {
		at = join(n.Path, strconv.Itoa(len(n.fields)))
	}
	child = &Node{Line: n.Line, Column: n.Column, Path: at, kind: yaml.MappingNode}
	if last {
		*child = *value
		child.Line, child.Column, child.Path = n.Line, n.Column, at
	} else if err := child.put(names[1:], value); err != nil {
		return err
	}
	switch {
	case n.kind == yaml.SequenceNode && name == "-":
		n.fields = append(n.fields, child)
	case n.kind == yaml.SequenceNode:
		return fmt.Errorf("%s has no item %s: it has %d", n.Path, name, len(n.fields))
	case n.value != nil && n.value.Tag != "!!null":
		return fmt.Errorf("%s is a value and has no field %q", n.Path, name)
	default:
		n.kind, n.value = yaml.MappingNode, nil
		n.keys, n.fields = append(n.keys, name), append(n.fields, child)
	}
	return nil
}
