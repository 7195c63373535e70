package stats

import (
	"math"
	"testing"
)

func TestBlend(t *testing.T) {
	for _, c := range []struct {
		name                        string
		n, k, own, population, want float64
	}{
		{name: "no prior", n: 3, own: 7, population: 3, want: 7},
		{name: "no row", n: 0, k: 20, own: 7, population: 3, want: 3},
		{name: "as many rows as the prior", n: 20, k: 20, own: 7, population: 3, want: 5},
		{name: "a fifth", n: 5, k: 20, own: 8, population: 3, want: 4},
		{name: "own undefined without rows", n: 0, k: 20, own: math.NaN(), population: 3, want: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Blend(c.n, c.k, c.own, c.population); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
