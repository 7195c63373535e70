package state

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
)

// TestOldOwnersDoNotHaveTheLastWord: a shard passes from owner to owner, and all of
// them live on. Drawn keys vanish, and all that hold the shard look in any order,
// those with older states first or last. The last owner's messages are all there
// afterwards, with positions or without, over topics that are created anew.
func TestOldOwnersDoNotHaveTheLastWord(t *testing.T) {
	for seed := range drawn.Seeds(120) {
		r := rand.New(rand.NewPCG(seed, 41))
		store := NewMemory()
		options := ShardOptions{
			Durable: true, MarkInterval: 4 + seed%5, MaxValue: 40 + int(seed%2)*4000,
			Sleep: func(context.Context, time.Duration) error { return nil },
		}
		name, ctx := fmt.Sprintf("seed %d", seed), context.Background()
		bare := seed%4 == 0
		total, next, topic := int64(0), int64(0), 0
		learn := func(s *Shard[*bag]) {
			n := int64(1 + r.IntN(5))
			o := offsets(total, total+n-1) // what a message teaches
			a := Arrivals{Count: len(o), Origin: Origin{Topic: fmt.Sprint(topic)}}
			if !bare {
				a.Offsets = offsets(next, next+n-1)
			}
			_, err := s.LearnFrom(ctx, a, learnInto(o))
			must(t, err)
			total, next = total+n, next+n
		}
		var owners []*Shard[*bag]
		for range 2 + r.IntN(3) {
			s, err := OpenShard(ctx, store, "p", "t/0", bagMaker{}, options)
			must(t, err)
			owners = append(owners, s)
			for range 1 + r.IntN(6) {
				if r.IntN(5) == 0 {
					topic, next = topic+1, 0
				}
				learn(s)
			}
		}
		last := owners[len(owners)-1]
		for range 3 {
			lose(store, r, []float64{0.4, 0.8, 1}[r.IntN(3)])
			for _, k := range r.Perm(len(owners)) {
				if owners[k] == last && r.IntN(2) == 0 {
					learn(last) // before it has looked
				}
				must(t, owners[k].Keep(ctx))
			}
			must(t, last.Flush(ctx))
			must(t, last.Keep(ctx))
			must(t, NewDirectory(store, "p").Register(ctx, "t/0"))
			fresh, err := OpenShard(ctx, store, "p", "t/0", bagMaker{}, options)
			must(t, err)
			fresh.View(func(b *bag, _ *Positions) {
				if b.total() != total || int64(len(b.counts)) != total {
					t.Errorf("%s: %d messages, %d of them different, want %d", name, b.total(), len(b.counts), total)
				}
			})
			if t.Failed() {
				return
			}
		}
	}
}
