package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

const testShard = "sensors/0"

// noSleep is a sleeper that counts and returns at once.
func noSleep(n *int) func(context.Context, time.Duration) error {
	return func(ctx context.Context, _ time.Duration) error { *n++; return ctx.Err() }
}

func openShard(t *testing.T, store Store, opts ShardOptions) *Shard[*bag] {
	t.Helper()
	s, err := OpenShard(context.Background(), store, "sml.p", testShard, bagMaker{}, opts)
	must(t, err)
	return s
}

// learn learns offsets first to last and returns the replays.
func learn(t *testing.T, s *Shard[*bag], first, last int64) int {
	t.Helper()
	o := offsets(first, last)
	n, err := s.Learn(context.Background(), len(o), o, learnInto(o))
	must(t, err)
	return n
}

// requireStored checks what a process that starts now finds.
func requireStored(t *testing.T, store Store, first, last int64) {
	t.Helper()
	requireStoredWith(t, store, ShardOptions{}, first, last)
}

func requireStoredWith(t *testing.T, store Store, opts ShardOptions, first, last int64) {
	t.Helper()
	s := openShard(t, store, opts)
	s.View(func(a *bag, p *Positions) {
		if err := once(a, first, last); err != nil {
			t.Errorf("stored: %v", err)
		}
		if want := (&Positions{offsetSet: offsetSet{intervals: []Interval{{first, last}}}}); !sameOffsets(p, want) {
			t.Errorf("stored positions %v, want %v", p.Intervals(), want.Intervals())
		}
	})
}

func TestShardReplays(t *testing.T) {
	for _, durable := range []bool{true, false} {
		t.Run(fmt.Sprintf("durable %v", durable), func(t *testing.T) {
			store := NewMemory()
			s := openShard(t, store, ShardOptions{Durable: durable})
			steps := []struct{ first, last, replays int64 }{
				{0, 9, 0}, {0, 9, 10}, {5, 14, 5}, {20, 24, 0}, {15, 19, 0}, {0, 24, 25}, {25, 25, 0},
			}
			for i, c := range steps {
				if got := learn(t, s, c.first, c.last); int64(got) != c.replays {
					t.Errorf("step %d: %d replays, want %d", i, got, c.replays)
				}
			}
			if s.dirty() == durable {
				t.Errorf("dirty is %v", s.dirty())
			}
			must(t, s.Flush(context.Background()))
			requireStored(t, store, 0, 25)
		})
	}
}

func TestShardBadRowsCountAsSeen(t *testing.T) {
	s := openShard(t, NewMemory(), ShardOptions{Durable: true})
	o := offsets(0, 9)
	_, err := s.Learn(context.Background(), 10, o, func(*bag, []int) error { return nil })
	must(t, err)
	if n := learn(t, s, 0, 9); n != 10 {
		t.Errorf("%d replays of rows that were bad, want 10", n)
	}
}

func TestShardRefusedBatch(t *testing.T) {
	ctx := context.Background()
	store := NewMemory()
	s := openShard(t, store, ShardOptions{Durable: true})
	learn(t, s, 0, 4)
	bad := errors.New("incompatible layout")
	o := offsets(5, 9)
	if _, err := s.Learn(ctx, 5, o, func(*bag, []int) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("error %v, want that of the function", err)
	}
	if _, err := s.Learn(ctx, 4, o, learnInto(o)); err == nil {
		t.Error("4 messages with 5 offsets are accepted")
	}
	s.View(func(_ *bag, p *Positions) {
		if n := p.Count(); n != 5 {
			t.Errorf("%d offsets after a refused batch, want 5", n)
		}
	})
	if n := learn(t, s, 5, 9); n != 0 {
		t.Errorf("%d replays after a refused batch", n)
	}
}

func TestShardWithoutPositions(t *testing.T) {
	store := NewMemory()
	s := openShard(t, store, ShardOptions{Durable: true})
	for range 2 {
		n, err := s.Learn(context.Background(), 3, nil, learnInto(offsets(0, 2)))
		must(t, err)
		if n != 0 {
			t.Errorf("%d replays without positions", n)
		}
	}
	openShard(t, store, ShardOptions{}).View(func(a *bag, p *Positions) {
		if a.total() != 6 || p.Count() != 0 {
			t.Errorf("weight %v, %d positions, want 6 and none: at least once", a.total(), p.Count())
		}
	})
}

