package lint

import (
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestEveryChoiceIsTaken: the host's lint takes each value that a field of our
// components offers. It looks choices up as paths, and finds none that has a point.
func TestEveryChoiceIsTaken(t *testing.T) {
	linter := service.GlobalEnvironment().NewComponentConfigLinter()
	fields := 0
	service.GlobalEnvironment().WalkProcessors(func(name string, view *service.ConfigView) {
		if _, ours := bases()[name]; !ours {
			return
		}
		data, err := view.TemplateData()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range data.Fields {
			for _, choice := range f.Options {
				fields++
				config := bases()[name]()
				put(config, pathOf(f.FullName), choice)
				lints, err := linter.LintProcessorYAML(yamlOf(t, object{name: config}))
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range lints {
					t.Errorf("%s of %s is %q: %v", f.FullName, name, choice, l)
				}
			}
		}
	})
	if fields == 0 {
		t.Error("no field has choices")
	}
}
