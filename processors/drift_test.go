package processors_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

const driftWatched = `
sml_learn:
  project: p
  cache: sml_state
  refresh: 0s
  window: { rows: 300, tiles: 15, beside: true }
`

const driftWatch = `
sml_drift:
  project: p
  cache: sml_state
  refresh: 0s
  rows: 100
  min_effect: 0.3
`

// watchedBuilder is a pipeline that learns and watches.
func watchedBuilder(t *testing.T, learn string) *service.StreamBuilder {
	t.Helper()
	b := builder(t, environment(t), learn)
	if err := b.AddProcessorYAML(driftWatch); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDriftProcessor: a change of one attribute begins a drift that names it, in a message of its own and in the metadata of all; without a second
// set of statistics no message fails (the log says what to set: live TestDriftWatcherSaysWhatFails).
func TestDriftProcessor(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	var documents []document
	for i := range 1500 {
		x := r.NormFloat64()
		if i >= 1000 {
			x += 3
		}
		documents = append(documents, document{content: fmt.Sprintf(`{"x":%.4f,"y":%.4f}`, x, r.NormFloat64())})
	}
	out := run(t, watchedBuilder(t, driftWatched), documents)
	if len(out) != len(documents)+1 {
		t.Fatalf("%d messages, want one more than %d", len(out), len(documents))
	}
	var told struct {
		Event   string
		Drifted []string
	}
	found := 0
	for _, m := range out {
		if m.err != nil {
			t.Fatal(m.err)
		}
		if !strings.HasPrefix(m.content, `{"event"`) {
			continue
		}
		found++
		if err := json.Unmarshal([]byte(m.content), &told); err != nil || told.Event != "begun" || fmt.Sprint(told.Drifted) != "[x]" {
			t.Errorf("told %s (%v)", m.content, err)
		}
	}
	if found != 1 {
		t.Errorf("%d messages tell of a drift, want 1", found)
	}
	out = run(t, watchedBuilder(t, strings.Replace(driftWatched, "  window: { rows: 300, tiles: 15, beside: true }\n", "", 1)), documents[:200])
	for _, m := range out {
		if m.err != nil {
			t.Errorf("a project with one set of statistics fails messages: %v", m.err)
		}
	}
}

// TestWhatIsToldIsNoRow: messages that tell of a drift pass by the processors of rows as they are, behind the messages that they followed, and are
// not learned.
func TestWhatIsToldIsNoRow(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	var documents []document
	for i := range 1500 {
		documents = append(documents, document{content: fmt.Sprintf(`{"x":%.4f}`, r.NormFloat64()+float64(i/1000)*3)})
	}
	b := watchedBuilder(t, driftWatched)
	for _, more := range []string{"sml_learn: { project: second, cache: sml_state, refresh: 0s }", "sml_threshold: { project: second, cache: sml_state, name: a, value: root = this.x }", `mapping: 'root = if meta("sml_drift_event") != null { {"told": this, "rows": sml_info("second").rows, "attributes": sml_info("second").schema.length()} }'`} {
		if err := b.AddProcessorYAML(more); err != nil {
			t.Fatal(err)
		}
	}
	out := run(t, b, documents)
	last := out[len(out)-1]
	if last.err != nil || !strings.HasPrefix(last.content, `{"attributes":1,"rows":1500,"told":{`) {
		t.Errorf("the last of %d messages is %.300s (%v)", len(out), last.content, last.err)
	}
}