// TestShardFenced has two owners take turns, as after a rebalance that one of
// them has not noticed.
func TestShardFenced(t *testing.T) {
	store := NewMemory()
	a := openShard(t, store, ShardOptions{Durable: true})
	b := openShard(t, store, ShardOptions{Durable: true})
	learn(t, a, 0, 9)
	if n := learn(t, b, 5, 14); n != 5 {
		t.Errorf("b: %d replays, want the 5 that a has counted", n)
	}
	if n := learn(t, a, 10, 19); n != 5 {
		t.Errorf("a: %d replays, want the 5 that b has counted", n)
	}
	if n := a.Counters().Fenced + b.Counters().Fenced; n != 2 {
		t.Errorf("fenced %d times, want 2", n)
	}
	requireStored(t, store, 0, 19)
}

// TestShardGap: a partition that was away comes back to an owner that does not
// write at once. The gap tells it to read what the other has written.
func TestShardGap(t *testing.T) {
	ctx := context.Background()
	cases := []struct {
		name        string
		first, last int64 // what comes back
		replays     int
	}{
		{name: "gap", first: 20, last: 29},
		{name: "backwards", first: 5, last: 24, replays: 15},
		{name: "backwards by one", first: 9, last: 29, replays: 11},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			a := openShard(t, store, ShardOptions{})
			learn(t, a, 0, 9)
			must(t, a.Flush(ctx))
			b := openShard(t, store, ShardOptions{})
			learn(t, b, 10, 19)
			must(t, b.Flush(ctx))
			if n := learn(t, a, c.first, c.last); n != c.replays {
				t.Errorf("%d replays, want %d", n, c.replays)
			}
			must(t, a.Flush(ctx))
			if n := a.Counters().Dropped; n != 0 {
				t.Errorf("%d dropped", n)
			}
			requireStored(t, store, 0, c.last)
		})
	}
}

// TestShardDropped: an owner that writes by interval and was overtaken says
// how much it gives up.
func TestShardDropped(t *testing.T) {
	ctx := context.Background()
	store := NewMemory()
	a := openShard(t, store, ShardOptions{})
	learn(t, a, 0, 9)
	b := openShard(t, store, ShardOptions{Durable: true})
	learn(t, b, 0, 19)
	err := a.Flush(ctx)
	var dropped *DroppedError
	if !errors.As(err, &dropped) || dropped.Messages != 10 || dropped.Shard != testShard {
		t.Fatalf("error %v, want 10 messages dropped", err)
	}
	if err := a.Flush(ctx); err != nil {
		t.Errorf("second flush: %v, want nothing", err)
	}
	if n := learn(t, a, 10, 24); n != 10 {
		t.Errorf("%d replays, want 10", n)
	}
	must(t, a.Flush(ctx))
	requireStored(t, store, 0, 24)
}

func TestShardStoreDown(t *testing.T) {
	store := &faulty{}
	pauses := 0
	s := openShard(t, store, ShardOptions{Durable: true, Sleep: noSleep(&pauses)})
	learn(t, s, 0, 4)
	failures := 7
	store.fail(func(string, string) (before, after error) {
		if failures--; failures >= 0 {
			return errDown, nil
		}
		return nil, nil
	})
	learn(t, s, 5, 9)
	if pauses == 0 || s.Counters().Retries != uint64(pauses) {
		t.Errorf("%d pauses, %d retries counted", pauses, s.Counters().Retries)
	}
	requireStored(t, store, 0, 9)
}

// TestShardGivesUp: while the store is down nothing is acknowledged; what is
// delivered again counts once.
func TestShardGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	store := &faulty{}
	tries := 0
	s := openShard(t, store, ShardOptions{Durable: true, Sleep: func(ctx context.Context, _ time.Duration) error {
		if tries++; tries == 3 {
			cancel()
		}
		return ctx.Err()
	}})
	store.fail(down)
	o := offsets(0, 9)
	if _, err := s.Learn(ctx, 10, o, learnInto(o)); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want context.Canceled", err)
	}
	if !s.dirty() {
		t.Error("not dirty although nothing is stored")
	}
	if err := s.Flush(context.Background()); !errors.Is(err, ErrStore) {
		t.Errorf("flush: %v, want ErrStore", err)
	}
	store.fail(nil)
	if n := learn(t, s, 0, 9); n != 10 {
		t.Errorf("%d replays, want all 10: they are in memory, and stored now", n)
	}
	requireStored(t, store, 0, 9)
}

