package live_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestContradictingOpenings: the error names field, values and both
// components.
func TestContradictingOpenings(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *live.Settings)
		want   []string // in the error; nil when both fit
	}{
		{name: "the same", change: func(*live.Settings) {}},
		{name: "a reader", change: func(s *live.Settings) { s.Learn = nil }},
		{name: "another refresh", change: func(s *live.Settings) { s.Refresh = time.Minute }},
		{name: "cache", change: func(s *live.Settings) { s.Cache = "other" }, want: []string{"cache", `"c"`, `"other"`}},
		{name: "prefix", change: func(s *live.Settings) { s.Prefix = "other" }, want: []string{"prefix", `"sml"`}},
		{name: "durability", change: func(s *live.Settings) { s.Learn.Durable = false }, want: []string{"durab"}},
		{name: "folds", change: func(s *live.Settings) { s.Learn.Composition = s.Learn.Composition.With(project.Folds(7)) }, want: []string{"folds", "7"}},
		{name: "bins", change: func(s *live.Settings) { s.Learn.Composition.Summary.HistogramBins = 64 }, want: []string{"histogram_bins", "64"}},
		{name: "models", change: func(s *live.Settings) { s.Learn.Models = []model.Definition{{Name: "w", Type: "zscore"}} }, want: []string{"models", "zscore"}},
		{name: "attributes", change: func(s *live.Settings) { s.Learn.Schema.Attributes = map[string]string{"x": "ignore"} }, want: []string{"attributes", "ignore"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, scope, store := live.NewTable(), new(live.Scope), state.NewMemory()
			if _, err := table.Open(scope, settings(true), store, "root.first", &silent{}); err != nil {
				t.Fatal(err)
			}
			other := settings(true)
			c.change(&other)
			_, err := table.Open(scope, other, store, "root.second", &silent{})
			if c.want == nil {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, live.ErrSettings) {
				t.Fatalf("%v, want ErrSettings", err)
			}
			for _, want := range append(c.want, "root.first", "root.second", `"p"`) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), "{") && strings.Contains(err.Error(), "ExtendedUpTo") {
				t.Errorf("%v tells of Go structs", err)
			}
		})
	}
}

// TestOpenRefuses names and settings that cannot be, before anything is read.
func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(s *live.Settings)
		want   string
	}{
		{name: "project", change: func(s *live.Settings) { s.Project = "a.b" }, want: `project "a.b"`},
		{name: "prefix", change: func(s *live.Settings) { s.Prefix = "" }, want: "prefix"},
		{name: "type", change: func(s *live.Settings) { s.Learn.Schema.Attributes = map[string]string{"x": "colour"} }, want: "colour"},
		{name: "folds", change: func(s *live.Settings) { s.Learn.Composition = s.Learn.Composition.With(project.Folds(1)) }, want: "folds is 1"},
		{name: "patterns", change: func(s *live.Settings) { s.Learn.Composition.Summary.MaxPatterns = -2 }, want: "max patterns is -2"},
	} {
		s := settings(true)
		c.change(&s)
		table := live.NewTable()
		if _, err := table.Open(new(live.Scope), s, state.NewMemory(), "root", &silent{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.name, err, c.want)
		}
		if names := table.Names(); len(names) != 0 {
			t.Errorf("%s: %q is open", c.name, names)
		}
	}
}

