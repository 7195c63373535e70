package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestReaderFollowsComposition: a reader need not know which statistics the
// learner keeps, whether it opens the project before or after the learner.
func TestReaderFollowsComposition(t *testing.T) {
	ctx := context.Background()
	for _, readerFirst := range []bool{false, true} {
		store := state.NewMemory()
		reading := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: 5 * time.Millisecond}
		learning := settings(true)
		learning.Learn.Composition = project.Composition{}.With(project.Partition("kind"), project.Folds(3), project.Window{Rows: 80, Tiles: 4, Beside: true})
		reader, observer := open(t, store, reading)
		if readerFirst && rows(t, reader.Project()) != 0 {
			t.Fatal("rows in an empty project")
		}
		learner, _ := open(t, store, learning)
		if err := learner.Project().Learn(ctx, batch(0, 0, 200)); err != nil {
			t.Fatal(err)
		}
		got, deadline := 0.0, time.Now().Add(10*time.Second)
		for got != 200 && time.Now().Before(deadline) {
			got = rows(t, reader.Project())
		}
		if got != 200 {
			t.Errorf("reader first %v: %v rows, want 200 (%v)", readerFirst, got, observer.warnings)
		}
		if s, err := reader.Project().Summary(ctx, project.PartWindow); err != nil || s.Weight() > 100 || s.Weight() < 60 {
			t.Errorf("reader first %v: window %v", readerFirst, err)
		}
		for _, h := range []*live.Handle{reader, learner} {
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestCompositionIsSettled: a project goes on with the statistics it was begun with.
func TestCompositionIsSettled(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	first, _ := open(t, store, settings(true))
	if err := first.Project().Learn(ctx, batch(0, 0, 10)); err != nil {
		t.Fatal(err)
	}
	other := settings(true)
	other.Learn.Composition = other.Learn.Composition.With(project.Folds(4))
	second, _ := open(t, store, other)
	if err := second.Project().Learn(ctx, batch(0, 10, 20)); !errors.Is(err, project.ErrComposition) {
		t.Errorf("error is %v, want ErrComposition", err)
	}
}

// TestHandedOver: a process whose shard another one has taken over sees what
// that one learns, though it has the shard open itself.
func TestHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, store := context.Background(), state.NewMemory()
		s := settings(true)
		s.Refresh = time.Second
		before, _ := open(t, store, s)
		after, _ := open(t, store, s)
		learnAll(t, before.Project(), batch(0, 0, 100))
		learnAll(t, after.Project(), batch(0, 100, 250))
		if got := rows(t, before.Project()); got != 100 {
			t.Errorf("%v rows while it takes the shard for its own, want 100", got)
		}
		time.Sleep(5 * time.Second) // of the bubble's clock
		if got := rows(t, before.Project()); got != 250 {
			t.Errorf("%v rows, want 250", got)
		}
		for _, h := range []*live.Handle{before, after} {
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestOlderProjectsGoOn: a project whose settings were stored before those of the
// summaries were is learned on with these, read by whoever is told its name only,
// and refused to a learner with others.
func TestOlderProjectsGoOn(t *testing.T) {
	ctx := context.Background()
	for _, window := range []project.Window{{}, {Rows: 50, Tiles: 5}} {
		store := state.NewMemory()
		s := settings(true)
		s.Learn.Composition = project.Composition{Summary: stats.SummaryOptions{HistogramBins: 64, MaxPatterns: 3}}.With(project.Folds(2), window)
		before, _ := open(t, store, s)
		learnAll(t, before.Project(), batch(0, 0, 100))
		if err := before.Close(ctx); err != nil {
			t.Fatal(err)
		}
		older := s.Learn.Composition
		older.Summary = stats.SummaryOptions{}
		record, err := older.Encode()
		if err != nil {
			t.Fatal(err)
		}
		log := project.NewDefinitionLog(store, project.Base("sml", "p"))
		if err := log.Put(ctx, project.CompositionRecord, record); err != nil {
			t.Fatal(err)
		}
		want := rows(t, before.Project())
		reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
		if got := rows(t, reader.Project()); got != want {
			t.Errorf("the reader has %v rows, want %v", got, want)
		}
		other := settings(true)
		other.Learn.Composition = s.Learn.Composition
		other.Learn.Composition.Summary.HistogramBins = 128
		refused, _ := open(t, store, other)
		if err := refused.Project().Learn(ctx, batch(0, 100, 110)); !errors.Is(err, project.ErrComposition) {
			t.Errorf("other bins: %v, want ErrComposition", err)
		}
		after, _ := open(t, store, s)
		learnAll(t, after.Project(), batch(0, 100, 110))
		stored, err := log.Load(ctx)
		if err != nil || string(stored[project.CompositionRecord]) == string(record) {
			t.Errorf("the record is not completed: %s, %v", stored[project.CompositionRecord], err)
		}
	}
}