// TestShardKeepsWhatFollowsALostAnswer: a record is written and neither that nor
// the look at it is answered; what was learned since stays, when a replay makes
// the shard look for another owner.
func TestShardKeepsWhatFollowsALostAnswer(t *testing.T) {
	ctx, store := context.Background(), &faulty{}
	s := openShard(t, store, ShardOptions{})
	learn(t, s, 0, 9)
	must(t, s.Flush(ctx))
	learn(t, s, 10, 19)
	added := false
	store.fail(func(verb, _ string) (before, after error) {
		if added {
			return errDown, nil
		}
		added = verb == "add"
		return nil, errDown
	})
	if err := s.Flush(ctx); !errors.Is(err, ErrStore) {
		t.Fatalf("flush: %v, want ErrStore", err)
	}
	store.fail(nil)
	learn(t, s, 20, 29)
	if n := learn(t, s, 25, 29); n != 5 { // looks for another owner first
		t.Errorf("%d replays, want 5", n)
	}
	if err := s.Flush(ctx); err != nil {
		t.Errorf("flush: %v", err)
	}
	requireStored(t, store, 0, 29)
	if c := s.Counters(); c.Dropped != 0 || c.Fenced != 0 {
		t.Errorf("%d dropped, %d times fenced, want neither", c.Dropped, c.Fenced)
	}
}

// TestShardLostAnswers loses the answer of every operation in turn.
func TestShardLostAnswers(t *testing.T) {
	for at := range 12 {
		store := &faulty{}
		pauses, n := 0, 0
		s := openShard(t, store, ShardOptions{Durable: true, Sleep: noSleep(&pauses)})
		learn(t, s, 0, 4)
		store.fail(func(string, string) (before, after error) {
			if n++; n-1 == at {
				return nil, errDown
			}
			return nil, nil
		})
		learn(t, s, 5, 9)
		learn(t, s, 5, 14)
		store.fail(nil)
		requireStored(t, store, 0, 14)
	}
}

// TestShardGroupCommit: who comes during a write shares the next one.
func TestShardGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 20
		store := &faulty{}
		s := openShard(t, store, ShardOptions{Durable: true})
		open := make(chan struct{})
		store.fail(func(verb, _ string) (before, after error) {
			if verb == "add" {
				<-open
			}
			return nil, nil
		})
		var group sync.WaitGroup
		for i := range int64(callers) {
			group.Go(func() { learn(t, s, 10*i, 10*i+9) })
		}
		synctest.Wait()
		close(open)
		group.Wait()
		if n := s.Counters().Flushes; n > 2 {
			t.Errorf("%d records for %d callers, want one for the first and one for the others", n, callers)
		}
		requireStored(t, store, 0, 10*callers-1)
	})
}

// TestShardBackOff: pauses grow from 50 ms to 5 s and end with the context.
func TestShardBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &faulty{}
		s := openShard(t, store, ShardOptions{Durable: true})
		store.fail(down)
		const patience = time.Minute
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		began := time.Now()
		o := offsets(0, 0)
		_, err := s.Learn(ctx, 1, o, learnInto(o))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took != patience {
			t.Errorf("gave up after %v, want %v", took, patience)
		}
		// 50 ms doubles to 5 s within 7 pauses, then 12 to 24 of 2.5 to 5 s.
		if n := s.Counters().Retries; n < 15 || n > 35 {
			t.Errorf("%d retries within %v", n, patience)
		}
	})
}

func TestShardDamaged(t *testing.T) {
	ctx := context.Background()
	cases := []struct {
		name  string
		value func(good []byte) []byte
		want  error
	}{
		{name: "checksum", want: wire.ErrCorrupt, value: func(b []byte) []byte { b[20] ^= 1; return b }},
		{name: "unknown record version", want: wire.ErrUnknownVersion, value: func([]byte) []byte {
			return shardValue([]byte{originVersion + 1})
		}},
		{name: "left over bytes", want: wire.ErrCorrupt, value: func([]byte) []byte {
			a, _ := bagMaker{}.New()
			return shardValue(append(encodeShard(&Positions{}, a), 0))
		}},
		{name: "empty payload", want: wire.ErrCorrupt, value: func([]byte) []byte { return shardValue(nil) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			learn(t, openShard(t, store, ShardOptions{Durable: true}), 0, 9)
			key := "sml.p.shard.sensors_2F0.1"
			good, err := store.Get(ctx, key)
			must(t, err)
			must(t, store.Set(ctx, key, c.value(good)))
			_, err = OpenShard(ctx, store, "sml.p", testShard, bagMaker{}, ShardOptions{Atomic: true})
			if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), testShard) {
				t.Errorf("error %v, want one that wraps %v and names the shard", err, c.want)
			}
		})
	}
}

