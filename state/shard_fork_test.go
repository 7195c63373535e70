package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// newcomer is a shard that one process has held while keys vanish, and another one that
// has never had it.
type newcomer struct {
	t       *testing.T
	name    string
	random  *rand.Rand
	store   *Memory
	options ShardOptions
	former  *Shard[*bag]
	said    []string
	next    int64 // of the source
	top     int64 // one more than the last position that it gave
	stopped bool  // a source was set back
}

func newNewcomer(t *testing.T, seed uint64) *newcomer {
	c := &newcomer{t: t, name: fmt.Sprintf("seed %d", seed), random: rand.New(rand.NewPCG(seed, 77)), store: NewMemory()}
	c.options = ShardOptions{
		Durable: true, MarkInterval: 2 + seed%6, MaxValue: 40 + int(seed%2)*4000,
		Sleep:    func(context.Context, time.Duration) error { return nil },
		Restored: func(lost error) { c.said = append(c.said, lost.Error()) },
	}
	return c
}

// open opens the shard in another process. Remains of a record tell that something is
// missing: then it waits for the former owner.
func (c *newcomer) open() *Shard[*bag] {
	s, err := OpenShard(context.Background(), c.store, "p", "t/0", bagMaker{}, c.options)
	if errors.Is(err, wire.ErrCorrupt) && c.former != nil {
		must(c.t, errors.Join(c.former.Follow(context.Background()), c.former.Keep(context.Background())))
		s, err = OpenShard(context.Background(), c.store, "p", "t/0", bagMaker{}, c.options)
	}
	must(c.t, err)
	return s
}

// learn lets a shard learn what the source gives next. Where messages are to be delivered again, the source
// is set back to the position that the error names, as its user would.
func (c *newcomer) learn(s *Shard[*bag]) {
	for tries := 0; ; tries++ {
		o := offsets(c.next, c.next+c.random.Int64N(6))
		_, err := s.LearnFrom(context.Background(), Arrivals{Count: len(o), Offsets: o, Origin: Origin{Topic: "id"}}, learnInto(o))
		var owing *owing
		if tries == 0 && errors.As(err, &owing) {
			if !strings.Contains(err.Error(), fmt.Sprintf("position %d,", owing.owed[0].First)) {
				c.t.Fatalf("%s: the error does not name the position: %v", c.name, err)
			}
			c.next, c.stopped = owing.owed[0].First, true
			continue
		}
		must(c.t, err)
		c.next += int64(len(o))
		c.top = max(c.top, c.next)
		return
	}
}

// goOn lets a new owner, or another one after it, learn on while the former one looks, and
// requires that each message counts once in the end.
func (c *newcomer) goOn(owner *Shard[*bag]) {
	t, r, ctx := c.t, c.random, context.Background()
	if r.IntN(3) == 0 {
		owner = c.open() // the new one has died
	}
	for range 4 {
		c.learn(owner)
		if r.IntN(2) == 0 {
			must(t, c.former.Follow(ctx))
		}
	}
	must(t, errors.Join(c.former.Follow(ctx), c.former.Keep(ctx), owner.Follow(ctx), owner.Keep(ctx)))
	for c.learn(owner); c.next < c.top; {
		c.learn(owner)
	}
	c.open().View(func(b *bag, p *Positions) {
		if err := once(b, 0, c.next-1); err != nil || p.Count() != uint64(c.next) || len(p.Owed()) > 0 {
			t.Fatalf("%s: %v; positions %v, owed %v, want 0 to %d\n%s", c.name, err, p.Intervals(), p.Owed(), c.next-1, strings.Join(c.said, "\n"))
		}
	})
}

// interrupted is a store before some of whose operations something else happens, to one
// operation after the other: a shard reads several keys at once.
type interrupted struct {
	Store
	mu     sync.Mutex
	before func()
}

func (s *interrupted) Get(ctx context.Context, key string) ([]byte, error) {
	s.interrupt()
	return s.Store.Get(ctx, key)
}

func (s *interrupted) Add(ctx context.Context, key string, value []byte) error {
	s.interrupt()
	return s.Store.Add(ctx, key, value)
}

func (s *interrupted) interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before()
}

