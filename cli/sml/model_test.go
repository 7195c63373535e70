package sml

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestModelsAndModel: models, model, and PROJECT left out wherever the file names one.
func TestModelsAndModel(t *testing.T) {
	s := newSite(t, "p", "")
	s.learn("p", "t/0", documents(60, 0))
	var listed modelsAnswer
	s.must(&listed, "models")
	if len(listed.Models) != 1 || listed.Models[0].Name != "h" || listed.Models[0].State != "ready" || listed.Models[0].Rows != 60 {
		t.Errorf("models is %+v", listed)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"model":                  {[]string{"model", "h"}, `"built_from":60`},
		"model of a project":     {[]string{"model", "p", "h"}, `"built_from":60`},
		"models of a project":    {[]string{"models", "p"}, `"ready"`},
		"question":               {[]string{"explore", "univariate", "x"}, `"count":60`},
		"question of a project":  {[]string{"explore", "p", "univariate", "x"}, `"count":60`},
		"build":                  {[]string{"build", "--type", "ols", "--target", "y"}, `"built_from":60`},
		"freeze":                 {[]string{"freeze", "h", "v9"}, "h@v9"},
		"serve":                  {[]string{"serve", "h", "v1"}, "h@v1 answers"},
		"serve of a project":     {[]string{"serve", "p", "h", "v1"}, "h@v1 answers"},
		"serve the current one":  {[]string{"serve", "h"}, "current model"},
		"serve current, project": {[]string{"serve", "p", "h"}, "current model"},
		"epoch":                  {[]string{"epoch", "t/0", "--yes"}, `"messages":60`},
	} {
		if name == "serve" || name == "serve of a project" {
			s.run("freeze", "h", "v1")
		}
		out, code := s.run(c.args[0], append(c.args[1:], "--json")...)
		if code != 0 || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit %d, %s", name, code, out)
		}
	}
	if out, code := s.run("model", "none"); code != 1 || !strings.Contains(out, "none") {
		t.Errorf("a model that is not there: exit %d, %s", code, out)
	}
	if text, code := s.run("models"); code != 0 || !strings.Contains(text, "ready") {
		t.Errorf("text: exit %d, %s", code, text)
	}
}

// TestFeaturesCommand shows the state that a pipeline has left.
func TestFeaturesCommand(t *testing.T) {
	s := newSite(t, "p", "")
	const processor = "sml_features: { name: f, cache: first, key: '${! this.c }', features: [ { type: lag, of: x } ], position: '${! this.n }' }"
	text := fmt.Sprintf("pipeline: { threads: 1, processors: [ { %s } ] }\ncache_resources: [ { label: first, file: { directory: %q } } ]\n", processor, filepath.Join(s.dir, "a"))
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := s.run("features"); code != 0 || !strings.Contains(out, "none yet") {
		t.Errorf("before: exit %d, %s", code, out)
	}
	b := service.NewStreamBuilder()
	if err := b.SetYAML(`input: { generate: { count: 20, interval: '', mapping: 'root = [counter()].map_each({"n": this, "x": this, "c": if this % 2 == 0 { "a" } else { "b" }}).index(0)' } }` + "\noutput: { drop: {} }\nlogger: { level: OFF }\n" + text); err != nil {
		t.Fatal(err)
	}
	stream, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	var got featuresAnswer
	s.must(&got, "features", "f")
	if len(got.States) != 1 || len(got.States[0].Shards) != 1 || got.States[0].Shards[0].Rows != 20 || got.States[0].Shards[0].Keys < 1 {
		t.Errorf("features is %+v", got)
	}
	if out, code := s.run("features", "other"); code != exitUsage {
		t.Errorf("another name: exit %d, %s", code, out)
	}
}
