package processors_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/redpanda-data/benthos/v4/public/service"
)

var notedLine = regexp.MustCompile(`noted (\d+) rows, reason warming_up `)

// warmed is how many rows the log says have no score, and the lines that say it.
func (l *lockedLog) warmed() (rows int64, lines []string) {
	for line := range strings.Lines(l.String()) {
		if m := notedLine.FindStringSubmatch(line); m != nil {
			n, _ := strconv.ParseInt(m[1], 10, 64) // digits only
			rows, lines = rows+n, append(lines, line)
		}
	}
	return rows, lines
}

// TestWarmingUpIsSaid: rows that have no score, as the model is warming up, are counted
// by the log and by a metric, and the log says what the model waits for, in the words of
// its user. A backlog as the first batch is no different.
func TestWarmingUpIsSaid(t *testing.T) {
	for _, c := range []struct {
		name, model string
		kinds       int      // values that kind has
		want        []string // of the last line
		first       string   // of the first
	}{
		{name: "target that no row has", model: "{ name: m, type: ols, target: nosuch }", kinds: 2, want: []string{`model \"m\" waits: target \"nosuch\" was seen in no row of `}, first: "nothing has been learned yet"},
		{name: "input that no row has", model: "{ name: m, type: lda, target: kind, inputs: [ x, nosuch ] }", kinds: 2, want: []string{`input \"nosuch\" was seen in no row of `}, first: "nothing has been learned yet"},
		{name: "one class", model: "{ name: m, type: naive_bayes, target: kind }", kinds: 1, want: []string{`model \"m\" waits for`, "one class only"}, first: "nothing has been learned yet"},
		{name: "too few rows", model: "{ name: m, type: hba, options: { min_rows: 100000 } }", kinds: 2, want: []string{"waits: 100000 rows, and there are "}, first: "waits: 100000 rows, and there are 0"},
	} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(c.name, seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 50))
				s := runAccounted(t, seed, 0, `
try:
  - sml_score: { project: p, cache: sml_state, model: m, refresh: 0s }
  - sml_learn: { project: p, cache: sml_state, refresh: 0s, models: [ `+c.model+` ] }
`)
				sent := int64(0)
				for range 3 {
					var batch service.MessageBatch
					for range 200 + r.IntN(200) { // the first is a backlog
						batch = append(batch, service.NewMessage(fmt.Appendf(nil, `{"x":%g,"kind":"k%d"}`, r.NormFloat64(), r.IntN(c.kinds))))
					}
					sent += int64(len(batch))
					if err := s.send(context.Background(), batch); err != nil {
						t.Fatal(err)
					}
				}
				s.stop()
				rows, lines := s.log.warmed()
				if noted := s.metrics.sum("sml_rows_noted_total", "reason=warming_up"); noted != sent || rows != sent {
					t.Fatalf("%d rows by the metric, %d by the log, want %d:\n%s", noted, rows, sent, s.log)
				}
				for _, want := range c.want {
					if last := lines[len(lines)-1]; !strings.Contains(last, want) {
						t.Errorf("the last line is %s, want %s", last, want)
					}
				}
				if !strings.Contains(lines[0], c.first) || len(lines) > 3 {
					t.Errorf("%d lines, the first is %s, want %s", len(lines), lines[0], c.first)
				}
			})
		}
	}
}
