package lint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
	"gopkg.in/yaml.v3"

	"github.com/rpconnect-sml/rpconnect-sml/cli/pipeline"
	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
	_ "github.com/rpconnect-sml/rpconnect-sml/plugin"
)

type object = map[string]any

// bases are configurations that every component takes.
func bases() map[string]func() object {
	return map[string]func() object{
		"sml_learn": func() object {
			return object{"project": "p", "cache": "c", "models": []any{object{"name": "m", "type": "hba"}}, "attributes": object{"a": "ignore"}, "hash_buckets": object{"b": 8}}
		},
		"sml_score":     func() object { return object{"project": "p", "cache": "c", "model": "m"} },
		"sml_threshold": func() object { return object{"project": "p", "cache": "c", "name": "t", "value": "root = this.x"} },
		"sml_drift":     func() object { return object{"project": "p", "cache": "c"} },
		"sml_incidents": func() object {
			return object{"project": "p", "cache": "c", "name": "i", "alarm": "root = this.x"}
		},
		"sml_features": func() object {
			return object{"name": "f", "cache": "c", "features": []any{object{"type": "lag", "of": "x"}}}
		},
		"sml_change": func() object { return object{"name": "f", "cache": "c", "value": "root = this.x"} },
		"sml_http":   func() object { return object{"cache": "c"} },
		"sml_kafka": func() object {
			return object{"seed_brokers": []any{"127.0.0.1:1"}, "topics": []any{"t"}, "consumer_group": "g", "sasl": []any{object{"mechanism": "none"}}}
		},
		"output sml_kafka": func() object {
			return object{"seed_brokers": []any{"127.0.0.1:1"}, "topic": "t", "sasl": []any{object{"mechanism": "none"}}}
		},
	}
}

// document is a pipeline with one component of that configuration.
func document(component string, config object) object {
	out := object{
		"input":           object{"generate": object{"count": 1, "interval": "", "mapping": "root = {}"}},
		"pipeline":        object{"threads": 1, "processors": []any{object{"noop": object{}}}},
		"output":          object{"drop": object{}},
		"cache_resources": []any{object{"label": "c", "memory": object{}}},
	}
	switch component {
	case "sml_kafka":
		out["input"] = object{component: config}
	case "output sml_kafka":
		out["output"] = object{"sml_kafka": config}
	default:
		out["pipeline"] = object{"threads": 1, "processors": []any{object{component: config}}}
	}
	return out
}

// put sets a value at a path of fields and items, "[]" for the first item of a list and
// "{}" for the first field of a map.
func put(at object, path []string, value any) {
	name := path[0]
	if len(path) == 1 {
		at[name] = value
		return
	}
	switch path[1] {
	case "[]", "{}":
		list, _ := at[name].([]any)
		if len(list) == 0 {
			list = []any{object{}}
		}
		at[name] = list
		if len(path) == 2 {
			list[0] = value
			return
		}
		put(list[0].(object), path[2:], value)
	default:
		inner, _ := at[name].(object)
		if inner == nil {
			inner = object{}
		}
		at[name] = inner
		put(inner, path[1:], value)
	}
}

