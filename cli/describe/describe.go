// Package describe adds the descriptions of fields, as comments, to the
// configuration that the host's `create` command prints.
//
// Only components whose name has the prefix are described.
package describe

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"
	"gopkg.in/yaml.v3"
)

// width is where comments are wrapped.
const width = 100

// describedConfig returns the YAML document with a comment above each field of the
// processors whose name has the prefix.
func describedConfig(env *service.Environment, prefix string, config []byte) ([]byte, error) {
	fields, err := descriptions(env, prefix)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(config, &doc); err != nil {
		return nil, fmt.Errorf("read config: %w", err)
	}
	visit(&doc, fields)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&doc); err != nil {
		return nil, fmt.Errorf("write config: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// descriptions returns, per processor, the description of each field by path.
func descriptions(env *service.Environment, prefix string) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	var failed error
	env.WalkProcessors(func(name string, view *service.ConfigView) {
		if !strings.HasPrefix(name, prefix) || failed != nil {
			return
		}
		data, err := view.TemplateData()
		if err != nil {
			failed = fmt.Errorf("processor %s: %w", name, err)
			return
		}
		out[name] = map[string]string{}
		for _, f := range data.Fields {
			out[name][f.FullName] = f.Description
		}
	})
	return out, failed
}

// visit looks for the processors and describes their fields.
func visit(n *yaml.Node, fields map[string]map[string]string) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if known, ok := fields[n.Content[i].Value]; ok {
				describeFields(n.Content[i+1], known)
			}
		}
	}
	for _, c := range n.Content {
		visit(c, fields)
	}
}

func describeFields(n *yaml.Node, known map[string]string) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if text := known[n.Content[i].Value]; text != "" {
			n.Content[i].HeadComment = wrap(text)
		}
	}
}

// wrap breaks a text into comment lines.
func wrap(text string) string {
	var lines []string
	line := "#"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != "#" {
			lines = append(lines, line)
			line = "#"
		}
		line += " " + word
	}
	return strings.Join(append(lines, line), "\n")
}
