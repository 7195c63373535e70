package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// group is a source of one partition with markers of transactions, the offset that a
// group has committed, and the processes of the group. A process that has ended holds
// nothing any more.
type group struct {
	t       *testing.T
	name    string
	random  *rand.Rand
	store   *Memory
	all     []*Shard[*bag] // of those that live, nil before the shard is opened
	active  int
	next    int64 // of the source
	top     int64 // one more than the last row that was given
	last    int64 // the last row that was acknowledged, -1 for none
	begun   bool  // the process has told where it began
	begin   Begin
	said    []string
	set     int
	skipped offsetSet // positions that were said to be missing
	gaps    int
	options ShardOptions
}

// isMarker reports whether no message is at a position.
func isMarker(at int64) bool { return at%7 == 6 }

func (g *group) log(format string, args ...any) {
	g.said = append(g.said, fmt.Sprintf(format, args...))
}

func (g *group) fail(format string, args ...any) {
	g.t.Helper()
	g.t.Fatalf("%s: %s\n%s", g.name, fmt.Sprintf(format, args...), strings.Join(g.said, "\n"))
}

// assign gives the partition to a process, from where the group has committed or, with
// back, from there.
func (g *group) assign(k int, back int64) {
	g.active, g.begun = k, false
	at := g.last + 1
	if isMarker(at) && g.random.IntN(2) == 0 {
		at++ // the marker has been passed
	}
	g.begin = Begin{Known: g.last >= 0, At: at, Last: g.last, Noted: true}
	if back >= 0 {
		g.begin = Begin{Known: true, At: back, Last: back - 1} // the tool notes nothing
	}
	g.next = g.begin.At
	g.log("process %d is next, from %d after %d", k, g.begin.At, g.begin.Last)
}

func (g *group) owner() *Shard[*bag] {
	if g.all[g.active] == nil {
		s, err := OpenShard(context.Background(), g.store, "p", "t/0", bagMaker{}, g.options)
		if errors.Is(err, wire.ErrCorrupt) {
			g.look()
			if s, err = OpenShard(context.Background(), g.store, "p", "t/0", bagMaker{}, g.options); err != nil {
				lose(g.store, g.random, 1) // nobody has it any more, and the user starts anew
				s, err = OpenShard(context.Background(), g.store, "p", "t/0", bagMaker{}, g.options)
			}
		}
		must(g.t, err)
		g.all[g.active] = s
	}
	return g.all[g.active]
}

func (g *group) look() {
	for _, k := range g.random.Perm(len(g.all)) {
		if s := g.all[k]; s != nil {
			must(g.t, errors.Join(s.Follow(context.Background()), s.Keep(context.Background())))
		}
	}
}

// learn lets the active process learn what comes next, and sets the group back where the
// error asks for it.
func (g *group) learn() {
	for tries := 0; ; tries++ {
		var at []int64
		for n := 1 + g.random.IntN(5); len(at) < n; g.next++ {
			if !isMarker(g.next) {
				at = append(at, g.next)
			}
		}
		a := Arrivals{Count: len(at), Offsets: at, Origin: Origin{Topic: "id"}}
		if !g.begun {
			a.Begin = g.begin
		}
		out, err := g.owner().LearnFrom(context.Background(), a, learnInto(at))
		var owing *owing
		if errors.As(err, &owing) && tries < 5 {
			g.log("stops at %d, %v is owed", at[0], owing.owed)
			g.set++
			g.assign(g.active, owing.owed[0].First)
			continue
		}
		if err != nil {
			g.fail("%v", err)
		}
		if len(out.Gone) > 0 {
			g.fail("%v is given up, and the source has all rows", out.Gone)
		}
		for _, v := range out.Skipped {
			g.skipped.addRange(v.First, v.Last)
		}
		g.log("process %d learns %d to %d", g.active, at[0], at[len(at)-1])
		g.begun = true
		g.last = max(g.last, at[len(at)-1])
		g.top = max(g.top, g.next)
		return
	}
}

func (g *group) step() {
	r := g.random
	switch r.IntN(8) {
	case 0:
		g.assign(r.IntN(len(g.all)), -1)
	case 1:
		k := r.IntN(len(g.all))
		g.log("process %d ends", k)
		g.all[k] = nil
		if k == g.active {
			g.assign(k, -1)
		}
	case 2:
		g.log("all keys vanish")
		lose(g.store, r, 1)
	case 3:
		if s := g.all[r.IntN(len(g.all))]; s != nil {
			must(g.t, []func(context.Context) error{s.Follow, s.Keep, s.Flush}[r.IntN(3)](context.Background()))
		}
	default:
		g.learn()
	}
}

// missing returns the rows that do not count, of those that were given.
func (g *group) missing(b *bag) (out []int64) {
	for at := range g.top {
		switch n := b.counts[at]; {
		case n == 0 && !isMarker(at):
			out = append(out, at)
		case n > 1:
			g.fail("row %d counts %d times", at, n)
		}
	}
	return out
}

