package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// FTestResult is a test of variances. F is the ratio of the first variance to
// the second with DF1 and DF2 degrees of freedom, DF2 being infinite (null)
// against a known one; ChiSquare is then F times DF1. P of both sides is twice
// the smaller tail, as that of R's var.test.
type FTestResult struct {
	Alternative Alternative `json:"alternative"`
	Samples     []Sample    `json:"samples"`
	F           Number      `json:"f"`
	DF1         Number      `json:"df1"`
	DF2         Number      `json:"df2"`
	P           Number      `json:"p"`
	ChiSquare   *Number     `json:"chi_square,omitempty"`
}

// FTest compares two variances (NIST/SEMATECH e-Handbook, section 1.3.5.9).
func FTest(s *stats.Summary, c Compared, alternative Alternative) (*FTestResult, error) {
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
		out.F, out.P = Number(f), alternative.p(fisherTails(f, float64(out.DF1), float64(out.DF2)))
	}
	return out, nil
}

// FTestSigma compares the variance of a numeric attribute with the square of
// sigma by the chi-square distribution (e-Handbook, section 1.3.5.8).
func FTestSigma(s *stats.Summary, attribute string, sigma float64, alternative Alternative) (*FTestResult, error) {
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
		out.F, out.P = Number(square.Div(dd.FromFloat(df)).Float()), alternative.p(chiSquareTails(float64(chi), df))
	}
	out.ChiSquare = &chi
	return out, nil
}

// variances prepares the result for one or two samples.
func (a Alternative) variances(samples ...sample) *FTestResult {
	undefined := Number(math.NaN())
	out := &FTestResult{Alternative: a, F: undefined, DF1: undefined, DF2: undefined, P: undefined}
	for k, df := range []*Number{&out.DF1, &out.DF2}[:len(samples)] {
		out.Samples = append(out.Samples, samples[k].describe())
		if n := samples[k].n.AddFloat(-1).Float(); n > 0 {
			*df = Number(n)
		}
	}
	return out
}
