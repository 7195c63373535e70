package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// anderson returns the two-sample statistic of Anderson and Darling for values that may be equal, A2akN of F. W.
// Scholz and M. A. Stephens, K-sample Anderson-Darling tests, JASA 82, 1987, equation 7. Values in one cell count as
// equal.
func (c *cells) anderson() float64 {
	all, sum := c.n+c.m, 0.0
	var f, g float64
	for i := range c.lo {
		l := c.a[i] + c.b[i]
		ma, mb := f+c.a[i]/2, g+c.b[i]/2
		f, g = f+c.a[i], g+c.b[i]
		b := ma + mb
		spread := b*(all-b) - all*l/4
		if !(spread > 0) {
			continue // all values are equal
		}
		da, db := all*ma-c.n*b, all*mb-c.m*b
		sum += l / all * (da*da/c.n + db*db/c.m) / spread
	}
	return sum * (all - 1) / all
}

// andersonScale returns the standard deviation of the statistic in samples of n and m different values (Scholz and
// Stephens, equation 4), by which they and SciPy divide what it is above its mean 1.
func andersonScale(n, m float64) float64 {
	all := math.Round(n + m)
	if !(all > 4) {
		return math.NaN()
	}
	inverse := 1/n + 1/m
	h, g := harmonics(all)
	const k = 2
	a := (4*g-6)*(k-1) + (10-6*g)*inverse
	b := (2*g-4)*k*k + 8*h*k + (2*g-14*h-4)*inverse - 8*h + 4*g - 6
	c := (6*h+2*g-2)*k*k + (4*h-4*g+6)*k + (2*h-6)*inverse + 4*h
	d := (2*h+6)*k*k - 4*h*k
	return math.Sqrt((a*all*all*all + b*all*all + c*all + d) / ((all - 1) * (all - 2) * (all - 3)))
}

// harmonics returns the sums h and g of Scholz and Stephens: of 1/i for i below n, and of 1/((n-i) j) for i < j < n.
// From 10,000 values on they are ln n + gamma - 1/(2n) - 1/(12n^2), and pi^2/6 less its next terms, to 1e-8.
func harmonics(n float64) (h, g float64) {
	const long = 10_000
	if n <= long {
		sum := 0.0 // of 1/j for j from i+1
		for i := n - 2; i >= 1; i-- {
			sum += 1 / (i + 1)
			g += sum / (n - i)
		}
		return sum + 1, g
	}
	const gamma = 0.57721566490153286061
	h = math.Log(n) + gamma - 1/(2*n) - 1/(12*n*n)
	return h, math.Pi*math.Pi/6 - (h+1)/n
}

// andersonTerms is how many of the weights 1/(j(j+1)) of the limit stand for all; the rest are one more.
const andersonTerms = 24

// andersonLimit is the limit of the statistic for values that are all different: chi-square variables with the
// weights 1/(j(j+1)) (T. W. Anderson and D. A. Darling, Asymptotic theory of certain goodness of fit criteria,
// Annals of Mathematical Statistics 23, 1952, equation 4.34).
func andersonLimit() quadratic {
	q := make(quadratic, 0, 2*andersonTerms)
	for j := 1; j <= andersonTerms; j++ {
		q = append(q, 1/float64(j*(j+1)))
	}
	// what is left of the sum, 1/(J+1), in as many equal parts as have its sum of squares
	rest := 1 / float64(andersonTerms+1)
	for range andersonTerms {
		q = append(q, rest/andersonTerms)
	}
	return q
}

// atomShare is the share of rows in one cell from which the limit for different values is not right any more.
const atomShare = 0.02

// andersonGroups bounds the cells of which the weights of the limit are worked out.
const andersonGroups = 48

// andersonNull returns the limit of the statistic where the states are alike. Where many rows have one value, it is worked
// out from the shares of the cells: the statistic is the sum of the shares times squares of variables that are
// normal with mean 0 and variance 1, correlated as the distribution function at one cell is with that at another.
func (c *cells) andersonNull() (quadratic, error) {
	all, most := c.n+c.m, 0.0
	for i := range c.lo {
		if c.lo[i] == c.hi[i] || len(c.lo) < 64 {
			most = max(most, (c.a[i]+c.b[i])/all)
		}
	}
	if most < atomShare {
		return andersonLimit(), nil
	}
	g := c.grouped(andersonGroups)
	k := len(g.lo)
	share, middle, deviation := make([]float64, k), make([]float64, k), make([]float64, k)
	below := 0.0
	for i := range k {
		share[i] = (g.a[i] + g.b[i]) / all
		middle[i] = below + share[i]/2
		deviation[i] = math.Sqrt(max(middle[i]*(1-middle[i])-share[i]/4, 0))
		below += share[i]
	}
	kernel := make([]float64, k*k)
	for i := range k {
		kernel[i*k+i] = share[i]
		for j := range i { // j < i
			r := 0.0
			if d := deviation[i] * deviation[j]; d > 0 {
				r = middle[j] * (1 - middle[i]) / d
			}
			w := r * math.Sqrt(share[i]*share[j])
			kernel[i*k+j], kernel[j*k+i] = w, w
		}
	}
	values, _, err := linalg.Eigen(kernel, k)
	if err != nil {
		return nil, err
	}
	out := quadratic{}
	for _, v := range values {
		if v > 1e-9 {
			out = append(out, v)
		}
	}
	return out, nil
}

// legendre writes the first orthonormal polynomials on 0 to 1 at u, without the constant: the functions whose means
// in the two states the statistic adds up (J. Durbin and M. Knott, Components of Cramer-von Mises statistics I, JRSS B
// 34, 1972, for Anderson and Darling's).
func legendre(u float64, out []float64) {
	x := 2*u - 1
	before, now := 1.0, x
	for j := range out {
		n := float64(j + 1)
		out[j] = now * math.Sqrt(2*n+1)
		before, now = now, ((2*n+1)*x*now-n*before)/(n+1)
	}
}
