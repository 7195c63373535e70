package regression

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// componentsReport is what is known of a model of components.
type componentsReport struct {
	Components int `json:"components"`
	// Explained is the variance of each component as a share of that of all
	// inputs; of partial least squares, R2 with so many components.
	Explained []float64 `json:"explained,omitempty"`
	// R2With is R2 with 1, 2, ... components.
	R2With []float64 `json:"r2_with,omitempty"`
}

// scaled is the covariance of the inputs with each other and with the target,
// in units of the inputs' standard deviations where that is asked for.
// It holds covariances over n, not cross products: divisors cancel in coefficients
// and shares. Without an intercept all of them are about 0 and not the means.
type scaled struct {
	p int
	s []float64 // p by p
	c []float64 // with the target
	// the target's variance over n
	yy float64
	// standard deviation of each input, or 1; never 0
	unit []float64
}

func newScaled(base *design.Moments, standardize bool) *scaled {
	q := newGram(base, standardize)
	return &scaled{p: q.p, s: q.g, c: q.c, yy: q.yy, unit: q.unit}
}

// coefficients returns b, of scaled inputs, in the inputs' own units.
func (q *scaled) coefficients(b []float64) []dd.Number {
	out := make([]dd.Number, q.p)
	for i, x := range b {
		out[i] = dd.FromFloat(x / q.unit[i])
	}
	return out
}

// r2 returns the share of the target's variance that b, of scaled inputs,
// explains.
// It is (2c'b - b'Sb)/yy, which needs no residual: the cost is p² for p inputs.
func (q *scaled) r2(b []float64) float64 {
	sum := 0.0
	for i, bi := range b {
		inner := 2 * q.c[i]
		for j, bj := range b {
			inner -= q.s[i*q.p+j] * bj
		}
		sum += bi * inner
	}
	return sum / q.yy
}

// times returns s v.
func (q *scaled) times(v []float64) []float64 {
	out := make([]float64, q.p)
	for i := range out {
		out[i] = linalg.Dot(q.s[i*q.p:(i+1)*q.p], v)
	}
	return out
}

// normalise brings v to length 1 and returns the length that it had.
// A vector of zeros stays as it is; callers stop on the length 0.
func normalise(v []float64) float64 {
	length := math.Sqrt(linalg.Dot(v, v))
	if length > 0 {
		for i := range v {
			v[i] /= length
		}
	}
	return length
}
