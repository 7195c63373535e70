package forest

import (
	"fmt"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// planes returns rows of the artificial set 2dplanes (Breiman, Friedman, Olshen and Stone, 1984,
// page 238): two planes, one for each value of x1, with normal noise of variance 1.
func planes(n int, seed uint64) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{}
	for k := range 10 {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", k+1)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	r := rand.New(rand.NewPCG(seed, 31))
	rows := &stats.Rows{N: n, Numeric: 11}
	for range n {
		x := make([]float64, 11)
		x[0] = float64(2*r.IntN(2) - 1)
		for k := 1; k < 10; k++ {
			x[k] = float64(r.IntN(3) - 1)
		}
		if x[0] > 0 {
			x[10] = 3 + 3*x[1] + 2*x[2] + x[3]
		} else {
			x[10] = -3 + 3*x[4] + 2*x[5] + x[6]
		}
		x[10] += r.NormFloat64()
		rows.Values = append(rows.Values, x...)
	}
	return layout, rows
}

// mv returns rows of Torgo's artificial set mv: numbers and categories, parts of which are linear,
// without noise.
func mv(n int, seed uint64) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{
		{Name: "x3", Values: []string{"green", "red", "brown"}}, {Name: "x7", Values: []string{"yes", "no"}}, {Name: "x8", Values: []string{"normal", "large"}},
	}}
	for _, name := range []string{"x1", "x2", "x4", "x5", "x6", "x9", "x10", "y"} {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
	}
	r := rand.New(rand.NewPCG(seed, 32))
	within := func(low, high float64) float64 { return low + r.Float64()*(high-low) }
	rows := &stats.Rows{N: n, Numeric: 8, Categorical: 3}
	for range n {
		x1, x2, x5 := within(-5, 5), within(-15, -10), within(-1, 1)
		x3, x4 := int32(1), x1+2*x2
		if x1 <= 0 {
			if x3, x4 = 2, x1/2; r.Float64() < .6 {
				x3, x4 = 3, x2/2
			}
		}
		x6 := x4 * within(0, 5)
		x7, x8 := int32(2), int32(2)
		if r.Float64() < .3 {
			x7 = 1
		}
		if x5 < .5 {
			x8 = 1
		}
		var y float64
		switch {
		case x4 >= -2 && x4 <= 2:
			y = 10 - 2*x1
		case x7 == 1:
			y = 3 - x1/x4
		case x8 == 1:
			y = x6 + x1
		default:
			y = x1 / 2
		}
		rows.Values = append(rows.Values, x1, x2, x4, x5, x6, within(100, 500), float64(1000+r.IntN(201)), y)
		rows.Codes = append(rows.Codes, x3, x7, x8)
	}
	return layout, rows
}
