package processors_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

const learnOnly = `
sml_learn:
  project: p
  cache: sml_state
`

// askRows asks for the number of rows in the same pipeline.
const askRows = `
mapping: |
  root = this
  root.info = sml_info("p")
`

func TestLearnPassesMessagesOn(t *testing.T) {
	b := builder(t, environment(t), learnOnly)
	in := []document{{content: `{"x":1, "y" : "a"}`}, {content: `{"x":2}`}}
	out := run(t, b, in)
	if len(out) != len(in) {
		t.Fatalf("%d messages came out, want %d", len(out), len(in))
	}
	for i := range in {
		if out[i].content != in[i].content || out[i].err != nil {
			t.Errorf("message %d is %s (error %v), want %s", i, out[i].content, out[i].err, in[i].content)
		}
	}
}

// TestBadRows: what does not fit is marked, says what is wrong, and changes
// nothing; the rest of the batch is learned.
func TestBadRows(t *testing.T) {
	env := environment(t)
	b := builder(t, env, learnOnly)
	if err := b.AddProcessorYAML("mapping: 'root = if errored() { {\"error\": error()} } else { this.assign({\"info\": sml_info(\"p\")}) }'"); err != nil {
		t.Fatal(err)
	}
	out := run(t, b, []document{
		{content: `{"x":1}`}, {content: `{"x":"abc"}`}, {content: `not json`}, {content: `[1,2]`}, {content: `{"x":1e999}`}, {content: `{"x":1e80}`}, {content: `{"x":3}`},
	})
	for i, want := range []string{"", `attribute "x"`, "invalid JSON", "array", "1e999", "1e+80", ""} {
		got := ""
		if want != "" {
			got = fmt.Sprint(field(t, out[i].content, "error"))
		}
		if !strings.Contains(got, want) {
			t.Errorf("message %d: error is %q, want it to contain %q", i, got, want)
		}
	}
	if got := field(t, out[6].content, "info", "rows"); got != 2.0 {
		t.Errorf("%v rows were learned, want 2", got)
	}
}

// TestReplaysAreCountedOnce delivers offsets again, in whole batches and in part.
func TestReplaysAreCountedOnce(t *testing.T) {
	b := builder(t, environment(t), learnOnly)
	if err := b.AddProcessorYAML(askRows); err != nil {
		t.Fatal(err)
	}
	batch := func(from, to int) (out []document) {
		for i := from; i < to; i++ {
			out = append(out, document{content: fmt.Sprintf(`{"x":%d}`, i), topic: "t", partition: 3, offset: i})
		}
		return out
	}
	out := run(t, b, batch(0, 10), batch(5, 12), batch(0, 12), batch(12, 13))
	last := out[len(out)-1].content
	if got := field(t, last, "info", "rows"); got != 13.0 {
		t.Errorf("%v rows were learned, want 13", got)
	}
	if !strings.Contains(last, "t/3") {
		t.Errorf("no shard t/3 in %s", last)
	}
}

