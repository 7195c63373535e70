package sml

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// mostLines bounds the lines of a tree, mostNamed the classes, categories and terms of one.
const (
	mostLines = 40
	mostNamed = 5
)

// writeForestTree writes a tree of a forest, each node two characters to the right of the one
// that it was split from: how rows get there, and which class most of them have with the
// counts, or their mean, deviation and count.
func writeForestTree(out *tree, title string, classes []any, root map[string]any) {
	out.heading(title)
	w := treeWriter{out: out, classes: classes}
	w.node(root, "all rows", 0)
	if w.left > 0 {
		fmt.Fprintf(out, "and %d more\n", w.left)
	}
}

// treeWriter writes nodes as long as there are lines left.
type treeWriter struct {
	out         *tree
	classes     []any
	lines, left int
}

func (w *treeWriter) node(n map[string]any, way string, depth int) {
	if w.lines == mostLines {
		w.left++
	} else {
		w.lines++
		fmt.Fprintf(w.out, "%s%s: %s\n", strings.Repeat("  ", depth), way, w.counted(n))
	}
	then, ok := n["then"].(map[string]any)
	other, both := n["else"].(map[string]any)
	if !ok || !both {
		return
	}
	yes, no := ways(n)
	w.node(then, yes, depth+1)
	w.node(other, no, depth+1)
}

// ways says how rows go on from a node, to both sides.
func ways(n map[string]any) (yes, no string) {
	input := oneLine(clip(fmt.Sprint(n["input"]), 40))
	if among, ok := n["among"].([]any); ok {
		yes, no = input+" is "+named(among, " or "), input+" is another"
	} else {
		yes, no = input+" > "+cell(n["above"]), input+" <= "+cell(n["above"])
	}
	const gone = " or missing"
	if n["missing"] == "then" {
		return yes + gone, no
	}
	return yes, no + gone
}

// named lists values, and how many more there are than a line has room for.
func named(list []any, between string) string {
	var names []string
	for _, v := range list[:min(len(list), mostNamed)] {
		names = append(names, oneLine(clip(fmt.Sprint(v), 40)))
	}
	if more := len(list) - mostNamed; more > 0 {
		names = append(names, fmt.Sprint(more, " more"))
	}
	return strings.Join(names, between)
}

// counted says which classes the rows of a node have, the most frequent first, or which numbers.
func (w *treeWriter) counted(n map[string]any) string {
	rows, _ := n["rows"].([]any)
	if len(w.classes) == 0 {
		return w.numbers(n, rows)
	}
	order := make([]int, min(len(rows), len(w.classes)))
	total := 0.0
	for k := range order {
		order[k], total = k, total+float(rows[k])
	}
	if !(total > 0) {
		return "no rows"
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(float(rows[b]), float(rows[a])) })
	var counts []any
	for _, k := range order {
		if float(rows[k]) > 0 {
			counts = append(counts, fmt.Sprint(w.classes[k], " ", cell(rows[k])))
		}
	}
	return fmt.Sprintf("%s (%s)", oneLine(clip(fmt.Sprint(w.classes[order[0]]), 40)), named(counts, ", "))
}

// numbers says which numbers the rows of a node have, and the largest terms of its linear model.
func (w *treeWriter) numbers(n map[string]any, rows []any) string {
	if len(rows) == 0 || n["mean"] == nil {
		return "no rows"
	}
	out := "mean " + cell(n["mean"])
	if n["deviation"] != nil {
		out += ", deviation " + cell(n["deviation"])
	}
	out += ", rows " + cell(rows[0])
	terms, _ := n["terms"].([]any)
	of := func(v any) float64 {
		term, _ := v.(map[string]any)
		return float(term["coefficient"])
	}
	slices.SortStableFunc(terms, func(a, b any) int { return cmp.Compare(math.Abs(of(b)), math.Abs(of(a))) })
	for _, v := range terms[:min(len(terms), mostNamed)] {
		if term, ok := v.(map[string]any); ok {
			coefficient, _ := term["coefficient"].(json.Number)
			out += fmt.Sprintf(", %s per %s", cell(coefficient), oneLine(clip(fmt.Sprint(term["input"]), 40)))
		}
	}
	return out
}
