package glm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// quantile minimises the check loss of the rows: smoothed, by Newton's method with a
// bandwidth that falls, and from there exactly, along the edges between solutions that go
// through as many rows as there are parameters (Koenker, Quantile Regression, 2005, chapter
// 6). With a penalty, which has no edges, the smoothed solution stays.
func (p *problem) quantile(ctx context.Context) (*maximum, error) {
	const widest, narrowest = 0.5, 0.002 // in standard deviations of the target
	full := p.table
	defer func() { p.table = full }()
	at := make([]float64, p.frame.Parameters())
	var m *maximum
	for h := widest; h > narrowest; h /= 3 {
		p.table = full.Smoothed(h)
		next, err := p.maximise(ctx, at)
		if err != nil && (!errors.Is(err, errNoMaximum) || next == nil) {
			return nil, err
		}
		m, at = next, next.parameters
	}
	if p.lambda == 0 {
		if err := p.edges(ctx, m.parameters); err != nil {
			return nil, err
		}
	}
	p.table = full.Sharp()
	m.evaluation = p.at(m.parameters) // the loss itself
	return m, nil
}

// edgeRow is a row, its terms reduced to those that are free.
type edgeRow struct {
	z            []float64
	y, weight, r float64
}

// maxEdgeTerms bounds the terms of a problem that is solved exactly: each edge costs their
// third power.
const maxEdgeTerms = 64

// edges replaces parameters near the minimum of the check loss by those at it.
func (p *problem) edges(ctx context.Context, parameters []float64) error {
	free := make([]int, 0, len(parameters))
	for i, fixed := range p.fixed {
		if !fixed {
			free = append(free, i)
		}
	}
	if len(free) > maxEdgeTerms {
		return nil
	}
	var rows []edgeRow
	scale := p.frame.Scale
	p.table.Each(func(z []float64, y, offset, weight float64) {
		row := edgeRow{y: y - offset/scale, weight: weight}
		for _, i := range free {
			row.z = append(row.z, z[i])
		}
		rows = append(rows, row)
	})
	theta := make([]float64, len(free))
	for k, i := range free {
		theta[k] = parameters[i]
	}
	s := simplex{rows: rows, theta: theta, level: p.frame.Kernel.Level}
	if !s.begin() {
		return nil
	}
	for range 100 + 20*len(free) + len(rows) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !s.move() {
			break
		}
	}
	for k, i := range free {
		parameters[i] = s.theta[k]
	}
	return nil
}

// simplex is a solution through as many rows as there are parameters.
type simplex struct {
	rows  []edgeRow
	theta []float64
	level float64
	basis []int
	lu    mat.LU
}

