package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// driftOf asks what has changed.
func driftOf(t *testing.T, p *live.Project, part string, args param.Values) (*drift.Report, error) {
	t.Helper()
	q, err := explore.Lookup("drift")
	if err != nil {
		t.Fatal(err)
	}
	query, err := live.NewQuery(q, part, args)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Ask(context.Background(), query)
	if err != nil {
		return nil, err
	}
	return a.Value.(*drift.Report), nil
}

// stateRow is a row of two attributes; level moves x.
func stateRow(r *rand.Rand, level float64) []byte {
	out, _ := json.Marshal(map[string]any{"x": level + r.NormFloat64(), "kind": string(rune('a' + r.IntN(3)))})
	return out
}

// TestStatesAreCompared learns rows in two shards whose level changes at half of the time, and compares every pair of states: those of
// different levels differ, others do not, and the sizes of all are those of the rows.
func TestStatesAreCompared(t *testing.T) {
	ctx, store, r := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(31, 1))
	s := settings(true)
	s.Exact = true
	s.Learn.Composition = project.Composition{}.With(project.Window{Rows: 500, Tiles: 20, Beside: true})
	h, _ := open(t, store, s)
	var rows []live.Message
	for i := range 3000 {
		level := 0.0
		if i >= 2000 {
			level = 1
		}
		rows = append(rows, live.Message{Shard: fmt.Sprint("t/", i%2), Offset: int64(i / 2), HasOffset: true, Data: stateRow(r, level)})
	}
	if err := h.Project().Learn(ctx, rows); err != nil {
		t.Fatal(err)
	}
	other := settings(true)
	other.Project = "other"
	o, _ := open(t, store, other)
	rows = rows[:0]
	for i := range 800 {
		rows = append(rows, live.Message{Shard: "t/0", Offset: int64(i), HasOffset: true, Data: stateRow(r, 0)})
	}
	if err := o.Project().Learn(ctx, rows); err != nil {
		t.Fatal(err)
	}
	requireStates(t, h.Project())
	requireUnknown(t, h.Project(), o.Project())
}

// requireStates compares pairs of states of the project of [TestStatesAreCompared].
func requireStates(t *testing.T, p *live.Project) {
	t.Helper()
	for _, c := range []struct {
		part, reference       string
		drift                 bool
		recent, before        float64
		recentName, otherName string
	}{
		{part: "", reference: "", drift: true, recent: 1000, before: 2000, recentName: "window", otherName: "earlier"},
		{part: "window", reference: "history", drift: true, recent: 1000, before: 3000, recentName: "window", otherName: "history"},
		{part: "newer", reference: "older", recent: 500, before: 500, recentName: "newer", otherName: "older"},
		{part: "shard:t/1", recent: 1500, before: 1500, recentName: "shard:t/1", otherName: "other shards"},
		{part: "shard:t/0", reference: "shard:t/1", recent: 1500, before: 1500, recentName: "shard:t/0", otherName: "shard:t/1"},
		{part: "earlier", reference: "project:other", recent: 2000, before: 800, recentName: "earlier", otherName: "project:other"},
		{part: "project:other", reference: "window", drift: true, recent: 800, before: 1000, recentName: "project:other", otherName: "window"},
	} {
		args := param.Values{"alpha": 1e-3}
		if c.reference != "" {
			args["reference"] = c.reference
		}
		report, err := driftOf(t, p, c.part, args)
		if err != nil {
			t.Errorf("%s and %s: %v", c.part, c.reference, err)
			continue
		}
		if report.Drift != c.drift || math.Abs(float64(report.Recent.Rows)-c.recent) > 100 || math.Abs(float64(report.Reference.Rows)-c.before) > 100 {
			t.Errorf("%s and %s: drift %v, %v and %v rows, want %v, %v and %v", c.part, c.reference, report.Drift, report.Recent.Rows, report.Reference.Rows, c.drift, c.recent, c.before)
		}
		if report.Recent.Name != c.recentName || report.Reference.Name != c.otherName {
			t.Errorf("%s and %s: names %q and %q", c.part, c.reference, report.Recent.Name, report.Reference.Name)
		}
		if report.Drift && (len(report.Drifted) != 1 || report.Drifted[0] != "x") {
			t.Errorf("%s and %s: %v drifted, want x", c.part, c.reference, report.Drifted)
		}
	}
}

// requireUnknown asks for states that there are not.
func requireUnknown(t *testing.T, p, one *live.Project) {
	t.Helper()
	for want, c := range map[string][2]string{
		`unknown shard "t/9" (there are t/0, t/1)`:        {"shard:t/9", "window"},
		`there is no project "nope"`:                      {"project:nope", "window"},
		`reference: "window" is what it is compared with`: {"window", "window"},
		`want another project than the one`:               {"project:p", "window"},
		`unknown part "x"`:                                {"window", "x"},
	} {
		if _, err := driftOf(t, p, c[0], param.Values{"reference": c[1]}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v says %v, want %q in it", c, err, want)
		}
	}
	if _, err := driftOf(t, one, "", nil); err == nil || !strings.Contains(err.Error(), "keeps one set of statistics") {
		t.Errorf("a project with one set says %v", err)
	}
}
