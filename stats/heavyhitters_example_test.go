package stats_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func ExampleHeavyHitters() {
	h, _ := stats.NewHeavyHitters(2)
	for i := range 100 {
		_ = h.Add("login", 2)
		_ = h.Add(fmt.Sprint("once ", i), 1)
	}
	top := h.Top(1)[0]
	fmt.Println(top.Value, top.Estimate <= 200 && 200 <= top.Estimate+top.Error)
	// Output: login true
}
