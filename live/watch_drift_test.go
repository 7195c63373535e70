package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/drift/course"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// watching are the settings of a project with a window, and of a watch after every 100 messages.
func watching(durable bool) (live.Settings, live.DriftSettings) {
	s := settings(durable)
	s.Exact = true
	s.Learn.Composition = project.Composition{}.With(project.Window{Rows: 400, Tiles: 20, Beside: true})
	return s, live.DriftSettings{
		Name: "watch", Rows: 100, MinRows: 100, Hysteresis: course.Hysteresis{Begin: 2, End: 3},
		Arguments: param.Values{"alpha": 1e-4, "min_effect": 0.2},
	}
}

// watched is what a watch said: the status after each batch and the events.
type watched struct {
	status []course.Status
	events []string
}

// TestDriftWatcherSurvives draws levels of a stream and moments at which the process ends without a word, and compares what a watch says with
// that of a process that never ends: status by status, event by event.
func TestDriftWatcherSurvives(t *testing.T) {
	begun := 0
	for seed := range drawn.Seeds(4) {
		levels := make([]float64, 40) // of batches of 100 rows
		r := rand.New(rand.NewPCG(seed, 1))
		for i := range levels {
			levels[i] = 0
			if i > 0 {
				levels[i] = levels[i-1]
			}
			if r.IntN(12) == 0 {
				levels[i] = float64(r.IntN(3))
			}
		}
		want := runWatch(t, seed, levels, nil)
		got := runWatch(t, seed, levels, func(int) bool { return r.IntN(6) == 0 })
		if !slices.Equal(got.status, want.status) {
			t.Errorf("seed %d: status %v, want %v", seed, got.status, want.status)
		}
		// an event may be told again by the process that goes on; nothing else may differ
		if !slices.Equal(slices.Compact(got.events), want.events) {
			t.Errorf("seed %d: events %v, want %v", seed, got.events, want.events)
		}
		for _, e := range want.events {
			if strings.Contains(e, "begun") {
				begun++
			}
		}
	}
	if begun == 0 {
		t.Error("no drift began")
	}
}

// runWatch learns batches and watches; ends says after which batches the process is abandoned.
func runWatch(t *testing.T, seed uint64, levels []float64, ends func(batch int) bool) (out watched) {
	t.Helper()
	ctx, store, r := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(seed, 2))
	s, ds := watching(true)
	var h *live.Handle
	var w *live.DriftWatcher
	begin := func() {
		h, _ = open(t, store, s)
		var err error
		if w, err = live.NewDriftWatcher(h.Project(), ds); err != nil {
			t.Fatal(err)
		}
	}
	begin()
	for b, level := range levels {
		rows := make([]live.Message, 100)
		for i := range rows {
			rows[i] = live.Message{Shard: "t/0", Offset: int64(b*100 + i), HasOffset: true, Data: stateRow(r, level)}
		}
		if err := h.Project().Learn(ctx, rows); err != nil {
			t.Fatal(err)
		}
		look, err := w.Look(ctx, len(rows))
		if err != nil {
			t.Fatal(err)
		}
		out.status = append(out.status, look.Status)
		for _, told := range look.Told {
			var body map[string]any
			if err := json.Unmarshal(told.Body, &body); err != nil || body["event"] != told.Event {
				t.Fatalf("%s: %v", told.Body, err)
			}
			// not the numbers, whose last digits depend on how often the state has been read back
			recent, _ := body["recent"].(map[string]any)
			text, _ := json.Marshal([]any{body["event"], body["drifted"], recent["rows"]})
			out.events = append(out.events, string(text))
		}
		if ends != nil && ends(b) {
			begin()
		}
	}
	return out
}

// TestDriftWatcherShares: of several processes with a watch of an interval one makes the verdict, and each event is told once.
func TestDriftWatcherShares(t *testing.T) {
	ctx, store, r := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(9, 9))
	s, ds := watching(true)
	ds.Patience = time.Minute
	ds.Rows, ds.Every, ds.Hysteresis = 0, 20*time.Millisecond, course.Hysteresis{Begin: 1, End: 1}
	var watches []*live.DriftWatcher
	var handles []*live.Handle
	for range 3 {
		h, _ := open(t, store, s)
		w, err := live.NewDriftWatcher(h.Project(), ds)
		if err != nil {
			t.Fatal(err)
		}
		handles, watches = append(handles, h), append(watches, w)
	}
	events, at, last := map[string]int{}, 0, []any{}
	for b := range 60 {
		level := 0.0
		if b >= 30 {
			level = 3
		}
		for i, h := range handles {
			rows := make([]live.Message, 50)
			for k := range rows {
				rows[k] = live.Message{Shard: fmt.Sprint("t/", i), Offset: int64(at + k), HasOffset: true, Data: stateRow(r, level)}
			}
			if err := h.Project().Learn(ctx, rows); err != nil {
				t.Fatal(err)
			}
			look, err := watches[i].Look(ctx, len(rows))
			if err != nil {
				t.Fatal(err)
			}
			last = append(last, look.Status, look.Drifted)
			for _, told := range look.Told {
				events[string(told.Body)]++
			}
		}
		at += 50
	}
	for text, n := range events {
		if n > 1 {
			t.Errorf("told %d times: %s", n, text)
		}
	}
	if len(events) == 0 {
		t.Errorf("no event, status %v", last)
	}
}

