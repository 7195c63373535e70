package lint

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// mistakes are what is likely not meant: each changes a pipeline, and is warned of with a
// text at a place.
var mistakes = []struct {
	name, path, says string
	change           func(root, learner object)
}{
	{"a memory cache that forgets", "cache_resources.0.memory", "expire after five minutes", func(root, _ object) {
		root["cache_resources"].([]any)[0].(object)["memory"] = object{}
	}},
	{"a key that is one text", "pipeline.processors.0.sml_learn.key", "write ${! this.k }", func(_, learner object) { learner["key"] = "this.k" }},
	{"a shard that is one text", "pipeline.processors.0.sml_learn.shard", "write ${! @source }", func(_, learner object) { learner["shard"] = "@source" }},
	{"a position that is one text", "pipeline.processors.0.sml_learn.position", "write ${! json(\"id\") }", func(_, learner object) { learner["position"] = `json("id")` }},
	{"keys beside a window", "pipeline.processors.0.sml_learn.key", "while window keeps recent rows", func(_, learner object) {
		if learner["key"] == nil {
			learner["key"] = "${! this.k }"
		}
		learner["window"] = object{"rows": 100}
	}},
	{"keys beside decay", "pipeline.processors.0.sml_learn.key", "while decay keeps recent rows", func(_, learner object) {
		if learner["key"] == nil {
			learner["key"] = "${! this.k }"
		}
		learner["decay"] = object{"half_life": "1h"}
	}},
	{"batches without a period", "input.broker.batching", "set period", func(root, _ object) {
		root["input"] = object{"broker": object{"inputs": []any{object{"stdin": object{}}}, "batching": object{"count": 10}}}
	}},
	{"a calibration without an evaluation", "pipeline.processors.0.sml_learn.models.5.options.calibrate", "no sml_score here evaluates", func(root, learner object) {
		learner["models"] = append(learner["models"].([]any), object{"name": "classes", "type": "lda", "target": "y", "options": object{"calibrate": "platt"}})
		processors := root["pipeline"].(object)["processors"].([]any)
		root["pipeline"].(object)["processors"] = append(processors, object{"sml_score": object{"project": "p", "cache": "c", "model": "classes", "evaluate": object{"enabled": false}}})
	}},
	{"a model to test that is not defined", "pipeline.processors.0.sml_learn.score", "and not \"typo\"", func(_, learner object) {
		learner["prequential"], learner["score"] = "row", "typo"
	}},
	{"a member that is not defined", "pipeline.processors.0.sml_learn.models.2.options.members.0", "and not \"typo\"", func(_, learner object) {
		learner["models"].([]any)[2].(object)["options"] = object{"members": []any{"typo"}}
	}},
	{"a gam without splines", "pipeline.processors.0.sml_learn.models.0", "computes splines", func(_, learner object) {
		learner["models"].([]any)[0] = object{"name": "m", "type": "gam", "target": "y"}
	}},
	{"a pool of no models", "pipeline.processors.0.sml_learn.models.4", "mixes the models of target \"z\"", func(_, learner object) {
		learner["models"].([]any)[3].(object)["target"] = "w"
	}},
	{"a folder that is not there", "cache_resources.2.file.directory", "does not exist here", func(root, _ object) {
		root["cache_resources"].([]any)[2].(object)["file"] = object{"directory": "./no/such/folder"}
	}},
	{"a folder that is a file", "cache_resources.3.file.directory", "is no directory", func(root, _ object) {
		root["cache_resources"].([]any)[3].(object)["file"] = object{"directory": "warn_test.go"}
	}},
	{"a model that is not defined", "pipeline.processors.1.sml_score.model", "and not \"typo\"", func(root, _ object) {
		root["pipeline"].(object)["processors"].([]any)[1].(object)["sml_score"].(object)["model"] = "typo"
	}},
}

// TestWarnings draws which mistakes a pipeline has: each is warned of at its place, and
// nothing else is. None of them is an error.
func TestWarnings(t *testing.T) {
	dir := t.TempDir()
	for seed := range drawn.Seeds(60) {
		r := rand.New(rand.NewPCG(seed, 53))
		learner := object{"project": "p", "cache": "c", "models": []any{
			object{"name": "m", "type": "hba"}, object{"name": "own", "type": "lda", "target": "y"}, object{"name": "best", "type": "pool", "target": "y", "options": object{"members": []any{"own"}}},
			object{"name": "kinds", "type": "lda", "target": "z"}, object{"name": "lonely", "type": "pool", "target": "z"},
		}}
		root := object{
			"input":           object{"broker": object{"inputs": []any{object{"stdin": object{}}}, "batching": object{"count": 10, "period": "1s"}}},
			"pipeline":        object{"processors": []any{object{"sml_learn": learner}, object{"sml_score": object{"project": "p", "cache": "c", "model": "m@v1"}}, object{"sml_score": object{"project": "q", "cache": "files", "model": "m"}}, object{"sml_score": object{"project": "r", "cache": "more", "model": "m"}}}},
			"output":          object{"drop": object{}},
			"cache_resources": []any{object{"label": "c", "memory": object{"compaction_interval": ""}}, object{"label": "other", "memory": object{}}, object{"label": "files", "file": object{"directory": "."}}, object{"label": "more", "file": object{"directory": "."}}},
		}
		var want []string
		has := map[string]bool{}
		for _, m := range mistakes {
			if r.IntN(3) > 0 || m.name == "keys beside decay" && has["keys beside a window"] {
				continue
			}
			has[m.name] = true
			m.change(root, learner)
			want = append(want, m.path+": warning: ... "+m.says)
		}
		file := filepath.Join(dir, "p.yaml")
		if err := os.WriteFile(file, yamlOf(t, root), 0o600); err != nil {
			t.Fatal(err)
		}
		refused, warned := Files([]string{file}, &pipeline.Sources{})
		told := fmt.Sprintf("seed %d: want %q, refused %v, warned %v", seed, want, refused, warned)
		if len(refused) > 0 || len(warned) != len(want) {
			t.Error(told)
		}
		for _, w := range want {
			path, says, _ := strings.Cut(w, ": warning: ... ")
			if !slices.ContainsFunc(warned, func(e *pipeline.PlaceError) bool {
				return e.Path == path && strings.Contains(e.Err.Error(), says) && strings.HasPrefix(e.Err.Error(), "warning: ")
			}) {
				t.Error(told)
			}
		}
	}
}
