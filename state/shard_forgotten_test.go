package state

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// TestForgottenTopicsAreTold: keys vanish, another process begins the shard anew, and the
// topic is created again so often that its record forgets it, before the first process
// looks. What the first one alone held of the topic is owed where the record remembers its
// positions in short, and else it is told that nobody can know.
func TestForgottenTopicsAreTold(t *testing.T) {
	owed, told := 0, 0
	for seed := range drawn.Seeds(200) {
		r := rand.New(rand.NewPCG(seed, 12))
		store, unknown := NewMemory(), []Interval(nil)
		open := func() *Shard[*bag] {
			s, err := OpenShard(context.Background(), store, "p", "t/0", bagMaker{}, ShardOptions{
				Durable: true, Sleep: func(context.Context, time.Duration) error { return nil },
				Unknown: func(positions []Interval) { unknown = append(unknown, positions...) },
			})
			must(t, err)
			return s
		}
		learn := func(s *Shard[*bag], topic int, at ...int64) {
			values := slices.Clone(at)
			for i := range values {
				values[i] += int64(topic) * topicRows
			}
			_, err := s.LearnFrom(context.Background(), Arrivals{Count: len(at), Offsets: at, Origin: Origin{Topic: fmt.Sprint("id", topic)}}, learnInto(values))
			must(t, err)
		}
		former := open()
		rows := offsets(0, 10+r.Int64N(60))
		learn(former, 0, rows...)
		lose(store, r, 1)
		later := open()
		var again []int64 // with gaps, as of a filter
		for at := int64(r.IntN(4)); at < rows[len(rows)-1]; at += 1 + r.Int64N(4) {
			again = append(again, at)
		}
		learn(later, 0, again...)
		for topic := 1; topic <= pastTopics+1+r.IntN(4); topic++ {
			learn(later, topic, offsets(0, 3)...)
		}
		must(t, former.Follow(context.Background()))
		must(t, later.Follow(context.Background()))
		later.View(func(b *bag, p *Positions) {
			missing := slices.DeleteFunc(slices.Clone(rows), func(at int64) bool { return b.counts[at] > 0 })
			if len(missing) == 0 {
				return
			}
			var due offsetSet
			if at := p.setAt(owedTopic + "id0"); at >= 0 {
				due = p.past[at].set
			}
			switch isOwed := !slices.ContainsFunc(missing, func(at int64) bool { return !due.Contains(at) }); {
			case isOwed:
				owed++
			case p.forgot("id0") && unknown != nil:
				told++
			default:
				t.Errorf("seed %d: %v are missing, %v owed, told %v; past %v", seed, missing, due.intervals, unknown, p.past)
			}
		})
	}
	if owed < 10 || told < 10 {
		t.Errorf("%d owed, %d told", owed, told)
	}
	t.Logf("%d owed, %d told", owed, told)
}
