// Package nig is Bayesian linear regression with a normal-inverse-gamma prior: of sums over
// rows it gives the posterior, the evidence, and the distribution of the next value in closed
// form (Bishop, Pattern Recognition and Machine Learning, 2006, section 3.5; Murphy, Machine
// Learning, 2012, section 7.6.3).
//
// The target is y = z'b + e with z = (1, x1, ..., xd) and e normal with variance s2; the prior
// is b | s2 normal with precision L0/s2 about b0, and s2 inverse gamma with shape a0 and rate
// r0. Sums over rows are [Sums]: they add, subtract and scale.
package nig

import "math"

// Sums are the sums over rows of the products of u = (1, y, x1, ..., xd): the lower triangle,
// row by row, so that sums without the last inputs are a prefix of those with them. Rows
// from before there was an input have 0 there.
type Sums []float64

// Size returns how many numbers the sums with d inputs are.
func Size(d int) int { return (d + 2) * (d + 3) / 2 }

// Place returns where the sum of the products of u_i and u_j is.
func Place(i, j int) int {
	if i < j {
		i, j = j, i
	}
	return i*(i+1)/2 + j
}

// Add adds a row; s has Size(len(x)) numbers.
func (s Sums) Add(y float64, x []float64, weight float64) {
	s[0] += weight
	wy := weight * y
	s[1] += wy
	s[2] += wy * y
	at := 3
	for i, xi := range x {
		wx := weight * xi
		row := s[at : at+i+3]
		row[0] += wx
		row[1] += wx * y
		for j, xj := range x[:i+1] {
			row[j+2] += wx * xj
		}
		at += i + 3
	}
}

// Model is a normal-inverse-gamma distribution of d inputs: a prior, or the posterior that it
// becomes. The zero value is none.
type Model struct {
	// Precision is the lower triangle of L, row by row, of 1, x1, ..., xd.
	Precision []float64
	// Mean is b.
	Mean []float64
	// Shape and Rate are those of the inverse gamma distribution of the variance.
	Shape, Rate float64
	// Factor is the lower triangle of the Cholesky factor of L, LogDet is ln |L|.
	Factor []float64
	LogDet float64
}

// Inputs returns d.
func (m *Model) Inputs() int { return len(m.Mean) - 1 }

// Variance returns the ratio of rate and shape, by which the precision is that of b.
func (m *Model) Variance() float64 { return m.Rate / m.Shape }

// resize makes room for d inputs.
func (m *Model) resize(d int) {
	p := d + 1
	m.Mean = resized(m.Mean, p)
	m.Precision, m.Factor = resized(m.Precision, p*(p+1)/2), resized(m.Factor, p*(p+1)/2)
}

func resized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// SetRidge makes m the prior of d inputs with the precision times the identity about b = 0, as
// of so many rows of the variance.
func (m *Model) SetRidge(d int, precision, shape, variance float64) {
	m.resize(d)
	clear(m.Precision)
	clear(m.Mean)
	for i := range d + 1 {
		m.Precision[diagonal(i)] = precision
	}
	m.Shape, m.Rate = shape, shape*variance
	m.factorize()
}

// SetShare makes m the prior of a part of the rows of which another has seen the sums s
// and is the posterior: its mean and variance, with the weight of so many of its rows, and the
// ridge times the identity.
func (m *Model) SetShare(of *Model, s Sums, rows, ridge, shape float64) {
	d := of.Inputs()
	m.resize(d)
	share := 0.0
	if s[0] > 0 {
		share = rows / s[0]
	}
	for i := range d + 1 {
		for j := range i + 1 {
			m.Precision[Place(i, j)] = share * s[regressors(i, j)]
		}
		at := diagonal(i)
		m.Precision[at] = max(m.Precision[at], 0) + ridge
	}
	copy(m.Mean, of.Mean)
	m.Shape, m.Rate = shape, shape*of.Variance()
	m.factorize()
}

// regressors is where the product of z_i and z_j is among sums.
func regressors(i, j int) int {
	if i > 0 {
		i++
	}
	if j > 0 {
		j++
	}
	return Place(i, j)
}

func diagonal(i int) int { return i*(i+1)/2 + i }

