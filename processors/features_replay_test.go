package processors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// noPages is a store that takes no pages while it is broken.
type noPages struct {
	state.Store
	broken atomic.Bool // a record is tidied in the background
}

func (s *noPages) Set(ctx context.Context, key string, value []byte) error {
	if s.broken.Load() && strings.Contains(key, ".page.") {
		return errors.New("no room")
	}
	return s.Store.Set(ctx, key, value)
}

// TestReplayKeepsPages: keys that could not leave stay until rows come. A batch
// of replays, which no record follows, must not move them: the pages that it
// would replace are those that the stored record names.
func TestReplayKeepsPages(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // a page that is gone is waited for
	defer cancel()
	plan, err := features.NewPlan([]features.Spec{{Type: "lag", Of: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	store := &noPages{Store: state.NewMemory()}
	open := func() *featureState {
		return &featureState{
			store: store, base: "sml.f.features", durable: true, shards: map[string]*featureShard{},
			maker: features.Maker{Plan: plan, Limits: features.Limits{Keys: 2}},
		}
	}
	next := 0
	var all []features.Row
	batch := func(keys ...int) []featureRow {
		var rows []featureRow
		for _, k := range keys {
			row := features.Row{Key: fmt.Sprint("k", k), Time: int64(next), Values: []float64{float64(next)}}
			rows = append(rows, featureRow{row: row, message: live.Message{Shard: "t/0", Offset: int64(next), HasOffset: true}})
			all = append(all, row)
			next++
		}
		return rows
	}
	take := func(s *featureState, rows []featureRow) {
		t.Helper()
		if err := s.take(ctx, rows); err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if rows[i].message.Err != nil {
				t.Fatal(rows[i].message.Err)
			}
		}
	}
	s := open()
	var keys []int
	for k := range 300 {
		keys = append(keys, k)
	}
	take(s, batch(keys...)) // most leave for pages
	store.broken.Store(true)
	again := batch(keys[:150]...)
	take(s, again) // they are back, and cannot leave
	store.broken.Store(false)
	take(s, again) // replays
	after := open()
	rows := batch(keys...)
	take(after, rows)
	last := map[string]float64{}
	for _, row := range all[:len(all)-len(rows)] {
		last[row.Key] = row.Values[0]
	}
	for i := range rows {
		if want := last[rows[i].row.Key]; len(rows[i].values) != 1 || rows[i].values[0] != want {
			t.Fatalf("%s: lag is %v, want %v", rows[i].row.Key, rows[i].values, want)
		}
	}
}
