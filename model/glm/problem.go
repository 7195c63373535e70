package glm

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// problem is a log-likelihood to be maximised: that of rows as they are, and sums.
type problem struct {
	frame *stats.LikelihoodFrame
	table *stats.LikelihoodTable
	sums  []framed
	// fixed are the parameters that stay 0, as other terms determine theirs.
	fixed  []bool
	slopes []bool // the parameters that the penalty is on
	lambda float64
	// cubic says that the third degree of the sums counts.
	cubic bool
}

// framed are sums under parameters of another frame of the same terms.
type framed struct {
	*stats.LikelihoodSums
	// Of each term: the parameter of the sums is scale times that of the problem, and
	// their intercept is larger by shift times it.
	scale, shift []float64 // nil for the same frame
}

// newProblem puts together what is kept of a likelihood. Sums under another frame count
// where they have the same terms; the weight of the others is returned.
func newProblem(f *stats.LikelihoodFrame, of *stats.Likelihood) (p *problem, foreign float64) {
	p = &problem{frame: f, table: stats.NewLikelihoodTable(f, of.Rows), slopes: make([]bool, f.Parameters()), fixed: make([]bool, f.Parameters())}
	at := 0
	for a := range f.Kernel.Predictors() {
		if f.Kernel.Full(a) {
			for range f.Terms() {
				p.slopes[at] = true
				at++
			}
		}
		at++
	}
	id := f.ID()
	for _, s := range of.Sums {
		if s.Frame.ID() == id {
			p.sums = append(p.sums, framed{LikelihoodSums: s})
		} else if scale, shift, ok := between(f, s.Frame); ok {
			p.sums = append(p.sums, framed{LikelihoodSums: s, scale: scale, shift: shift})
		} else {
			foreign += s.Weight
		}
	}
	if f.Kernel.Sharp { // which nothing but sums can be maximised of
		if s := p.table.Sums(); s != nil {
			p.sums = append(p.sums, framed{LikelihoodSums: s})
		}
		p.table = stats.NewLikelihoodTable(f, &stats.LikelihoodRows{})
	}
	return p, foreign
}

// between returns how the parameters of a frame become those of another one of the same
// terms; false where the terms are others.
func between(f, g *stats.LikelihoodFrame) (scale, shift []float64, ok bool) {
	if f.Kernel != g.Kernel || f.Centre != g.Centre || f.Scale != g.Scale || len(f.Inputs) != len(g.Inputs) || !slices.Equal(f.Classes, g.Classes) {
		return nil, nil, false
	}
	add := func(centre, by, otherCentre, otherBy float64) {
		scale, shift = append(scale, otherBy/by), append(shift, (otherCentre-centre)/by)
	}
	for i := range f.Inputs {
		a, b := &f.Inputs[i], &g.Inputs[i]
		if a.Name != b.Name || len(a.Levels) != len(b.Levels) {
			return nil, nil, false
		}
		if a.Levels == nil {
			add(a.Centre, a.Scale, b.Centre, b.Scale)
		}
		for k := range a.Levels {
			x, y := a.Levels[k], b.Levels[k]
			if x.Label != y.Label || x.Other != y.Other {
				return nil, nil, false
			}
			if k > 0 {
				add(x.Centre, x.Scale, y.Centre, y.Scale)
			}
		}
	}
	return scale, shift, true
}

// evaluation is the log-likelihood and its derivatives at parameters, the penalty taken
// off from all but Value.
type evaluation struct {
	value, penalised float64
	gradient         []float64
	second           []float64 // n by n
}

// at evaluates the likelihood.
func (p *problem) at(parameters []float64) *evaluation {
	n := len(parameters)
	e := &evaluation{gradient: make([]float64, n), second: make([]float64, n*n)}
	if p.table.Rows() > 0 {
		e.add(p.table.At(parameters).Quadratic, 1)
	}
	for i := range p.sums {
		s := &p.sums[i]
		own := s.parameters(p.frame, parameters)
		from := difference(own, s.Frame.Origin)
		for _, q := range []*stats.Polynomial{s.Quadratic, s.Cubic} {
			if q != nil && (q != s.Cubic || p.cubic) {
				e.add(s.back(p.frame, q.At(from)), 1)
			}
		}
	}
	e.penalised = e.value
	for i, slope := range p.slopes {
		if slope {
			e.penalise(i, parameters[i], p.lambda)
		}
	}
	return e
}

// penalise takes lambda/2 times the square of a parameter off.
func (e *evaluation) penalise(i int, x, lambda float64) {
	e.penalised -= lambda / 2 * x * x
	e.gradient[i] -= lambda * x
	e.second[i*len(e.gradient)+i] -= lambda
}

