package features

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// stopsOf opens features that count what stands against them.
func stopsOf(t *testing.T, store state.Store) (s *Shards, warned *told, count func(reason string) int) {
	t.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	warned = &told{}
	s, err := NewShards(store, "p.f.features", Settings{
		Plan: lagPlan(t), Durable: true, Warn: warned.warn,
		Stopped: func(reason string) { mu.Lock(); defer mu.Unlock(); counts[reason]++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, warned, func(reason string) int { mu.Lock(); defer mu.Unlock(); return counts[reason] }
}

// TestFencedFeaturesAreSaid: two processes that take rows of one shard fence each other,
// which is counted each time and said at once and not again within a minute.
func TestFencedFeaturesAreSaid(t *testing.T) {
	store := state.NewMemory()
	a, warnedA, countA := stopsOf(t, store)
	b, _, _ := stopsOf(t, store)
	for i := range 10 {
		s := a
		if i%2 == 1 {
			s = b
		}
		take(t, s, keyRows(2, 2*i))
	}
	if n := countA("fenced"); n < 3 {
		t.Errorf("fenced %d times, want at least 3", n)
	}
	if text := strings.Join(warnedA.lines, "\n"); strings.Count(text, "another process has written shard") != 1 || !strings.Contains(text, "shard: local-${HOSTNAME}") {
		t.Errorf("said %q, want one line that says what to do", text)
	}
}

// TestRenewFeatures: after a new epoch the positions of a shard are fresh again, and the
// series of its keys go on, without the features being named.
func TestRenewFeatures(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s, _, count := stopsOf(t, store)
	take(t, s, keyRows(3, 0))
	before, err := Renew(ctx, store, "p.f.features", testShard, false)
	if err != nil || before.Count() != 3 {
		t.Fatalf("%v (%v), want 3 positions", before, err)
	}
	if rows := take(t, s, keyRows(3, 0)); !rows[0].Replayed {
		t.Error("a dry run has changed something")
	}
	if _, err := Renew(ctx, store, "p.f.features", testShard, true); err != nil {
		t.Fatal(err)
	}
	rows := keyRows(3, 0)
	for i := range rows {
		rows[i].Values = []float64{100}
	}
	err = s.Take(ctx, rows)
	if err != nil || rows[0].Replayed || fmt.Sprint(rows[2].Features) != "[2]" {
		t.Errorf("%+v (%v), want a fresh row after the value 2; contradictions %d", rows[2], err, count("contradiction"))
	}
}