// TestAcknowledgedRowsAreNotMissingInSilence: processes of a group that take turns, end
// with what only they held, and lose the store; markers of transactions are between the
// rows. A row that was acknowledged and is in no state is said to be: it is owed and the
// source stops, or it is before the first one. A source that is set back then has all
// rows, each once, and nothing is said any more. A marker alone stops nothing.
func TestAcknowledgedRowsAreNotMissingInSilence(t *testing.T) {
	before, gaps, set := 0, 0, 0
	for seed := range uint64(1500) {
		g := &group{t: t, name: fmt.Sprintf("seed %d", seed), random: rand.New(rand.NewPCG(seed, 79)), store: NewMemory(), all: make([]*Shard[*bag], 3), last: -1}
		g.options = ShardOptions{
			Durable: true, MarkInterval: 4,
			Sleep:    func(context.Context, time.Duration) error { return nil },
			Restored: func(lost error) { g.log("restored: %v", lost) },
			Gap: func(gap []Interval, owed bool) {
				g.gaps++
				if isMarker(gap[len(gap)-1].Last) || !owed {
					g.fail("%v is taken for a gap", gap)
				}
			},
		}
		for range 8 + g.random.IntN(30) {
			g.step()
		}
		g.look()
		g.learn()
		g.look()
		for g.learn(); g.next < g.top; {
			g.learn()
		}
		g.owner().View(func(b *bag, p *Positions) {
			said, _ := p.before()
			for _, at := range g.missing(b) {
				if !(&offsetSet{intervals: said}).Contains(at) && !(g.skipped.Contains(at) && p.Unseen() > 0) {
					g.fail("row %d does not count; positions %v, owed %v, before %v", at, p.Intervals(), p.Owed(), said)
				}
			}
			if len(p.Owed()) > 0 {
				g.fail("%v is owed", p.Owed())
			}
			if len(said) > 0 {
				before++
			}
		})
		g.assign(g.active, 0)
		for g.learn(); g.next < g.top; {
			g.learn()
		}
		g.owner().View(func(b *bag, p *Positions) {
			said, _ := p.before()
			if missing := g.missing(b); len(missing) > 0 || len(said) > 0 || len(p.Owed()) > 0 || p.lost() > 0 {
				g.fail("read again from 0: rows %v are missing, before %v, owed %v, lost %d", missing, said, p.Owed(), p.lost())
			}
		})
		gaps, set = gaps+g.gaps, set+g.set
	}
	if before < 50 || gaps < 50 || set < 50 {
		t.Errorf("%d shards began later, there were %d gaps, and %d sources were set back, want more", before, gaps, set)
	}
}

// TestWhatTheSourceHasNotIsGivenUp: what is owed has expired from the source, all of it or
// the first part. Once the source has been set back, it goes on, and says what is lost;
// before, and where an input does not say where it began, it stops.
func TestWhatTheSourceHasNotIsGivenUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		begin Begin
		first int64 // that the source still has
		stops bool
		gone  []Interval
	}{
		{name: "all of it", begin: Begin{Known: true, At: 10, Last: 9}, first: 30, gone: []Interval{{10, 14}, {20, 24}}},
		{name: "the first part", begin: Begin{Known: true, At: 10, Last: 9}, first: 20, gone: []Interval{{10, 14}}},
		{name: "nothing", begin: Begin{Known: true, At: 10, Last: 9}, first: 10},
		{name: "not set back", begin: Begin{Known: true, At: 30, Last: 29}, first: 30, stops: true},
		{name: "set back to the middle", begin: Begin{Known: true, At: 20, Last: 19}, first: 20, stops: true},
		{name: "unknown", first: 30, stops: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Positions{origin: Origin{Topic: "id"}}
			p.addRange(0, 9)
			owed := offsetSet{intervals: []Interval{{10, 14}, {20, 24}}}
			p.setPast(owedTopic+"id", &owed)
			s := sorting{before: p, arrivals: &Arrivals{Count: 41, Offsets: offsets(c.first, c.first+40), Origin: p.origin, Begin: c.begin}}
			err := s.sort()
			if c.stops {
				if !errors.Is(err, ErrOwed) {
					t.Fatalf("%v, want one that wraps ErrOwed", err)
				}
				return
			}
			must(t, err)
			lost := uint64(0)
			for _, v := range c.gone {
				lost += uint64(v.Last - v.First + 1)
			}
			if !slices.Equal(s.out.Gone, c.gone) || s.after.lost() != lost || len(s.after.Owed()) > 0 {
				t.Errorf("gone %v, lost %d, owed %v; want %v", s.out.Gone, s.after.lost(), s.after.Owed(), c.gone)
			}
			m := s.after.Missing()
			if m.Proved() != (lost > 0) {
				t.Errorf("says %q", m.String())
			}
		})
	}
}
