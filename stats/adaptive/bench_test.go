package adaptive

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// BenchmarkTestThenTrain is one row predicted and learned: 9 numbers, two classes that swap
// sides every 10,000 rows.
func BenchmarkTestThenTrain(b *testing.B) {
	for _, linear := range []bool{false, true} {
		b.Run(fmt.Sprintf("linear=%v", linear), func(b *testing.B) {
			layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "y", Values: []string{"a", "b"}}}}
			for j := range 9 {
				layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprintf("x%d", j)})
			}
			p, err := New(Spec{Target: "y", Linear: linear})
			if err != nil {
				b.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			var out Prediction
			values, codes := make([]float64, 9), make([]int32, 1)
			row := func(i int) {
				for j := range values {
					values[j] = rng.Float64()
				}
				codes[0] = 1
				if (values[0]+values[1]*values[2] > .7) != (i/10000%2 == 1) || rng.IntN(10) == 0 {
					codes[0] = 2
				}
				p.TestThenTrain(layout, values, codes, 1, nil, &out)
			}
			for i := range 10000 {
				row(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				row(10000 + i)
			}
		})
	}
}
