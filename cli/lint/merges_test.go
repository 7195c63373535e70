package lint

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// rewriter writes parts of a document by anchors, aliases and merges.
type rewriter struct {
	r       *rand.Rand
	anchors *yaml.Node // a mapping that is at the top of the document
}

// anchor gives a node an anchor at the top of the document, and returns an alias of it.
func (w *rewriter) anchor(n *yaml.Node) *yaml.Node {
	name := "a" + strconv.Itoa(len(w.anchors.Content))
	n.Anchor = name
	w.anchors.Content = append(w.anchors.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, n)
	return &yaml.Node{Kind: yaml.AliasNode, Value: name, Alias: n}
}

// rewrite draws for each node below one whether it is an alias, and for each mapping
// whether some of its fields are merged.
func (w *rewriter) rewrite(n *yaml.Node) *yaml.Node {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue // a key
		}
		n.Content[i] = w.rewrite(child)
	}
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && w.r.IntN(3) == 0 {
		w.merge(n)
	}
	if w.r.IntN(6) == 0 {
		return w.anchor(n)
	}
	return n
}

// merge moves some fields of a mapping into one or two that it merges.
func (w *rewriter) merge(n *yaml.Node) {
	var own []*yaml.Node
	parts := make([]*yaml.Node, 1+w.r.IntN(2))
	for i := range parts {
		parts[i] = &yaml.Node{Kind: yaml.MappingNode}
	}
	for i := 0; i < len(n.Content); i += 2 {
		if w.r.IntN(2) == 0 {
			own = append(own, n.Content[i:i+2]...)
			continue
		}
		part := parts[w.r.IntN(len(parts))]
		part.Content = append(part.Content, n.Content[i:i+2]...)
	}
	value := parts[0]
	if len(parts) > 1 {
		value = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{w.anchor(parts[0]), w.anchor(parts[1])}}
	} else if w.r.IntN(4) > 0 {
		value = w.anchor(value)
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!merge", Value: "<<"}
	n.Content = slices.Concat(own, []*yaml.Node{key, value})
}

// rewritten is a document whose component, which is at a path, is written by anchors,
// aliases and merges.
func rewritten(t *testing.T, r *rand.Rand, document object, path []string) string {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal(yamlOf(t, document), &root); err != nil {
		t.Fatal(err)
	}
	top := root.Content[0]
	w := &rewriter{r: r, anchors: &yaml.Node{Kind: yaml.MappingNode}}
	at := &top
	for _, name := range path {
		at = childOf(*at, name)
	}
	*at = w.rewrite(*at)
	top.Content = slices.Concat([]*yaml.Node{{Kind: yaml.ScalarNode, Value: "anchors"}, w.anchors}, top.Content)
	return string(yamlOf(t, &root))
}

// childOf is where a field or an item of a node stands.
func childOf(n *yaml.Node, name string) **yaml.Node {
	if i, err := strconv.Atoi(name); err == nil {
		return &n.Content[i]
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return &n.Content[i+1]
		}
	}
	return nil
}

// TestLintIsTheStartOfMerges: lint and start agree on configurations that are written by
// anchors, aliases and merges, right ones and wrong ones; what is wrong by the merge
// alone is said of the merge.
func TestLintIsTheStartOfMerges(t *testing.T) {
	dir := t.TempDir()
	merges, taken, refused := 0, 0, 0
	for seed := range drawn.Seeds(60) {
		r := rand.New(rand.NewPCG(seed, 47))
		wrongs := slices.Concat(always(), fromTables(r), contradictions())
		for component, base := range bases() {
			config := base()
			isWrong := r.IntN(4) == 0
			if isWrong {
				if of := slices.DeleteFunc(slices.Clone(wrongs), func(w wrong) bool { return w.component != component || len(w.path) == 0 }); len(of) > 0 {
					c := of[r.IntN(len(of))]
					put(config, c.path, c.value)
				}
			}
			path := []string{"pipeline", "processors", "0", component}
			switch component {
			case "sml_kafka":
				path = []string{"input", component}
			case "output sml_kafka":
				path = []string{"output", "sml_kafka"}
			}
			text := rewritten(t, r, document(component, config), path)
			found, _ := linted(t, dir, text)
			start := started(text)
			if (start != nil) != (len(found) > 0) {
				t.Fatalf("seed %d, %s: the start says %v, the lint %v\n%s", seed, component, start, found, text)
			}
			if start == nil {
				taken++
				continue
			}
			refused++
			for _, e := range found {
				if strings.Contains(e.Path, "<<") {
					merges++
				} else if !isWrong && !strings.HasPrefix(e.Path, strings.Join(path, ".")) {
					t.Errorf("seed %d, %s: it is said at %q: %v\n%s", seed, component, e.Path, e, text)
				}
			}
		}
	}
	if taken < 20 || refused < 20 || merges < 20 {
		t.Errorf("%d taken, %d refused, %d at merges: the draws say little", taken, refused, merges)
	}
	t.Logf("%d taken, %d refused, %d at merges", taken, refused, merges)
}
