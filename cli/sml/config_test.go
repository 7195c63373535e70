package sml

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// TestVariablesAnywhere: a variable may stand wherever the host replaces it, also
// where its braces would begin a map of YAML.
func TestVariablesAnywhere(t *testing.T) {
	cases := map[string]struct{ yaml, cache string }{
		"in a map on one line": {"input: { generate: { count: ${N:50}, mapping: 'root = {}' } }\ncache_resources: [ { label: c, memory: {} } ]", "label: c"},
		"bare in a cache":      {"cache_resources:\n  - label: c\n    file: { directory: ${DIR:/tmp} }", "directory: /tmp"},
		"quoted in a cache":    {"cache_resources:\n  - label: c\n    file: { directory: \"${DIR:/tmp}\" }", "directory: \"/tmp\""},
		"more than ten":        {"input: { generate: { mapping: '${A:}${B:}${C:}${D:}${E:}${F:}${G:}${H:}${I:}${J:}${K:}root = {}' } }\ncache_resources: [ { label: c, file: { directory: ${LAST:/x} } } ]", "directory: /x"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pipeline.yaml")
			if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := readConfig(&pipeline.Sources{Configs: []string{path}})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.caches) != 1 || got.caches[0].label != "c" || !strings.Contains(got.caches[0].yaml, c.cache) {
				t.Errorf("the caches are %+v, want %q in one labelled c", got.caches, c.cache)
			}
		})
	}
}
