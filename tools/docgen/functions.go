package docgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/bloblang"
)

// Functions renders one page of all functions whose name has the prefix.
func Functions(env *bloblang.Environment, prefix string) string {
	texts := map[string]string{}
	var names []string
	env.WalkFunctions(func(name string, view *bloblang.FunctionView) {
		if !strings.HasPrefix(name, prefix) {
			return
		}
		data := view.TemplateData()
		names = append(names, name)
		texts[name] = functionText(&data)
	})
	slices.Sort(names)
	var b strings.Builder
	b.WriteString(notice + "# Bloblang functions\n\nA function asks a project that a component of the same process has opened. It answers from the current statistics of the project.\n\n")
	for _, name := range names {
		b.WriteString(texts[name])
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func functionText(data *bloblang.TemplateFunctionData) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n", data.Name, strings.TrimSpace(data.Description))
	for _, p := range data.Params.Definitions {
		fmt.Fprintf(&b, "- `%s` (%s): %s\n", p.Name, p.ValueType, strings.TrimSpace(p.Description))
	}
	for _, example := range data.Examples {
		fmt.Fprintf(&b, "\n```coffee\n%s\n```\n", strings.TrimSpace(example.Mapping))
	}
	b.WriteString("\n")
	return b.String()
}
