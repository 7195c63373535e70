package features_test

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/features"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Each row gets the features of its own key, and one that is delivered again gets
// what it got the first time, also after a restart.
func Example() {
	ctx, store := context.Background(), state.NewMemory()
	plan, err := features.NewPlan([]features.Spec{
		{Name: "before", Type: "lag", Of: "temp"},
		{Name: "mean", Type: "mean", Of: "temp", Rows: 3},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	process := func(rows []features.Delivery) {
		shards, err := features.NewShards(store, "sml.pumps.features", features.Settings{
			Plan: plan, Durable: true, Limits: features.Limits{Keys: 1000, Replay: 100},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := shards.Take(ctx, rows); err != nil {
			fmt.Println(err)
			return
		}
		for _, d := range rows {
			fmt.Println(d.Offset, d.Key, d.Features)
		}
		if err := shards.Close(ctx); err != nil {
			fmt.Println(err)
		}
	}
	row := func(offset int64, pump string, temp float64) features.Delivery {
		return features.Delivery{
			Shard: "sensors/0", Offset: offset, HasOffset: true,
			Row: features.Row{Key: pump, Time: offset * 1e9, Values: []float64{temp}},
		}
	}
	process([]features.Delivery{row(0, "pump-7", 20), row(1, "pump-8", 50), row(2, "pump-7", 22)})
	process([]features.Delivery{row(2, "pump-7", 22), row(3, "pump-7", 27)})
	// Output:
	// 0 pump-7 [NaN 20]
	// 1 pump-8 [NaN 50]
	// 2 pump-7 [20 21]
	// 2 pump-7 [20 21]
	// 3 pump-7 [22 23]
}

// A feature can be about a feature before it, and a plan says which fields a row
// must have.
func ExampleNewPlan() {
	plan, err := features.NewPlan([]features.Spec{
		{Type: "seasonal_residual", Of: "temp"},
		{Name: "surprise", Type: "surprise", Of: "temp_seasonal_residual"},
		{Name: "alarm", Type: "peak", Of: "surprise", Rows: 20},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Names(), plan.Fields())
	_, err = features.NewPlan([]features.Spec{{Type: "lag", Of: "temp", Season: "hour_of_day"}})
	fmt.Println(err)
	// Output:
	// [temp_seasonal_residual surprise alarm] [temp]
	// 0: invalid feature: season: type "lag" has no such setting
}

// A row whose value is missing has no feature of that field, and the rows after it
// do not see it.
func ExampleDelivery() {
	plan, err := features.NewPlan([]features.Spec{{Type: "difference", Of: "x"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	shards, err := features.NewShards(state.NewMemory(), "sml.f.features", features.Settings{Plan: plan, Durable: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	var rows []features.Delivery
	for _, x := range []float64{1, math.NaN(), 5} {
		rows = append(rows, features.Delivery{Shard: "s", Row: features.Row{Values: []float64{x}}})
	}
	if err := shards.Take(context.Background(), rows); err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range rows {
		fmt.Println(d.Features)
	}
	// Output:
	// [NaN]
	// [NaN]
	// [4]
}

// Catalogue lists what a Spec can be.
func ExampleCatalogue() {
	for _, kind := range features.Catalogue()[:2] {
		fmt.Printf("%s: %s\n", kind.Name, kind.Summary)
	}
	// Output:
	// lag: the value `rows` rows before
	// difference: the value less the one `rows` rows before
}
