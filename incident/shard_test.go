package incident

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// again encodes a state and reads it.
func again(t *testing.T, s *State) *State {
	t.Helper()
	r := wire.NewReader([]byte(golden.Encoded(s)))
	out, err := codec{}.Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if golden.Encoded(out) != golden.Encoded(s) {
		t.Fatal("what was read is written as other bytes")
	}
	return out
}

// differ says how an answer differs from that of the model, empty for not.
func (m *model) differ(seed uint64, got *Answer, want *modelAnswer) string {
	id := func(row int) uint64 {
		return identify(seed, m.rows[row].Key, m.rows[row].Time, uint64(m.rows[row].Offset))
	}
	if got.isOpen != (want.open >= 0) || got.isOpen && got.id != id(want.open) || got.suppressed != want.suppressed {
		return fmt.Sprintf("answer is open %v (%x), suppressed %v, want that of row %d, %v", got.isOpen, got.id, got.suppressed, want.open, want.suppressed)
	}
	if len(got.events) != len(want.events) {
		return fmt.Sprintf("%d events, want %d", len(got.events), len(want.events))
	}
	for i := range want.events {
		g, w := &got.events[i], &want.events[i]
		sums := map[string]float64{}
		for _, a := range g.blame.list {
			sums[a.name] = a.sum
		}
		maps.DeleteFunc(w.blame, func(name string, x float64) bool { _, there := sums[name]; return !there && x == 0 })
		samePeak := math.IsNaN(w.peak) && math.IsNaN(g.peak.score) || w.peak == g.peak.score && g.peak.place.offset == m.rows[w.peakRow].Offset
		if g.opened != w.opened || g.key != w.key || g.id != id(w.first) || g.first != m.rows[w.first].Time || reasonNames[g.reason] != w.reason || g.closed != w.closed ||
			int(g.rows) != w.rows || int(g.alarms) != w.alarms || int(g.suppressed) != w.suppressed || !samePeak || !maps.Equal(sums, w.blame) {
			return fmt.Sprintf("event %d is %+v, want %+v", i, *g, *w)
		}
	}
	return ""
}

// TestIncidentsEqualTheModel: generated rows give what a model gives that keeps all rows,
// whatever the rules, and whenever the state is written and read.
func TestIncidentsEqualTheModel(t *testing.T) {
	opened, reasons := 0, map[string]int{}
	for seed := range drawn.Seeds(600) {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		rules := drawRules(rng.IntN)
		if err := rules.Validate(); err != nil {
			t.Fatal(err)
		}
		m, s, now := &model{rules: rules, lives: map[string]*life{}}, newState(), int64(1000)
		for i := range 150 {
			row := drawRow(rng.IntN, &now, int64(10+i))
			want := m.take(row)
			if rng.IntN(10) == 0 {
				s = again(t, s)
			}
			got := s.Take(&rules, 42, &row)
			if text := m.differ(42, &got, &want); text != "" {
				t.Fatalf("seed %d, row %d %+v, rules %+v: %s", seed, i, row, rules, text)
			}
			for _, e := range want.events {
				reasons[e.reason]++
				if e.opened {
					opened++
				}
			}
		}
		open := 0
		for _, l := range m.lives {
			if l.isOpen {
				open++
			}
		}
		if c := s.Counts(); c.Open != open || c.Rows != 150 {
			t.Fatalf("seed %d: counts are %+v, want %d open", seed, c, open)
		}
	}
	if opened < 100 || reasons["rows"] < 20 || reasons["quiet"] < 20 || reasons["max_duration"] < 20 {
		t.Errorf("%d were opened, closed for %v: the rows that are drawn test too little", opened, reasons)
	}
}

// takeAll takes rows and returns the events.
func takeAll(s *State, rules *Rules, rows []Row) (out []Event) {
	for i := range rows {
		a := s.Take(rules, 1, &rows[i])
		out = append(out, a.Events("n", "s")...)
	}
	return out
}

