package stats_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func ExampleCategories() {
	east, west := stats.NewCategories(), stats.NewCategories()
	_ = east.Add(1, 3)
	_ = west.Add(1, 1) // what east calls code 2
	_ = east.MergeMapped(west, []int32{stats.Other, 2})
	fmt.Println(east.Count(1), east.Count(2), east.Total())
	// Output: 3 1 4
}
