package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/account"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// noting counts what is noted by its reason.
type noting struct {
	accountant
	noted map[live.Outcome]int
	said  string
}

func (n *noting) Noted(_ string, reason live.Outcome, rows int, example account.Example) {
	n.noted[reason] += rows
	n.said = fmt.Sprint(example.Field, " ", example.Value, " ", example.Err)
}

// TestRowsOutOfReachAreNoted: rows that the trees of a number leave out are counted with a
// reason and an example, and all other statistics have them.
func TestRowsOutOfReachAreNoted(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(8) {
		r, store := rand.New(rand.NewPCG(seed, 41)), state.NewMemory()
		s := settings(seed%2 == 0)
		s.Learn.Models = []model.Definition{{Name: "f", Type: "forest", Target: "y", Options: map[string]any{"trees": 2}}}
		n := &noting{noted: map[live.Outcome]int{}}
		h, err := live.NewTable().Open(new(live.Scope), s, store, "root", n)
		if err != nil {
			t.Fatal(err)
		}
		far, from := 0, 0
		for range 6 {
			batch := make([]live.Message, 100)
			for i := range batch {
				y := fmt.Sprintf("%.4f", r.NormFloat64())
				if r.IntN(25) == 0 {
					y, far = "1e60", far+1
				}
				batch[i] = live.Message{Data: fmt.Appendf(nil, `{"x":%.4f,"y":%s}`, r.NormFloat64(), y), Shard: "t/0", Offset: int64(from), HasOffset: true}
				from++
			}
			learnAll(t, h.Project(), batch)
		}
		if got := n.noted["out_of_reach"]; got != far {
			t.Errorf("seed %d: %d rows are noted, want %d (%s)", seed, got, far, n.said)
		}
		summary, err := h.Project().Summary(ctx, "")
		if err != nil || summary.Weight() != 600 {
			t.Errorf("seed %d: %v rows count (%v), want 600", seed, summary.Weight(), err)
		}
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