// TestDriftWatcherRefuses: settings out of range are refused by name.
func TestDriftWatcherRefuses(t *testing.T) {
	h, _ := open(t, state.NewMemory(), settings(true))
	for want, change := range map[string]func(s *live.DriftSettings){
		"name is empty":                                   func(s *live.DriftSettings) { s.Name = "" },
		"rows is -1":                                      func(s *live.DriftSettings) { s.Rows = -1 },
		"every is 0s, less than 1ms":                      func(s *live.DriftSettings) { s.Rows = 0 },
		"begin_after is 0":                                func(s *live.DriftSettings) { s.Hysteresis.Begin = 0 },
		"min_rows is 1, want at least 2":                  func(s *live.DriftSettings) { s.MinRows = 1 },
		"alpha: 2, want a number above 0":                 func(s *live.DriftSettings) { s.Arguments = param.Values{"alpha": 2.0} },
		`unknown part "windw"`:                            func(s *live.DriftSettings) { s.Part = "windw" },
		`reference: "window" is what it is compared with`: func(s *live.DriftSettings) { s.Part, s.Arguments = "window", param.Values{"reference": "window"} },
		`has a project behind a project`:                  func(s *live.DriftSettings) { s.Part = "project:a/project:b" },
		`name is "a/b", want 1 to 100 bytes`:              func(s *live.DriftSettings) { s.Name = "a/b" },
	} {
		_, s := watching(true)
		change(&s)
		if _, err := live.NewDriftWatcher(h.Project(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q in it", err, want)
		}
	}
}

// TestDriftWatcherSaysWhatFails: without something to compare with the status is failed, and the log says what to set, once a minute.
func TestDriftWatcherSaysWhatFails(t *testing.T) {
	s, ds := watching(true)
	s.Learn.Composition = project.Composition{}
	h, observer := open(t, state.NewMemory(), s)
	w, err := live.NewDriftWatcher(h.Project(), ds)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for b := range 3 {
		rows := make([]live.Message, 100)
		for i := range rows {
			rows[i] = live.Message{Shard: "t/0", Offset: int64(b*100 + i), HasOffset: true, Data: stateRow(r, 0)}
		}
		if err := h.Project().Learn(context.Background(), rows); err != nil {
			t.Fatal(err)
		}
		if look, err := w.Look(context.Background(), len(rows)); err != nil || look.Status != live.DriftFailed {
			t.Errorf("look %+v: %v, want failed", look, err)
		}
	}
	if !observer.said("`window` in sml_learn") {
		t.Error("the log does not say what to set")
	}
}

// TestDriftWatcherCountsRows: looks at the same rows again begin no drift, whatever begin_after.
func TestDriftWatcherCountsRows(t *testing.T) {
	ctx, store, r := context.Background(), state.NewMemory(), rand.New(rand.NewPCG(3, 3))
	s, ds := watching(true)
	h, _ := open(t, store, s)
	w, err := live.NewDriftWatcher(h.Project(), ds)
	if err != nil {
		t.Fatal(err)
	}
	var rows []live.Message
	for i := range 1600 {
		level := 0.0
		if i >= 1200 {
			level = 3
		}
		rows = append(rows, live.Message{Shard: "t/0", Offset: int64(i), HasOffset: true, Data: stateRow(r, level)})
	}
	for range 6 { // again and again
		if err := h.Project().Learn(ctx, slices.Clone(rows)); err != nil {
			t.Fatal(err)
		}
		look, err := w.Look(ctx, len(rows))
		if err != nil || look.Status != course.Stable {
			t.Fatalf("look %+v: %v, want stable", look, err)
		}
	}
}

// refusing is a store that refuses writes while it is told to, before or after the write has happened.
type refusing struct {
	state.Store
	on    *bool
	after bool
}

func (f refusing) Add(ctx context.Context, key string, value []byte) error {
	if *f.on && !f.after {
		return fmt.Errorf("%w: down", state.ErrStore)
	}
	err := f.Store.Add(ctx, key, value)
	if *f.on {
		return fmt.Errorf("%w: down", state.ErrStore)
	}
	return err
}

// learnLevel learns rows of a level.
func learnLevel(t *testing.T, h *live.Handle, r *rand.Rand, at *int, n int, level float64) {
	t.Helper()
	rows := make([]live.Message, n)
	for i := range rows {
		rows[i] = live.Message{Shard: "t/0", Offset: int64(*at + i), HasOffset: true, Data: stateRow(r, level)}
	}
	*at += n
	if err := h.Project().Learn(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
}

// TestDriftWatcherOutage: an event whose verdict met a store that failed, and a context that ended, is told once it works again, by this process
// or the next.
func TestDriftWatcherOutage(t *testing.T) {
	for _, c := range []struct{ after, closed, still bool }{
		{}, {after: true}, {closed: true}, {after: true, closed: true}, {after: true, closed: true, still: true}, {after: true, still: true},
	} {
		ctx, r, on, at := context.Background(), rand.New(rand.NewPCG(9, 9)), false, 0
		store := refusing{Store: state.NewMemory(), on: &on, after: c.after}
		s, ds := watching(true)
		ds.Hysteresis = course.Hysteresis{Begin: 1, End: 1}
		h, _ := open(t, store, s)
		w, err := live.NewDriftWatcher(h.Project(), ds)
		if err != nil {
			t.Fatal(err)
		}
		learnLevel(t, h, r, &at, 1000, 0)
		if _, err := w.Look(ctx, 100); err != nil {
			t.Fatal(err)
		}
		learnLevel(t, h, r, &at, 300, 5)
		on = true
		short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		look, _ := w.Look(short, 100)
		cancel()
		told := 0
		if look != nil {
			told = len(look.Told)
		}
		on = false
		if c.closed {
			_ = w.Close(ctx)
			h, _ = open(t, store, s)
			if w, err = live.NewDriftWatcher(h.Project(), ds); err != nil {
				t.Fatal(err)
			}
		}
		for range 4 {
			if !c.still { // no more rows come, as at the end of a day
				learnLevel(t, h, r, &at, 10, 5)
			}
			if look, err = w.Look(ctx, 100); err != nil {
				t.Fatal(err)
			}
			told += len(look.Told)
		}
		if look.Status != course.Drifting || told != 1 {
			t.Errorf("%+v: status %v, told %d times, want drift and once", c, look.Status, told)
		}
	}
}

// TestDriftWatcherInterval: a watch goes on with another interval, and after a clock that was a day ahead.
func TestDriftWatcherInterval(t *testing.T) {
	ctx, r, at := context.Background(), rand.New(rand.NewPCG(9, 9)), 0
	s, ds := watching(true)
	ds.Rows, ds.Every, ds.Hysteresis = 0, 2*time.Millisecond, course.Hysteresis{Begin: 1, End: 1}
	h, _ := open(t, state.NewMemory(), s)
	w, err := live.NewDriftWatcher(h.Project(), ds)
	if err != nil {
		t.Fatal(err)
	}
	learnLevel(t, h, r, &at, 1000, 0)
	if _, err := w.Look(ctx, 100); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(ctx); err != nil {
		t.Fatal(err)
	}
	ds.Every = 20 * time.Millisecond
	if w, err = live.NewDriftWatcher(h.Project(), ds); err != nil {
		t.Fatal(err)
	}
	learnLevel(t, h, r, &at, 300, 5)
	var look *live.DriftLook
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		learnLevel(t, h, r, &at, 1, 5)
		if look, err = w.Look(ctx, 1); err != nil {
			t.Fatal(err)
		}
		if look.Status == course.Drifting {
			return
		}
	}
	t.Errorf("status is %v after the interval has changed, want drift", look.Status)
}

// TestKeysOfNumbersAreNotCompared: of a key whose categories are not kept nothing is said, whichever of the two states it is.
func TestKeysOfNumbersAreNotCompared(t *testing.T) {
	s, r := settings(true), rand.New(rand.NewPCG(9, 9))
	s.Exact = true
	s.Learn.Composition = project.Composition{}.With(project.Entities{On: true, Resident: 10})
	h, _ := open(t, state.NewMemory(), s)
	var rows []live.Message
	for i := range 600 {
		rows = append(rows, live.Message{Shard: "t/0", Offset: int64(i), HasOffset: true, Key: string(rune('a' + i%2)), Data: stateRow(r, 0)})
	}
	if err := h.Project().Learn(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"key:a", "key:b"}, {"shard:t/0", "key:a"}, {"", "key:a"}} {
		if report, err := driftOf(t, h.Project(), c[0], param.Values{"reference": c[1]}); err == nil || !strings.Contains(err.Error(), "entities.pairs") {
			t.Errorf("%v says %v (%v), want entities.pairs named", c, report, err)
		}
	}
}