func (e *evaluation) add(q *stats.Polynomial, f float64) {
	n := len(e.gradient)
	e.value += f * q.Value
	at := 0
	for i, g := range q.Gradient {
		e.gradient[i] += f * g
		for j := range i + 1 {
			e.second[i*n+j] += f * q.Second[at]
			if i != j {
				e.second[j*n+i] += f * q.Second[at]
			}
			at++
		}
	}
}

func difference(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i, x := range a {
		out[i] = x - b[i]
	}
	return out
}

// parameters returns those of the problem as parameters of the sums.
func (s *framed) parameters(f *stats.LikelihoodFrame, parameters []float64) []float64 {
	if s.scale == nil {
		return parameters
	}
	out := slices.Clone(parameters)
	s.eachPredictor(f, func(at int) {
		for j, by := range s.scale {
			out[at+j] *= by
			out[at+len(s.scale)] += s.shift[j] * parameters[at+j]
		}
	})
	return out
}

// eachPredictor calls visit with the first parameter of each predictor that has terms.
func (s *framed) eachPredictor(f *stats.LikelihoodFrame, visit func(at int)) {
	at := 0
	for a := range f.Kernel.Predictors() {
		if f.Kernel.Full(a) {
			visit(at)
			at += len(s.scale)
		}
		at++
	}
}

// back returns derivatives by parameters of the sums as those by parameters of the
// problem (the chain rule); the second degree only.
func (s *framed) back(f *stats.LikelihoodFrame, q *stats.Polynomial) *stats.Polynomial {
	if s.scale == nil {
		return q
	}
	n := len(q.Gradient)
	full := make([]float64, n*n)
	at := 0
	for i := range n {
		for j := range i + 1 {
			full[i*n+j], full[j*n+i] = q.Second[at], q.Second[at]
			at++
		}
	}
	gradient := slices.Clone(q.Gradient)
	s.eachPredictor(f, func(at int) {
		last := at + len(s.scale)
		for j, by := range s.scale {
			gradient[at+j] = by*gradient[at+j] + s.shift[j]*gradient[last]
			for k := range n {
				full[(at+j)*n+k] = by*full[(at+j)*n+k] + s.shift[j]*full[last*n+k]
			}
		}
	})
	s.eachPredictor(f, func(at int) {
		last := at + len(s.scale)
		for j, by := range s.scale {
			for k := range n {
				full[k*n+at+j] = by*full[k*n+at+j] + s.shift[j]*full[k*n+last]
			}
		}
	})
	out := &stats.Polynomial{Value: q.Value, Gradient: gradient, Second: make([]float64, len(q.Second))}
	at = 0
	for i := range n {
		for j := range i + 1 {
			out.Second[at] = full[i*n+j]
			at++
		}
	}
	return out
}

// products returns the sum of the products of the terms of all rows under the frame, and
// its weight.
func (p *problem) products() (sum []float64, weight float64) {
	n := p.frame.Terms() + 1
	sum = make([]float64, n*n)
	add := func(packed []float64) {
		at := 0
		for i := range n {
			for j := range i + 1 {
				sum[i*n+j] += packed[at]
				if i != j {
					sum[j*n+i] += packed[at]
				}
				at++
			}
		}
	}
	if p.table.Rows() > 0 {
		all := p.table.At(p.frame.Origin)
		add(all.Products)
		weight += all.Weight
	}
	for _, s := range p.sums {
		if s.scale == nil {
			add(s.Products)
			weight += s.Weight
		}
	}
	return sum, weight
}

// dependent is the share of a term's square that the others may leave unexplained at
// most for it to count as determined by them.
const dependent = 1e-11

// fix fixes the parameters of the terms that others determine, and returns which these
// are.
func (p *problem) fix() ([]bool, error) {
	n := p.frame.Terms() + 1
	sum, _ := p.products()
	factor, err := linalg.Factor(sum, n, dependent)
	if err != nil {
		return nil, err
	}
	out := make([]bool, n)
	for _, j := range factor.Dependent() {
		out[j] = j < n-1
	}
	at := 0
	for a := range p.frame.Kernel.Predictors() {
		if p.frame.Kernel.Full(a) {
			for _, gone := range out[:n-1] {
				p.fixed[at] = gone
				at++
			}
		}
		at++
	}
	return out[:n-1], nil
}

// distance returns the root mean square of the change of the predictors that a change of
// parameters makes.
func (p *problem) distance(a, b []float64) float64 {
	sum, weight := p.products()
	n, at, total := p.frame.Terms()+1, 0, 0.0
	for k := range p.frame.Kernel.Predictors() {
		if !p.frame.Kernel.Full(k) {
			total += (a[at] - b[at]) * (a[at] - b[at])
			at++
			continue
		}
		for i := range n {
			for j := range n {
				total += (a[at+i] - b[at+i]) * sum[i*n+j] / weight * (a[at+j] - b[at+j])
			}
		}
		at += n
	}
	return math.Sqrt(max(total, 0))
}
