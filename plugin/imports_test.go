package plugin_test

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/rpconnect-sml/rpconnect-sml/"

// TestCoreKnowsNoHost holds the arrows of the architecture: the core does not
// depend on Benthos or Connect, and no package on one above it.
func TestCoreKnowsNoHost(t *testing.T) {
	for _, c := range []struct {
		pkg   string
		never []string
	}{
		{pkg: "internal/wire", never: []string{module}},
		{pkg: "internal/dd", never: []string{module}},
		{pkg: "stats", never: []string{module + "stats/wrap", module + "model", module + "schema", module + "state", module + "explore", module + "live"}},
		{pkg: "schema", never: []string{module + "stats", module + "model", module + "state", module + "live"}},
		{pkg: "state", never: []string{module + "model", module + "explore", module + "live"}},
		{pkg: "model/catalogue", never: []string{module + "state", module + "explore", module + "schema", module + "live"}},
		{pkg: "explore", never: []string{module + "model", module + "state", module + "schema", module + "live"}},
		{pkg: "live", never: []string{module + "processors", module + "bloblang", module + "cachestore"}},
		{pkg: "param", never: []string{module}},
		{pkg: "features", never: []string{module + "model", module + "live", module + "explore"}},
		{pkg: "ui", never: []string{module + "processors", module + "bloblang", module + "cachestore"}},
		{pkg: "internal/jsonedit", never: []string{module}},
	} {
		t.Run(c.pkg, func(t *testing.T) {
			out, err := exec.Command("go", "list", "-deps", module+c.pkg).CombinedOutput()
			if err != nil {
				t.Fatalf("go list: %v\n%s", err, out)
			}
			for _, dep := range strings.Fields(string(out)) {
				if strings.HasPrefix(dep, "github.com/redpanda-data/") {
					t.Errorf("depends on %s", dep)
				}
				for _, never := range c.never {
					if strings.HasPrefix(dep, never) && dep != module+c.pkg {
						t.Errorf("depends on %s", dep)
					}
				}
			}
		})
	}
	for _, c := range []struct{ pkg, never string }{
		{pkg: "processors", never: module + "bloblang"},
		{pkg: "bloblang", never: module + "processors"},
		{pkg: "inputs", never: module + "live"},
		{pkg: "inputs", never: module + "processors"},
		{pkg: "inputs", never: "github.com/redpanda-data/connect"},
		{pkg: "inputs", never: "github.com/minio"},
		{pkg: "plugin", never: "github.com/minio"},
		{pkg: "inputs/s3", never: module + "live"},
		{pkg: "inputs/s3", never: "github.com/redpanda-data/connect"},
		{pkg: "processors", never: "github.com/redpanda-data/connect"},
		{pkg: "bloblang", never: "github.com/redpanda-data/connect"},
	} {
		out, err := exec.Command("go", "list", "-deps", module+c.pkg).CombinedOutput()
		if err != nil {
			t.Fatalf("go list: %v\n%s", err, out)
		}
		for _, dep := range strings.Fields(string(out)) {
			if strings.HasPrefix(dep, c.never) {
				t.Errorf("%s depends on %s", c.pkg, dep)
			}
		}
	}
}
