package state

import (
	"context"
	"fmt"
	"testing"
)

// TestRegisterKept: registering with a directory that is kept takes a constant
// number of operations per shard, and so does opening shards with it.
func TestRegisterKept(t *testing.T) {
	ctx := context.Background()
	const shards = 200
	store := &faulty{}
	operations := func() int { return store.calls["get"] + store.calls["add"] + store.calls["set"] }
	kept := NewDirectory(store, "sml.p")
	for i := range shards {
		must(t, kept.Register(ctx, fmt.Sprint("t/", i)))
	}
	// Per shard: is the slot free, add, read back, and the reads ahead of it.
	const perRegister = 6
	if n := operations(); n > perRegister*shards {
		t.Errorf("%d operations for %d shards, want at most %d each", n, shards, perRegister)
	}
	before := operations()
	for i := range shards {
		_, err := OpenShard(ctx, store, "sml.p", fmt.Sprint("t/", i), bagMaker{}, ShardOptions{Directory: kept})
		must(t, err)
	}
	// One of the directory; hint, 3 levels of marks, first versions, 3 marks.
	const perOpen = 16
	if n := operations() - before; n > perOpen*shards {
		t.Errorf("%d operations to open %d shards, want at most %d each", n, shards, perOpen)
	}
	t.Logf("%d operations to register %d shards, %d to open them", before, shards, operations()-before)
}

// TestReaderSkips: what is skipped is not read, is not among the shards, and is
// read when it is skipped no more.
func TestReaderSkips(t *testing.T) {
	ctx := context.Background()
	store := &faulty{}
	for i := range 40 {
		s, err := OpenShard(ctx, store, "sml.p", fmt.Sprint("t/", i), bagMaker{}, ShardOptions{Durable: true})
		must(t, err)
		learn(t, s, 0, 9)
		must(t, s.Flush(ctx)) // waits until it has tidied
	}
	r := NewShardReader(store, "sml.p", bagMaker{})
	r.Skip(func(id string) bool { return id != "t/3" })
	must(t, r.Refresh(ctx))
	if got := r.Shards(); len(got) != 1 || got[0].ID != "t/3" {
		t.Fatalf("%d shards, want t/3 only", len(got))
	}
	r.Skip(func(string) bool { return true })
	before := store.calls["get"]
	must(t, r.Refresh(ctx))
	if n := store.calls["get"] - before; n != 1 {
		t.Errorf("%d reads although all shards are skipped, want 1 of the directory", n)
	}
	r.Skip(nil)
	must(t, r.Refresh(ctx))
	for i, s := range r.Shards() {
		if want := fmt.Sprint("t/", i); s.ID != want {
			t.Errorf("shard %d is %q, want %q: the order of registration", i, s.ID, want)
		}
	}
	if n := len(r.Shards()); n != 40 {
		t.Errorf("%d shards, want 40", n)
	}
}
