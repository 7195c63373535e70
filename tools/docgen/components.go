package docgen

import (
	"fmt"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"
)

const notice = "<!-- Generated from the component's spec by `go test ./plugin -run Docs -update`; do not edit. -->\n\n"

// Components renders a page for each input, output and processor whose name has
// the prefix, by name; the page of an output ends with _output, as it may have
// the name of an input.
func Components(env *service.Environment, prefix string) (map[string]string, error) {
	pages := map[string]string{}
	var failed error
	page := func(kind, suffix string) func(string, *service.ConfigView) {
		return func(name string, view *service.ConfigView) {
			if !strings.HasPrefix(name, prefix) || failed != nil {
				return
			}
			data, err := view.TemplateData()
			if err != nil {
				failed = fmt.Errorf("%s %s: %w", kind, name, err)
				return
			}
			pages[name+suffix] = componentPage(kind, &data)
		}
	}
	env.WalkInputs(page("Input", ""))
	env.WalkOutputs(page("Output", "_output"))
	env.WalkProcessors(page("Processor", ""))
	return pages, failed
}

func componentPage(kind string, data *service.TemplateDataPlugin) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n%s, %s. %s\n\n%s\n\n", notice, data.Name, kind, data.Status, data.Summary, strings.TrimSpace(data.Description))
	if config := strings.TrimSpace(data.AdvancedConfigYAML); config != "" {
		fmt.Fprintf(&b, "## All fields\n\n```yaml\n%s\n```\n\n", config)
	} else {
		fmt.Fprintf(&b, "## All fields\n\n```yaml\n%s\n```\n\n", strings.TrimSpace(data.CommonConfigYAML))
	}
	for _, example := range data.Examples {
		fmt.Fprintf(&b, "## Example: %s\n\n%s\n\n```yaml\n%s\n```\n\n", example.Title, example.Summary, strings.TrimSpace(example.Config))
	}
	b.WriteString("## Fields\n\n")
	for i := range data.Fields {
		b.WriteString(fieldText(&data.Fields[i]))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func fieldText(f *service.TemplateDataPluginField) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### `%s`\n\n%s\n\n", f.FullName, strings.TrimSpace(f.Description))
	fmt.Fprintf(&b, "- Type: `%s`\n", f.Type)
	if f.DefaultMarshalled != "" {
		fmt.Fprintf(&b, "- Default: `%s`\n", strings.TrimSpace(f.DefaultMarshalled))
	}
	if len(f.Options) > 0 {
		fmt.Fprintf(&b, "- Options: `%s`\n", strings.Join(f.Options, "`, `"))
	}
	if f.IsInterpolated {
		b.WriteString("- Takes interpolation functions\n")
	}
	for _, example := range f.ExamplesMarshalled {
		fmt.Fprintf(&b, "\n```yaml\n%s\n```\n", strings.TrimSpace(example))
	}
	b.WriteString("\n")
	return b.String()
}
