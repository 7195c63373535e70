package processors_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

const scoreFirst = "sml_score: { project: p, cache: sml_state, model: m }"

const thenLearn = `
sml_learn:
  project: p
  cache: sml_state
  models:
    - { name: m, type: hba, options: { min_rows: 20 } }
`

// scoreAndLearn returns a stream that tests, then trains.
func scoreAndLearn(t *testing.T, before ...string) *service.StreamBuilder {
	t.Helper()
	processors := append(before, scoreFirst, thenLearn)
	b := builder(t, environment(t), processors[0])
	for _, p := range processors[1:] {
		if err := b.AddProcessorYAML(p); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func readings(n int) (out []document) {
	for i := range n {
		out = append(out, document{content: fmt.Sprintf(`{"a":%d,"b":%g}`, i%7, float64(i%5)/2)})
	}
	return out
}

// TestScoreThenLearn: within a batch each row is scored by a model of the rows
// before it; the document is otherwise unchanged.
func TestScoreThenLearn(t *testing.T) {
	b := scoreAndLearn(t)
	in := append(readings(300), document{content: `{ "a": 3, "b": 1000 }`})
	out := run(t, b, in)
	if len(out) != len(in) {
		t.Fatalf("%d messages came out, want %d", len(out), len(in))
	}
	if got := field(t, out[0].content, "sml", "m", "warming_up"); got != true {
		t.Errorf("first result is %s, want warming up", out[0].content)
	}
	last := out[len(out)-1].content
	if !strings.HasPrefix(last, `{ "a": 3, "b": 1000`) {
		t.Errorf("document was changed: %s", last)
	}
	if got := field(t, last, "sml", "m", "is_anomaly"); got != true {
		t.Errorf("outlier gives %s, want an anomaly", last)
	}
	score, _ := field(t, last, "sml", "m", "score").(float64)
	a, _ := field(t, last, "sml", "m", "contributions", "a").(float64)
	c, _ := field(t, last, "sml", "m", "contributions", "b").(float64)
	if !(score > 0) || a+c < score*(1-1e-5) || a+c > score*(1+1e-5) || c < a {
		t.Errorf("score %v has contributions %v and %v, want them to add up and the second to be larger", score, a, c)
	}
}

func TestUnknownModel(t *testing.T) {
	b := builder(t, environment(t), "sml_score: { project: p, cache: sml_state, model: nope }")
	out := run(t, b, readings(1))
	if err := out[0].err; err == nil || !strings.Contains(err.Error(), `"nope"`) || !strings.Contains(err.Error(), `"p"`) {
		t.Errorf("error is %v, want one that names the model and the project", err)
	}
}

func TestScoreOfStructuredMessage(t *testing.T) {
	b := scoreAndLearn(t, "mutation: 'root.a = this.a + 0'")
	out := run(t, b, readings(100))
	if got, ok := field(t, out[99].content, "sml", "m", "score").(float64); !ok || got < 0 {
		t.Errorf("result is %s, want a score", out[99].content)
	}
}