// begin takes the rows that are nearest as the basis; false where too few differ.
func (s *simplex) begin() bool {
	s.residuals()
	order := make([]int, len(s.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := math.Abs(s.rows[a].r), math.Abs(s.rows[b].r)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	var orthogonal [][]float64
	for _, i := range order {
		if len(s.basis) == len(s.theta) {
			break
		}
		v := slices.Clone(s.rows[i].z)
		before := linalg.Dot(v, v)
		for _, u := range orthogonal {
			f := linalg.Dot(u, v)
			for k := range v {
				v[k] -= f * u[k]
			}
		}
		if rest := linalg.Dot(v, v); rest > 1e-6*before {
			for k := range v {
				v[k] /= math.Sqrt(rest)
			}
			orthogonal, s.basis = append(orthogonal, v), append(s.basis, i)
		}
	}
	return len(s.basis) == len(s.theta) && s.solve()
}

// solve goes through the rows of the basis; false where they do not determine a solution.
func (s *simplex) solve() bool {
	n := len(s.theta)
	matrix, y, x := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	for k, i := range s.basis {
		matrix.SetRow(k, s.rows[i].z)
		y.SetVec(k, s.rows[i].y)
	}
	s.lu.Factorize(matrix)
	if err := s.lu.SolveVecTo(x, false, y); err != nil {
		return false
	}
	for k := range s.theta {
		s.theta[k] = x.AtVec(k)
	}
	s.residuals()
	for _, i := range s.basis {
		s.rows[i].r = 0
	}
	return true
}

func (s *simplex) residuals() {
	for i := range s.rows {
		s.rows[i].r = s.rows[i].y - linalg.Dot(s.rows[i].z, s.theta)
	}
}

// move goes along an edge on which the loss falls to the row at which it does no more;
// false at the minimum. A row leaves the basis when its part of the subgradient is out of
// bounds.
func (s *simplex) move() bool {
	n := len(s.theta)
	in := make(map[int]bool, n)
	for _, i := range s.basis {
		in[i] = true
	}
	gradient, a := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	for i := range s.rows {
		if row := &s.rows[i]; !in[i] {
			for k, z := range row.z {
				gradient.SetVec(k, gradient.AtVec(k)+row.weight*s.slope(row.r)*z)
			}
		}
	}
	if err := s.lu.SolveVecTo(a, true, gradient); err != nil {
		return false
	}
	leaves, side, steepest := -1, 0.0, 1e-9
	for k, i := range s.basis {
		w := s.rows[i].weight
		if x := (-a.AtVec(k) - s.level*w) / w; x > steepest {
			leaves, side, steepest = k, -1, x
		}
		if x := (a.AtVec(k) + (s.level-1)*w) / w; x > steepest {
			leaves, side, steepest = k, 1, x
		}
	}
	if leaves < 0 {
		return false
	}
	unit, direction := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	unit.SetVec(leaves, side)
	if err := s.lu.SolveVecTo(direction, false, unit); err != nil {
		return false
	}
	enters := s.along(direction.RawVector().Data, in, steepest*s.rows[s.basis[leaves]].weight)
	if enters < 0 {
		return false
	}
	last := s.basis[leaves]
	s.basis[leaves] = enters
	if !s.solve() {
		s.basis[leaves] = last
		s.solve()
		return false
	}
	return true
}

// slope is the derivative of the negative check loss by the predictor.
func (s *simplex) slope(r float64) float64 {
	if r < 0 {
		return s.level - 1
	}
	return s.level
}

// along returns the row at which the loss, which falls by slope along a direction, falls
// no more; -1 for none.
func (s *simplex) along(direction []float64, in map[int]bool, slope float64) int {
	type crossing struct {
		row      int
		at, bend float64
	}
	var all []crossing
	for i := range s.rows {
		row := &s.rows[i]
		by := linalg.Dot(row.z, direction)
		if at := row.r / by; !in[i] && by != 0 && (at > 0 || row.r == 0 && by > 0) && !math.IsInf(at, 0) {
			all = append(all, crossing{row: i, at: at, bend: row.weight * math.Abs(by)})
		}
	}
	slices.SortStableFunc(all, func(a, b crossing) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	for _, c := range all {
		if slope -= c.bend; slope <= 0 {
			return c.row
		}
	}
	return -1
}

// densityBandwidth returns by how much residuals are smoothed to a density, for rows of
// that weight, in units of their spread (Silverman, Density Estimation, 1986, equation
// 3.28).
func densityBandwidth(rows float64) float64 { return 1.06 * math.Pow(max(rows, 2), -0.2) }

// sandwich fills in the covariance of a quantile: level (1-level) D^-1 Z'Z D^-1 for the
// products of the terms and the same weighted by the density of the residuals at 0
// (Powell 1991; Koenker, Quantile Regression, 2005, section 3.4.2).
func (f *Fit) sandwich(p *problem, m *maximum, products []float64) error {
	n, level := len(f.Parameters), f.Frame.Kernel.Level
	if f.bandwidth = f.Frame.Kernel.Bandwidth; len(p.sums) == 0 {
		f.bandwidth = densityBandwidth(f.Weight) * p.spread(f.Parameters)
		smooth := *p
		smooth.table = p.table.Smoothed(f.bandwidth)
		m = &maximum{parameters: f.Parameters, evaluation: smooth.at(f.Parameters)}
	}
	free, matrix, _ := p.reduced(m.evaluation)
	k := len(free)
	factor, err := linalg.Factor(matrix, k, singular)
	if err != nil {
		return fmt.Errorf("density of the residuals: %w", err)
	}
	f.Covariance = make([]float64, n*n)
	for i := range f.Covariance {
		f.Covariance[i] = math.NaN()
	}
	if factor.Rank() < k {
		return nil
	}
	middle := mat.NewDense(k, k, nil)
	for a, i := range free {
		for b, j := range free {
			middle.Set(a, b, level*(1-level)*products[i*n+j])
		}
	}
	inverse := mat.NewDense(k, k, factor.Inverse())
	var left, out mat.Dense
	left.Mul(inverse, middle)
	out.Mul(&left, inverse)
	for a, i := range free {
		for b, j := range free {
			f.Covariance[i*n+j] = out.At(a, b)
		}
	}
	return nil
}

// spread returns the standard deviation of the residuals, or the distance of their
// quartiles over that of a normal distribution where that is smaller and not 0.
func (p *problem) spread(parameters []float64) float64 {
	var residuals []float64
	eta, sum, weight := make([]float64, 1), 0.0, 0.0
	p.table.Each(func(z []float64, y, offset, w float64) {
		p.frame.Predict(parameters, z, eta)
		r := y - eta[0] - offset/p.frame.Scale
		residuals = append(residuals, r)
		sum += w * r * r
		weight += w
	})
	slices.Sort(residuals)
	n := len(residuals)
	const quartiles = 1.349 // of a normal distribution, in standard deviations
	out := math.Sqrt(sum / weight)
	if q := (residuals[n*3/4] - residuals[n/4]) / quartiles; q > 0 {
		out = min(out, q)
	}
	return max(out, 1e-6)
}