// TestLearnerJoinsReader: a component that learns joins one that has read the
// project for a while; what it declares counts from then on.
func TestLearnerJoinsReader(t *testing.T) {
	ctx, store, table, scope := context.Background(), state.NewMemory(), live.NewTable(), new(live.Scope)
	reading := settings(true)
	reading.Learn, reading.Refresh = nil, 5*time.Millisecond
	reader, err := table.Open(scope, reading, store, "root.score", &silent{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rows(t, reader.Project()); got != 0 || reader.Project().Learning() {
		t.Fatalf("%v rows, learning: %v", got, reader.Project().Learning())
	}
	learning := settings(true)
	learning.Learn.Composition = project.Composition{Summary: stats.SummaryOptions{HistogramBins: 32}}.With(project.Folds(4))
	learning.Learn.Schema = schema.Config{Attributes: map[string]string{"kind": "ignore"}}
	learner, err := table.Open(scope, learning, store, "root.learn", &silent{})
	if err != nil {
		t.Fatal(err)
	}
	if learner.Project() != reader.Project() || !reader.Project().Learning() {
		t.Fatal("the learner has a project of its own")
	}
	learnAll(t, learner.Project(), batch(0, 0, 100))
	info, err := reader.Project().Info(ctx)
	if err != nil || info.Rows != 100 || len(info.Schema) != 1 || len(info.Models) != 1 {
		t.Errorf("%+v, %v; want 100 rows of one attribute and the learner's model", info, err)
	}
	at, err := project.Open(ctx, store, "sml", "p")
	if err != nil || project.Of[project.Folds](&at.Composition) != 4 || at.Composition.Summary.HistogramBins != 32 {
		t.Errorf("stored: %+v, %v", at, err)
	}
	if err := learner.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := learner.Close(ctx); err != nil { // once more is no harm
		t.Fatal(err)
	}
	if names := table.Names(); fmt.Sprint(names) != "[p]" {
		t.Errorf("open are %q, the reader has it still", names)
	}
	if got := rows(t, reader.Project()); got != 100 {
		t.Errorf("%v rows after the learner left", got)
	}
	if err := reader.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Find("p"); !errors.Is(err, live.ErrNotOpen) {
		t.Errorf("after the last: %v", err)
	}
}

// TestScopesAreApart: projects of one name in two scopes share nothing; the one
// opened last is found.
func TestScopesAreApart(t *testing.T) {
	table := live.NewTable()
	var handles []*live.Handle
	for i := range 2 {
		h, err := table.Open(new(live.Scope), settings(true), state.NewMemory(), "root", &silent{})
		if err != nil {
			t.Fatal(err)
		}
		learnAll(t, h.Project(), batch(0, 0, 10*(i+1)))
		handles = append(handles, h)
	}
	found, err := table.Find("p")
	if err != nil || found != handles[1].Project() || rows(t, found) != 20 || rows(t, handles[0].Project()) != 10 {
		t.Errorf("found %v (%v)", found, err)
	}
}

// TestDiscard closes what only components have open that open it on demand.
func TestDiscard(t *testing.T) {
	ctx, table, scope, store := context.Background(), live.NewTable(), new(live.Scope), state.NewMemory()
	if err := table.Discard(ctx, "p"); err != nil {
		t.Errorf("nothing is open: %v", err)
	}
	demand := settings(true)
	demand.Learn, demand.OnDemand = nil, true
	h, err := table.Open(scope, demand, store, "root.http", &silent{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rows(t, h.Project()); got != 0 {
		t.Fatal(got)
	}
	if err := table.Discard(ctx, "p"); err != nil || len(table.Names()) != 0 {
		t.Errorf("on demand only: %v, open are %q", err, table.Names())
	}
	if err := h.Close(ctx); err != nil {
		t.Errorf("closing what was discarded: %v", err)
	}
	if _, err := table.Open(scope, demand, store, "root.http", &silent{}); err != nil {
		t.Fatal(err)
	}
	learner, err := table.Open(scope, settings(true), store, "root.learn", &silent{})
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Discard(ctx, "p"); !errors.Is(err, live.ErrInUse) || !strings.Contains(err.Error(), "root.learn") {
		t.Errorf("a learner has it: %v, want ErrInUse that names it", err)
	}
	learnAll(t, learner.Project(), batch(0, 0, 5))
}

// TestBatchesInWhichMuchIsWrong: messages without a shard, with an error, with a
// weight that cannot be, that are to be skipped, and without a position, in one
// batch of two shards: what is right is learned.
func TestBatchesInWhichMuchIsWrong(t *testing.T) {
	h, observer := open(t, state.NewMemory(), settings(true))
	broken := errors.New("broken before")
	messages := []live.Message{
		{Data: []byte(`{"x":1}`), Shard: "a", Offset: 0, HasOffset: true},
		{Data: []byte(`{"x":2}`), Shard: "b", Weight: 2.5},
		{Data: []byte(`{"x":`), Shard: "a", Offset: 1, HasOffset: true},
		{Err: broken},
		{Data: []byte(`{"x":3}`), Shard: "a", Offset: 2, HasOffset: true, Weight: -1},
		{Data: []byte(`{"x":4}`), Shard: "a", Offset: 3, HasOffset: true, Skip: true},
		{Value: map[string]any{"x": 5}, Shard: "a", Offset: 4, HasOffset: true},
		{Value: "no object", Shard: "b"},
	}
	if err := h.Project().Learn(context.Background(), messages); err != nil {
		t.Fatal(err)
	}
	for i, fails := range []bool{false, false, true, true, true, false, false, true} {
		if fails != (messages[i].Err != nil) {
			t.Errorf("message %d: %v", i, messages[i].Err)
		}
	}
	if !errors.Is(messages[3].Err, broken) || !strings.Contains(messages[4].Err.Error(), "weight is -1") {
		t.Errorf("errors are %v and %v", messages[3].Err, messages[4].Err)
	}
	info, err := h.Project().Info(context.Background())
	if err != nil || info.Rows != 4.5 || len(info.Shards) != 2 {
		t.Errorf("%+v, %v; want a weight of 1 + 2.5 + 1 in two shards", info, err)
	}
	observer.mu.Lock()
	learned := observer.learned
	warned := len(observer.warnings)
	observer.mu.Unlock()
	if learned != 3 || warned != 1 {
		t.Errorf("%d learned, %d warnings, want 3 and one of shard b", learned, warned)
	}
	again := messages[:1]
	again[0].Err = nil
	if err := h.Project().Learn(context.Background(), again); err != nil || rows(t, h.Project()) != 4.5 {
		t.Errorf("a replay of a good one: %v", err)
	}
}
