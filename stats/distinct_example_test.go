package stats_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func ExampleDistinct() {
	monday, tuesday := stats.NewDistinct(), stats.NewDistinct()
	for i := range 60 {
		monday.Add(fmt.Sprint("user ", i))
		tuesday.Add(fmt.Sprint("user ", 40+i))
	}
	_ = monday.Merge(tuesday)
	fmt.Printf("about %.0f, give or take %.1f %%\n", monday.Estimate(), 100*monday.StandardError())
	// Output: about 101, give or take 1.6 %
}
