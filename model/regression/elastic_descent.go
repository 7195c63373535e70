package regression

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// gram is the problem of the elastic net on second-order statistics:
//
//	b'Gb/2 - c'b + lambda (eta |b|_1 + (1-eta)/2 |b|^2)
//
// with G and c the cross products over the weight of the rows, which is
// scikit-learn's objective; solved by the coordinate descent with covariance
// updates of J. Friedman, T. Hastie, R. Tibshirani (Regularization paths for
// generalized linear models via coordinate descent, J. Stat. Softw. 33, 2010,
// section 2).
// The cost of a sweep is p for an input whose coefficient stays and p² for all of
// them; it does not depend on the number of rows.
type gram struct {
	p    int
	g    []float64 // p by p
	c    []float64
	yy   float64   // of the target
	unit []float64 // the unit of each input; b is in those
}

// descentOptions bound the descent.
type descentOptions struct {
	iterations int
	tolerance  float64 // change of a coefficient times its spread, over the target's
}

// newGram takes base moments whose last term is the target.
// An input without variance keeps the unit 1. Its coefficient stays 0, as sweep
// passes over it.
func newGram(base *design.Moments, standardize bool) *gram {
	p, n := base.N-1, base.Weight.Float()
	q := &gram{p: p, g: make([]float64, p*p), c: make([]float64, p), unit: make([]float64, p), yy: base.At(p, p).Float() / n}
	for i := range p {
		q.unit[i] = 1
		if spread := math.Sqrt(base.At(i, i).Float() / n); standardize && spread > 0 {
			q.unit[i] = spread
		}
	}
	for i := range p {
		for j := range p {
			q.g[i*p+j] = base.Cross[i*base.N+j].Float() / n / q.unit[i] / q.unit[j]
		}
		q.c[i] = base.At(i, p).Float() / n / q.unit[i]
	}
	return q
}

// descent is the state of a coordinate descent.
type descent struct {
	*gram
	descentOptions
	b    []float64
	grad []float64 // c - Gb
	in   []bool    // who takes part
	used int       // iterations
}

// newDescent starts at b = 0, where the gradient is c.
func (q *gram) newDescent(o descentOptions) *descent {
	d := &descent{gram: q, descentOptions: o, b: make([]float64, q.p), grad: make([]float64, q.p), in: make([]bool, q.p)}
	copy(d.grad, q.c)
	return d
}

// errSlow is the text of a descent that ends too early.
func (d *descent) errSlow() error {
	return fmt.Errorf("coordinate descent has not converged after %d iterations (max_iterations; tolerance %g)", d.iterations, d.tolerance)
}

// sweep updates each input that takes part, or only those that are not zero,
// and returns the largest change.
// The update is the soft threshold S(z, l1)/(g_jj + l2) (Friedman, Hastie and
// Tibshirani 2010, equation 5). The change is in units of the target's variance.
func (d *descent) sweep(l1, l2 float64, active bool) float64 {
	p, largest := d.p, 0.0
	for j, in := range d.in {
		before := d.b[j]
		if !in || active && before == 0 {
			continue
		}
		diagonal := d.g[j*p+j]
		if !(diagonal > 0) {
			continue
		}
		z := d.grad[j] + diagonal*before
		after := 0.0
		switch {
		case z > l1:
			after = (z - l1) / (diagonal + l2)
		case z < -l1:
			after = (z + l1) / (diagonal + l2)
		}
		change := after - before
		if change == 0 {
			continue
		}
		d.b[j] = after
		floats.AddScaled(d.grad, -change, d.g[j*p:(j+1)*p])
		largest = max(largest, change*change*diagonal)
	}
	return largest
}

