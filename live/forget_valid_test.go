package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestValidForgetsAreTaken draws windows of rows, weights of different size, decay and
// outliers. Rows that were learned, and have not left the window, can be forgotten, in any
// order and batches; one that was never learned cannot.
func TestValidForgetsAreTaken(t *testing.T) {
	for seed := range drawn.Seeds(240) {
		kind := []string{"window", "weights", "decay", "window and weights"}[seed%4]
		t.Run(fmt.Sprint(kind, " ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 43))
			s := settings(true)
			s.Exact, s.Learn.Models = true, nil
			weights := []float64{0}
			if kind != "window" && kind != "decay" {
				weights = []float64{1, 1e6, 1000, 1e-3, 0.1}
			}
			switch kind {
			case "window", "window and weights":
				s.Learn.Composition = project.Composition{}.With(project.Window{Rows: 20 + r.IntN(80), Tiles: 1 + r.IntN(12), Beside: r.IntN(2) == 0})
			case "decay":
				s.Learn.Composition = project.Composition{}.With(project.Decay{HalfLife: []time.Duration{time.Hour, 10 * time.Second, time.Second}[r.IntN(3)]})
			}
			h, _ := open(t, state.NewMemory(), s)
			p, now := h.Project(), time.Now().Add(-time.Hour)
			var all []live.Message
			for i := range 4 + r.IntN(60) {
				x := float64(r.IntN(8))
				if r.IntN(5) == 0 {
					x = []float64{1e12, 1e3, -1e6, 1e15}[r.IntN(4)]
				}
				all = append(all, live.Message{
					Data: fmt.Appendf(nil, `{"x":%v,"kind":"k%d"}`, x, r.IntN(3)), Shard: fmt.Sprintf("t/%d", r.IntN(2)), Offset: int64(i), HasOffset: true,
					Weight: weights[r.IntN(len(weights))], Time: now.Add(time.Duration(i) * time.Second).UnixNano(),
				})
			}
			learnAll(t, p, append([]live.Message(nil), all...))
			gone := heldOf(s, all, r.Perm(len(all) - 1)[:len(all)/2])
			for len(gone) > 0 {
				n := min(len(gone), 1+r.IntN(6))
				var batch []live.Message
				for _, i := range gone[:n] {
					batch = append(batch, all[i])
				}
				gone = gone[n:]
				if err := p.Forget(context.Background(), batch); err != nil {
					t.Fatal(err)
				}
				for i := range batch {
					if batch[i].Err != nil {
						t.Errorf("row %s of weight %v: %v", batch[i].Data, batch[i].Weight, batch[i].Err)
					}
				}
			}
			never := []live.Message{{Data: []byte(`{"x":5.5,"kind":"k0"}`), Shard: "t/0", Weight: 1e6, Time: all[len(all)-1].Time}}
			if err := p.Forget(context.Background(), never); err != nil || never[0].Err == nil {
				t.Errorf("a row that was never learned was forgotten: %v", err)
			}
		})
	}
}

// heldOf returns those of the rows that a window of rows still holds. Others are taken from rows
// of equal values, where the window has any (docs/forgetting.md).
func heldOf(s live.Settings, all []live.Message, chosen []int) (out []int) {
	w := project.Of[project.Window](&s.Learn.Composition)
	for _, i := range chosen {
		later := 0
		for j := i + 1; j < len(all); j++ {
			if all[j].Shard == all[i].Shard {
				later++
			}
		}
		if w.Rows == 0 || later < w.Rows {
			out = append(out, i)
		}
	}
	return out
}