// SetPosterior makes m what the prior becomes by rows with the sums s, and returns the
// evidence ln p(y | x). What sums that are less than nothing would take beyond the prior is
// left out, so that m is a distribution whatever the sums are, as long as they are finite.
// m and the prior must not be the same.
func (m *Model) SetPosterior(prior *Model, s Sums) float64 {
	d := prior.Inputs()
	m.resize(d)
	p := d + 1
	// h = L0 b0 + sum of z y, q = b0' L0 b0 + sum of y y
	h := m.Mean
	for i := range h {
		h[i] = s[targetOf(i)]
	}
	q := s[2]
	for i := range p {
		from, to := prior.Precision[i*(i+1)/2:][:i+1], m.Precision[i*(i+1)/2:][:i+1]
		b, sum := prior.Mean[i], 0.0
		for j, v := range from[:i] {
			sum += v * prior.Mean[j]
			h[j] += v * b
		}
		q += b * (2*sum + from[i]*b)
		h[i] += sum + from[i]*b
		of := s[regressors(i, 0):]
		to[0] = from[0] + of[0]
		for j := 1; j <= i; j++ {
			to[j] = from[j] + of[j+1]
		}
	}
	m.factorize()
	q -= m.solve(h)
	n := max(s[0], 0)
	m.Shape = prior.Shape + n/2
	m.Rate = prior.Rate + max(q, 0)/2
	if n == 0 {
		return 0
	}
	return (prior.LogDet-m.LogDet)/2 + prior.Shape*math.Log(prior.Rate) - m.Shape*math.Log(m.Rate) +
		lnGamma(m.Shape) - lnGamma(prior.Shape) - n/2*math.Log(2*math.Pi)
}

// targetOf is where the product of z_i and y is among sums.
func targetOf(i int) int {
	if i == 0 {
		return 1
	}
	return Place(i+1, 1)
}

// least is the share of a diagonal element that is left of it at least when a precision is
// factorized.
const least = 1e-12

// tiny is the smallest diagonal element.
const tiny = 1e-200

func (m *Model) factorize() {
	m.LogDet = 0
	product := 1.0 // of pivots whose logarithm is not in LogDet yet
	for i := range len(m.Mean) {
		of, ri := m.Precision[i*(i+1)/2:][:i+1], m.Factor[i*(i+1)/2:][:i+1]
		most := math.Sqrt(max(math.Abs(of[i]), tiny))
		rest := of[i]
		for j := range i {
			rj := m.Factor[j*(j+1)/2:][:j+1]
			sum := of[j]
			for k, v := range rj[:j] {
				sum -= ri[k] * v
			}
			// no element of a factor is larger than the root of the diagonal of its row
			v := min(max(sum/rj[j], -most), most)
			ri[j] = v
			rest -= v * v
		}
		rest = max(rest, least*most*most)
		ri[i] = math.Sqrt(rest)
		if product *= rest; product < 1e-80 || product > 1e80 {
			m.LogDet += math.Log(product)
			product = 1
		}
	}
	m.LogDet += math.Log(product)
}

// solve replaces h by the solution b of L b = h, and returns h'b.
func (m *Model) solve(h []float64) float64 {
	squares := m.forward(h)
	for i := len(h) - 1; i >= 0; i-- {
		sum := h[i]
		for k := i + 1; k < len(h); k++ {
			sum -= m.Factor[k*(k+1)/2+i] * h[k]
		}
		h[i] = sum / m.Factor[diagonal(i)]
	}
	return squares
}

// forward solves the first triangle in place, and returns the sum of squares.
func (m *Model) forward(h []float64) float64 {
	squares := 0.0
	for i := range h {
		row := m.Factor[i*(i+1)/2:]
		sum := h[i]
		for k := range i {
			sum -= row[k] * h[k]
		}
		h[i] = sum / row[i]
		squares += h[i] * h[i]
	}
	return squares
}

// Predict returns z'b for the inputs x.
func (m *Model) Predict(x []float64) float64 {
	sum := m.Mean[0]
	for i, v := range x {
		sum += m.Mean[i+1] * v
	}
	return sum
}

// Leverage returns z' L^-1 z for the inputs x: the next value has a t distribution of
// 2 Shape degrees of freedom about Predict, whose squared scale is Variance times one more than
// that. Work holds len(x)+1 numbers.
func (m *Model) Leverage(x, work []float64) float64 {
	work = work[:len(x)+1]
	work[0] = 1
	copy(work[1:], x)
	return m.forward(work)
}

func lnGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
