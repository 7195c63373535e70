package processors

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// testFeatures returns a processor's state over the store, as after a start.
func testFeatures(t *testing.T, store state.Store, keys int) *featureState {
	t.Helper()
	plan, err := features.NewPlan([]features.Spec{{Name: "n", Type: "count", Of: "x", Rows: features.MaxRows}, {Type: "ewma", Of: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	return &featureState{
		store: store, base: "sml.f.features", durable: true, shards: map[string]*featureShard{},
		maker: features.Maker{Plan: plan, Limits: features.Limits{Keys: keys, Replay: 100}},
	}
}

// testRows returns rows with offsets from to to; a row depends on its offset only.
func testRows(from, to int) []featureRow {
	var out []featureRow
	for i := from; i < to; i++ {
		out = append(out, featureRow{
			message: live.Message{Shard: "t/0", Offset: int64(i), HasOffset: true},
			row:     features.Row{Key: fmt.Sprint(i * 7919 % 23), Time: int64(i), Values: []float64{float64(i % 10)}},
		})
	}
	return out
}

// TestFeaturesSurviveCrashes: the processor is killed and started again at any
// batch, what was delivered is delivered again, an owner that was overtaken goes
// on with old rows, and keys leave and come back all the while. Every row gets
// what it gets without any of that.
func TestFeaturesSurviveCrashes(t *testing.T) {
	ctx := context.Background()
	const rows = 2000
	whole := testFeatures(t, state.NewMemory(), 1000)
	want := testRows(0, rows)
	for from := 0; from < rows; from += 50 {
		if err := whole.take(ctx, want[from:from+50]); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(11, 12))
	store := state.NewMemory()
	owner := testFeatures(t, store, 5)
	var overtaken *featureState
	check := func(who string, got []featureRow) {
		t.Helper()
		for _, r := range got {
			if w := want[r.message.Offset].values; !slices.Equal(r.values, w) {
				t.Fatalf("%s: offset %d got %v, want %v", who, r.message.Offset, r.values, w)
			}
		}
	}
	for at := 0; at < rows; {
		n := min(1+random.IntN(40), rows-at)
		batch := testRows(max(0, at-random.IntN(30)), at+n)
		if err := owner.take(ctx, batch); err != nil {
			t.Fatal(err)
		}
		check("owner", batch)
		at += n
		switch random.IntN(4) {
		case 0: // killed
			owner = testFeatures(t, store, 5)
		case 1: // another process takes over, and this one does not know
			overtaken, owner = owner, testFeatures(t, store, 5)
		case 2:
			if overtaken != nil {
				old := testRows(max(0, at-20), at)
				if err := overtaken.take(ctx, old); err != nil {
					t.Fatal(err)
				}
				check("overtaken", old)
			}
		}
	}
}
