package stats

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Polynomial is a function of n variables of degree two or three: a value, a gradient,
// a symmetric matrix of second and, of degree three, a symmetric array of third
// derivatives, all at 0. Polynomials add exactly, up to rounding.
type Polynomial struct {
	Value    float64
	Gradient []float64
	// Second holds the derivatives by variables i >= j at i(i+1)/2+j.
	Second []float64
	// Third holds those by i >= j >= k at i(i+1)(i+2)/6+j(j+1)/2+k; nil of degree two.
	Third []float64
}

// newPolynomial returns that which is 0 everywhere.
func newPolynomial(n int, third bool) *Polynomial {
	p := &Polynomial{Gradient: make([]float64, n), Second: make([]float64, n*(n+1)/2)}
	if third {
		p.Third = make([]float64, n*(n+1)*(n+2)/6)
	}
	return p
}

// clone returns a deep copy.
func (p *Polynomial) clone() *Polynomial {
	return &Polynomial{Value: p.Value, Gradient: slices.Clone(p.Gradient), Second: slices.Clone(p.Second), Third: slices.Clone(p.Third)}
}

// add adds f times another one of the same variables and degree.
func (p *Polynomial) add(o *Polynomial, f float64) {
	p.Value += f * o.Value
	addTimes(p.Gradient, o.Gradient, f)
	addTimes(p.Second, o.Second, f)
	addTimes(p.Third, o.Third, f)
}

func addTimes(to, from []float64, f float64) {
	for i, x := range from {
		to[i] += f * x
	}
}

// scale multiplies everything by f.
func (p *Polynomial) scale(f float64) {
	p.Value *= f
	for _, part := range [][]float64{p.Gradient, p.Second, p.Third} {
		for i := range part {
			part[i] *= f
		}
	}
}

// contract returns the third derivatives times s: a symmetric matrix as Second.
func (p *Polynomial) contract(s []float64) []float64 {
	out, at := make([]float64, len(p.Second)), 0
	for i := range p.Gradient {
		row := out[i*(i+1)/2:]
		for j := range i + 1 {
			lower := out[j*(j+1)/2:]
			for k := range j + 1 {
				t := p.Third[at]
				at++
				row[j] += t * s[k]
				if k != j {
					row[k] += t * s[j]
				}
				if i != j {
					lower[k] += t * s[i]
				}
			}
		}
	}
	return out
}

// times returns the symmetric matrix times s.
func times(matrix, s []float64) []float64 {
	out := make([]float64, len(s))
	for i := range s {
		row := matrix[i*(i+1)/2:]
		for j := range i {
			out[i] += row[j] * s[j]
			out[j] += row[j] * s[i]
		}
		out[i] += row[i] * s[i]
	}
	return out
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// At returns the polynomial as a function of the distance from s: its value and
// derivatives there (Taylor's formula, which is exact of a polynomial).
func (p *Polynomial) At(s []float64) *Polynomial {
	out := p.clone()
	if !slices.ContainsFunc(s, func(x float64) bool { return x != 0 }) {
		return out
	}
	byThird := make([]float64, len(p.Second))
	if p.Third != nil {
		byThird = p.contract(s)
	}
	bySecond, twice := times(p.Second, s), times(byThird, s)
	out.Value += dot(p.Gradient, s) + dot(bySecond, s)/2 + dot(twice, s)/6
	for i := range out.Gradient {
		out.Gradient[i] += bySecond[i] + twice[i]/2
	}
	addTimes(out.Second, byThird, 1)
	return out
}

// isFinite reports whether every coefficient is finite.
func (p *Polynomial) isFinite() bool {
	for _, part := range [][]float64{{p.Value}, p.Gradient, p.Second, p.Third} {
		for _, x := range part {
			if !inRange(x) || math.IsNaN(x) {
				return false
			}
		}
	}
	return true
}

func (p *Polynomial) encode(w *wire.Writer) {
	w.Float64(p.Value)
	w.Float64s(p.Gradient)
	w.Float64s(p.Second)
	w.Float64s(p.Third)
}

// decode reads what encode wrote into a polynomial of the same shape.
func (p *Polynomial) decode(r *wire.Reader) {
	p.Value = r.Finite()
	for _, part := range [][]float64{p.Gradient, p.Second, p.Third} {
		for i := range part {
			part[i] = r.Finite()
		}
	}
}
