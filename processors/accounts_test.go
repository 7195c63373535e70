package processors_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// accountedRow is one message of a drawn stream, and what must become of it when
// sml_learn sees it for the first time.
type accountedRow struct {
	content   string
	partition int
	offset    int
	age       time.Duration // of its timestamp when it is drawn
	at        int64         // its timestamp in milliseconds
	fate      string
}

// accountedWorld draws settings of sml_learn and rows for them.
type accountedWorld struct {
	random   *rand.Rand
	yaml     string
	timed    bool
	filtered bool
	topics   bool
	next     map[int]int // offset by partition
	sent     []accountedRow
}

func drawAccounted(seed uint64) *accountedWorld {
	w := &accountedWorld{random: rand.New(rand.NewPCG(seed, 11)), next: map[int]int{}}
	var fields []string
	set := func(on bool, yaml string) bool {
		if on {
			fields = append(fields, yaml)
		}
		return on
	}
	coin := func() bool { return w.random.IntN(2) == 0 }
	w.timed = set(coin(), "window: { period: 1h, tiles: 12, beside: true }")
	w.filtered = set(coin(), "filter: this.keep != false")
	w.topics = set(coin(), "topics: [ rows ]")
	set(coin(), "durability: interval")
	set(coin(), "folds: 3")
	set(!w.timed && coin(), "key: '${! json(\"k\").or(\"all\") }'")
	w.yaml = "sml_learn:\n  project: p\n  cache: sml_state\n  attributes: { x: continuous, skip: ignore, k: ignore, keep: ignore }\n  " + strings.Join(fields, "\n  ")
	return w
}

// row draws a row that is delivered for the first time.
func (w *accountedWorld) row() accountedRow {
	r := accountedRow{partition: w.random.IntN(2), fate: "done", content: fmt.Sprintf(`{"x":%d,"c":"c%d","k":"k%d"}`, w.random.IntN(100), w.random.IntN(4), w.random.IntN(5))}
	r.offset = w.next[r.partition]
	w.next[r.partition]++
	switch w.random.IntN(9) {
	case 0:
		r.content, r.fate = `{"x":"a text"}`, "refused"
	case 1:
		r.content, r.fate = `{"x":`, "refused"
	case 2:
		r.content, r.fate = `{"skip":1,"nothing":{"inner":[1,2]},"c":null}`, "no_attribute"
	case 3:
		r.content = `{"x":{"double":5.5},"c":{"string":"c1"}}`
	case 4:
		r.content = `{"x":4,"keep":false}`
		if w.filtered {
			r.fate = "filtered"
		}
	case 5:
		r.age = 50 * time.Hour
		if w.timed {
			r.fate = "late"
		}
	case 6:
		r.age = -50 * time.Hour
		if w.timed {
			r.fate = "ahead"
		}
	case 7:
		if w.topics {
			r.partition, r.offset, r.fate = 7, -1, "refused" // of another topic
			w.next[r.partition] = 0
		}
	}
	return r
}

// first returns rows of now, against which others are late.
func (w *accountedWorld) first(now time.Time) (service.MessageBatch, map[string]int64) {
	var batch service.MessageBatch
	for i := range 6 {
		r := accountedRow{partition: i % 2, offset: i / 2, content: `{"x":1}`, fate: "done", at: now.UnixMilli()}
		w.next[r.partition]++
		w.sent = append(w.sent, r)
		batch = append(batch, r.message())
	}
	return batch, map[string]int64{"done": 6}
}

func (r *accountedRow) message() *service.Message {
	m := service.NewMessage([]byte(r.content))
	topic := "rows"
	if r.offset < 0 {
		topic = "other"
	}
	m.MetaSetMut("kafka_topic", topic)
	m.MetaSetMut("kafka_partition", r.partition)
	m.MetaSetMut("kafka_offset", max(0, r.offset))
	m.MetaSetMut("kafka_timestamp_ms", r.at)
	return m
}

