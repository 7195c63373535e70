package sml

import (
	"cmp"
	"fmt"
	"slices"
)

// writeCourse writes the newest step of the course of members: what each has weighed and
// cost, the one that weighed most first. The earlier steps are in the answer as JSON.
func writeCourse(out *tree, course map[string]any) {
	steps, _ := course["steps"].([]any)
	if len(steps) == 0 {
		return
	}
	step, _ := steps[len(steps)-1].(map[string]any)
	members, _ := step["members"].(map[string]any)
	of := func(name, field string) any {
		standing, _ := members[name].(map[string]any)
		return standing[field]
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(float(of(b, "weight")), float(of(a, "weight"))), cmp.Compare(a, b))
	})
	out.heading("members, of the last " + cell(step["rows"]) + " of " + cell(course["rows"]) + " rows")
	measure, ok := course["measure"].(string)
	if !ok {
		measure = "loss"
	}
	rows := [][]string{{"member", "weight", measure}}
	for _, name := range names {
		rows = append(rows, []string{cell(name), cell(of(name, "weight")), cell(of(name, "loss"))})
	}
	rows = append(rows, []string{"(mixture)", "", cell(step["loss"])})
	table(out, rows)
	if earlier := len(steps) - 1; earlier > 0 {
		fmt.Fprintf(out, "and %d earlier steps with --json\n", earlier)
	}
}
