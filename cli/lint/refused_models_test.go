package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// TestModelsAreRefusedOnce: what does not go together in a model is refused where it
// stands, by one error.
func TestModelsAreRefusedOnce(t *testing.T) {
	dir := t.TempDir()
	members := object{"name": "best", "type": "pool", "target": "y", "options": object{"members": []any{"own", "own"}}}
	for name, c := range map[string]struct {
		learner    object // beside project, cache and models
		model      object
		path, says string
	}{
		"a member twice":             {nil, members, "models.1.options.members", "own, want each name once"},
		"an offset that is an input": {nil, object{"name": "l", "type": "poisson", "target": "y", "inputs": []any{"x", "e"}, "options": object{"offset": "e"}}, "models.1.options.offset", `"e" is in ` + "`inputs`"},
		"weights that are an input":  {nil, object{"name": "l", "type": "gamma", "target": "y", "inputs": []any{"e"}, "options": object{"weights": "e"}}, "models.1.options.weights", `"e" is in ` + "`inputs`"},
		"a pool by row":              {object{"prequential": "row", "score": "best"}, object{"name": "best", "type": "pool", "target": "y"}, "score", "type pool cannot be scored before each row"},
		"a plain forest by row":      {object{"prequential": "row", "score": "trees"}, object{"name": "trees", "type": "forest", "target": "y"}, "score", "type forest cannot be scored before each row"},
		"nothing by row":             {object{"prequential": "row"}, object{"name": "trees", "type": "forest", "target": "y"}, "prequential", "needs the name of a model"},
	} {
		learner := object{"project": "p", "cache": "c", "models": []any{object{"name": "own", "type": "lda", "target": "y"}, c.model}}
		for field, value := range c.learner {
			learner[field] = value
		}
		file := filepath.Join(dir, "p.yaml")
		root := object{
			"pipeline":        object{"processors": []any{object{"sml_learn": learner}}},
			"cache_resources": []any{object{"label": "c", "file": object{"directory": dir}}},
		}
		if err := os.WriteFile(file, yamlOf(t, root), 0o600); err != nil {
			t.Fatal(err)
		}
		refused, warned := Files([]string{file}, &pipeline.Sources{})
		if len(refused) != 1 || len(warned) > 0 || refused[0].Path != "pipeline.processors.0.sml_learn."+c.path || !strings.Contains(refused[0].Err.Error(), c.says) {
			t.Errorf("%s: refused %v, warned %v, want one error %q at %s", name, refused, warned, c.says, c.path)
		}
	}
}
