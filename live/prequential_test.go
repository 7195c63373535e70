package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// TestPrequentialAfterCrashes: processes die after a drawn number of operations of a store that
// fails now and then, between any two writes, and the next one gets what was not
// acknowledged, and some rows before it. The evaluation is in the end that of a stream
// without a crash: no row that was learned lacks in it, and none is there twice.
func TestPrequentialAfterCrashes(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		synctest.Test(t, func(t *testing.T) {
			name := []string{"trees", "number", "forest"}[seed%3]
			rows := checkered(rand.New(rand.NewPCG(seed, 41)), "t/0", 0, 160)
			s := adaptiveSettings(true)
			crashed := 0 // after rows were acknowledged, or learned
			says := func(crashes bool) string {
				r, store := rand.New(rand.NewPCG(seed, 42)), state.NewMemory()
				for process, acked := uint64(0), 0; acked < len(rows); process++ {
					left, before := -1, acked
					if crashes && process < 30 {
						left = 100 + r.IntN(300)
					}
					acked = testUntilCrash(t, store, s, name, rows, acked, r, seed+1000*process, left)
					if left > 0 && acked > before && acked < len(rows) {
						crashed++
					}
				}
				h, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml"})
				defer func() { _ = h.Close(context.Background()) }()
				e, err := h.Project().Scores().Evaluation(context.Background(), name)
				if err != nil || e == nil {
					t.Fatalf("evaluation %v, %v", e, err)
				}
				if e.Numbers != nil {
					return fmt.Sprintf("%v rows, error %.9g", e.Numbers.Rows, *e.Numbers.MAE)
				}
				return fmt.Sprintf("%v rows, log loss %.9g", e.Classes.Rows, *e.Classes.LogLoss)
			}
			if got, want := says(true), says(false); got != want || crashed == 0 {
				t.Errorf("seed %d, %s: after %d processes it is %s, want %s", seed, name, crashed, got, want)
			}
		})
	}
}

// testUntilCrash lets one process test and learn batches until it crashes or has some, and returns
// how many rows are acknowledged.
func testUntilCrash(t *testing.T, store state.Store, s live.Settings, name string, rows []live.Message, acked int, r *rand.Rand, seed uint64, left int) int {
	t.Helper()
	ctx, crash := context.WithCancel(context.Background())
	defer crash()
	if left > 0 {
		store = statetest.NewUnreliable(store, seed, 0.05, left, crash)
	}
	h, _ := open(t, store, s)
	defer func() { _ = h.Close(ctx) }()
	test, err := live.NewPrequential(h.Project(), name, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		from, to := max(0, acked-r.IntN(20)), min(len(rows), acked+1+r.IntN(40))
		batch := append([]live.Message{}, rows[from:to]...)
		tests := test.Begin(len(batch))
		err := h.LearnTested(ctx, batch, tests)
		if ctx.Err() != nil {
			return acked // nothing is acknowledged
		}
		if err != nil {
			t.Fatalf("learning fails though the process lives: %v", err)
		}
		for i := range batch {
			if batch[i].Err != nil || len(tests.JSON(i)) == 0 {
				t.Fatalf("row %d has the error %v and the result %q", from+i, batch[i].Err, tests.JSON(i))
			}
		}
		if acked = to; acked == len(rows) {
			return acked
		}
	}
	return acked
}
