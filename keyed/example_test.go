package keyed_test

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// A shard learns rows into the statistics of all rows and into those of each key.
func Example() {
	ctx, store := context.Background(), state.NewMemory()
	maker := keyed.Maker{Inner: stats.SummaryMaker{}, Each: stats.SlimMaker{}, Resident: 1000}
	shard, err := state.OpenShard(ctx, store, "sml.pumps", "sensors/0", maker, state.ShardOptions{Durable: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	values := keyed.NewValues(store, "sml.pumps", "sensors/0", 0)
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "temp"}}}
	rows := &stats.Rows{N: 3, Numeric: 1, Values: []float64{20, 50, 22}}
	var due paged.Due
	_, err = shard.Learn(ctx, rows.N, []int64{0, 1, 2}, func(a stats.Additive, fresh []int) error {
		k, ok := a.(*keyed.Keyed)
		if !ok || len(fresh) < rows.N {
			return fmt.Errorf("the shard keeps a %T and has seen %d of the rows", a, rows.N-len(fresh))
		}
		if err := k.Take(ctx, values, layout, rows, []string{"pump-7", "pump-8", "pump-7"}); err != nil {
			return err
		}
		if err := k.Compact(ctx, values); err != nil {
			fmt.Println(err) // the keys stay where they are
		}
		due = k.Garbage().Due()
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	due.Remove(ctx, values) // the record that does not need them is stored
	shard.View(func(a stats.Additive, _ *state.Positions) {
		k, ok := a.(*keyed.Keyed)
		if !ok {
			return
		}
		fmt.Println("all rows:", k.Weight())
		keys := []string{"pump-7", "pump-8", "pump-9"}
		err = k.Visit(ctx, values, keys, func(i int, own stats.Additive) { fmt.Println(keys[i], own.Weight()) })
	})
	fmt.Println(err)
	// Output:
	// all rows: 3
	// pump-7 2
	// pump-8 1
	// <nil>
}
