package describe

import (
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

func TestConfig(t *testing.T) {
	env := service.NewEnvironment()
	spec := service.NewConfigSpec().Fields(
		service.NewStringField("project").Description("Which project. "+strings.Repeat("long text ", 20)),
		service.NewIntField("bins").Description("How many bins."),
	)
	err := env.RegisterProcessor("sml_x", spec, func(*service.ParsedConfig, *service.Resources) (service.Processor, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	out, err := describedConfig(env, "sml_", []byte("pipeline:\n  processors:\n    - sml_x:\n        project: a # No default\n        bins: 3\n    - noop: {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"        # How many bins.\n        bins: 3\n", "# Which project.", "project: a # No default", "- noop: {}"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("does not contain %q:\n%s", want, out)
		}
	}
	for line := range strings.Lines(string(out)) {
		if len(line) > 120 {
			t.Errorf("line is not wrapped: %s", line)
		}
	}
}

func TestIsCreate(t *testing.T) {
	for _, c := range []struct {
		args []string
		want bool
	}{
		{args: []string{"x", "create", "stdin//stdout"}, want: true},
		{args: []string{"x", "create", "--help"}},
		{args: []string{"x", "list"}},
		{args: []string{"x"}},
	} {
		if got := IsCreate(c.args); got != c.want {
			t.Errorf("%v: %v, want %v", c.args, got, c.want)
		}
	}
}
