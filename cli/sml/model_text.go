package sml

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/live"
)

// modelAnswer is what is known about a model. As text, trees are indented, curves are
// tables, and of the course of members there is the newest step.
type modelAnswer struct{ report *live.ModelReport }

// MarshalJSON returns the report's.
func (a modelAnswer) MarshalJSON() ([]byte, error) { return json.Marshal(a.report) }

func (a modelAnswer) text(out io.Writer) {
	data, err := json.Marshal(a.report)
	if err != nil {
		fmt.Fprintln(out, err)
		return
	}
	writeModel(out, data)
}

// writeModel writes the description of a model: values and lists first, then trees and curves,
// each below its path in the document.
func writeModel(out io.Writer, data []byte) {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		fmt.Fprintln(out, string(data))
		return
	}
	details := takeDetails("", nil, v)
	shown := &tree{Writer: out}
	writeValue(shown, "", v)
	for _, one := range details {
		one.write(shown)
	}
}

// detail is a part of a description that has a form of its own.
type detail struct {
	title string
	write func(out *tree)
}

// takeDetails takes the trees, curves and the course of members out of a document and returns them in its order.
// classes are those of the nearest part that lists them.
func takeDetails(path string, classes []any, v any) (out []detail) {
	switch node := v.(type) {
	case []any:
		for i := range node {
			out = append(out, takeDetails(fmt.Sprint(path, ".", i), classes, node[i])...)
		}
	case map[string]any:
		if own, ok := node["classes"].([]any); ok && len(own) > 0 {
			if _, isName := own[0].(string); isName {
				classes = own
			}
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			title := strings.TrimPrefix(path+"."+name, ".")
			one := detailOf(title, classes, name, node)
			if one == nil {
				out = append(out, takeDetails(title, classes, node[name])...)
				continue
			}
			if compound(node[name]) {
				delete(node, name)
			}
			out = append(out, *one)
		}
	}
	return out
}

// detailOf returns the part of that name in an object, nil for one without a form of its own.
func detailOf(title string, classes []any, name string, of map[string]any) *detail {
	switch part := of[name].(type) {
	case map[string]any:
		if title == "course" && part["steps"] != nil {
			return &detail{title: title, write: func(out *tree) { writeCourse(out, part) }}
		}
		if name == "tree" && part["stop"] != nil {
			return &detail{title: title, write: func(out *tree) { writeForestTree(out, title, classes, part) }}
		}
	case []any:
		switch {
		case len(part) == 0:
		case name == "importance":
			return &detail{title: title, write: func(out *tree) { writeImportance(out, title, part) }}
		case name == "points":
			for _, by := range []string{"input", "class"} {
				if text, ok := of[by].(string); ok {
					title = strings.TrimSuffix(title, ".points") + " (" + oneLine(clip(text, 60)) + ")"
				}
			}
			return &detail{title: title, write: func(out *tree) { writeCurve(out, title, part) }}
		}
	case json.Number:
		if class, ok := of["class"].(string); ok && name == "slope" && of["intercept"] != nil {
			title = strings.TrimSuffix(title, ".slope") + " (" + oneLine(clip(class, 60)) + ")"
			slope, intercept := float(part), float(of["intercept"])
			return &detail{title: title, write: func(out *tree) { writeLogistic(out, title, slope, intercept) }}
		}
	}
	return nil
}

// mostShown bounds the rows of a table of importance and of a curve.
const mostShown = 17

// writeImportance writes the inputs that count most, the most important first.
func writeImportance(out *tree, title string, list []any) {
	out.heading(title)
	of := func(v any) float64 { return float(v.(map[string]any)["importance"]) }
	var inputs []any
	for _, v := range list {
		if _, ok := v.(map[string]any); ok {
			inputs = append(inputs, v)
		}
	}
	slices.SortStableFunc(inputs, func(a, b any) int { return cmp.Compare(of(b), of(a)) })
	rows := [][]string{{"input", "importance"}}
	for _, v := range inputs[:min(len(inputs), mostShown)] {
		node := v.(map[string]any)
		rows = append(rows, []string{cell(node["input"]), cell(node["importance"])})
	}
	table(out, rows)
	if more := len(inputs) - mostShown; more > 0 {
		fmt.Fprintf(out, "and %d more\n", more)
	}
}

// writeCurve writes the points of a curve: of an additive model value, effect and band, of a
// calibration the probability of the model and the calibrated one. Long curves have every
// second point, or fewer, and always their ends.
func writeCurve(out *tree, title string, points []any) {
	out.heading(title)
	rows := [][]string{{"value", "effect", "low", "high"}}
	if _, pairs := points[0].([]any); pairs {
		rows = [][]string{{"probability", "calibrated"}}
	}
	n := min(len(points), mostShown)
	for i := range n {
		at := i
		if n > 1 {
			at = i * (len(points) - 1) / (n - 1)
		}
		switch point := points[at].(type) {
		case []any:
			var row []string
			for _, x := range point {
				row = append(row, cell(x))
			}
			rows = append(rows, row)
		case map[string]any:
			rows = append(rows, []string{cell(point["x"]), cell(point["y"]), cell(point["low"]), cell(point["high"])})
		}
	}
	table(out, rows)
}

// calibratedAt are the probabilities whose calibrated ones are shown.
var calibratedAt = [...]float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}

// writeLogistic writes the logistic function that a calibration has fitted to log odds, as a
// curve.
func writeLogistic(out *tree, title string, slope, intercept float64) {
	out.heading(title)
	rows := [][]string{{"probability", "calibrated"}}
	for _, p := range calibratedAt {
		calibrated := 1 / (1 + math.Exp(-(intercept + slope*math.Log(p/(1-p)))))
		rows = append(rows, []string{fmt.Sprint(p), fmt.Sprintf("%.4f", calibrated)})
	}
	table(out, rows)
}
