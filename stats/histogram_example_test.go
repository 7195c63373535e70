package stats_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func ExampleHistogram() {
	a, _ := stats.NewHistogram(stats.DefaultBins)
	b, _ := stats.NewHistogram(stats.DefaultBins)
	for i := range 100 {
		_ = a.Add(float64(i), 1)
		_ = b.Add(float64(100+i), 1)
	}
	_ = a.Merge(b)
	fmt.Println(a.Weight(), a.Quantile(0.5), a.CDF(49))
	_ = a.Subtract(b)
	fmt.Println(a.Weight(), a.Quantile(0.5))
	// Output:
	// 200 99.5 0.25
	// 100 49.5
}
