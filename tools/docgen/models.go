package docgen

import (
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Models renders the page of all model types from their catalogue. The settings
// of an option that is an object are a table of their own at the end, as several
// types share them.
func Models() string {
	var b strings.Builder
	b.WriteString(notice + "# Model types\n\nA model is defined by `{ name, type, target, inputs, features, options }`. It is computed from the statistics of the project and never trained on rows,\nbut for [generalised linear models](glm.md), whose likelihood the project keeps from when they are defined. It is rebuilt as the statistics grow. `features` are the columns of the inputs that it uses: [expansions](expansions.md) says which there are.\n\n")
	var objects []param.Parameter
	seen := map[string]bool{}
	for _, e := range catalogue.All() {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", e.Type, e.Summary)
		options := e.Options()
		writeParameters(&b, "option", options)
		for _, p := range options {
			if len(p.Fields) > 0 && !seen[p.Name] {
				seen[p.Name] = true
				objects = append(objects, p)
			}
		}
	}
	for _, p := range objects {
		fmt.Fprintf(&b, "## Settings of %s\n\n%s\n\n", p.Name, p.Description)
		writeParameters(&b, "setting", p.Fields)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// writeParameters writes a table of parameters.
func writeParameters(b *strings.Builder, what string, parameters []param.Parameter) {
	fmt.Fprintf(b, "| %s | takes | default | meaning |\n|---|---|---|---|\n", what)
	for i := range parameters {
		p := &parameters[i]
		takes, fallback := p.Markdown(), p.DefaultText()
		if len(p.Fields) > 0 {
			takes = fmt.Sprintf("see [settings of %s](#settings-of-%s)", p.Name, p.Name)
		}
		if fallback != "" {
			fallback = "`" + fallback + "`"
		}
		if p.Required {
			fallback = "needed"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", p.Name, takes, fallback, p.Description)
	}
	b.WriteString("\n")
}
