package classification

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// ldaReport is what Describe returns of lda.
type ldaReport struct {
	classifierReport
	// Lambda is the share of the diagonal in the covariance, and Chosen how it was found.
	Lambda     float64           `json:"lambda,omitempty"`
	Chosen     string            `json:"lambda_chosen,omitempty"`
	Covariance *covarianceReport `json:"covariance"`
	// Discriminants are the directions in which the classes differ most, in
	// units of their spread, by falling eigenvalue.
	Discriminants []discriminantReport `json:"discriminants"`
}

// discriminantReport is a direction of the terms of variance 1 within classes.
type discriminantReport struct {
	// Eigenvalue is the variance of the classes' means, weighted by the priors,
	// in this direction; Share is its part of the sum.
	Eigenvalue float64 `json:"eigenvalue"`
	Share      float64 `json:"share"`
	// Scaling is the direction; its element of largest magnitude is positive.
	Scaling []float64 `json:"scaling"`
}

// ldaReport is computed when Describe asks: discriminants are not needed to predict.
func (g *groups) ldaReport(m *linearClassifier, s *inverted, priors []float64) ldaReport {
	r := ldaReport{classifierReport: g.describe(&m.verdict, priors), Covariance: s.describe()}
	m.functions(r.Classes)
	r.Discriminants = g.discriminants(s, priors)
	return r
}

// discriminants solves the generalised eigenproblem of the scatter between and
// within classes (Rao 1948; The Elements of Statistical Learning, section
// 4.3.3) by that of the classes' small matrix D'S^-1 D, for the columns
// sqrt(prior) (mean - weighted mean of the means) of D.
// The small matrix is classes by classes whatever the number of terms, and has at
// most classes - 1 eigenvalues above 0.
func (g *groups) discriminants(s *inverted, priors []float64) []discriminantReport {
	p, classes := g.terms(), len(priors)
	centre := make([]float64, p)
	for k, prior := range priors {
		for i := range p {
			centre[i] += prior * g.away[k*p+i]
		}
	}
	d, solved := make([]float64, classes*p), make([]float64, 0, classes*p)
	for k, prior := range priors {
		for i := range p {
			d[k*p+i] = math.Sqrt(prior) * (g.away[k*p+i] - centre[i])
		}
		solved = append(solved, s.times(d[k*p:(k+1)*p])...)
	}
	small, sum := make([]float64, classes*classes), 0.0
	for a := range classes {
		for b := range classes {
			small[a*classes+b] = linalg.DotInFour(d[a*p:(a+1)*p], solved[b*p:(b+1)*p])
		}
		sum += small[a*classes+a]
	}
	values, vectors, err := linalg.Eigen(small, classes)
	if err != nil {
		return nil
	}
	const rounding = 1e-12
	var out []discriminantReport
	for k, v := range values[:min(classes-1, p)] {
		if !(v > rounding*sum) {
			break
		}
		x := discriminantReport{Eigenvalue: v, Share: v / sum, Scaling: make([]float64, p)}
		for a, w := range vectors[k*classes : (k+1)*classes] {
			for i := range p {
				x.Scaling[i] += w * solved[a*p+i] / math.Sqrt(v)
			}
		}
		towardsPositive(x.Scaling)
		out = append(out, x)
	}
	return out
}

// towardsPositive turns v so that its element of largest magnitude is positive.
// The sign of a direction is arbitrary, and a report must not depend on it.
func towardsPositive(v []float64) {
	best := 0
	for i, x := range v {
		if math.Abs(x) > math.Abs(v[best]) {
			best = i
		}
	}
	if v[best] >= 0 {
		return
	}
	for i := range v {
		v[i] = -v[i]
	}
}
