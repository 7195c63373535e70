package glm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// errNoMaximum says that the likelihood rises without end: the classes are separated, or
// a value of a category has counts of 0 only.
var errNoMaximum = errors.New("the likelihood has no maximum")

// What Newton's method ends with.
const (
	maxSteps  = 80
	smallStep = 1e-9 // in units of the terms; the step that is taken last squares it
	// farPredictor is a log odds that a maximum does not reach.
	farPredictor = 30
	singular     = 1e-12
)

// maximum is where a likelihood is largest.
type maximum struct {
	parameters []float64
	*evaluation
}

// maximise goes from a start to the maximum by Newton's method with halved steps
// (Boyd and Vandenberghe, Convex Optimization, 2004, section 9.5). Where the matrix of
// second derivatives is not definite, its diagonal is raised until it is.
func (p *problem) maximise(ctx context.Context, start []float64) (*maximum, error) {
	m := &maximum{parameters: slices.Clone(start)}
	for i, fixed := range p.fixed {
		if fixed && p.slopes[i] {
			m.parameters[i] = 0
		}
	}
	m.evaluation = p.at(m.parameters)
	for step := range maxSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		by, definite, err := p.step(m.evaluation)
		if err != nil {
			return nil, err
		}
		largest := 0.0
		for _, x := range by {
			largest = max(largest, math.Abs(x))
		}
		if largest < smallStep {
			if !definite {
				return m, errNoMaximum
			}
			p.advance(m, by) // the last digits; rounding may refuse it
			return m, nil
		}
		if !p.advance(m, by) {
			if largest < math.Sqrt(smallStep) && definite { // rounding
				return m, nil
			}
			return m, errNoMaximum
		}
		p.holdShape(m)
		if step > 8 && p.lambda == 0 && p.isFar(m.parameters) { // with a penalty there is a maximum
			return m, errNoMaximum
		}
	}
	return m, errNoMaximum
}

// smallShape is the logarithm of an alpha of the negative binomial that is as good as 0.
const smallShape = -11.5

// holdShape keeps alpha where it is as good as 0: without overdispersion it would fall
// without end.
func (p *problem) holdShape(m *maximum) {
	last := len(m.parameters) - 1
	if p.frame.Kernel.Family == likelihood.NegativeBinomial && m.parameters[last] < smallShape && !p.fixed[last] {
		p.fixed[last], m.parameters[last] = true, smallShape
		m.evaluation = p.at(m.parameters)
	}
}

// advance takes the longest of the halved steps that does not lose; false for none.
func (p *problem) advance(m *maximum, by []float64) bool {
	rounding := 1e-13 * (1 + math.Abs(m.penalised))
	for f := 1.0; f > 1e-12; f /= 2 {
		next := slices.Clone(m.parameters)
		for i, x := range by {
			next[i] += f * x
		}
		if e := p.at(next); e.penalised >= m.penalised-rounding {
			m.parameters, m.evaluation = next, e
			return true
		}
	}
	return false
}

// step returns the step of Newton's method, and whether the matrix is definite.
func (p *problem) step(e *evaluation) ([]float64, bool, error) {
	free, matrix, gradient := p.reduced(e)
	n, raise, definite := len(free), 0.0, true
	for {
		a := slices.Clone(matrix)
		for i := range n {
			a[i*n+i] += raise * max(math.Abs(a[i*n+i]), 1e-9)
		}
		factor, err := linalg.Factor(a, n, singular)
		if err != nil {
			return nil, false, fmt.Errorf("information of the likelihood: %w", err)
		}
		if factor.Rank() == n {
			out := make([]float64, len(e.gradient))
			for k, x := range factor.Solve(gradient) {
				out[free[k]] = x
			}
			return out, definite, nil
		}
		definite = false
		raise = max(10*raise, 1e-6)
	}
}

// reduced returns the parameters that are not fixed, and the information and gradient of
// these.
func (p *problem) reduced(e *evaluation) (free []int, matrix, gradient []float64) {
	n := len(e.gradient)
	for i, fixed := range p.fixed {
		if !fixed {
			free = append(free, i)
		}
	}
	for _, i := range free {
		gradient = append(gradient, e.gradient[i])
		for _, j := range free {
			matrix = append(matrix, -e.second[i*n+j])
		}
	}
	return free, matrix, gradient
}

// isFar reports whether the log odds of a row are beyond those of any maximum.
func (p *problem) isFar(parameters []float64) bool {
	if p.frame.Kernel.Family != likelihood.Logistic {
		return false
	}
	far := false
	eta := make([]float64, p.frame.Kernel.Predictors())
	p.table.Each(func(z []float64, _, _, _ float64) {
		p.frame.Predict(parameters, z, eta)
		for _, x := range eta {
			far = far || math.Abs(x) > farPredictor
		}
	})
	return far
}
