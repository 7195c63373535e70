package pipeline

import (
	"fmt"
	"os"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
	"github.com/redpanda-data/benthos/v4/public/service"
	"gopkg.in/yaml.v3"

	"github.com/rpconnect-sml/rpconnect-sml/internal/yamlwords"
)

// template is one of the host's: a component that a mapping makes of its fields.
type template struct {
	name     string
	defaults map[string]any
	mapping  *bloblang.Executor
}

// readTemplate reads a file of a template.
func readTemplate(path string) (*template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	var file struct {
		Name   string `yaml:"name"`
		Fields []struct {
			Name    string `yaml:"name"`
			Default *any   `yaml:"default"`
		} `yaml:"fields"`
		Mapping string `yaml:"mapping"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read template %q: %w", path, yamlwords.Error(err))
	}
	t := &template{name: file.Name, defaults: map[string]any{}}
	for _, f := range file.Fields {
		if f.Default != nil {
			t.defaults[f.Name] = *f.Default
		}
	}
	if t.mapping, err = bloblang.Parse(file.Mapping); err != nil {
		return nil, fmt.Errorf("read template %q: mapping: %w", path, err)
	}
	return t, nil
}

// render makes the component, whose every place is that of the configuration.
func (t *template) render(config *Node, label string) (*Node, error) {
	fields := map[string]any{}
	for name, value := range t.defaults {
		fields[name] = value
	}
	if err := config.plain().Decode(&fields); err != nil {
		return nil, fmt.Errorf("template %s: %w", t.name, yamlwords.Error(err))
	}
	m := service.NewMessage(nil)
	m.SetStructuredMut(fields)
	m.MetaSetMut("label", label)
	made, err := m.BloblangQuery(t.mapping)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.name, err)
	}
	value, err := made.AsStructured()
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.name, err)
	}
	var document yaml.Node
	if err := document.Encode(value); err != nil {
		return nil, fmt.Errorf("template %s: %w", t.name, err)
	}
	out, err := build(&document, config.Path)
	if err == nil {
		out.moveTo(config)
	}
	return out, err
}

// moveTo gives a node and all in it the place of another one.
func (n *Node) moveTo(place *Node) {
	n.Line, n.Column = place.Line, place.Column
	for _, f := range n.fields {
		f.moveTo(place)
	}
}
