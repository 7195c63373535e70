package forest

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/logs"
)

// A tree is read off the counts of thousands of nodes, and the evidence of each is a sum of logarithms
// of ratios of gamma functions. So factors are multiplied as long as they can be, and what is left is
// Stirling's series.

// gammas is a sum of ln G(x+n) - ln G(x).
type gammas struct {
	sum     float64
	product float64 // whose logarithm is not in sum yet
}

const (
	// stirlingFrom is from where on Stirling's series is taken: it errs by less than 1e-12.
	stirlingFrom = 7
	// factors is up to how many whole steps are multiplied.
	factors = 12
	// mostFactor bounds what is multiplied, so that no product overflows.
	mostFactor = 1e6
)

// add adds ln G(x+n) - ln G(x) for positive x and n.
func (g *gammas) add(x, n float64) {
	if n <= factors && n == math.Trunc(n) && x < mostFactor {
		p := x
		for k := 1.; k < n; k++ {
			p *= x + k
		}
		g.multiply(p)
		return
	}
	more := x + n
	if p := 1.0; x < stirlingFrom {
		for ; x < stirlingFrom; x++ {
			p *= x
		}
		g.multiply(p)
	}
	if p := 1.0; more < stirlingFrom {
		for ; more < stirlingFrom; more++ {
			p *= more
		}
		g.multiply(1 / p)
	}
	g.sum += (more-.5)*logs.Ln(more) - (x-.5)*logs.Ln(x) - (more - x) + stirlingRest(more) - stirlingRest(x)
}

// take takes ln G(x+n) - ln G(x) away.
func (g *gammas) take(x, n float64) {
	of := gammas{product: 1}
	of.add(x, n)
	g.sum -= of.sum
	g.multiply(1 / of.product)
}

func (g *gammas) multiply(p float64) {
	if !(p > 1e-100 && p < 1e100) { // Ln is for normal numbers
		g.sum += math.Log(p)
		return
	}
	if g.product *= p; !(g.product > 1e-100 && g.product < 1e100) {
		g.sum += logs.Ln(g.product)
		g.product = 1
	}
}

// value returns the sum.
func (g *gammas) value() float64 { return g.sum + logs.Ln(g.product) }

// stirlingRest is what Stirling's series adds (Abramowitz and Stegun, 6.1.41).
func stirlingRest(x float64) float64 {
	i := 1 / x
	s := i * i
	return i * (1./12 - s*(1./360-s*(1./1260-s*(1./1680-s*(1./1188-s*(691./360360))))))
}
