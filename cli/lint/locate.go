package lint

import (
	"regexp"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// A segment of an error is what stands between two ": ".
var (
	pathForm = regexp.MustCompile(`^[^\s"]+$`)
	wordForm = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*|\d+`)
	// hostForm is how the host names a field.
	hostForm = regexp.MustCompile(`'([A-Za-z0-9_.*/-]+)'`)
)

// locate finds the place that an error of a component is about: every error names its
// field, by a path or as the first word of a sentence. The text that is left says what
// is wrong with it. Where nothing is named it is the component itself.
func locate(component *pipeline.Node, text string) (at *pipeline.Node, left string) {
	at = component
	segments := strings.Split(text, ": ")
	for i, segment := range segments {
		quoted := hostForm.FindStringSubmatch(segment)
		switch {
		case quoted != nil && follow(at, quoted[1]) != nil:
			at = follow(at, quoted[1])
			if strings.HasPrefix(segment, "field '") && strings.HasSuffix(segment, "'") {
				continue
			}
		case pathForm.MatchString(segment) && follow(at, segment) != nil:
			at = follow(at, segment)
			continue
		}
		left = strings.Join(segments[i:], ": ")
		break
	}
	return deeper(at, left), left
}

// follow walks a path of fields, as far as all of it is there.
func follow(n *pipeline.Node, path string) *pipeline.Node {
	if child := n.Child(path); child != nil {
		return child // a name with dots in it
	}
	first, rest, more := strings.Cut(path, ".")
	for more {
		if child := n.Child(first); child != nil {
			if end := follow(child, rest); end != nil {
				return end
			}
		}
		next, after, again := strings.Cut(rest, ".")
		first, rest, more = first+"."+next, after, again
	}
	return n.Child(path)
}

// deeper finds the field below a node that a part of a sentence begins with, else one
// that is named near the beginning of a part.
func deeper(n *pipeline.Node, text string) *pipeline.Node {
	for _, near := range []int{1, 3} {
		start := n
		for segment := range strings.SplitSeq(text, ": ") {
			n = named(n, segment, near)
		}
		if n != start {
			break
		}
	}
	return n
}

// named returns the field below a node that one of the first words of a text names, or
// a path in it, or the host's marks; the node itself where none does.
func named(n *pipeline.Node, text string, near int) *pipeline.Node {
	words := strings.Fields(text)
	words = words[:min(len(words), near)]
	if quoted := hostForm.FindStringSubmatch(text); quoted != nil {
		words = append([]string{quoted[1]}, words...)
	}
	for _, word := range words {
		for word = strings.Trim(word, `"',`); word != ""; _, word, _ = strings.Cut(word, ".") {
			if end := follow(n, word); end != nil {
				return end
			}
			if only := single(n, word); only != nil {
				return only
			}
		}
	}
	return n
}

// single returns the only field of that name anywhere below a node.
func single(n *pipeline.Node, name string) (found *pipeline.Node) {
	if !wordForm.MatchString(name) {
		return nil
	}
	count := 0
	var visit func(*pipeline.Node)
	visit = func(n *pipeline.Node) {
		for _, child := range n.Children() {
			if n.IsObject() && child.Name() == name {
				found = child
				count++
			}
			visit(child)
		}
	}
	visit(n)
	if count != 1 {
		return nil
	}
	return found
}
