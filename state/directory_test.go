package state

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func requireEntries(t *testing.T, d *Directory, want ...Entry) {
	t.Helper()
	got, err := d.List(context.Background())
	must(t, err)
	if !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
}

func TestDirectoryRegister(t *testing.T) {
	ctx := context.Background()
	store := &faulty{}
	a, b := NewDirectory(store, "sml.p"), NewDirectory(store, "sml.p")
	requireEntries(t, a)
	must(t, a.Register(ctx, "t/0"))
	must(t, b.Register(ctx, "t/1"))
	must(t, b.Register(ctx, "t/0"))
	must(t, a.Register(ctx, "t/0"))
	requireEntries(t, a, Entry{ID: "t/0"}, Entry{ID: "t/1"})
	must(t, a.End(ctx, "t/0"))
	must(t, a.End(ctx, "t/0"))
	requireEntries(t, b, Entry{ID: "t/0", Ended: true}, Entry{ID: "t/1"})
	must(t, b.Register(ctx, "t/0"))
	requireEntries(t, a, Entry{ID: "t/0"}, Entry{ID: "t/1"})
	if n := len(store.Keys()); n != 4 {
		t.Errorf("%d slots, want 4: %v", n, store.Keys())
	}
	before := store.calls["get"]
	requireEntries(t, a, Entry{ID: "t/0"}, Entry{ID: "t/1"})
	if n := store.calls["get"] - before; n != 1 {
		t.Errorf("listing again takes %d reads, want 1", n)
	}
}

func TestDirectoryRace(t *testing.T) {
	const writers, each = 8, 10
	store := NewMemory()
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			d := NewDirectory(store, "sml.p")
			for i := range each {
				// Every id is registered by two writers.
				if err := d.Register(context.Background(), fmt.Sprint(w/2, "/", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got, err := NewDirectory(store, "sml.p").List(context.Background())
	must(t, err)
	if len(got) != writers/2*each || len(store.Keys()) != len(got) {
		t.Errorf("%d shards in %d slots, want %d", len(got), len(store.Keys()), writers/2*each)
	}
}

func TestDirectoryTornSlot(t *testing.T) {
	ctx := context.Background()
	whole := encodeEntry(Entry{ID: "slow"})
	for n := range len(whole) {
		store := NewMemory()
		d := NewDirectory(store, "sml.p")
		must(t, store.Set(ctx, "sml.p.dir.0", whole[:n]))
		must(t, d.Register(ctx, "next"))
		requireEntries(t, d, Entry{ID: "next"})
		must(t, store.Set(ctx, "sml.p.dir.0", whole))
		requireEntries(t, d, Entry{ID: "next"}, Entry{ID: "slow"})
		requireEntries(t, NewDirectory(store, "sml.p"), Entry{ID: "slow"}, Entry{ID: "next"})
	}
}

func TestDirectoryErrors(t *testing.T) {
	ctx := context.Background()
	damaged := encodeEntry(Entry{ID: "t/0"})
	damaged[len(damaged)-1] ^= 1
	cases := []struct {
		name  string
		value []byte
		want  error
	}{
		{name: "damaged", value: damaged, want: wire.ErrCorrupt},
		{name: "unknown version", value: wire.Seal(wire.KindDirectory, recordVersion+1, nil), want: wire.ErrUnknownVersion},
		{name: "other kind", value: wire.Seal(wire.KindShard, recordVersion, nil), want: wire.ErrCorrupt},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			must(t, store.Set(ctx, "sml.p.dir.0", c.value))
			if _, err := NewDirectory(store, "sml.p").List(ctx); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
	if err := NewDirectory(&faulty{fault: down}, "sml.p").Register(ctx, "t/0"); !errors.Is(err, ErrStore) {
		t.Errorf("store down: %v, want ErrStore", err)
	}
}