// TestNewOwnerGoesOnMeanwhile: keys vanish, a process that never had the shard begins it
// anew, and goes on learning at drawn moments while the former owner looks, between any
// two of its operations in the store. Each message counts once in the end.
func TestNewOwnerGoesOnMeanwhile(t *testing.T) {
	joined, stopped := 0, 0
	for seed := range uint64(400) {
		c := newNewcomer(t, seed)
		r, ctx := c.random, context.Background()
		var owner *Shard[*bag]
		left := 0
		between := &interrupted{Store: c.store, before: func() {
			if owner != nil && left > 0 && r.IntN(4) == 0 {
				left--
				c.learn(owner)
			}
		}}
		former, err := OpenShard(ctx, between, "p", "t/0", bagMaker{}, c.options)
		must(t, err)
		for range 1 + r.IntN(8) {
			c.learn(former)
		}
		must(t, former.Flush(ctx)) // nothing is cleared up behind it any more: what follows is one goroutine
		lose(c.store, r, 1)
		if r.IntN(2) == 0 {
			c.next -= min(c.next, r.Int64N(8))
		}
		c.former = former
		owner = c.open()
		for range 1 + r.IntN(4) {
			c.learn(owner)
		}
		left = r.IntN(4)
		for range 3 {
			must(t, errors.Join(former.Follow(ctx), former.Keep(ctx)))
			if r.IntN(2) == 0 {
				must(t, owner.Follow(ctx))
			}
		}
		left = 0
		must(t, errors.Join(owner.Follow(ctx), owner.Keep(ctx), former.Follow(ctx), former.Keep(ctx)))
		for c.learn(owner); c.next < c.top; {
			c.learn(owner)
		}
		c.open().View(func(b *bag, p *Positions) {
			if err := once(b, 0, c.next-1); err != nil || p.Count() != uint64(c.next) || len(p.Owed()) > 0 {
				t.Fatalf("%s: %v; positions %v, owed %v, want 0 to %d\n%s", c.name, err, p.Intervals(), p.Owed(), c.next-1, strings.Join(c.said, "\n"))
			}
		})
		if c.stopped {
			stopped++
		} else if strings.Contains(strings.Join(c.said, ""), "both states were joined") {
			joined++
		}
	}
	if joined < 20 || stopped < 20 {
		t.Errorf("states were joined %d times and sources stopped %d times, want more of both", joined, stopped)
	}
}

// TestNewOwnerAfterLoss: keys vanish while a shard has an owner, and a process that never
// had the shard takes the source over: at the next message or, after a crash, some
// messages before. It finds nothing and begins anew, or finds remains and waits. The
// former owner looks then or later, and may be the last that lives. Whatever the order,
// each message counts once in the end; where both states have the same messages, the
// source stops until it is set back to the position that the error names.
func TestNewOwnerAfterLoss(t *testing.T) {
	joined, stopped := 0, 0
	for seed := range drawn.Seeds(300) {
		c := newNewcomer(t, seed)
		r, ctx := c.random, context.Background()
		former := c.open()
		for range 1 + r.IntN(8) {
			c.learn(former)
		}
		lose(c.store, r, []float64{0.6, 1, 1, 1}[r.IntN(4)])
		back := int64(0)
		if r.IntN(2) == 0 {
			back = min(c.next, r.Int64N(8))
		}
		c.next -= back
		c.former = former
		owner := c.open()
		for range r.IntN(12) {
			c.learn(owner)
		}
		if r.IntN(3) == 0 { // a third one follows it
			owner = c.open()
			c.learn(owner)
		}
		looks := []func() error{func() error { return former.Follow(ctx) }, func() error { return former.Keep(ctx) }, func() error { return former.Flush(ctx) }}
		must(t, looks[r.IntN(3)]())
		if r.IntN(3) == 0 {
			owner = c.open() // the new one has died
		}
		for range 4 {
			c.learn(owner)
			if r.IntN(2) == 0 {
				must(t, former.Follow(ctx))
			}
		}
		must(t, errors.Join(former.Follow(ctx), former.Keep(ctx), owner.Follow(ctx), owner.Keep(ctx)))
		for c.learn(owner); c.next < c.top; {
			c.learn(owner)
		}
		must(t, NewDirectory(c.store, "p").Register(ctx, "t/0"))
		c.open().View(func(b *bag, p *Positions) {
			if err := once(b, 0, c.next-1); err != nil || p.Count() != uint64(c.next) || len(p.Owed()) > 0 {
				t.Errorf("%s: %v; positions %v, owed %v, want 0 to %d\n%s", c.name, err, p.Intervals(), p.Owed(), c.next-1, strings.Join(c.said, "\n"))
			}
		})
		if t.Failed() {
			return
		}
		if c.stopped {
			stopped++
		} else if strings.Contains(strings.Join(c.said, ""), "both states were joined") {
			joined++
		}
	}
	if joined < int(drawn.Seeds(20)) || stopped < int(drawn.Seeds(10)) {
		t.Errorf("states were joined %d times and sources stopped %d times, want more of both", joined, stopped)
	}
}