// TestSettingsThatContradict: each is refused when the pipeline is built, with
// an error that names the field, the value and the path.
func TestSettingsThatContradict(t *testing.T) {
	for _, c := range []struct {
		name       string
		processors []string
		want       []string
	}{
		{name: "unknown cache", processors: []string{"sml_learn: { project: p, cache: nope }"}, want: []string{"cache", `"nope"`, "root"}},
		{name: "unknown attribute type", processors: []string{"sml_learn: { project: p, cache: sml_state, attributes: { s1: contnuous } }"}, want: []string{"attributes.s1", `"contnuous"`, "continuous"}},
		{name: "unknown model type", processors: []string{"sml_learn: { project: p, cache: sml_state, models: [ { name: m, type: hbaa } ] }"}, want: []string{"models.0", `"hbaa"`, "hba"}},
		{name: "unknown model option", processors: []string{"sml_learn: { project: p, cache: sml_state, models: [ { name: m, type: hba, options: { bin: 3 } } ] }"}, want: []string{"models.0", "options.bin"}},
		{name: "bad project name", processors: []string{"sml_learn: { project: 'a b', cache: sml_state }"}, want: []string{"project", `a b`}},
		{
			name: "twice with other settings",
			processors: []string{
				"sml_learn: { project: p, cache: sml_state, max_categories: 10 }",
				"sml_learn: { project: p, cache: sml_state, max_categories: 20 }",
			},
			want: []string{`"p"`, "processors.0", "processors.1", "10", "20"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := environment(t).NewStreamBuilder()
			if err := b.SetLoggerYAML("level: off"); err != nil {
				t.Fatal(err)
			}
			if err := b.AddCacheYAML(memoryCache); err != nil {
				t.Fatal(err)
			}
			var err error
			for _, p := range c.processors {
				if err = b.AddProcessorYAML(p); err != nil {
					break
				}
			}
			if err == nil {
				err = b.AddOutputYAML("drop: {}")
			}
			if err == nil {
				err = b.AddInputYAML(`generate: { mapping: 'root = {"x":1}', count: 1, interval: "" }`)
			}
			if err == nil {
				stream, buildErr := b.Build()
				if err = buildErr; err == nil {
					ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
					defer cancel()
					err = stream.Run(ctx)
				}
			}
			if err == nil {
				t.Fatal("was accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not contain %q: %v", want, err)
				}
			}
		})
	}
}

// askProject learns the documents with the processor's settings and returns
// what a mapping says of the project after the last.
func askProject(t *testing.T, settings, mapping string, batches ...[]document) (answer any, out []outcome) {
	t.Helper()
	b := builder(t, environment(t), "sml_learn: { project: p, cache: sml_state, "+settings+" }")
	if err := b.AddProcessorYAML("mapping: 'root = if errored() { {\"error\": error()} } else { {\"answer\": " + mapping + "} }'"); err != nil {
		t.Fatal(err)
	}
	out = run(t, b, batches...)
	return field(t, out[len(out)-1].content, "answer"), out
}

func numbers(values ...float64) (out []document) {
	for i, v := range values {
		out = append(out, document{content: fmt.Sprintf(`{"x":%v,"w":%d,"t":%d,"ok":%v}`, v, i+1, 1000*(i+1), i%2 == 0)})
	}
	return out
}

func TestLearnSettings(t *testing.T) {
	for _, c := range []struct {
		name, settings, mapping string
		want                    any
	}{
		{name: "weight", settings: `weight: '${! json("w") }'`, mapping: `sml_univariate("p", "x").mean`, want: (1.0 + 2*2 + 3*3) / 6},
		{name: "filter", settings: `filter: this.ok`, mapping: `sml_univariate("p", "x").mean`, want: 2.0},
		{name: "window", settings: `timestamp: '${! json("t") }', window: { period: 1000s, tiles: 1 }`, mapping: `sml_univariate("p", "x").mean`, want: 2.5},
		{name: "window beside", settings: `timestamp: '${! json("t") }', window: { period: 1000s, tiles: 1, beside: true }`, mapping: `sml_univariate("p", "x").mean - sml_univariate("p", "x", "window").mean`, want: -0.5},
		{name: "row window", settings: `window: { rows: 2, tiles: 2 }`, mapping: `sml_univariate("p", "x").count`, want: 3.0},
		{name: "decay", settings: `timestamp: '${! json("t") }', decay: { half_life: 1000s }`, mapping: `sml_univariate("p", "x").mean`, want: (1*0.25 + 2*0.5 + 3) / 1.75},
		{name: "partition", settings: `partition: ok`, mapping: `sml_univariate("p", "x").mean`, want: 2.0},
		{name: "folds", settings: `folds: 2`, mapping: `sml_bivariate("p", "x", "w").correlation`, want: 1.0},
		{name: "overflowing categories", settings: `max_categories: 2, attributes: { x: categorical }`, mapping: `sml_univariate("p", "x").other_top.index(0).value + " of " + sml_univariate("p", "x").distinct.string()`, want: "3 of 3"},
		{name: "hash buckets", settings: `attributes: { x: categorical }, hash_buckets: { x: 1 }`, mapping: `sml_univariate("p", "x").values.keys().join(",")`, want: "#0"},
		{name: "double", settings: `precision: double`, mapping: `sml_correlation("p", "x", "w")`, want: 1.0},
		{name: "given a binary", settings: `attributes: { ok: binary }`, mapping: `sml_bivariate("p", "ok", "x").conditional.get("1").mean`, want: 2.0},
		{name: "short form", settings: `attribute_types: "C,X", attribute_order: [ x, w ]`, mapping: `sml_info("p").schema.map_each(a -> a.name).sort().join(",")`, want: "ok,t,x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, out := askProject(t, c.settings, c.mapping, numbers(1, 2, 3))
			if g, ok := got.(float64); ok {
				if w, ok := c.want.(float64); ok && g > w-1e-12 && g < w+1e-12 {
					return
				}
			}
			if got != c.want {
				t.Errorf("got %v, want %v: %v", got, c.want, out)
			}
		})
	}
}

