package live_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestReaderFollowsComposition: a reader need not know which statistics the
// learner keeps, whether it opens the project before or after the learner.
func TestReaderFollowsComposition(t *testing.T) {
	ctx := context.Background()
	for _, readerFirst := range []bool{false, true} {
		store := state.NewMemory()
		reading := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: 5 * time.Millisecond}
		learning := settings(true)
		learning.Learn.Composition = project.Composition{Partition: "kind", Folds: 3, Window: project.Window{Rows: 80, Tiles: 4, Beside: true}}
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
	other.Learn.Composition.Folds = 4
	second, _ := open(t, store, other)
	if err := second.Project().Learn(ctx, batch(0, 10, 20)); !errors.Is(err, project.ErrComposition) {
		t.Errorf("error is %v, want ErrComposition", err)
	}
}

// TestHandedOver: a process whose shard another one has taken over sees what
// that one learns, though it has the shard open itself.
func TestHandedOver(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := settings(true)
	s.Refresh = 5 * time.Millisecond
	before, _ := open(t, store, s)
	after, _ := open(t, store, s)
	if err := before.Project().Learn(ctx, batch(0, 0, 100)); err != nil {
		t.Fatal(err)
	}
	if err := after.Project().Learn(ctx, batch(0, 100, 250)); err != nil {
		t.Fatal(err)
	}
	got, deadline := 0.0, time.Now().Add(20*time.Second)
	for got != 250 && time.Now().Before(deadline) {
		got = rows(t, before.Project())
	}
	if got != 250 {
		t.Errorf("%v rows, want 250", got)
	}
	for _, h := range []*live.Handle{before, after} {
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
