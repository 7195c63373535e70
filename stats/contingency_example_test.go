package stats_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func ExampleContingency() {
	c := stats.NewContingency()
	for _, row := range [][2]int32{{1, 1}, {1, 2}, {2, 2}, {2, 2}} {
		_ = c.Add(row[0], row[1], 1)
	}
	for pair := range c.Pairs() {
		fmt.Println(pair.A, pair.B, pair.Weight)
	}
	a, b := c.Margins()
	fmt.Println(a, b)
	// Output:
	// 1 1 1
	// 1 2 1
	// 2 2 2
	// [0 2 2] [0 1 3]
}
