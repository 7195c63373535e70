package state

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func TestShardReader(t *testing.T) {
	ctx := context.Background()
	store := &faulty{}
	r := NewShardReader(store, "sml.p", bagMaker{})
	must(t, r.Refresh(ctx))
	if n := len(r.Shards()); n != 0 {
		t.Fatalf("%d shards in an empty store", n)
	}
	open := func(id string) *Shard[*bag] {
		s, err := OpenShard(ctx, store, "sml.p", id, bagMaker{}, ShardOptions{Durable: true})
		must(t, err)
		return s
	}
	a, b := open("t/0"), open("t/1")
	learn(t, a, 0, 9)
	must(t, r.Refresh(ctx))
	if err := once(r.Shards()[0].Content, 0, 9); err != nil {
		t.Error(err)
	}
	if got := r.Shards()[1]; got.ID != "t/1" || got.Version != 0 {
		t.Errorf("shard without a record: %+v", got)
	}
	generation, first := r.Generation(), r.Shards()[0].Content
	must(t, r.Refresh(ctx))
	if r.Generation() != generation {
		t.Error("generation changes although nothing did")
	}
	learn(t, b, 100, 109)
	must(t, r.Refresh(ctx))
	if r.Generation() == generation {
		t.Error("generation does not change although a shard did")
	}
	if r.Shards()[0].Content != first {
		t.Error("a shard that did not change was decoded again")
	}
	if err := once(r.Shards()[1].Content, 100, 109); err != nil {
		t.Error(err)
	}
}

// TestShardReaderFails: one damaged shard leaves the others readable, and a
// store that is down leaves everything as it was.
func TestShardReaderFails(t *testing.T) {
	ctx := context.Background()
	store := &faulty{}
	for i := range 3 {
		s, err := OpenShard(ctx, store, "sml.p", fmt.Sprint("t/", i), bagMaker{}, ShardOptions{Durable: true})
		must(t, err)
		learn(t, s, 0, 9)
		learn(t, s, 10, 19)
	}
	r := NewShardReader(store, "sml.p", bagMaker{})
	good, err := store.Get(ctx, "sml.p.shard.t_2F1.2")
	must(t, err)
	bad := append([]byte{}, good...)
	bad[len(bad)-1] ^= 1
	must(t, store.Set(ctx, "sml.p.shard.t_2F1.2", bad))
	err = r.Refresh(ctx)
	if !errors.Is(err, wire.ErrCorrupt) || !strings.Contains(err.Error(), "t/1") {
		t.Errorf("error %v, want one that names the damaged shard", err)
	}
	if n := len(r.Shards()); n != 2 {
		t.Errorf("%d shards, want the 2 good ones", n)
	}
	must(t, store.Set(ctx, "sml.p.shard.t_2F1.2", good))
	must(t, r.Refresh(ctx))
	store.fail(down)
	if err := r.Refresh(ctx); !errors.Is(err, ErrStore) {
		t.Errorf("store down: %v, want ErrStore", err)
	}
	if n := len(r.Shards()); n != 3 {
		t.Errorf("%d shards while the store is down, want 3", n)
	}
}
