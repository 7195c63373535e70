package lint

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
)

// write writes files into a folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const begin = "input: { generate: { mapping: 'root = {}' } }\noutput: { drop: {} }\ncache_resources: [ { label: c, memory: {} } ]\npipeline:\n  processors:\n"

// TestEveryErrorAtOnce: all that is wrong is said by one run, each at its line.
func TestEveryErrorAtOnce(t *testing.T) {
	dir := write(t, map[string]string{"p.yaml": begin + `    - label: first
      sml_learn:
        project: p
        cache: nope
        folds: some
        attributes:
          a: number
          b.c: contnuous
        models:
          - { name: a, type: nope }
          - name: b
            type: ridge
            target: y
            options:
              lambda: -1
          - { name: b, type: hba, target: q }
          - { name: b, type: hba }
          - { name: d, type: hba }
          - { name: d, type: hba }
        window: { period: soon }
    - sml_score: { project: "a b", cache: c, model: "" }
`})
	want := []string{
		"p.yaml(9,9) pipeline.processors.0.sml_learn.cache: cache \"nope\"",
		"p.yaml(10,9) pipeline.processors.0.sml_learn.folds: the text some, want a whole number",
		"p.yaml(12,11) pipeline.processors.0.sml_learn.attributes.a: unknown attribute type \"number\"",
		"p.yaml(13,11) pipeline.processors.0.sml_learn.attributes.b.c: unknown attribute type \"contnuous\"",
		"p.yaml(15,24) pipeline.processors.0.sml_learn.models.0.type: ",
		"p.yaml(20,15) pipeline.processors.0.sml_learn.models.1.options.lambda: ",
		"p.yaml(21,35) pipeline.processors.0.sml_learn.models.2.target: ",
		"name \"d\" occurs twice",
		"p.yaml(25,19) pipeline.processors.0.sml_learn.window.period: soon, want a duration",
		"p.yaml(26,20) pipeline.processors.1.sml_score.project: ",
		"p.yaml(26,46) pipeline.processors.1.sml_score.model: model is empty",
	}
	var said strings.Builder
	found, _ := Files([]string{filepath.Join(dir, "p.yaml")}, &pipeline.Sources{})
	for _, e := range found {
		said.WriteString(e.Error() + "\n")
	}
	for _, w := range want {
		if !strings.Contains(said.String(), w) {
			t.Errorf("lacks %q:\n%s", w, said.String())
		}
	}
}

// TestFilesTogether: resources come from --resources and from files of resources
// among the targets, and learners contradict each other across files.
func TestFilesTogether(t *testing.T) {
	learner := "sml_learn: { project: p, cache: c"
	dir := write(t, map[string]string{
		"main.yaml":      "input: { generate: { mapping: 'root = {}' } }\npipeline:\n  processors:\n    - " + learner + " }\n    - resource: other\noutput: { drop: {} }\n",
		"caches.yaml":    "cache_resources:\n  - label: c\n    memory: {}\n",
		"other.yaml":     "processor_resources:\n  - label: other\n    " + learner + ", histogram_bins: 64 }\n",
		"same.yaml":      "processor_resources:\n  - label: other\n    " + learner + " }\n",
		"template.yaml":  "name: my_learn\ntype: processor\nfields: [ { name: bins, type: int, default: 64 } ]\nmapping: 'root.sml_learn = {\"project\": \"p\", \"cache\": \"c\", \"histogram_bins\": this.bins}'\n",
		"templated.yaml": begin + "    - my_learn: { bins: 1 }\n",
		"good.yaml":      begin + "    - my_learn: {}\n",
		"anchors.yaml":   "shared: &s { project: p, cache: c }\n" + begin + "    - sml_learn: { <<: *s, folds: 1 }\n",
		"off.yaml":       "# BENTHOS LINT DISABLE\n" + begin + "    - sml_learn: { project: p, cache: nope }\n",
		"typed.yaml":     begin + "    - type: sml_learn\n      plugin: { project: p, cache: c, folds: 1 }\n",
	})
	at := func(names ...string) (out []string) {
		for _, n := range names {
			out = append(out, filepath.Join(dir, n))
		}
		return out
	}
	for name, c := range map[string]struct {
		targets []string
		sources pipeline.Sources
		want    []string
	}{
		"no cache":               {targets: at("main.yaml"), want: []string{`main.yaml(4,32) pipeline.processors.0.sml_learn.cache: cache "c" is not among`}},
		"cache of resources":     {targets: at("main.yaml"), sources: pipeline.Sources{Resources: at("caches.yaml", "same.yaml")}},
		"cache of another file":  {targets: at("main.yaml", "caches.yaml")},
		"resources by a pattern": {targets: at("main.yaml"), sources: pipeline.Sources{Resources: at("ca*.yaml")}},
		"learners contradict":    {targets: at("main.yaml"), sources: pipeline.Sources{Resources: at("caches.yaml", "other.yaml")}, want: []string{"other.yaml(3,40) processor_resources.0.sml_learn.histogram_bins: ", "root.pipeline.processors.0 and 64 at root.processor_resources.0 (other)"}},
		"a part alone":           {targets: at("same.yaml")},
		"by a template":          {targets: at("templated.yaml"), sources: pipeline.Sources{Templates: at("template.yaml")}, want: []string{"templated.yaml(6,7) pipeline.processors.0.my_learn.sml_learn.histogram_bins: by template my_learn: ", ": by template my_learn: 1, want"}},
		"a good template":        {targets: at("good.yaml"), sources: pipeline.Sources{Templates: at("template.yaml")}},
		"merged fields":          {targets: at("anchors.yaml"), want: []string{"anchors.yaml(7,28) pipeline.processors.0.sml_learn.folds: 1, want"}},
		"switched off":           {targets: at("off.yaml")},
		"type and plugin":        {targets: at("typed.yaml"), want: []string{"typed.yaml(7,39) ", "folds: 1, want"}},
	} {
		found, _ := Files(c.targets, &c.sources)
		var said strings.Builder
		for _, e := range found {
			said.WriteString(e.Error() + "\n")
		}
		if len(c.want) == 0 && len(found) > 0 {
			t.Errorf("%s: says %s", name, said.String())
		}
		for _, w := range c.want {
			if !strings.Contains(said.String(), w) {
				t.Errorf("%s: lacks %q: %s", name, w, said.String())
			}
		}
	}
}