// TestNewOwnerWhileFormerTidies: keys vanish while a shard's owner clears up behind what it
// has written, and a process that never had the shard begins it anew under the same
// numbers, between any two reads of the clearing up. What the new one has written stays.
func TestNewOwnerWhileFormerTidies(t *testing.T) {
	ctx, interruptions := context.Background(), 0
	for seed := range drawn.Seeds(1000) {
		c := newNewcomer(t, seed)
		r := c.random
		var owner *Shard[*bag]
		left := -1
		between := &interrupted{Store: c.store, before: func() {
			if left--; left != 0 {
				return
			}
			interruptions++
			lose(c.store, r, 1)
			if r.IntN(2) == 0 {
				c.next -= min(c.next, r.Int64N(8))
			}
			owner = c.open()
			for range 1 + r.IntN(12) {
				c.learn(owner)
			}
		}}
		loose := c.options
		loose.Durable = false // so that it writes below
		former, err := OpenShard(ctx, between, "p", "t/0", bagMaker{}, loose)
		must(t, err)
		for range 2 + r.IntN(12) {
			c.learn(former)
			must(t, former.enter(ctx))
			must(t, former.write(ctx))
			if owner == nil && r.IntN(3) == 0 {
				left = 1 + r.IntN(12)
			}
			former.journal.tidy(ctx)
			former.leave()
			left = -1
			if owner != nil {
				break
			}
		}
		if owner == nil {
			continue
		}
		c.former = former
		c.goOn(owner)
	}
	if interruptions < int(drawn.Seeds(200)) {
		t.Errorf("%d owners were interrupted, want more", interruptions)
	}
}

// TestOwnersOfPartsOfARecord: some keys of a shard vanish, the oldest or any, while a
// process holds it. Another one that never had it learns what the source gives next, then
// the former one goes on, and so on. Both look again and again. Each message counts once.
func TestOwnersOfPartsOfARecord(t *testing.T) {
	ctx, told := context.Background(), 0
	for seed := range drawn.Seeds(400) {
		c := newNewcomer(t, seed)
		r := c.random
		c.options.MarkInterval = 1000
		c.former = c.open()
		for range 2 + r.IntN(30) {
			c.learn(c.former)
		}
		must(t, c.former.Flush(ctx)) // nothing is cleared up behind it any more
		if r.IntN(2) == 0 {
			for v := range 1 + r.Uint64N(min(6, c.former.Version())) {
				must(t, c.store.Delete(ctx, c.former.journal.key(v+1)))
			}
			if r.IntN(2) == 0 {
				must(t, c.store.Delete(ctx, c.former.journal.headKey()))
			}
		} else {
			lose(c.store, r, 0.1+0.9*r.Float64())
		}
		owner := c.open()
		look := func() {
			for range 1 + r.IntN(4) {
				must(t, errors.Join(owner.Follow(ctx), owner.Keep(ctx), c.former.Follow(ctx), c.former.Keep(ctx)))
			}
		}
		c.learn(owner)
		for looks := r.IntN(2) == 0; r.IntN(20) > 0; {
			c.learn([]*Shard[*bag]{owner, c.former}[min(r.IntN(8), 1)])
			if looks && r.IntN(2) == 0 {
				look()
			}
		}
		last := []*Shard[*bag]{owner, c.former}[r.IntN(2)] // the other one only looks
		for range 4 {
			look()
			for c.learn(last); c.next < c.top; {
				c.learn(last)
			}
		}
		look()
		told += len(c.said)
		c.open().View(func(b *bag, p *Positions) {
			if err := once(b, 0, c.next-1); err != nil || p.Count() != uint64(c.next) || len(p.Owed()) > 0 {
				t.Fatalf("%s: %v; positions %v, owed %v, want 0 to %d\n%s", c.name, err, p.Intervals(), p.Owed(), c.next-1, strings.Join(c.said, "\n"))
			}
		})
	}
	if told < int(drawn.Seeds(200)) {
		t.Errorf("%d losses were told, want more", told)
	}
}
