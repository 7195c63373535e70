//go:build linux

package main

import (
	"strings"
	"testing"
)

func TestAccountOfAWorker(t *testing.T) {
	const told = `# HELP sml_rows_delivered_total rows
sml_rows_delivered_total{label="",path="root.pipeline.processors.0",processor="sml_learn",project="chaos"} 120
sml_rows_learned_total{label="",path="root.pipeline.processors.0",project="chaos"} 100
sml_rows_left_out_total{label="",processor="sml_learn",project="chaos",reason="refused"} 3
sml_rows_left_out_total{label="",processor="sml_learn",project="chaos",reason="replayed"} 15
sml_stops_total{label="",project="chaos",reason="lost"} 2
go_threads 9
`
	for _, c := range []struct {
		name, more string
		waiting    float64
		ok         bool
	}{
		{name: "balanced", more: "sml_rows_waiting 2\n", waiting: 2, ok: true},
		{name: "two rows are missing", more: "sml_rows_waiting 0\n"},
		{name: "one row has two outcomes", more: "sml_rows_waiting 2\nsml_rows_left_out_total{reason=\"late\"} 1\n", waiting: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &worker{current: map[string]float64{}}
			for line := range strings.Lines(told + c.more) {
				if name, n, ok := counter(strings.TrimSuffix(line, "\n")); ok {
					w.current[name] += n
				}
			}
			a := w.present()
			if err := a.balance(); (err == nil) != c.ok || a.waiting != c.waiting {
				t.Errorf("balance: %v, %v wait; want balanced %t, %v waiting", err, a.waiting, c.ok, c.waiting)
			}
			if got := reasons(w.current, "sml_stops_total"); len(got) != 1 || got["lost"] != 2 {
				t.Errorf("reasons of sml_stops_total are %v, want lost 2", got)
			}
		})
	}
}
