package state

import (
	"context"
	"errors"
	"testing"
)

func TestPutShard(t *testing.T) {
	ctx, store, base := context.Background(), NewMemory(), "sml.p"
	put := func(first, last int64, replace bool) error {
		positions := &Positions{}
		if err := positions.AddRange(first, last); err != nil {
			t.Fatal(err)
		}
		a, err := bagMaker{}.New()
		if err != nil {
			t.Fatal(err)
		}
		return PutShard(ctx, store, base, "t/0", positions, a, replace)
	}
	if err := put(0, 9, false); err != nil {
		t.Fatal(err)
	}
	if err := put(0, 19, false); !errors.Is(err, ErrExists) {
		t.Errorf("a second shard of that id says %v, want %v", err, ErrExists)
	}
	if err := put(0, 29, true); err != nil {
		t.Fatal(err)
	}
	shard, err := OpenShard(ctx, store, base, "t/0", bagMaker{}, ShardOptions{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	shard.View(func(_ *bag, p *Positions) {
		if p.Count() != 30 || shard.Version() != 2 {
			t.Errorf("shard is at version %d with %d positions, want 2 with 30", shard.Version(), p.Count())
		}
	})
}