// TestReport: what the host has said is not said again, and names no Go type.
func TestReport(t *testing.T) {
	var out bytes.Buffer
	host := "\x1b[33mp.yaml(3,1) folds is 1, want a whole number\x1b[0m\np.yaml(4,1) yaml: unmarshal errors:\n  line 9: cannot unmarshal !!str `x` into int\n"
	more := report(&out, host, []*pipeline.PlaceError{
		{File: "p.yaml", Line: 3, Column: 9, Path: "pipeline.processors.0.sml_learn.folds", Err: os.ErrInvalid},
		{File: "p.yaml", Line: 3, Column: 9, Path: "pipeline.processors.0.sml_learn.window.rows", Err: os.ErrInvalid},
	}, []*pipeline.PlaceError{{File: "p.yaml", Line: 5, Column: 1, Err: os.ErrExist}})
	said := out.String()
	if !more || strings.Count(said, "folds") != 1 || !strings.Contains(said, "window.rows") || strings.Contains(said, "unmarshal") || !strings.Contains(said, "the text x, want a whole number") {
		t.Errorf("says %v %s", more, said)
	}
	if report(&out, "", nil, []*pipeline.PlaceError{{File: "p.yaml", Line: 5, Column: 1, Err: os.ErrExist}}) {
		t.Error("a warning is taken for an error")
	}
}

// TestValuesOfAnotherShapeHaveNames: the host names the line of a value that should be an object or
// a list; the report names the field, where no other value of the line could be meant.
func TestValuesOfAnotherShapeHaveNames(t *testing.T) {
	dir := write(t, map[string]string{"p.yaml": "a:\n  window: 1000\n  models: words\n  b: { c: 1, d: x, e: 2 }\n"})
	file := filepath.Join(dir, "p.yaml")
	for said, want := range map[string]string{
		"(2,1) expected object value, got !!int": "(2,3) a.window: the number 1000, want an object",
		"(3,1) expected array value, got !!str":  "(3,3) a.models: the text words, want a list",
		"(4,1) expected array value, got !!str":  "(4,14) a.b.d: the text x, want a list",
		"(4,1) expected array value, got !!int":  "(4,1) the number, want a list", // either
	} {
		var out bytes.Buffer
		report(&out, file+said+"\n", nil, nil)
		if got := strings.TrimSpace(out.String()); got != file+want {
			t.Errorf("%q is %q, want %q", said, got, file+want)
		}
	}
}

// TestReadErrorsHaveLines: the host says of a whole file that a field cannot be read; the
// report names the line and path of the field.
func TestReadErrorsHaveLines(t *testing.T) {
	dir := write(t, map[string]string{"p.yaml": "input: { stdin: {} }\npipeline:\n  threads: many\n  processors: { a: 1 }\n"})
	file := filepath.Join(dir, "p.yaml")
	for said, want := range map[string]string{
		"field 'pipeline': field 'processors': line 4: expected array value, got !!map":                                "(4,3) pipeline.processors: an object, want a list",
		"field 'pipeline': field 'threads': yaml: unmarshal errors:\n  line 3: cannot unmarshal !!str `many` into int": "(3,3) pipeline.threads: the text many, want a whole number",
		"failed to read": "(1,1) failed to read",
	} {
		var out bytes.Buffer
		report(&out, file+"(1,1) "+said+"\n", nil, nil)
		if got := strings.TrimSpace(out.String()); got != file+want {
			t.Errorf("%q is %q, want %q", said, got, file+want)
		}
	}
}
