package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Node is a place in the YAML of a configuration: a mapping, a list or a value, with
// the line and column that it has in its file. Aliases are resolved. What a mapping
// merges is a field of it that is called <<, and no field of its own: the host reads
// components by the names of their fields and leaves merges out, save in values that it
// takes as they are.
type Node struct {
	// Line and Column are where it stands, that of a field where its name stands;
	// from 1 on.
	Line, Column int
	// Path is where it stands from the top of the file on, such as
	// pipeline.processors.0.
	Path string

	kind   yaml.Kind
	value  *yaml.Node // of a scalar
	keys   []string   // of a mapping, in their order
	fields []*Node    // of a mapping or list
	merged bool       // by the mapping that it is in
}

// parse reads a document. The error is that of the YAML library.
func parse(text string) (*Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 {
		return &Node{kind: yaml.MappingNode, Line: 1, Column: 1}, nil
	}
	return build(document.Content[0], "")
}

// Bounds of a document whose aliases are resolved.
const (
	deepest = 200
	largest = 1_000_000 // nodes
)

// build makes a node of the library's, and resolves aliases.
func build(n *yaml.Node, path string) (*Node, error) { return new(builder).build(n, path, 0) }

// builder counts the nodes of a document.
type builder struct{ nodes int }

func (b *builder) build(n *yaml.Node, path string, depth int) (*Node, error) {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	out := &Node{Line: n.Line, Column: n.Column, Path: path, kind: n.Kind}
	if b.nodes++; depth > deepest || b.nodes > largest {
		return nil, fmt.Errorf("line %d: the document has more than %d levels or %d values", n.Line, deepest, largest)
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			child, err := b.build(item, join(path, strconv.Itoa(i)), depth+1)
			if err != nil {
				return nil, err
			}
			out.fields = append(out.fields, child)
		}
	case yaml.MappingNode:
		return out, b.addFields(out, n, depth)
	default:
		out.value = n
	}
	return out, nil
}

// mergeTag is the tag of the key by which the fields of other mappings are merged.
const mergeTag = "!!merge"

// addFields adds the fields of a mapping.
func (b *builder) addFields(n *Node, from *yaml.Node, depth int) error {
	for i := 0; i+1 < len(from.Content); i += 2 {
		key, value := from.Content[i], from.Content[i+1]
		if slices.Contains(n.keys, key.Value) {
			continue
		}
		child, err := b.build(value, join(n.Path, key.Value), depth+1)
		if err != nil {
			return err
		}
		if child.kind == yaml.ScalarNode || key.Line == child.Line || value.Kind == yaml.AliasNode {
			child.Line, child.Column = key.Line, key.Column
		}
		child.merged = key.Tag == mergeTag
		n.keys, n.fields = append(n.keys, key.Value), append(n.fields, child)
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Child returns the field of a mapping by its name, or the item of a list by its
// number; nil for none.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	if n.kind == yaml.SequenceNode {
		i, err := strconv.Atoi(name)
		if i < 0 {
			i += len(n.fields) // from the end, as the host has it
		}
		if err != nil || i < 0 || i >= len(n.fields) {
			return nil
		}
		return n.fields[i]
	}
	if i := slices.Index(n.keys, name); i >= 0 {
		return n.fields[i]
	}
	return nil
}

// Text is the text of a value, "" for a mapping or list or none.
func (n *Node) Text() string {
	if n == nil || n.value == nil {
		return ""
	}
	return n.value.Value
}

// IsObject reports whether the node is a mapping.
func (n *Node) IsObject() bool { return n != nil && n.kind == yaml.MappingNode }

// IsMerge reports whether the node is what a mapping merges.
func (n *Node) IsMerge() bool { return n.merged }

// Merges is what the mapping merges; nil for nothing.
func (n *Node) Merges() *Node {
	for _, f := range n.Children() {
		if f.merged {
			return f
		}
	}
	return nil
}

// Children are the fields of a mapping or the items of a list.
func (n *Node) Children() []*Node {
	if n == nil {
		return nil
	}
	return n.fields
}

// Name is the last part of the path.
func (n *Node) Name() string { return n.Path[strings.LastIndexByte(n.Path, '.')+1:] }

// Without returns the node without a node that is in it, whose path and line all
// others keep.
func (n *Node) Without(gone *Node) *Node {
	if len(n.fields) == 0 {
		return n
	}
	out := *n
	out.keys, out.fields = nil, nil
	for i, f := range n.fields {
		if f == gone {
			continue
		}
		if n.kind == yaml.MappingNode {
			out.keys = append(out.keys, n.keys[i])
		}
		out.fields = append(out.fields, f.Without(gone))
	}
	return &out
}

// Inlined returns the node in which the fields of a merge that is in it are fields of
// the mapping that merges them, save those that it has itself.
func (n *Node) Inlined(merge *Node) *Node {
	out := *n
	out.keys, out.fields = nil, nil
	for i, f := range n.fields {
		if f == merge {
			continue
		}
		if n.kind == yaml.MappingNode {
			out.keys = append(out.keys, n.keys[i])
		}
		out.fields = append(out.fields, f.Inlined(merge))
	}
	if !slices.Contains(n.fields, merge) {
		return &out
	}
	sources := []*Node{merge}
	if merge.kind == yaml.SequenceNode {
		sources = merge.fields
	}
	for _, s := range sources {
		for i, name := range s.keys {
			if !slices.Contains(out.keys, name) {
				out.keys, out.fields = append(out.keys, name), append(out.fields, s.fields[i])
			}
		}
	}
	return &out
}

// With returns the node in which a text stands in place of a node that is in it.
func (n *Node) With(gone *Node, text string) *Node {
	if n == gone {
		value := &yaml.Node{}
		value.SetString(text)
		return &Node{Line: n.Line, Column: n.Column, Path: n.Path, kind: yaml.ScalarNode, value: value}
	}
	out := *n
	out.fields = make([]*Node, len(n.fields))
	for i, f := range n.fields {
		out.fields[i] = f.With(gone, text)
	}
	return &out
}

// Find returns the node of that path, which may be this one or one in it; nil for none.
func (n *Node) Find(path string) *Node {
	if n.Path == path {
		return n
	}
	for _, f := range n.fields {
		if found := f.Find(path); found != nil {
			return found
		}
	}
	return nil
}

// YAML writes the node as YAML of its own.
func (n *Node) YAML() (string, error) {
	text, err := yaml.Marshal(n.plain())
	return string(text), err
}

func (n *Node) plain() *yaml.Node {
	if n.value != nil {
		out := *n.value
		out.Anchor, out.HeadComment, out.LineComment, out.FootComment = "", "", "", ""
		return &out
	}
	out := &yaml.Node{Kind: n.kind}
	for i, f := range n.fields {
		if n.kind == yaml.MappingNode {
			key := &yaml.Node{}
			key.SetString(n.keys[i])
			if f.merged {
				key = &yaml.Node{Kind: yaml.ScalarNode, Tag: mergeTag, Value: n.keys[i]}
			}
			out.Content = append(out.Content, key)
		}
		out.Content = append(out.Content, f.plain())
	}
	return out
}
