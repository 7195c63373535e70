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

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// owners are processes that learn one shard in turn, while its topic is deleted and
// created again and keys vanish. All of them live to the end.
type owners struct {
	t      *testing.T
	name   string
	random *rand.Rand
	store  *Memory
	all    [4]*Shard[*bag] // nil for one that has not opened the shard
	active int
	topic  int64   // the present one
	next   int64   // of the source
	tops   []int64 // by topic, one more than the last position that was given
	said   []string
	set    int // times that the source was set back
	// unknown is how often it was told that a topic is not remembered.
	unknown int
	// restless says that topics are created again so often that a record forgets some.
	restless bool
}

// topicRows is more than a topic has.
const topicRows = 100_000

func (o *owners) log(format string, args ...any) {
	o.said = append(o.said, fmt.Sprintf(format, args...))
}

// owner returns the shard of the active process, which opens it at first use. Where
// remains of a record keep it from that, the others look first.
func (o *owners) owner() *Shard[*bag] {
	if o.all[o.active] == nil {
		options := ShardOptions{
			Durable: true, MarkInterval: 4,
			Sleep:    func(context.Context, time.Duration) error { return nil },
			Restored: func(lost error) { o.log("restored: %v", lost) },
			Unknown:  func(positions []Interval) { o.log("unknown: %v", positions); o.unknown++ },
		}
		s, err := OpenShard(context.Background(), o.store, "p", "t/0", bagMaker{}, options)
		if errors.Is(err, wire.ErrCorrupt) {
			o.look()
			s, err = OpenShard(context.Background(), o.store, "p", "t/0", bagMaker{}, options)
		}
		must(o.t, err)
		o.all[o.active] = s
	}
	return o.all[o.active]
}

// look lets all processes look, in a drawn order.
func (o *owners) look() {
	for _, k := range o.random.Perm(len(o.all)) {
		if s := o.all[k]; s != nil {
			must(o.t, errors.Join(s.Follow(context.Background()), s.Keep(context.Background())))
		}
	}
}

// learn lets the active process learn the next rows of the present topic, whose
// values are unique.
func (o *owners) learn() {
	for tries := 0; ; tries++ {
		at := offsets(o.next, o.next+o.random.Int64N(5))
		values := slices.Clone(at)
		for i := range values {
			values[i] += o.topic * topicRows
		}
		_, err := o.owner().LearnFrom(context.Background(), Arrivals{Count: len(at), Offsets: at, Origin: Origin{Topic: fmt.Sprint("id", o.topic)}}, learnInto(values))
		var owing *owing
		if tries == 0 && errors.As(err, &owing) {
			o.log("process %d stops at %d, %v is owed", o.active, o.next, owing.owed)
			o.next = owing.owed[0].First
			o.set++
			continue
		}
		if err != nil {
			o.t.Fatalf("%s: %v\n%s", o.name, err, strings.Join(o.said, "\n"))
		}
		o.log("process %d learns %d to %d of topic %d", o.active, at[0], at[len(at)-1], o.topic)
		o.next += int64(len(at))
		o.tops[o.topic] = max(o.tops[o.topic], o.next)
		return
	}
}

// step does one drawn thing.
func (o *owners) step() {
	r := o.random
	kind := r.IntN(8)
	if o.restless && kind > 3 && r.IntN(3) == 0 {
		kind = 2
	}
	switch kind {
	case 0:
		o.active = r.IntN(len(o.all))
		if r.IntN(2) == 0 {
			o.next -= min(o.next, r.Int64N(4)) // the one before has crashed
		}
		o.log("process %d is next, from %d", o.active, o.next)
	case 1:
		share := []float64{0.6, 1, 1}[r.IntN(3)]
		o.log("%v of the keys vanish", share)
		lose(o.store, r, share)
	case 2:
		for o.next < o.tops[o.topic] {
			o.learn()
		}
		o.topic, o.next, o.tops = o.topic+1, 0, append(o.tops, 0)
		o.log("topic %d", o.topic)
	case 3:
		k := r.IntN(len(o.all))
		if s := o.all[k]; s != nil {
			o.log("process %d looks", k)
			must(o.t, []func(context.Context) error{s.Follow, s.Keep, s.Flush}[r.IntN(3)](context.Background()))
		}
	default:
		o.learn()
	}
}

