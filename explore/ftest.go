package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// fTestResult is a test of variances. F is the ratio of the first variance to
// the second with DF1 and DF2 degrees of freedom, DF2 being infinite (null)
// against a known one; ChiSquare is then F times DF1. P of both sides is twice
// the smaller tail, as that of R's var.test.
type fTestResult struct {
	Alternative hypothesis     `json:"alternative"`
	Samples     []sampleResult `json:"samples"`
	F           Number         `json:"f"`
	DF1         Number         `json:"df1"`
	DF2         Number         `json:"df2"`
	P           Number         `json:"p"`
	ChiSquare   *Number        `json:"chi_square,omitempty"`
}

// fTest compares two variances: s1^2/s2^2 against F with n1 - 1 and n2 - 1
// degrees of freedom (NIST/SEMATECH e-Handbook, section 1.3.5.9). It takes both
// to be normal, and unlike a test of means it does not forgive when they are not
// (G. E. P. Box, Non-normality and tests on variances, Biometrika 40, 1953). A
// second sample without variance has no ratio.
func fTest(s *stats.Summary, c compared, alternative hypothesis) (*fTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	a, b, err := c.two(s)
	if err != nil {
		return nil, err
	}
	out := alternative.variances(a, b)
	if v := b.variance(); v.Hi > 0 && a.n.Hi > 1 {
		f := a.variance().Div(v).Float()
		out.F, out.P = Number(f), alternative.p(special.Fisher(f, float64(out.DF1), float64(out.DF2)))
	}
	return out, nil
}

// fTestSigma compares the variance of a numeric attribute with the square of
// sigma: (n-1) s^2/sigma^2 against chi-square with n - 1 degrees of freedom
// (e-Handbook, section 1.3.5.8).
func fTestSigma(s *stats.Summary, attribute string, sigma float64, alternative hypothesis) (*fTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	if !(sigma > 0 && sigma <= stats.MaxMagnitude) {
		return nil, fmt.Errorf("sigma is %v, want a positive number", sigma)
	}
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	a := all(s, i)
	out := alternative.variances(a)
	chi := Number(math.NaN())
	if df := float64(out.DF1); df > 0 {
		square := a.m2.Div(dd.Prod(sigma, sigma))
		chi = Number(square.Float())
		out.F, out.P = Number(square.Div(dd.FromFloat(df)).Float()), alternative.p(special.ChiSquare(float64(chi), df))
	}
	out.ChiSquare = &chi
	return out, nil
}

// variances prepares the result for one or two samples. Degrees of freedom that
// are not above 0 are undefined, which makes the statistic undefined as well.
func (a hypothesis) variances(samples ...sample) *fTestResult {
	undefined := Number(math.NaN())
	out := &fTestResult{Alternative: a, F: undefined, DF1: undefined, DF2: undefined, P: undefined}
	for k, df := range []*Number{&out.DF1, &out.DF2}[:len(samples)] {
		out.Samples = append(out.Samples, samples[k].describe())
		if n := samples[k].n.AddFloat(-1).Float(); n > 0 {
			*df = Number(n)
		}
	}
	return out
}
