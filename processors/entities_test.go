package processors_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestEntities: rows are scored by the statistics of their keys, and a message
// with a bad key is marked and loses nothing else.
func TestEntities(t *testing.T) {
	const score = "sml_score: { project: p, cache: sml_state, model: m, key: '${! this.id }', entities: { young: 5 } }"
	const learn = `
sml_learn:
  project: p
  cache: sml_state
  key: '${! this.id }'
  entities: { resident: 4, histogram_bins: 16 }
  attributes: { id: ignore }
  models:
    - { name: m, type: zscore, options: { min_rows: 20 } }
`
	b := builder(t, environment(t), learn)
	if err := b.AddProcessorYAML(score); err != nil {
		t.Fatal(err)
	}
	const machines = 10
	var in []document
	for i := range 1000 {
		machine := i % machines
		in = append(in, document{content: fmt.Sprintf(`{"id":"m%d","a":%d}`, machine, 100*machine+i/machines%5)})
	}
	bad := []string{`{"a":1}`, `{"id":"","a":1}`, `{"id":{"x":1},"a":1}`, `{"id":"` + strings.Repeat("k", 201) + `","a":1}`}
	for _, content := range bad {
		in = append(in, document{content: content})
	}
	in = append(in, document{content: `{"id":"m3","a":302}`}, document{content: `{"id":"m3","a":702}`})
	out := run(t, b, in)
	if len(out) != len(in) {
		t.Fatalf("%d messages came out, want %d", len(out), len(in))
	}
	for i, content := range bad {
		if got := out[1000+i]; strings.Contains(got.content, "sml") {
			t.Errorf("%.40s is scored: %.80s", content, got.content)
		}
	}
	usual, _ := field(t, out[len(out)-2].content, "sml", "m", "score").(float64)
	other, _ := field(t, out[len(out)-1].content, "sml", "m", "score").(float64)
	if !(other > 100*usual+1) {
		t.Errorf("usual value of the key scores %v, that of another key %v", usual, other)
	}
	rows, _ := field(t, out[len(out)-2].content, "sml", "m", "entity_rows").(float64)
	if rows != 102 { // 100 and the two at the end, as the batch is learned first
		t.Errorf("entity_rows is %v, want 102", rows)
	}
	t.Logf("%s\n%s", out[len(out)-2].content, out[len(out)-1].content)
}