// batch draws a batch: new rows, and rows that were delivered before.
func (w *accountedWorld) batch(now time.Time) (service.MessageBatch, map[string]int64) {
	var batch service.MessageBatch
	fates := map[string]int64{}
	for range 1 + w.random.IntN(12) {
		var r accountedRow
		if len(w.sent) > 0 && w.random.IntN(4) == 0 {
			r = w.sent[w.random.IntN(len(w.sent))]
			if r.fate != "refused" && r.fate != "ahead" {
				r.fate = "replayed"
			}
		} else {
			r = w.row()
			r.at = now.Add(-r.age).UnixMilli()
			w.sent = append(w.sent, r)
		}
		batch = append(batch, r.message())
		fates[r.fate]++
	}
	return batch, fates
}

// misaccounted says where the metrics differ from the rows that were delivered, wait and
// had each fate, or returns nothing.
func (s *accountedStream) misaccounted(delivered, waiting int64, fates map[string]int64) string {
	m := s.metrics
	learned, left := m.sum("sml_rows_learned_total"), m.sum("sml_rows_left_out_total")
	if got := m.sum("sml_rows_delivered_total"); got != delivered || got != learned+left+m.sum("sml_rows_waiting") || m.sum("sml_rows_waiting") != waiting {
		return fmt.Sprintf("%d delivered, %d learned, %d left out, %d waiting; want %d delivered and %d waiting", got, learned, left, m.sum("sml_rows_waiting"), delivered, waiting)
	}
	for fate, rows := range fates {
		got := learned
		if fate != "done" {
			got = m.sum("sml_rows_left_out_total", "processor=sml_learn", "reason="+fate)
		}
		if got != rows {
			return fmt.Sprintf("%d rows %s, want %d", got, fate, rows)
		}
	}
	return ""
}

// TestEveryRowIsAccountedFor: with drawn settings, bad rows, replays, late and early
// rows and a cache that fails, every message that sml_learn was given is learned,
// left out for the reason that it must be, or waits: after each batch, while the
// cache is down, and at the end, from the metrics and from the log.
func TestEveryRowIsAccountedFor(t *testing.T) {
	for seed := range drawn.Seeds(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := drawAccounted(seed)
			s := runAccounted(t, seed, 0.02, w.yaml)
			want, delivered := map[string]int64{}, int64(0)
			check := func(when string, waiting int64) {
				t.Helper()
				if fault := s.misaccounted(delivered, waiting, want); fault != "" {
					t.Errorf("%s: %s\n%s", when, fault, w.yaml)
				}
			}
			ctx := context.Background()
			for step := range 25 {
				draw := w.batch
				if step == 0 {
					draw = w.first
				}
				batch, fates := draw(time.Now())
				delivered += int64(len(batch))
				if step == 10 { // the whole batch waits while the cache is down
					s.cache.down.Store(true)
					answered := make(chan error, 1)
					go func() { answered <- s.send(ctx, batch) }()
					if !strings.Contains(w.yaml, "interval") {
						s.untilAccounted(delivered, int64(len(batch)), want)
						check("while the cache is down", int64(len(batch)))
					}
					s.cache.down.Store(false)
					if err := <-answered; err != nil {
						t.Fatal(err)
					}
				} else if err := s.send(ctx, batch); err != nil {
					t.Fatal(err)
				}
				for fate, rows := range fates {
					want[fate] += rows
				}
				check(fmt.Sprintf("after batch %d", step), 0)
				if t.Failed() {
					return
				}
			}
			s.stop()
			check("at the end", 0)
			log := s.log.leftOut(`pipeline.processors.0: project \"p\"`)
			logged := maps.Clone(want)
			delete(logged, "done")
			delete(logged, "filtered")
			if !maps.Equal(log, logged) {
				t.Errorf("the log tells of %v, want %v\n%s", log, logged, s.log)
			}
			if got, wanted := int64(s.failures()), want["refused"]+want["ahead"]; got != wanted || got != s.metrics.sum("sml_rows_failed_total") {
				t.Errorf("%d messages are marked as failed, the metric says %d, want %d", got, s.metrics.sum("sml_rows_failed_total"), wanted)
			}
		})
	}
}

// untilAccounted waits, while the cache is down, until the account is right: another
// access than the batch's may be the first to fail.
func (s *accountedStream) untilAccounted(delivered, waiting int64, want map[string]int64) {
	for patience := time.Now().Add(time.Minute); time.Now().Before(patience); {
		<-s.cache.failed
		if s.misaccounted(delivered, waiting, want) == "" {
			return
		}
	}
}
