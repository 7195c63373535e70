package covariance

import (
	"context"
	"math"
)

// graphicalLasso solves for one penalty. Columns that no correlation above
// lambda connects, directly or through others, are not connected in the
// solution either, so each connected component is solved by itself (Witten,
// Friedman, Simon, JCGS 20, 2011; Mazumder and Hastie, JMLR 13, 2012, theorem 1).
func graphicalLasso(ctx context.Context, s []float64, p int, lambda float64) (*graphicalFit, error) {
	f := &graphicalFit{covariance: make([]float64, p*p), precision: make([]float64, p*p)}
	for _, block := range connectedColumns(s, p, lambda) {
		q := len(block)
		inner := make([]float64, q*q)
		for a, i := range block {
			for b, j := range block {
				inner[a*q+b] = s[i*p+j]
			}
		}
		d := &graphicalDescent{p: q, s: inner, lambda: lambda}
		if err := d.solve(ctx); err != nil {
			return nil, err
		}
		for a, i := range block {
			for b, j := range block {
				f.covariance[i*p+j], f.precision[i*p+j] = d.w[a*q+b], d.precision(a, b)
			}
		}
	}
	return f, nil
}

// connectedColumns returns the columns of each connected component of the graph of
// |s| > lambda.
func connectedColumns(s []float64, p int, lambda float64) [][]int {
	seen := make([]bool, p)
	var out [][]int
	for start := range p {
		if seen[start] {
			continue
		}
		seen[start] = true
		block := []int{start}
		for at := 0; at < len(block); at++ {
			i := block[at]
			for j := range p {
				if !seen[j] && math.Abs(s[i*p+j]) > lambda {
					seen[j] = true
					block = append(block, j)
				}
			}
		}
		out = append(out, block)
	}
	return out
}

// graphicalDescent solves one component: column by column a lasso of the
// column on the others.
type graphicalDescent struct {
	p      int
	s      []float64
	lambda float64
	w      []float64 // the estimate of the covariance
	beta   []float64 // by column: its coefficients on the others, its own 0
	fitted []float64 // W times the coefficients of the present column
}

func (d *graphicalDescent) solve(ctx context.Context) error {
	p := d.p
	d.w = append([]float64(nil), d.s...)
	d.beta, d.fitted = make([]float64, p*p), make([]float64, p)
	if p == 1 {
		return nil
	}
	// shrunk, so that the start is positive definite where s is singular; the
	// sweeps forget it
	const start = 0.95
	mean := 0.0
	for i := range p {
		mean += d.s[i*p+i] / float64(p)
		for j := range p {
			if i != j {
				d.w[i*p+j] *= start
			}
		}
	}
	for range graphicalSweeps {
		change := 0.0
		for j := range p {
			if err := ctx.Err(); err != nil {
				return err
			}
			d.lasso(j, mean)
			for i := range p {
				if i == j {
					continue
				}
				x := d.fitted[i]
				change = max(change, math.Abs(x-d.w[i*p+j]))
				d.w[i*p+j], d.w[j*p+i] = x, x
			}
			if math.IsNaN(change) || math.IsInf(change, 0) {
				return errNoDescent
			}
		}
		if change <= graphicalTolerance*mean {
			return nil
		}
	}
	return errNoDescent
}

// lasso solves column j for the present W: minimises b'Wb/2 - s'b + lambda |b|
// over the other columns by coordinate descent, and leaves Wb in fitted.
func (d *graphicalDescent) lasso(j int, unit float64) {
	p, b := d.p, d.beta[j*d.p:(j+1)*d.p]
	clear(d.fitted)
	for k, x := range b {
		if x != 0 {
			for i, w := range d.w[k*p : (k+1)*p] {
				d.fitted[i] += x * w
			}
		}
	}
	tolerance := 0.1 * graphicalTolerance * unit
	for range lassoSweeps {
		change := 0.0
		for k := range p {
			if k == j {
				continue
			}
			own := d.w[k*p+k]
			rest := d.s[j*p+k] - d.fitted[k] + own*b[k]
			next := math.Copysign(max(math.Abs(rest)-d.lambda, 0), rest) / own
			step := next - b[k]
			if step == 0 {
				continue
			}
			b[k] = next
			if next == 0 {
				b[k] = 0 // without a sign
			}
			change = max(change, math.Abs(step)*own)
			for i, w := range d.w[k*p : (k+1)*p] {
				d.fitted[i] += step * w
			}
		}
		if !(change > tolerance) {
			return
		}
	}
}

// precision returns an element of the inverse of W, read off the coefficients:
// T_jj = 1 / (W_jj - w_j'b_j) and T_ij = -b_ij T_jj, the mean of both where
// rounding makes them differ.
func (d *graphicalDescent) precision(i, j int) float64 {
	if i == j {
		return d.diagonal(j)
	}
	x, y := d.beta[j*d.p+i], d.beta[i*d.p+j]
	if x == 0 && y == 0 {
		return 0
	}
	return -(x*d.diagonal(j) + y*d.diagonal(i)) / 2
}

func (d *graphicalDescent) diagonal(j int) float64 {
	rest := d.w[j*d.p+j]
	for i := range d.p {
		if i != j {
			rest -= d.w[j*d.p+i] * d.beta[j*d.p+i]
		}
	}
	return 1 / rest
}