// shardValue is the value of a version key with that payload.
func shardValue(payload []byte) []byte {
	var w wire.Writer
	w.Uint64(1)
	w.Uvarint(0)
	w.Raw(payload)
	return wire.Seal(wire.KindShard, journalVersion, w.Bytes())
}

func TestOpenShardFails(t *testing.T) {
	ctx := context.Background()
	if _, err := OpenShard(ctx, NewMemory(), "sml.p", "", bagMaker{}, ShardOptions{}); !errors.Is(err, ErrName) {
		t.Errorf("empty id: %v, want ErrName", err)
	}
	if _, err := OpenShard(ctx, &faulty{fault: down}, "sml.p", testShard, bagMaker{}, ShardOptions{}); !errors.Is(err, ErrStore) {
		t.Errorf("store down: %v, want ErrStore", err)
	}
}

// TestShardStress has three owners of one shard, each with two threads, learn
// overlapping ranges over a store that fails at random: a rebalance storm.
func TestShardStress(t *testing.T) {
	const (
		seed    = 1
		owners  = 3
		threads = 2
		last    = 399
		batch   = 20
	)
	for _, atomic := range []bool{true, false} {
		t.Run(fmt.Sprintf("atomic %v", atomic), func(t *testing.T) {
			store := &faulty{}
			var mu sync.Mutex
			r := rand.New(rand.NewPCG(seed, 0))
			store.fail(func(string, string) (before, after error) {
				mu.Lock()
				defer mu.Unlock()
				switch r.IntN(20) {
				case 0:
					return errDown, nil
				case 1:
					return nil, errDown
				}
				return nil, nil
			})
			opts := ShardOptions{
				Durable: true, Atomic: atomic, MarkInterval: 5, MaxValue: 400,
				Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			}
			var group sync.WaitGroup
			for owner := range owners {
				var s *Shard[*bag]
				must(t, retry(context.Background(), opts.Sleep, nil, func() (err error) {
					s, err = OpenShard(context.Background(), store, "sml.p", testShard, bagMaker{}, opts)
					return err
				}))
				for thread := range threads {
					order := rand.New(rand.NewPCG(seed, uint64(owner*threads+thread+1))).Perm((last + 1) / batch)
					group.Go(func() {
						for _, k := range order {
							o := offsets(int64(k*batch), int64((k+1)*batch-1))
							if _, err := s.Learn(context.Background(), len(o), o, learnInto(o)); err != nil {
								t.Errorf("learn: %v", err)
								return
							}
						}
					})
				}
			}
			group.Wait()
			store.fail(nil)
			requireStoredWith(t, store, opts, 0, last)
		})
	}
}

func TestShardCounts(t *testing.T) {
	s := openShard(t, NewMemory(), ShardOptions{Durable: true})
	learn(t, s, 0, 4)
	learn(t, s, 5, 9)
	if s.ID() != testShard || s.Version() != 2 || s.Counters().Flushes != 2 || s.Counters().Bytes == 0 {
		t.Errorf("id %q, version %d, counters %+v", s.ID(), s.Version(), s.Counters())
	}
}

// BenchmarkShardLearn is a durable batch of 1,000 into memory: the protocol's
// own cost.
func BenchmarkShardLearn(b *testing.B) {
	store := NewMemory()
	s, err := OpenShard(context.Background(), store, "sml.p", testShard, bagMaker{}, ShardOptions{Durable: true})
	if err != nil {
		b.Fatal(err)
	}
	o := slices.Clone(offsets(0, 999))
	nothing := func(*bag, []int) error { return nil }
	for b.Loop() {
		if _, err := s.Learn(context.Background(), len(o), o, nothing); err != nil {
			b.Fatal(err)
		}
		for i := range o {
			o[i] += int64(len(o))
		}
	}
}
