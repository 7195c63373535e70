package sml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
)

// writeTree writes a JSON document for people: names and values in columns, a
// list of objects as a table, a histogram with bars next to its counts.
func writeTree(out io.Writer, data []byte) {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		fmt.Fprintln(out, string(data))
		return
	}
	writeValue(&tree{Writer: out}, "", v)
}

// tree is where a document is written to. It knows whether anything has been, as
// what comes first has no empty line above it.
type tree struct {
	io.Writer
	begun bool
}

// Write notes that something has been written.
func (t *tree) Write(p []byte) (int, error) {
	t.begun = t.begun || len(p) > 0
	return t.Writer.Write(p)
}

// heading writes the title of a part, if it has one.
func (t *tree) heading(title string) {
	if title == "" {
		return
	}
	if t.begun {
		fmt.Fprintln(t)
	}
	fmt.Fprintln(t, title)
}

func writeValue(out *tree, title string, v any) {
	switch node := v.(type) {
	case map[string]any:
		writeObject(out, title, node)
	case []any:
		writeList(out, title, node)
	default:
		fmt.Fprintln(out, strings.TrimSpace(title+"  "+cell(v)))
	}
}

// writeObject writes the plain values first, then what has parts.
func writeObject(out *tree, title string, node map[string]any) {
	names := make([]string, 0, len(node))
	for name := range node {
		names = append(names, name)
	}
	sort.Strings(names)
	var rows [][]string
	for _, name := range names {
		if !compound(node[name]) {
			rows = append(rows, []string{name, cell(node[name])})
		}
	}
	if len(rows) > 0 {
		out.heading(title)
		table(out, rows)
	}
	for _, name := range names {
		if compound(node[name]) {
			writeValue(out, strings.TrimPrefix(title+"."+name, "."), node[name])
		}
	}
}

func compound(v any) bool {
	switch node := v.(type) {
	case map[string]any:
		return len(node) > 0
	case []any:
		return len(node) > 0
	}
	return false
}

// barWidth is how many characters the longest bar of a histogram has.
const barWidth = 40

// writeList writes a list of objects as a table with their plain fields, one of
// numbers with bars, and one of lists row by row.
func writeList(out *tree, title string, list []any) {
	out.heading(title)
	if len(list) == 0 {
		fmt.Fprintln(out, "none")
		return
	}
	var rows [][]string
	switch list[0].(type) {
	case map[string]any:
		rows = objectRows(list)
	case []any:
		for _, item := range list {
			var row []string
			inner, _ := item.([]any)
			for _, x := range inner {
				row = append(row, cell(x))
			}
			rows = append(rows, row)
		}
	default:
		most := 0.0
		for _, x := range list {
			most = max(most, float(x))
		}
		for i, x := range list {
			row := []string{fmt.Sprint(i), cell(x)}
			if most > 0 && float(x) >= 0 {
				row = append(row, strings.Repeat("#", int(barWidth*float(x)/most+0.5)))
			}
			rows = append(rows, row)
		}
	}
	table(out, rows)
}

func objectRows(list []any) [][]string {
	seen := map[string]bool{}
	var names []string
	for _, item := range list {
		object, _ := item.(map[string]any)
		for name, v := range object {
			if !seen[name] && !compound(v) {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	sort.Slice(names, func(i, j int) bool {
		if (names[i] == "name") != (names[j] == "name") {
			return names[i] == "name"
		}
		return names[i] < names[j]
	})
	rows := [][]string{names}
	for _, item := range list {
		object, _ := item.(map[string]any)
		row := make([]string, len(names))
		for i, name := range names {
			row[i] = cell(object[name])
		}
		rows = append(rows, row)
	}
	return rows
}

func float(v any) float64 {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	f, err := n.Float64()
	if err != nil {
		return 0
	}
	return f
}

// cell writes a plain value; numbers with six digits.
func cell(v any) string {
	switch x := v.(type) {
	case nil:
		return "-"
	case json.Number:
		if f, err := x.Float64(); err == nil && strings.ContainsAny(x.String(), ".eE") {
			return fmt.Sprintf("%.6g", f)
		}
		return x.String()
	case string:
		return clip(x, 100)
	case []any, map[string]any:
		return "-"
	}
	return fmt.Sprint(v)
}