// converge descends among those that take part until nothing moves.
// After a full sweep only the coefficients that are not 0 are swept until they
// rest, and a full sweep then confirms it (the active set strategy, section 2.6).
// A descent that does not rest after patience sweeps is finished on the active set.
func (d *descent) converge(ctx context.Context, l1, l2 float64) error {
	enough := d.tolerance * d.tolerance * d.yy
	active := false
	for sweeps := 1; ; sweeps++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.used++; d.used > d.iterations {
			return d.errSlow()
		}
		rests := d.sweep(l1, l2, active) <= enough
		if rests && !active {
			return nil
		}
		active = !rests
		if sweeps%patience > 0 {
			continue
		}
		if ok, err := d.finish(ctx, l1, l2); ok || err != nil {
			return err
		}
	}
}

// to moves on to a penalty. Inputs are left out by the sequential strong rule
// (R. Tibshirani et al., Strong rules for discarding predictors in lasso-type
// problems, JRSS-B 74, 2012, equation 25), which can err: then the conditions
// of Karush, Kuhn and Tucker do not hold and they are taken in again.
func (d *descent) to(ctx context.Context, lambda, before, eta float64) error {
	d.used = 0
	// The gradient here is that of the step before: |c - Gb| < eta (2 lambda - before)
	// says that the coefficient is 0 at lambda too, if the gradient's slope is bounded.
	l1, l2 := lambda*eta, lambda*(1-eta)
	for j := range d.in {
		d.in[j] = d.b[j] != 0 || math.Abs(d.grad[j]) >= eta*(2*lambda-before)
	}
	for {
		if err := d.converge(ctx, l1, l2); err != nil {
			return err
		}
		if d.violated(l1) {
			continue
		}
		return d.rest(ctx, l1, l2)
	}
}

// violated takes in those that break the conditions and were left out.
func (d *descent) violated(l1 float64) bool {
	// The gradient is updated and not computed anew, so it carries rounding.
	const rounding = 1e-12
	found := false
	for j, in := range d.in {
		if !in && math.Abs(d.grad[j]) > l1+rounding*(l1+math.Abs(d.c[j])) {
			d.in[j], found = true, true
		}
	}
	return found
}

// active returns the inputs whose coefficients are not zero.
func (d *descent) active() []int {
	var out []int
	for i, b := range d.b {
		if b != 0 {
			out = append(out, i)
		}
	}
	return out
}

// shrunk returns the rows and columns of G of some inputs, with l2 added to
// the diagonal.
func (d *descent) shrunk(active []int, l2 float64) []float64 {
	k := len(active)
	a := make([]float64, k*k)
	for x, i := range active {
		for y, j := range active {
			a[x*k+y] = d.g[i*d.p+j]
		}
		a[x*k+x] += l2
	}
	return a
}

// freedom returns the degrees of freedom: the number of coefficients that are
// not zero for the lasso (H. Zou, T. Hastie, R. Tibshirani, On the degrees of
// freedom of the lasso, Ann. Stat. 35, 2007), and the trace of the hat matrix
// on these with a ridge.
// The trace is k - l2 trace((G + l2 I)^-1) over the k active inputs.
func (d *descent) freedom(l2 float64) float64 {
	active := d.active()
	k := len(active)
	if k == 0 {
		return 0
	}
	f, err := linalg.Factor(d.shrunk(active, l2), k, design.RcondDouble)
	if err != nil {
		return float64(k)
	}
	df := float64(f.Rank())
	for _, x := range f.InverseDiagonal() {
		df -= l2 * x
	}
	return df
}

// residual returns the mean squared residual.
func (d *descent) residual() float64 {
	// yy - 2c'b + b'Gb = yy - c'b - b'grad
	sum := d.yy
	for i, b := range d.b {
		sum -= b * (d.c[i] + d.grad[i])
	}
	// rounding can leave it below 0 where the fit is perfect
	return max(sum, 0)
}

// coefficients returns b in the inputs' own units.
func (d *descent) coefficients() []float64 {
	out := make([]float64, d.p)
	for i, b := range d.b {
		out[i] = b / d.unit[i]
	}
	return out
}