// TestOneRowFromTheFuture: it closes no incident of another key, and after it time goes on as
// before.
func TestOneRowFromTheFuture(t *testing.T) {
	rules := &Rules{Open: Opening{Alarms: 1}, Close: Closing{Quiet: 100}, MaxKeys: 10}
	s := newState()
	alarm := func(key string, at int64) Row { return Row{Key: key, Time: at, Verdict: Alarm, Score: math.NaN()} }
	events := takeAll(s, rules, []Row{alarm("a", 10), alarm("b", 11), alarm("c", 1<<50), alarm("a", 20), alarm("b", 21)})
	if len(events) != 3 || s.open != 3 {
		t.Fatalf("%d events, %d are open", len(events), s.open)
	}
	events = takeAll(s, rules, []Row{alarm("a", 90), {Key: "", Time: 120}, {Key: "", Time: 120}})
	if len(events) != 1 || events[0].Key != "c" || events[0].Reason != "quiet" || !events[0].Closed.Equal(moment(120)) {
		t.Errorf("events are %+v, want that of c, which counts as of 20, the time of the row after it", events)
	}
}

// TestKeysAreBounded: what is forgotten are keys without an incident first, then the
// incidents whose last alarm is the longest ago.
func TestKeysAreBounded(t *testing.T) {
	rules := &Rules{Open: Opening{Alarms: 2, Rows: 50}, Close: Closing{Rows: 50}, MaxKeys: 2, Closed: 10}
	s := newState()
	var rows []Row
	for i, key := range []string{"a", "a", "b", "c", "b", "c", "c", "d", "d"} {
		rows = append(rows, Row{Key: key, Time: int64(i), Verdict: Alarm, Score: math.NaN()})
	}
	events := takeAll(s, rules, rows)
	var got []string
	for _, e := range events {
		got = append(got, e.Event+" "+e.Key+" "+e.Reason)
	}
	// a opens; c takes the place of b, b that of c; c that of b and opens; d takes that of a.
	if want := "[opened a  opened c  closed a max_keys opened d ]"; fmt.Sprint(got) != want {
		t.Errorf("events are %v, want %v", got, want)
	}
	if len(s.keys) != 2 {
		t.Errorf("%d keys are remembered", len(s.keys))
	}
}

// TestBlameIsBounded: the attributes that have no name left are in the shares all the same.
func TestBlameIsBounded(t *testing.T) {
	rules := &Rules{Open: Opening{Alarms: 1}, Close: Closing{Rows: 1}, MaxKeys: 2, Closed: 10}
	s := newState()
	total := 0.0
	for i := range 5 {
		row := Row{Time: int64(i), Verdict: Alarm, Score: math.Inf(1), Contributions: map[string]float64{"less": -1, "none": math.NaN(), "never": 0}}
		for k := range 30 {
			row.Contributions[fmt.Sprintf("a%d_%d", i, k)] = float64(1 + k)
			total += float64(1 + k)
		}
		s.Take(rules, 1, &row)
	}
	got := s.Incidents("n", "s")[0]
	if got.Peak != nil || len(got.Blame) == 0 || len(got.Blame) > mostOfIncident {
		t.Fatalf("peak is %v, %d are to blame", got.Peak, len(got.Blame))
	}
	for i, b := range got.Blame {
		if b.Attribute == "less" || math.Abs(b.Share-b.Sum/total) > 1e-12 || i > 0 && b.Sum > got.Blame[i-1].Sum {
			t.Errorf("%d: %+v of %v", i, b, total)
		}
	}
}

// TestReplaysAreRemembered: the last rows get again what they got.
func TestReplaysAreRemembered(t *testing.T) {
	s, _ := goldenState()
	n := 0
	for offset, want := range s.answers.All() {
		got, ok := s.Recall(offset)
		if n++; !ok || string(got.AppendJSON(nil)) != string(want.AppendJSON(nil)) {
			t.Errorf("offset %d got %s", offset, got.AppendJSON(nil))
		}
	}
	if _, ok := s.Recall(1); ok || n != 40 {
		t.Errorf("%d rows are remembered", n)
	}
}