func TestFreeze(t *testing.T) {
	_, out := askProject(t, "freeze: true", `sml_info("p").rows`, numbers(1))
	if !strings.Contains(out[0].content, "frozen") {
		t.Errorf("%s, want an error that says frozen", out[0].content)
	}
}

func TestForgetMode(t *testing.T) {
	env := environment(t)
	b := builder(t, env, `
switch:
  - check: '@kafka_topic == "gone"'
    processors:
      - sml_learn: { project: p, cache: sml_state, mode: forget }
  - processors:
      - sml_learn: { project: p, cache: sml_state }
`)
	if err := b.AddProcessorYAML(`mapping: 'root.u = sml_univariate("p", "x")'`); err != nil {
		t.Fatal(err)
	}
	in := numbers(1, 2, 3, 100)
	for i := range in {
		in[i].topic, in[i].offset = "rows", i
	}
	gone := in[3]
	gone.topic, gone.offset = "gone", 0
	out := run(t, b, in, []document{gone}, []document{gone})
	last := out[len(out)-1].content
	if field(t, last, "u", "count") != 3.0 || field(t, last, "u", "mean") != 2.0 {
		t.Errorf("%s, want three rows of mean 2", last)
	}
}

// TestForgetModeRefuses: a row that was never learned, and one that was forgotten
// before, are marked; the others of their batches stay forgotten.
func TestForgetModeRefuses(t *testing.T) {
	env := environment(t)
	b := builder(t, env, `
switch:
  - check: '@kafka_topic == "gone"'
    processors:
      - sml_learn: { project: p, cache: sml_state, mode: forget }
  - processors:
      - sml_learn: { project: p, cache: sml_state }
`)
	in := numbers(1, 2, 3, 100)
	for i := range in {
		in[i].topic, in[i].offset = "rows", i
	}
	gone := []document{in[3], numbers(777)[0], in[0], in[3]}
	for i := range gone {
		gone[i].topic, gone[i].offset = "gone", i
	}
	if err := b.AddProcessorYAML(`mapping: 'root.u = sml_univariate("p", "x")'`); err != nil {
		t.Fatal(err)
	}
	out := run(t, b, in, gone[:2], gone[2:])
	if last := out[len(out)-1].content; field(t, last, "u", "count") != 2.0 || field(t, last, "u", "mean") != 2.5 {
		t.Errorf("%s, want 2 and 3 to be left", last)
	}
	for i, o := range out[len(in):] {
		if bad := i%2 == 1; (o.err != nil) != bad || bad && !strings.Contains(o.err.Error(), "never learned") {
			t.Errorf("row %d to forget: %v, want an error: %v", i, o.err, bad)
		}
	}
}

func TestBadRowSettings(t *testing.T) {
	for _, c := range []struct{ name, settings, want string }{
		{name: "weight", settings: `weight: '${! json("x") }'`, want: "weight"},
		{name: "timestamp", settings: `timestamp: yesterday, window: { period: 1h }`, want: "timestamp"},
		{name: "filter", settings: `filter: this.x`, want: "filter"},
		{name: "position", settings: `position: '${! json("ok") }'`, want: "position"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, out := askProject(t, c.settings, `1`, numbers(-1))
			if !strings.Contains(out[0].content, c.want) {
				t.Errorf("%s, want an error about %s", out[0].content, c.want)
			}
		})
	}
}
