package state

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCloseOldest(t *testing.T) {
	holes := []Interval{{0, 9}, {12, 12}, {20, 29}, {31, 31}}
	cases := []struct {
		name   string
		n      int
		want   []Interval
		closed uint64
		floor  int64
	}{
		{name: "one", n: 2, want: []Interval{{0, 12}, {20, 29}, {31, 31}}, closed: 2, floor: 11},
		{name: "two", n: 3, want: []Interval{{0, 29}, {31, 31}}, closed: 9, floor: 19},
		{name: "all", n: 4, want: []Interval{{0, 31}}, closed: 10, floor: 30},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := &Positions{offsetSet: offsetSet{intervals: slices.Clone(holes)}}
			before := p.Count()
			p.closeOldest(c.n)
			if closed := p.Count() - before; !slices.Equal(p.intervals, c.want) || closed != c.closed {
				t.Fatalf("%d offsets closed, %v left; want %d and %v", closed, p.intervals, c.closed, c.want)
			}
			if floor, ok := p.floor, p.hasFloor; !ok || floor != c.floor {
				t.Errorf("floor %d, %v, want %d", floor, ok, c.floor)
			}
			back, _, err := decodeShard(encodeShard(p, &bag{}), bagMaker{})
			must(t, err)
			if floor, ok := back.floor, back.hasFloor; !ok || floor != c.floor || !sameOffsets(back, p) {
				t.Errorf("decoded %+v, want %+v", back, p)
			}
		})
	}
}

// tally learns nothing but how many messages there were.
func tally(n *int) func(*bag, []int) error {
	return func(_ *bag, fresh []int) error { *n += len(fresh); return nil }
}

// TestShardTransactionalTopic: a marker after every message makes each offset
// an interval. The shard goes on for ever, its record stays small, and what is
// delivered again after a restart is a replay.
func TestShardTransactionalTopic(t *testing.T) {
	ctx, store := context.Background(), NewMemory()
	const messages, batch = 60_000, 500
	s := openShard(t, store, ShardOptions{Durable: true})
	deliver := func(s *Shard[*bag], from, to int) (learned, replays int) {
		for ; from < to; from += batch {
			var o []int64
			for i := from; i < from+batch; i++ {
				o = append(o, int64(2*i))
			}
			n, err := s.Learn(ctx, len(o), o, tally(&learned))
			must(t, err)
			replays += n
		}
		return learned, replays
	}
	if learned, replays := deliver(s, 0, messages); learned != messages || replays != 0 {
		t.Fatalf("%d learned, %d replays, want %d and none", learned, replays, messages)
	}
	s.View(func(_ *bag, p *Positions) {
		if n := len(p.intervals); n > maxIntervals {
			t.Errorf("%d intervals, want at most %d", n, maxIntervals)
		}
	})
	c := s.Counters()
	if c.HolesClosed < messages-maxIntervals || c.LateInHole != 0 {
		t.Errorf("%d holes closed, %d late", c.HolesClosed, c.LateInHole)
	}
	const mostBytes = 3 * maxIntervals // gap and length of an interval, and the rest
	if size := int(c.Bytes / c.Flushes); size > mostBytes {
		t.Errorf("a record has %d bytes, want at most %d", size, mostBytes)
	}
	// The process is killed; the source goes on at an offset that it had
	// committed some time ago.
	again := openShard(t, store, ShardOptions{Durable: true})
	learned, replays := deliver(again, messages-20_000, messages+5000)
	if learned != 5000 || replays != 20_000 {
		t.Errorf("after a restart %d learned, %d replays, want 5000 and 20000", learned, replays)
	}
	if n := again.Counters().LateInHole; n == 0 {
		t.Error("replays below the floor are not counted")
	}
}

// TestShardLateWithinBound: messages that overtake each other by less than the
// number of holes that stay open count exactly once, whatever holes there are.
func TestShardLateWithinBound(t *testing.T) {
	ctx := context.Background()
	const messages, inFlight = 40_000, 1024 // the host's default checkpoint_limit
	random := rand.New(rand.NewPCG(7, 1))
	s := openShard(t, NewMemory(), ShardOptions{})
	var pending []int64 // delivered, not yet learned
	next, learned := int64(0), 0
	for sent := 0; sent < messages || len(pending) > 0; {
		for ; sent < messages && (len(pending) == 0 || len(pending) < inFlight && sent-int(pending[0]>>32) < inFlight); sent++ {
			next += 2 + random.Int64N(3)
			pending = append(pending, int64(sent)<<32|next)
		}
		i := random.IntN(len(pending))
		if random.IntN(4) > 0 {
			i = len(pending) - 1 // mostly the latest: the first waits long
		}
		o := []int64{pending[i] & (1<<32 - 1)}
		pending = slices.Delete(pending, i, i+1)
		replays, err := s.Learn(ctx, 1, o, tally(&learned))
		must(t, err)
		if replays != 0 {
			t.Fatalf("offset %d is taken for a replay", o[0])
		}
	}
	if learned != messages || s.Counters().HolesClosed == 0 {
		t.Errorf("%d learned, want %d; %d holes closed", learned, messages, s.Counters().HolesClosed)
	}
}

// TestShardLateInHole: a message that comes later than that is counted.
func TestShardLateInHole(t *testing.T) {
	ctx, n := context.Background(), 0
	s := openShard(t, NewMemory(), ShardOptions{})
	for i := range int64(2 * maxIntervals) {
		_, err := s.Learn(ctx, 1, []int64{2 * i}, tally(&n))
		must(t, err)
	}
	replays, err := s.Learn(ctx, 2, []int64{3, 2*maxIntervals - 1}, tally(&n))
	must(t, err)
	if late := s.Counters().LateInHole; replays != 1 && replays != 2 || late != uint64(replays) {
		t.Errorf("%d taken for replays, %d counted as late in a hole", replays, late)
	}
}
