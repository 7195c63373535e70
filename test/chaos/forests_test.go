//go:build linux

package main

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func TestCompareFindsWhatForestsLack(t *testing.T) {
	records := topicOf(2)
	want := truthOf(t, records)
	store := state.NewMemory()
	learnAll(t, store, records, func(_ int, m live.Message) []live.Message { return []live.Message{m} })
	for _, c := range []struct {
		name   string
		change func(r *report, o *outcome)
		ok     bool
	}{
		{name: "nothing", change: func(*report, *outcome) {}, ok: true},
		{name: "a row lost in a forest of classes", change: func(_ *report, o *outcome) { o.grown.tallied[1][classTarget]-- }},
		{name: "a row twice in a forest of a number", change: func(_ *report, o *outcome) { o.grown.tallied[2][numberTarget]++ }},
		{name: "a row of another class in the root", change: func(_ *report, o *outcome) {
			o.grown.roots[classTarget]["s0"]--
			o.grown.roots[classTarget]["s1"]++
		}},
		{name: "a row lost in the root of a number", change: func(_ *report, o *outcome) { o.grown.roots[numberTarget]["all"]-- }},
		{name: "a pool that lacks a row", change: func(_ *report, o *outcome) { o.grown.pooled[3]-- }},
		{name: "a pool that lacks rows after keys moved", change: func(r *report, o *outcome) {
			r.KeyMoves++
			o.grown.pooled[3]--
		}, ok: true},
		{name: "a pool that has learned a row twice", change: func(r *report, o *outcome) {
			r.KeyMoves++
			o.grown.pooled[3]++
		}},
		{name: "a forest that lacks nodes", change: func(_ *report, o *outcome) { o.grown.behind++ }},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readOutcome(t.Context(), store)
			if err != nil {
				t.Fatal(err)
			}
			r := &report{}
			c.change(r, got)
			compare(r, want, got)
			if r.judge(); r.OK != c.ok {
				t.Errorf("ok is %t, want %t: %q", r.OK, c.ok, r.Faults)
			}
		})
	}
}
