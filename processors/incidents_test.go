package processors_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// grouping opens after two alarms of four rows and closes after two rows.
const grouping = `sml_incidents: { project: p, cache: sml_state, name: i, key: '${! json("k") }', alarm: root = this.bad, score: root = this.s, blame: root = this.why,
  timestamp: '${! json("t") }', open: { alarms: 2, rows: 4 }, close: { rows: 2 } }`

// TestIncidents: results, and the messages about incidents behind those that caused them,
// also when they are delivered again.
func TestIncidents(t *testing.T) {
	text := func(i int, bad string) document {
		return document{content: fmt.Sprintf(`{ "k":"a", "t":%d, "bad":%s, "s":%d, "why":{"x":%d,"y":1} }`, 1700000000+i, bad, i, i), topic: "t", offset: i}
	}
	var batch []document
	for i, bad := range []string{"true", "null", "true", "true", "false", "false"} {
		batch = append(batch, text(i, bad))
	}
	out := run(t, builder(t, environment(t), grouping), batch[:2], batch[2:], batch)
	if len(out) != 16 {
		t.Fatalf("%d messages, want 6 and 2 about the incident, twice: %v", len(out), out)
	}
	again := out[8:]
	for i, got := range out[:8] {
		if got.err != nil || again[i].content != got.content {
			t.Errorf("message %d is %s (%v), and delivered again %s", i, got.content, got.err, again[i].content)
		}
	}
	for i, want := range []string{
		`"i":{"id":null,"state":"none","suppressed":true}`, `"i":{"id":null,"state":"none","suppressed":false}`, `"state":"open","suppressed":false}`, `{"event":"opened","id":"`,
		`"state":"open","suppressed":true}`, `"state":"open","suppressed":false}`, `"i":{"id":null,"state":"none","suppressed":false}`, `{"event":"closed","id":"`,
	} {
		if !strings.Contains(out[i].content, want) {
			t.Errorf("message %d is %s, want %s", i, out[i].content, want)
		}
	}
	if !strings.HasPrefix(out[0].content, `{ "k":"a", "t":1700000000`) {
		t.Errorf("the document has changed: %s", out[0].content)
	}
	closed := out[7].content
	if field(t, closed, "key") != "a" || field(t, closed, "alarms") != 3.0 || field(t, closed, "suppressed") != 1.0 || field(t, closed, "peak", "score") != 3.0 || field(t, closed, "peak", "position") != 3.0 ||
		field(t, closed, "first_alarm") != "2023-11-14T22:13:20Z" || !strings.Contains(closed, `"blame":[{"attribute":"x","sum":5,"share":0.625},{"attribute":"y","sum":3,"share":0.375}]`) {
		t.Errorf("the incident is %s", closed)
	}
}

// TestIncidentsOfBadMessages: each is marked as failed with the field and its value, and
// the others go on.
func TestIncidentsOfBadMessages(t *testing.T) {
	var batch []document
	wants := map[string]string{
		`{"t":1700000000,"bad":"yes"}`:                   `alarm: "yes" is neither true, false nor null`,
		`{"t":1700000000,"bad":true,"s":"high"}`:         `score: "high" is no finite number`,
		`{"t":1700000000,"bad":true,"why":[1]}`:          `blame: [1] is no object`,
		`{"t":1700000000,"bad":true,"why":{"x":"much"}}`: `blame: "x": "much" is no finite number`,
		`{"bad":true,"t":"soon"}`:                        `timestamp: `,
		`{"bad":true,"t":"2999-01-01T00:00Z"}`:           `timestamp`,
		`{"bad":true,"t":7258118400}`:                    `ahead of the clock`,
		`no JSON`:                                        `key`,
	}
	for text := range wants {
		batch = append(batch, document{content: text})
	}
	good := document{content: `{"k":"a","t":1700000000,"bad":true,"s":null,"why":null}`}
	out := run(t, builder(t, environment(t), grouping), append(batch, good, good))
	for _, got := range out[:len(batch)] {
		if got.err == nil || !strings.Contains(got.err.Error(), wants[got.content]) {
			t.Errorf("%s gets %v, want %q", got.content, got.err, wants[got.content])
		}
	}
	if len(out) != len(batch)+3 || !strings.Contains(out[len(out)-1].content, `"peak":null,"blame":[]`) {
		t.Errorf("the good ones give %v", out[len(batch):])
	}
}