// started says how the host starts the pipeline: nil where it begins to run.
func started(text string) error {
	builder := service.NewStreamBuilder()
	builder.DisableLinting()
	builder.SetLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := builder.SetYAML(text); err != nil {
		return err
	}
	stream, err := builder.Build()
	if err != nil {
		return err
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	err = stream.Run(ended)
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	go func() { _ = stream.StopWithin(time.Second) }() // what began to run is of no interest
	return nil
}

// linted returns what the lint finds in the text.
func linted(t *testing.T, dir, text string) ([]*pipeline.PlaceError, *pipeline.Document) {
	t.Helper()
	file := filepath.Join(dir, "pipeline.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := pipeline.Read(&pipeline.Sources{Configs: []string{file}})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	found, _ := check(c.Documents)
	return found, c.Documents[0]
}

// wrong is one change of a configuration that is taken without it.
type wrong struct {
	component string
	path      []string
	value     any
}

func (w *wrong) String() string {
	return fmt.Sprintf("%s %s: %v", w.component, strings.Join(w.path, "."), w.value)
}

// fieldPaths are all fields of a component, by its spec.
func fieldPaths(t *testing.T, name string) (out [][]string) {
	t.Helper()
	kind, isOutput := "", false
	collect := func(n string, view *service.ConfigView) {
		if n != kind {
			return
		}
		data, err := view.TemplateData()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range data.Fields {
			out = append(out, pathOf(f.FullName))
		}
	}
	if kind, isOutput = strings.CutPrefix(name, "output "); isOutput {
		service.GlobalEnvironment().WalkOutputs(collect)
		return out
	}
	service.GlobalEnvironment().WalkProcessors(collect)
	service.GlobalEnvironment().WalkInputs(collect)
	return out
}

// pathOf is the path of a field that is called so in its spec.
func pathOf(full string) []string {
	return strings.Split(strings.NewReplacer("[]", ".[]", "<name>", "{}").Replace(full), ".")
}

func yamlOf(t *testing.T, value any) []byte {
	t.Helper()
	text, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fromSpecs puts values of every kind into every field of every component.
func fromSpecs(t *testing.T, r *rand.Rand) (out []wrong) {
	values := []any{"", "no such thing", "a b/c.d", "${! this. }", "-1s", "1h30m", -1, 0, 1, 0.5, 3, 1e300, math.NaN(), true, []any{}, []any{"", ""}, []any{1.5}, object{}, object{"a": "b"}, object{"a": -1}, nil}
	own := rand.New(rand.NewPCG(13, 3))
	for _, name := range slices.Sorted(maps.Keys(bases())) {
		draws := r
		switch name { // the draws of the components before them stay as they were
		case "sml_incidents":
			draws = own
		case "sml_drift":
			draws = rand.New(rand.NewPCG(13, 4))
		}
		for _, path := range fieldPaths(t, name) {
			for _, i := range draws.Perm(len(values))[:perField] {
				out = append(out, wrong{component: name, path: path, value: values[i]})
			}
		}
	}
	return out
}

// perField is how many values of each field are tried.
const perField = 2

// always are values that are refused by an error of their own and that a draw may miss.
func always() []wrong {
	return []wrong{
		{"sml_kafka", []string{"seed_brokers"}, []any{}},
		{"sml_kafka", []string{"consumer_group"}, ""},
		{"output sml_kafka", []string{"seed_brokers"}, []any{}},
		{"sml_learn", []string{"every"}, "1ms"},
		{"sml_learn", []string{"prequential"}, "row"},
		{"sml_learn", nil, object{"prequential": "row", "score": "m", "mode": "forget"}},
		{"sml_features", []string{"every"}, "1ms"},
		{"sml_change", []string{"every"}, "1ms"},
		{"sml_http", []string{"max_body_bytes"}, 0},
	}
}

// some draws a few of the values.
func some(r *rand.Rand, values []any) (out []any) {
	for _, i := range r.Perm(len(values))[:min(perField, len(values))] {
		out = append(out, values[i])
	}
	return out
}

// fromTables puts values that the parameters of models, features and compositions must
// refuse into configurations, and takes targets away from models that need one.
func fromTables(r *rand.Rand) (out []wrong) {
	draws := &paramtest.Draws{Random: r, Attributes: []string{"x", "y"}}
	for _, entry := range catalogue.All() {
		definition := func() object {
			d := object{"name": "m", "type": entry.Type}
			if entry.Target {
				d["target"] = "y"
			}
			return d
		}
		for i := range entry.Options() {
			p := &entry.Options()[i]
			for _, value := range some(r, draws.Outside(p)) {
				d := definition()
				d["options"] = object{p.Name: value}
				out = append(out, wrong{"sml_learn", []string{"models", "[]"}, d})
			}
		}
		d := definition()
		if entry.Target {
			delete(d, "target")
		} else {
			d["target"] = "y"
		}
		out = append(out, wrong{"sml_learn", []string{"models", "[]"}, d})
	}
	for _, typ := range features.Catalogue() {
		for i := range typ.Parameters {
			for _, value := range some(r, draws.Outside(&typ.Parameters[i])) {
				out = append(out, wrong{"sml_features", []string{"features", "[]"}, object{"type": typ.Name, "of": "x", typ.Parameters[i].Name: value}})
			}
		}
	}
	for _, typ := range detect.Catalogue() {
		for i := range typ.Parameters {
			for _, value := range some(r, draws.Outside(&typ.Parameters[i])) {
				out = append(out, wrong{"sml_change", nil, object{"detector": typ.Name, "options": object{typ.Parameters[i].Name: value}}})
			}
		}
	}
	return out
}

// TestLintIsTheStart: what the start refuses is an error of the lint, at the line of
// the field, and what the start takes is none. The configurations are drawn from the
// specs of all components and the tables of all parameters.
func TestLintIsTheStart(t *testing.T) {
	drawn.Alone(t)
	r := rand.New(rand.NewPCG(13, 2))
	cases := slices.Concat(always(), fromSpecs(t, r), fromTables(r), fromDeclarations(r), contradictions())
	dir, refused, errors := t.TempDir(), 0, []string{}
	for i := range cases {
		c := &cases[i]
		config := bases()[c.component]()
		if len(c.path) == 0 {
			maps.Copy(config, c.value.(object))
		} else {
			put(config, c.path, c.value)
		}
		text, err := yaml.Marshal(document(c.component, config))
		if err != nil {
			t.Fatal(err)
		}
		found, d := linted(t, dir, string(text))
		start := started(string(text))
		if start != nil {
			refused++
			errors = append(errors, start.Error())
		}
		if (start != nil) != (len(found) > 0) {
			t.Errorf("%s: the start says %v, the lint %v", c, start, found)
			continue
		}
		if start != nil && !around(d, c, found) {
			t.Errorf("%s: the lint is elsewhere: %v", c, found)
		}
	}
	t.Logf("%d configurations, %d refused, each at the line of its field", len(cases), refused)
	for folder, from := range constructors {
		sites := errorSites(t, folder, from...)
		left := slices.DeleteFunc(unseen(sites, errors), func(site string) bool { return slices.Contains(atRunTime, site) })
		t.Logf("%s: %d error sites of constructors", folder, len(sites))
		if len(left) > 0 {
			t.Errorf("%s: no configuration of this test gives the errors %q", folder, left)
		}
	}
	if refused < len(cases)/4 {
		t.Errorf("only %d of %d configurations are refused", refused, len(cases))
	}
}

// around reports whether the lint has an error at the field that is wrong, or in it.
func around(d *pipeline.Document, c *wrong, found []*pipeline.PlaceError) bool {
	path := "pipeline.processors.0." + c.component
	switch c.component {
	case "sml_kafka":
		path = "input.sml_kafka"
	case "output sml_kafka":
		path = "output.sml_kafka"
	}
	for _, name := range c.path {
		if name == "[]" || name == "{}" {
			name = "0"
		}
		path += "." + name
	}
	field := d.Root.Find(path)
	if len(c.path) == 0 && found[0].Path == path && c.component == "sml_learn" {
		return false // of several fields that are set, one is wrong
	}
	for _, e := range found {
		if field != nil && (strings.HasPrefix(e.Path+".", field.Path+".") || e.Line == field.Line) {
			return true
		}
	}
	return false
}