// TestOwnersTopicsAndLosses: processes learn a shard in turn, in a drawn order with topics
// that are deleted and created again and keys that vanish, while former owners look at
// drawn moments. In the end each row counts once, or the record says that it is owed: of
// the present topic nothing is, once the source has been set back as the errors ask for.
func TestOwnersTopicsAndLosses(t *testing.T) {
	set, turned, told := 0, 0, map[string]bool{}
	for seed := range drawn.Seeds(1500) {
		o := &owners{t: t, name: fmt.Sprintf("seed %d", seed), random: rand.New(rand.NewPCG(seed, 78)), store: NewMemory(), tops: []int64{0}, restless: seed%2 == 1}
		for range 8 + o.random.IntN(25) {
			o.step()
		}
		for range 3 {
			o.look()
			for o.learn(); o.next < o.tops[o.topic]; {
				o.learn()
			}
		}
		o.look()
		o.owner().View(func(b *bag, p *Positions) {
			owed := map[int64]bool{}
			for _, e := range p.past {
				if topic, learned := learnedTopic(e.topic); !learned {
					for _, v := range e.set.intervals {
						for _, at := range offsets(v.First, v.Last) {
							var k int64
							fmt.Sscanf(topic, "id%d", &k)
							owed[k*topicRows+at] = true
						}
					}
				}
			}
			for k, top := range o.tops {
				for at := range top {
					value := int64(k)*topicRows + at
					if p.forgot(fmt.Sprintf("id%d", k)) && b.counts[value] == 0 && !owed[value] && o.unknown > 0 {
						told[o.name] = true // of a topic of which nothing more is remembered
						continue
					}
					if n := b.counts[value]; n != 1 && !(n == 0 && owed[value] && int64(k) < o.topic) {
						t.Fatalf("%s: row %d of topic %d counts %d times, owed %v; positions %v, others %v\n%s", o.name, at, k, n, owed[value], p.Intervals(), p.past, strings.Join(o.said, "\n"))
					}
				}
			}
			if _, due := p.firstDue(); due {
				t.Errorf("%s: %v is still owed", o.name, p.Owed())
			}
			turned += strings.Count(strings.Join(o.said, "\n"), "both states were joined")
		})
		set += o.set
	}
	t.Logf("in %d histories rows of a topic are missing of which nothing more is remembered, and it is said", len(told))
	if least := int(drawn.Seeds(20)); set < least || turned < least {
		t.Errorf("sources were set back %d times and states joined %d times, want more of both", set, turned)
	}
}

// TestJoinedTopicsThatMayGoOn: of two states that are joined each has a topic of its own
// that messages may still come of, and as many earlier ones as a record remembers: what is
// forgotten are earlier ones, so that no message of either is learned again.
func TestJoinedTopicsThatMayGoOn(t *testing.T) {
	var here, there Positions
	enter := func(p *Positions, topic string) {
		p.enter(Origin{Topic: topic})
		p.AddRange(0, 2)
	}
	enter(&here, "here")
	for i := range pastTopics {
		enter(&there, fmt.Sprint("earlier ", i))
	}
	enter(&there, "there")
	if !here.join(&there) {
		t.Fatal("not joined")
	}
	for _, topic := range []string{"here", "there"} {
		here.turn(topic)
		if got := here.origin.Topic; got != topic || !here.Contains(2) {
			t.Errorf("topic %q with %v, want %q with 0 to 2", got, here.Intervals(), topic)
		}
	}
}