// TestIncidentsByThreads: several threads over a cache that fails; each message counts once,
// as do the metrics.
func TestIncidentsByThreads(t *testing.T) {
	s := runAccounted(t, 4, 0.02, `sml_incidents: { project: p, cache: sml_state, name: i, key: '${! json("k") }', alarm: root = this.bad, close: { rows: 3 } }`)
	errs := make(chan error, 4)
	for partition := range 4 {
		go func() {
			var err error
			for from := 0; from < 60 && err == nil; from += 10 {
				var batch []document
				for i := max(0, from-5); i < from+10; i++ { // some again
					batch = append(batch, document{content: fmt.Sprintf(`{"k":"k%d","bad":%t}`, i%2, i%20 < 10), topic: "t", partition: partition, offset: i})
				}
				err = s.send(t.Context(), messages(batch))
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
	// Two keys in each of four partitions: three runs of alarms with three rows between.
	if opened, closed := s.metrics.sum("sml_incidents_total", "opened"), s.metrics.sum("sml_incidents_total", "closed"); opened != 24 || closed != 24 {
		t.Errorf("%d were opened and %d closed, want 24", opened, closed)
	}
	if open := s.metrics.sum("sml_incidents_open"); open != 0 || s.failures() != 0 {
		t.Errorf("%d are open, %d messages failed", open, s.failures())
	}
}

// TestIncidentsWithoutPlace: a message with no place for its result is marked as failed, and counts. What it
// opens and closes is told behind it, also when it is delivered again.
func TestIncidentsWithoutPlace(t *testing.T) {
	const config = `sml_incidents: { project: p, cache: sml_state, name: i, result_path: sml.i, alarm: root = @kafka_offset.number() < 2, open: { alarms: 2, rows: 4 }, close: { rows: 2 } }`
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 15))
		texts := []string{`{}`, `[1,2]`, `"text"`, `7`, `null`, `{"sml":5}`}
		var batch []document
		for i := range 4 {
			batch = append(batch, document{content: texts[r.IntN(len(texts))], topic: "t", offset: i})
		}
		out := run(t, builder(t, environment(t), config), batch, batch)
		if len(out) != 12 {
			t.Fatalf("seed %d: %d messages, want 4 and 2 about the incident, twice: %v", seed, len(out), out)
		}
		for i, got := range out {
			switch k := i % 6; {
			case k == 2 || k == 5:
				want := map[int]string{2: `{"event":"opened"`, 5: `{"event":"closed"`}[k]
				if got.err != nil || !strings.HasPrefix(got.content, want) || got.content != out[k].content {
					t.Errorf("seed %d: message %d is %s (%v), want %s", seed, i, got.content, got.err, want)
				}
			default:
				of := batch[k-k/3].content
				if has := of == `{}`; has != (got.err == nil) || !has && got.content != of {
					t.Errorf("seed %d: message %d of %s is %s (%v)", seed, i, of, got.content, got.err)
				}
			}
		}
	}
}

// TestIncidentsOfLongKeys: a key of 200 bytes counts, one of more is refused with its beginning.
func TestIncidentsOfLongKeys(t *testing.T) {
	for seed := range drawn.Seeds(4) {
		r := rand.New(rand.NewPCG(seed, 16))
		var batch []document
		for _, n := range []int{200, 201, 1 + r.IntN(200), 201 + r.IntN(100_000)} {
			batch = append(batch, document{content: fmt.Sprintf(`{"k":%q,"t":1700000000,"bad":true}`, strings.Repeat("K", n))})
		}
		for _, got := range run(t, builder(t, environment(t), grouping), batch) {
			n := strings.Count(got.content, "K")
			want := fmt.Sprintf(`key: "%s"… has %d bytes, want at most 200`, strings.Repeat("K", 40), n)
			if n <= 200 && got.err != nil || n > 200 && (got.err == nil || !strings.Contains(got.err.Error(), want)) {
				t.Errorf("seed %d: a key of %d bytes gets %v", seed, n, got.err)
			}
		}
	}
}
