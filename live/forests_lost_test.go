package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestOldForestIsReplaced: all keys vanish, and a process that was idle stores the forest
// again as it has known it. The process that let it grow since stores it as it was,
// or the log says that it has grown in two ways.
func TestOldForestIsReplaced(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(4) {
		r, store, s := rand.New(rand.NewPCG(seed, 78)), state.NewMemory(), forestSettings(true)
		busy, told := open(t, store, s)
		idle, toldIdle := open(t, store, s)
		next := map[*live.Handle]int{}
		learn := func(h *live.Handle, shard string, n int) {
			learnAll(t, h.Project(), checkered(r, shard, next[h], n))
			next[h] += n
		}
		learn(busy, "t/0", 40)
		learn(idle, "t/1", 40)
		for range 20 {
			learn(busy, "t/0", 50+r.IntN(50))
		}
		vanish(store, r, 1)
		learn(idle, "t/1", 1+r.IntN(8))
		look(t, idle.Project())
		look(t, busy.Project())
		look(t, idle.Project())
		for at, h := range []*live.Handle{busy, idle} {
			// Where both let it grow in two ways, that is said.
			said := strings.Contains(strings.Join(append(told.warnings, toldIdle.warnings...), "\n"), "forest")
			if got := correct(t, h.Project()); got < 0.85 && !said {
				t.Errorf("seed %d, %s: %v of the classes are right, want 0.85", seed, fmt.Sprint("process ", at), got)
			}
			if err := h.Close(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}
