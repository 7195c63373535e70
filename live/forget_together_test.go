package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestAcceptedForgetsLast draws what makes rows hard to take away at once: windows
// of rows whose tiles have equal rows, weights of different size, decay with
// outliers. What has been accepted stays forgotten, whatever is asked next: the
// weight that is left is that of the rows learned less those accepted, and nothing
// is said to be impossible to take away.
func TestAcceptedForgetsLast(t *testing.T) {
	for seed := range drawn.Seeds(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 41))
			s := settings(true)
			s.Exact = true
			s.Learn.Models = nil
			weights := []float64{0}
			switch r.IntN(3) {
			case 0:
				s.Learn.Composition = project.Composition{}.With(project.Window{Rows: 100, Tiles: 12, Beside: r.IntN(2) == 0})
			case 1:
				weights = []float64{1, 1e6, 1000, 1e-3}
			case 2:
				s.Learn.Composition = project.Composition{}.With(project.Decay{HalfLife: time.Hour})
			}
			h, _ := open(t, state.NewMemory(), s)
			p, now := h.Project(), time.Now().Add(-time.Hour)
			var all []live.Message
			for i := range 4 + r.IntN(30) {
				x := float64(r.IntN(8))
				if s.Learn.Composition.NeedsTime() && r.IntN(5) == 0 {
					x = 1e12
				}
				all = append(all, live.Message{
					Data: fmt.Appendf(nil, `{"x":%v,"kind":"k%d"}`, x, r.IntN(3)), Shard: fmt.Sprintf("t/%d", r.IntN(2)), Offset: int64(i), HasOffset: true,
					Weight: weights[r.IntN(len(weights))], Time: now.Add(time.Duration(i) * time.Second).UnixNano(),
				})
			}
			learnAll(t, p, append([]live.Message(nil), all...))
			before := rows(t, p)
			for _, i := range r.Perm(len(all))[:len(all)/2] {
				m := []live.Message{all[i]}
				if err := p.Forget(context.Background(), m); err != nil {
					t.Fatal(err)
				}
				after := rows(t, p)
				if m[0].Err == nil && !(after < before) || m[0].Err != nil && after != before {
					t.Fatalf("row %d of weight %v: %v %v, weight %v before and %v after", i, m[0].Weight, m[0].Outcome, m[0].Err, before, after)
				}
				before = after
			}
			info, err := p.Info(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, shard := range info.Shards {
				if shard.Unforgotten != "" {
					t.Errorf("shard %s: %s", shard.ID, shard.Unforgotten)
				}
			}
		})
	}
}

// TestHeavyRowsAreRefusedSingly: a value that is too large for the weight of its row
// refuses that row, and the others of its batch are learned.
func TestHeavyRowsAreRefusedSingly(t *testing.T) {
	for name, heavy := range map[string]live.Message{
		"value times weight": {Data: []byte(`{"x":1e72,"kind":"k0"}`), Weight: 1000},
		"large weight":       {Data: []byte(`{"x":1e60,"kind":"k0"}`), Weight: 1e60},
		"weight alone":       {Data: []byte(`{"x":1,"kind":"k0"}`), Weight: 1e100},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := open(t, state.NewMemory(), settings(true))
			messages := batch(0, 0, 10)
			heavy.Shard, heavy.Offset, heavy.HasOffset = "t/0", 10, true
			messages = append(messages, heavy)
			messages = append(messages, batch(0, 11, 20)...)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := h.Project().Learn(ctx, messages); err != nil {
				t.Fatal(err)
			}
			for i := range messages {
				if refused := messages[i].Err != nil; refused != (i == 10) {
					t.Errorf("message %d: %v", i, messages[i].Err)
				}
			}
			if err := messages[10].Err; err == nil || !strings.Contains(err.Error(), "weight") {
				t.Errorf("the heavy row says %v", err)
			}
			if n := rows(t, h.Project()); n != 19 {
				t.Errorf("%v rows are learned, want 19", n)
			}
		})
	}
}
