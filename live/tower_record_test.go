package live_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func TestTowerRoundTrip(t *testing.T) {
	for name, tower := range map[string]live.Tower{
		"plain":      {},
		"folds":      {Folds: 5, Partition: "kind"},
		"window":     {Window: live.Window{Period: 90 * time.Minute, Tiles: 6, Beside: true}},
		"row window": {Window: live.Window{Rows: 100, Tiles: 4}, Decay: live.Decay{HalfLife: time.Hour, Beside: true}},
		// Two fields of one length are two fields.
		"equal times": {Window: live.Window{Period: time.Hour, Tiles: 4}, Decay: live.Decay{HalfLife: time.Hour, Beside: true}},
		"only decays": {Decay: live.Decay{HalfLife: 1500 * time.Millisecond}},
	} {
		data, err := tower.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := live.DecodeTower(data)
		if err != nil || got != tower {
			t.Errorf("%s: %s gives %+v, %v", name, data, got, err)
		}
	}
	for _, bad := range []string{"", "{", `{"later":1}`, `{"window":{"period":"x"}}`, `{"window":{"period":"0s"}}`, `{"decay":{"half_life":"-1s"}}`, `{}{}`, `{} x`} {
		if _, err := live.DecodeTower([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestReaderFollowsTower: who only reads need not know which statistics the
// learner keeps, whether it opens the project before or after the learner.
func TestReaderFollowsTower(t *testing.T) {
	ctx := context.Background()
	for _, readerFirst := range []bool{false, true} {
		store := state.NewMemory()
		reading := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: 5 * time.Millisecond}
		learning := settings(true)
		learning.Learn.Tower = live.Tower{Partition: "kind", Folds: 3, Window: live.Window{Rows: 80, Tiles: 4, Beside: true}}
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
		if s, err := reader.Project().Summary(ctx, live.PartWindow); err != nil || s.Weight() > 100 || s.Weight() < 60 {
			t.Errorf("reader first %v: window %v", readerFirst, err)
		}
		for _, h := range []*live.Handle{reader, learner} {
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestTowerIsSettled: a project goes on with the statistics it was begun with.
func TestTowerIsSettled(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	first, _ := open(t, store, settings(true))
	if err := first.Project().Learn(ctx, batch(0, 0, 10)); err != nil {
		t.Fatal(err)
	}
	other := settings(true)
	other.Learn.Tower.Folds = 4
	second, _ := open(t, store, other)
	if err := second.Project().Learn(ctx, batch(0, 10, 20)); !errors.Is(err, live.ErrTower) {
		t.Errorf("error is %v, want ErrTower", err)
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
