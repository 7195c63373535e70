package processors_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
)

const changesOnly = `
sml_change:
  name: errors
  cache: sml_state
  key: ${! json("id") }
  value: root = this.wrong
  detector: ddm
`

// TestChanges: each key has its own detector, whose results are those of the package; a
// value that is missing is passed on, and one that is no error marks its message as failed.
func TestChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 2))
	var documents []document
	detectors := map[string]*detect.Detector{}
	var want []string
	for i := range 1200 {
		id := []string{"a", "b"}[random.IntN(2)]
		if detectors[id] == nil {
			d, err := detect.New("ddm", nil)
			if err != nil {
				t.Fatal(err)
			}
			detectors[id] = d
		}
		d := detectors[id]
		wrong := random.Float64() < 0.1 || id == "b" && i > 600 && random.Float64() < 0.5
		level, x := d.Add(map[bool]float64{true: 1}[wrong]), 0
		if wrong {
			x = 1
		}
		rows, mean := d.Window()
		documents = append(documents, document{content: fmt.Sprintf(`{"id":%q,"wrong":%v}`, id, wrong)})
		want = append(want, fmt.Sprintf(`{"errors":{"value":%d,"change":%v,"warning":%v,"changes":%d,"rows_since_change":%d,"rows":%d,"mean":%v}}`,
			x, level == detect.Change, level == detect.Warning, d.Changes(), d.Since(), rows, mean))
	}
	documents = append(documents, document{content: `{"id":"a"}`}, document{content: `{"id":"a","wrong":0.5}`}, document{content: `{"id":"a","wrong":"x"}`})
	out := run(t, builder(t, environment(t), changesOnly), documents)
	for i, w := range append(want, `{"errors":{"value":null,"change":null,"warning":null}}`) {
		if out[i].err != nil || !strings.HasSuffix(out[i].content, `"sml":`+w+"}") {
			t.Fatalf("message %d is %s (error %v), want %s", i, out[i].content, out[i].err, w)
		}
	}
	for i, w := range []string{"value: 0.5, ddm takes 0 (right) or 1 (wrong)", "value"} {
		if err := out[len(want)+1+i].err; err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error is %v, want it to contain %q", err, w)
		}
	}
	if detectors["b"].Changes() == 0 || detectors["a"].Changes() != 0 {
		t.Errorf("%d changes of b, %d of a", detectors["b"].Changes(), detectors["a"].Changes())
	}
}

// TestChangesOfReplays: a message that is delivered again gets what it got the first time
// while that is remembered, and changes nothing.
func TestChangesOfReplays(t *testing.T) {
	processor := strings.Replace(changesOnly, "  detector: ddm", "  detector: hddm_a\n  replay_rows: 40", 1)
	batch := func(from, to int) (out []document) {
		for i := from; i < to; i++ {
			wrong := i%10 == 0 || i > 200 && i%2 == 0
			out = append(out, document{content: fmt.Sprintf(`{"id":"a","wrong":%v}`, wrong), topic: "t", partition: 1, offset: i})
		}
		return out
	}
	once := run(t, builder(t, environment(t), processor), batch(0, 300))
	again := run(t, builder(t, environment(t), processor), batch(0, 230), batch(200, 260), batch(100, 300))
	found := 0
	for i, d := range again {
		at := i
		switch {
		case i >= 290:
			at = 100 + i - 290
		case i >= 230:
			at = 200 + i - 230
		}
		switch {
		case strings.Contains(once[at].content, `"change":true`) && i < 230:
			found++
		case i >= 290 && at < 220:
			if !strings.Contains(d.content, `{"errors":{"replayed":true}}`) {
				t.Fatalf("offset %d, long ago, got %s", at, d.content)
			}
			continue
		}
		if d.content != once[at].content {
			t.Fatalf("message %d at offset %d got %s, once %s", i, at, d.content, once[at].content)
		}
	}
	if found == 0 {
		t.Error("no change was found")
	}
}
