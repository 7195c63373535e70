package adaptive

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
)

// TestLogarithms: ln, exp and sums of logarithms of gamma functions are those of package math,
// over the whole range that counts and priors have.
func TestLogarithms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	near := func(what string, x, got, want float64) {
		if !(math.Abs(got-want) <= 1e-11*max(1, math.Abs(want))) {
			t.Errorf("%s(%v) is %v, want %v", what, x, got, want)
		}
	}
	var g gammas
	for range 100000 {
		x := math.Exp(rng.Float64()*60 - 28)
		near("ln", x, logs.Ln(x), math.Log(x))
		near("exp", -x, logs.Exp(-x), math.Exp(-x))
		y := x + math.Exp(rng.Float64()*40-20)
		a, _ := math.Lgamma(y)
		b, _ := math.Lgamma(x)
		g.clear()
		g.begin()
		g.add(y, x)
		g.work()
		if got, want := g.sums[0].value, a-b; math.Abs(got-want) > 1e-9*max(1, math.Abs(a)) {
			t.Errorf("ln G(%v) - ln G(%v) is %v, want %v", y, x, got, want)
		}
	}
	near("exp", 0, logs.Exp(0), 1)
	near("exp", -1e300, logs.Exp(-1e300), 0)
	near("exp", math.Inf(-1), logs.Exp(math.Inf(-1)), 0)
}
