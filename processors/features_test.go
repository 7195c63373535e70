package processors_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

const featuresOnly = `
sml_features:
  name: f
  cache: sml_state
  key: ${! json("id") }
  timestamp: ${! json("t").or(0) }
  features:
    - { type: lag, of: x }
    - { name: total, type: sum, of: x, rows: 3 }
    - { type: hour }
`

// TestFeaturesAreAdded: the values are those of the key's own rows, and the rest
// of the document stays as it is, byte for byte.
func TestFeaturesAreAdded(t *testing.T) {
	out := run(t, builder(t, environment(t), featuresOnly), []document{
		{content: `{"id":"a", "x": 1.50}`}, {content: `{"id":"b","x":7}`}, {content: `{"id":"a","x":2,"t":5400}`},
		{content: `{"id":"a","x":"text"}`}, {content: `{"id":"a","x":4}`}, {content: `[1]`}, {content: `nothing`},
	})
	for i, want := range []string{
		`{"id":"a", "x": 1.50,"features":{"total":1.5,"hour":0}}`,
		`{"id":"b","x":7,"features":{"total":7,"hour":0}}`,
		`{"id":"a","x":2,"t":5400,"features":{"x_lag":1.5,"total":3.5,"hour":1.5}}`,
		`{"id":"a","x":"text","features":{"hour":0}}`,
		`{"id":"a","x":4,"features":{"x_lag":2,"total":7.5,"hour":0}}`,
	} {
		if out[i].content != want || out[i].err != nil {
			t.Errorf("message %d is %s (error %v), want %s", i, out[i].content, out[i].err, want)
		}
	}
	for i := 5; i < 7; i++ {
		if out[i].err == nil {
			t.Errorf("message %d, %s, is not marked as failed", i, out[i].content)
		}
	}
}

// TestFeaturesOfReplays: a message that is delivered again gets what it got the
// first time while that is remembered, is recognised beyond, and changes nothing.
func TestFeaturesOfReplays(t *testing.T) {
	b := builder(t, environment(t), strings.Replace(featuresOnly, "  features:", "  replay_rows: 4\n  features:", 1))
	batch := func(from, to int) (out []document) {
		for i := from; i < to; i++ {
			out = append(out, document{content: fmt.Sprintf(`{"id":"a","x":%d}`, i), topic: "t", partition: 1, offset: i})
		}
		return out
	}
	out := run(t, b, batch(0, 8), batch(2, 9), batch(9, 10))
	for i, want := range []string{
		`{"replayed":true}`, `{"replayed":true}`,
		`{"x_lag":3,"total":9,"hour":0}`, `{"x_lag":4,"total":12,"hour":0}`, `{"x_lag":5,"total":15,"hour":0}`, `{"x_lag":6,"total":18,"hour":0}`,
		`{"x_lag":7,"total":21,"hour":0}`, `{"x_lag":8,"total":24,"hour":0}`,
	} {
		if got := out[8+i].content; !strings.HasSuffix(got, `"features":`+want+"}") {
			t.Errorf("message %d is %s, want %s", 8+i, got, want)
		}
	}
}

// TestFeaturesSettings: each is refused when the pipeline is built, with an
// error that names the field and the value.
func TestFeaturesSettings(t *testing.T) {
	for _, c := range []struct {
		name, processor string
		want            []string
	}{
		{name: "unknown cache", processor: "sml_features: { name: f, cache: nope, features: [ { type: hour } ] }", want: []string{"cache", `"nope"`}},
		{name: "no features", processor: "sml_features: { name: f, cache: sml_state, features: [] }", want: []string{"features", "0 features"}},
		{name: "no field", processor: "sml_features: { name: f, cache: sml_state, features: [ { type: lag } ] }", want: []string{"features.0", "of", `"lag"`}},
		{name: "same name", processor: "sml_features: { name: f, cache: sml_state, features: [ { type: hour }, { type: hour } ] }", want: []string{"features.1", `"hour"`}},
		{name: "bad span", processor: "sml_features: { name: f, cache: sml_state, features: [ { type: mean, of: x, over: soon } ] }", want: []string{"features.0.over", `soon`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := refused(t, c.processor)
			if err == nil {
				t.Fatal("was taken")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error is %v, want it to contain %q", err, w)
				}
			}
		})
	}
}

// refused builds and runs a pipeline with the processor and returns the error.
func refused(t *testing.T, processor string) error {
	t.Helper()
	b := environment(t).NewStreamBuilder()
	for _, add := range []func() error{
		func() error { return b.SetLoggerYAML("level: off") },
		func() error { return b.AddCacheYAML(memoryCache) },
		func() error { return b.AddProcessorYAML(processor) },
		func() error { return b.AddOutputYAML("drop: {}") },
		func() error { return b.AddInputYAML(`generate: { mapping: 'root = {"x":1}', count: 1, interval: "" }`) },
	} {
		if err := add(); err != nil {
			return err
		}
	}
	stream, err := b.Build()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return stream.Run(ctx)
}
