package caches

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// conform runs everything that the protocol needs and logs the line of the table.
func conform(t *testing.T, name string, store state.Store) {
	ctx := context.Background()
	probe, err := statetest.ProbeAdd(ctx, store, "probe")
	if err != nil || !probe.PutIfAbsent {
		t.Fatalf("probe: %s, %v", probe.Seen, err)
	}
	t.Run("operations", func(t *testing.T) { operations(t, store) })
	t.Run("values", func(t *testing.T) { values(t, store) })
	t.Run("keys", func(t *testing.T) { keys(t, store) })
	t.Run("racing adds", func(t *testing.T) { racingAdds(t, store) })
	t.Run("parts", func(t *testing.T) { parts(t, store) })
	t.Run("writer zombie reader", func(t *testing.T) { zombie(t, store) })
	t.Run("killed anywhere", func(t *testing.T) { killedAnywhere(t, store) })
	t.Run("concurrent writers", func(t *testing.T) { concurrentWriters(t, store) })
	t.Run("latency", func(t *testing.T) {
		largest := largestValue(t, store)
		t.Logf("cache %-16s | largest value %s | durable write, median %v", name, largest, latency(t, store).Round(time.Microsecond))
	})
}

func operations(t *testing.T, store state.Store) {
	ctx := context.Background()
	if _, err := store.Get(ctx, "op.none"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("get of nothing says %v", err)
	}
	must(t, store.Add(ctx, "op.a", []byte("one")))
	requireValue(t, store, "op.a", []byte("one"))
	if err := store.Add(ctx, "op.a", []byte("two")); !errors.Is(err, state.ErrExists) {
		t.Errorf("add of a taken key says %v", err)
	}
	requireValue(t, store, "op.a", []byte("one"))
	must(t, store.Set(ctx, "op.a", []byte("three, longer")))
	requireValue(t, store, "op.a", []byte("three, longer"))
	must(t, store.Set(ctx, "op.a", []byte("4")))
	requireValue(t, store, "op.a", []byte("4"))
	must(t, store.Set(ctx, "op.new", []byte("five")))
	requireValue(t, store, "op.new", []byte("five"))
	for range 2 {
		must(t, store.Delete(ctx, "op.a"))
	}
	if _, err := store.Get(ctx, "op.a"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("get of a deleted key says %v", err)
	}
	must(t, store.Add(ctx, "op.a", []byte("again")))
	requireValue(t, store, "op.a", []byte("again"))
}

// values: every byte, and the largest that the protocol puts under one key.
func values(t *testing.T, store state.Store) {
	ctx := context.Background()
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	const envelope = 100
	for i, v := range [][]byte{every, {0}, {0xff, 0xfe}, bytes.Repeat(every, (state.DefaultMaxValue+envelope)/len(every)+1)[:state.DefaultMaxValue+envelope]} {
		added, set := fmt.Sprint("value.add.", i), fmt.Sprint("value.set.", i)
		must(t, store.Add(ctx, added, v))
		requireValue(t, store, added, v)
		must(t, store.Set(ctx, set, v))
		requireValue(t, store, set, v)
	}
}

// keys: the whole alphabet, and 200 bytes.
func keys(t *testing.T, store state.Store) {
	ctx := context.Background()
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.x"
	for _, key := range []string{alphabet, "k." + strings.Repeat("z", 198), "k.a", "k.A_2F"} {
		must(t, store.Add(ctx, key, []byte(key)))
	}
	for _, key := range []string{alphabet, "k." + strings.Repeat("z", 198), "k.a", "k.A_2F"} {
		requireValue(t, store, key, []byte(key))
	}
}

// racingAdds: of many at the same moment one is accepted, and its value stays.
// All values have one length: a value that is the beginning of another reads as
// a torn write, which no two values of the protocol can be to each other.
func racingAdds(t *testing.T, store state.Store) {
	ctx := context.Background()
	const rounds, racers = 10, 16
	for round := range rounds {
		key := fmt.Sprint("race.", round)
		var group sync.WaitGroup
		errs := make([]error, racers)
		for i := range racers {
			group.Go(func() { errs[i] = store.Add(ctx, key, fmt.Appendf(nil, "racer %02d", i)) })
		}
		group.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("round %d: racers %d and %d were both accepted", round, winner, i)
			case err == nil:
				winner = i
			case !errors.Is(err, state.ErrExists):
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if winner < 0 {
			t.Fatalf("round %d: nobody was accepted", round)
		}
		requireValue(t, store, key, fmt.Appendf(nil, "racer %02d", winner))
	}
}

// parts: a record that is larger than one value.
func parts(t *testing.T, store state.Store) {
	ctx := context.Background()
	open := func() *state.Journal {
		return state.NewJournal(store, "parts.j", state.JournalOptions{Kind: wire.KindShard})
	}
	j := open()
	for i := range uint64(3) {
		payload := bytes.Repeat([]byte{byte(i), 0, 255}, state.DefaultMaxValue)
		_, err := j.Write(ctx, i, payload)
		must(t, err)
		r, err := open().Load(ctx)
		must(t, err)
		if r.Version != i+1 || !bytes.Equal(r.Payload, payload) {
			t.Fatalf("version %d with %d bytes, want %d with %d", r.Version, len(r.Payload), i+1, len(payload))
		}
	}
}

// largestValue tries sizes beyond what the protocol needs.
func largestValue(t *testing.T, store state.Store) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	last := "0.9 MB"
	for _, size := range []int{1_000_000, 2_000_000, 8_000_000} {
		if err := store.Set(ctx, "largest", make([]byte, size)); err != nil {
			return last
		}
		last = fmt.Sprintf("%d MB or more", size/1_000_000)
	}
	_ = store.Delete(ctx, "largest")
	return last
}

// latency is the median time of a durable write of a shard.
func latency(t *testing.T, store state.Store) time.Duration {
	const writes, batch = 60, 10
	s := openShard(t, store, "latency")
	var took []time.Duration
	for i := range int64(writes) {
		began := time.Now()
		learn(t, s, i*batch, i*batch+batch-1)
		took = append(took, time.Since(began))
	}
	must(t, s.Flush(context.Background()))
	slices.Sort(took)
	return took[len(took)/2]
}

func requireValue(t *testing.T, store state.Store, key string, want []byte) {
	t.Helper()
	got, err := store.Get(context.Background(), key)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Fatalf("%q holds %d bytes, want %d: %.20q, %.20q", key, len(got), len(want), got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
