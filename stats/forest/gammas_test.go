package forest

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestGammas: the sums are those of math.Lgamma, to what this loses of its digits itself.
func TestGammas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, want, lost := gammas{product: 1}, 0.0, 0.0
		for range rapid.IntRange(1, 6).Draw(t, "terms") {
			x := math.Exp(rapid.Float64Range(-230, 18).Draw(t, "ln x"))
			n := math.Exp(rapid.Float64Range(-3, 18).Draw(t, "ln n"))
			if rapid.Bool().Draw(t, "whole") {
				n = math.Ceil(n)
			}
			more, _ := math.Lgamma(x + n)
			less, _ := math.Lgamma(x)
			lost += math.Abs(more) + math.Abs(less)
			if rapid.Bool().Draw(t, "taken away") {
				g.take(x, n)
				want -= more - less
			} else {
				g.add(x, n)
				want += more - less
			}
		}
		if got := g.value(); math.Abs(got-want) > 1e-11+4e-15*lost {
			t.Fatalf("%v, math.Lgamma says %v", got, want)
		}
	})
}
