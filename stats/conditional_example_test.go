package stats_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func ExampleConditional() {
	c := stats.NewConditional()
	for i, temperature := range []float64{20, 22, 30, 34} {
		_ = c.AddRow(int32(1+i/2), []float64{temperature}, 1)
	}
	cold, warm := c.Cell(1, 0), c.Cell(2, 0)
	fmt.Println(cold.Mean, cold.M2, warm.Mean, warm.M2)
	fmt.Println(cold.Merge(warm).Mean)
	// Output:
	// 21 2 32 8
	// 26.5
}
