package pipeline

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// hostMapping returns a mapping of a pipeline as the host reads it, with the text in it.
func hostMapping(t *testing.T, text string, lookup func(string) (string, bool)) (string, error) {
	t.Helper()
	b := service.NewStreamBuilder()
	b.DisableLinting()
	b.SetEnvVarLookupFunc(lookup)
	if err := b.SetYAML("output:\n  drop: {}\npipeline:\n  processors:\n    - mapping: |\n        root = " + text + "\n"); err != nil {
		return "", err
	}
	found := ""
	err := b.WalkComponents(func(w *service.WalkedComponent) error {
		if w.Name == "mapping" {
			found = w.ConfigYAML()
		}
		return nil
	})
	return found, err
}

// TestVariablesAreTheHosts compares drawn variables with what the host makes of them.
func TestVariablesAreTheHosts(t *testing.T) {
	values := map[string]string{"A": "alpha", "B.c": "beta", "E": "", "LINES": "a\nb", "CODED": "aGVsbG8="}
	lookup := func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	parts := []string{"${A}", "${B.c}", "${E:none}", "${NO:x y}", "${NO}", "${LINES}", "${CODED|base64decode}", "${NO:aGV5|base64decode}", "${{A}}", "${{A:${B}}}", "${A:${B.c}}", "${NO:${A}}", "$A", "${! this.a }", "{}", "${", "}", " ", ":", "|", "${A|nope}", "${NO:}"}
	r := rand.New(rand.NewPCG(1, 13))
	for range 300 {
		text := "1 # "
		for range 1 + r.IntN(4) {
			text += parts[r.IntN(len(parts))]
		}
		want, wantErr := hostMapping(t, text, lookup)
		v := &variables{lookup: lookup, names: map[string]string{}}
		expanded, err := v.expand(text)
		if (err != nil) != (wantErr != nil) {
			t.Errorf("%q: error %v, the host has %v", text, err, wantErr)
			continue
		}
		if err != nil {
			continue
		}
		got, err := hostMapping(t, escape(expanded), lookup)
		if err != nil || got != want {
			t.Errorf("%q is %q (%v), the host has %q", text, got, err, want)
		}
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestSourcesAreTheHosts: variables of files, --set, resources, patterns and folders.
func TestSourcesAreTheHosts(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "streams"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := write(t, dir, "x.env", "SML_READ_CACHE=stored\nSML_READ_SECRET=hunter22\n")
	t.Setenv("SML_READ_CACHE", "")
	t.Setenv("SML_READ_SECRET", "")
	write(t, dir, "streams/a.yaml", "pipeline: { processors: [ { sml_learn: { project: a, cache: ${SML_READ_CACHE} } } ] }\n")
	write(t, dir, "streams/b.yml", "pipeline:\n  processors:\n    - sml_learn: { project: b, cache: x, folds: 3 }\n")
	write(t, dir, "streams/b_benthos_test.yml", "tests: []\n")
	resources := write(t, dir, "res.yaml", "cache_resources:\n  - label: ${SML_READ_CACHE}\n    redis: { url: '${SML_READ_SECRET}' }\n")
	c, err := Read(&Sources{
		Configs: []string{filepath.Join(dir, "streams")}, Resources: []string{filepath.Join(dir, "re*.yaml")}, EnvFiles: []string{env},
		Sets: []string{"pipeline.processors.0.sml_learn.folds=7", "pipeline.processors.-.noop={}", "pipeline.threads=2", "pipeline.processors.0.sml_learn.window.rows=10"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Documents) != 2 || len(c.Resources) != 1 || c.Resources[0].File != resources {
		t.Fatalf("%d documents, %d resources", len(c.Documents), len(c.Resources))
	}
	for i, want := range []string{"cache: stored", "cache: x"} {
		found, err := c.Documents[i].Components("sml_learn")
		if err != nil || len(found) != 1 {
			t.Fatalf("%v %v", found, err)
		}
		text, err := found[0].Config.YAML()
		for _, w := range []string{want, "folds: 7", "rows: 10"} {
			if err != nil || !strings.Contains(text, w) {
				t.Errorf("lacks %q: %s %v", w, text, err)
			}
		}
		if c.Documents[i].Root.Find("pipeline.processors.1.noop") == nil {
			t.Error("nothing is added to the list")
		}
	}
	caches, err := c.Resources[0].Caches()
	if err != nil || caches[0].Child("label").Text() != "stored" {
		t.Errorf("%v %v", caches, err)
	}
	if said := c.Hide("cannot reach hunter22"); said != "cannot reach ${SML_READ_SECRET}" {
		t.Error(said)
	}
}

// TestBrokenFiles: each error names file and line, and no type of the program.
func TestBrokenFiles(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"no yaml":   {"a: 1\nb: [ }\n", "p.yaml(1,1) the file is no YAML"},
		"a list":    {"- a\n", "p.yaml(1,1) the file is no object"},
		"a text":    {"hello", "p.yaml(1,1) the file is no object"},
		"bomb":      {"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f]\n", "p.yaml(1,1) the file is no YAML: the document has more"},
		"cycle":     {"a: &a { b: *a }\n", "p.yaml("},
		"bad base":  {"a: ${HOME|base64decode}\n", "base64"},
		"not there": {"", ""},
	} {
		file := filepath.Join(dir, "none.yaml")
		if name != "not there" {
			file = write(t, dir, "p.yaml", c.text)
		}
		_, err := Read(&Sources{Configs: []string{file}})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "unmarshal") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		var placed *PlaceError
		if name != "not there" && !errors.As(err, &placed) {
			t.Errorf("%s: %T has no place", name, err)
		}
	}
	for _, set := range []string{"pipeline", "=x", "a.b.5=1", "a.0.x=1", "a=[ }"} {
		file := write(t, dir, "p.yaml", "a: [ 3 ]\n")
		if _, err := Read(&Sources{Configs: []string{file}, Sets: []string{set}}); err == nil {
			t.Errorf("--set %s was taken", set)
		}
	}
}
