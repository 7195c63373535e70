package demo

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	examples "github.com/rpconnect-sml/rpconnect-sml/config-examples"
)

func TestParseNamesOfTheShippedExample(t *testing.T) {
	got, err := parseNames(examples.Shuttle)
	if err != nil {
		t.Fatal(err)
	}
	want := names{source: "shuttle-sensor", sink: "shuttle-sensor-preds", group: "sml-shuttle", project: "shuttle", model: "hba1"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestParseNamesSaysWhatIsMissing(t *testing.T) {
	cases := map[string]struct{ cut, want string }{
		"topic": {"topics: [ shuttle-sensor ]", "input.sml_kafka.topics"},
		"group": {"consumer_group: sml-shuttle", "input.sml_kafka.consumer_group"},
		"model": {"model: hba1", "sml_score.model"},
		"sink":  {"topic: shuttle-sensor-preds", "output.sml_kafka.topic"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(examples.Shuttle, c.cut) {
				t.Fatalf("the example has no %q", c.cut)
			}
			_, err := parseNames(strings.Replace(examples.Shuttle, c.cut, "", 1))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestWithCacheReplacesNothingElse(t *testing.T) {
	cases := map[string]string{
		"one resource": "label: sml_state\nfile:\n  directory: /state\n",
		"a file":       "cache_resources:\n  - label: sml_state\n    file: { directory: /state }\n",
	}
	for name, cache := range cases {
		t.Run(name, func(t *testing.T) {
			text, err := withCache(examples.Shuttle, cache)
			if err != nil {
				t.Fatal(err)
			}
			var got, want map[string]any
			if err := yaml.Unmarshal([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(examples.Shuttle), &want); err != nil {
				t.Fatal(err)
			}
			want[cacheResources] = []any{map[string]any{"label": "sml_state", "file": map[string]any{"directory": "/state"}}}
			if g, w := marshal(t, got), marshal(t, want); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	out, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestWithCacheRefuses(t *testing.T) {
	cases := map[string]struct{ pipeline, cache, want string }{
		"text":         {examples.Shuttle, "memory", "a cache resource is a label"},
		"nothing":      {examples.Shuttle, "", "a cache resource is a label"},
		"broken":       {examples.Shuttle, "a: [", "parse the cache"},
		"no resources": {"input: {}", memoryCache, "the pipeline has no cache_resources"},
		"no pipeline":  {"", memoryCache, "the pipeline is empty"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := withCache(c.pipeline, c.cache)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}
