package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// zTestResult is a test of means or proportions by the normal distribution. Z
// is Difference over Stderr.
type zTestResult struct {
	Kind        string         `json:"kind"` // means, proportions, mean or proportion
	Alternative hypothesis     `json:"alternative"`
	Samples     []sampleResult `json:"samples"`
	Difference  Number         `json:"difference"`
	Stderr      Number         `json:"stderr"`
	Z           Number         `json:"z"`
	P           Number         `json:"p"`
}

// zTest compares two means; the standard error is sqrt(s1^2/n1 + s2^2/n2)
// (NIST/SEMATECH e-Handbook, section 7.3.1, with s for sigma). It differs from
// Welch's t test only by the normal distribution in place of Student's, which is
// too narrow for a few rows: there tTest is the one to ask.
func zTest(s *stats.Summary, c compared, alternative hypothesis) (*zTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	a, b, err := c.two(s)
	if err != nil {
		return nil, err
	}
	square := a.variance().Div(a.n).Add(b.variance().Div(b.n))
	return alternative.normal("means", []sample{a, b}, a.mean.Sub(b.mean), square), nil
}

// zTestProportions compares two proportions of ones; the standard error is
// sqrt(p(1-p)(1/n1 + 1/n2)) with p of both samples together (e-Handbook,
// section 7.3.3). The samples share p because the null hypothesis says so; the
// square of z is Pearson's chi-square of the 2 x 2 table.
func zTestProportions(s *stats.Summary, c compared, alternative hypothesis) (*zTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{c.Attribute, c.Versus} {
		if err := isBinary(s, name); name != "" && err != nil {
			return nil, err
		}
	}
	a, b, err := c.two(s)
	if err != nil {
		return nil, err
	}
	n := a.n.Add(b.n)
	p := a.mean.Mul(a.n).Add(b.mean.Mul(b.n)).Div(n)
	square := p.Mul(one().Sub(p)).Mul(one().Div(a.n).Add(one().Div(b.n)))
	return alternative.normal("proportions", []sample{a, b}, a.mean.Sub(b.mean), square), nil
}

// zTestMu compares the mean of a numeric attribute with mu; sigma is the known
// standard deviation of the values, 0 to take that of the sample.
func zTestMu(s *stats.Summary, attribute string, mu, sigma float64, alternative hypothesis) (*zTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	if err := finite("mu", mu); err != nil {
		return nil, err
	}
	if !(sigma >= 0 && sigma <= stats.MaxMagnitude) {
		return nil, fmt.Errorf("sigma is %v, want a positive number, or 0 for that of the sample", sigma)
	}
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	a := all(s, i)
	square := a.variance()
	if sigma > 0 {
		square = dd.Prod(sigma, sigma)
	}
	return alternative.normal("mean", []sample{a}, a.mean.AddFloat(-mu), square.Div(a.n)), nil
}

// zTestProportion compares the proportion of ones of a binary attribute with
// p0, 0 < p0 < 1; the standard error is sqrt(p0(1-p0)/n) (e-Handbook, section
// 7.2.4).
func zTestProportion(s *stats.Summary, attribute string, p0 float64, alternative hypothesis) (*zTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	if !(p0 > 0 && p0 < 1) {
		return nil, fmt.Errorf("mu is %v, want a proportion between 0 and 1", p0)
	}
	if err := isBinary(s, attribute); err != nil {
		return nil, err
	}
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	a := all(s, i)
	square := dd.Diff(1, p0).MulFloat(p0).Div(a.n)
	return alternative.normal("proportion", []sample{a}, a.mean.AddFloat(-p0), square), nil
}

// isBinary refuses attributes that have no proportion of ones.
func isBinary(s *stats.Summary, name string) error {
	i, err := findNumeric(s, name)
	if err == nil && !s.Layout().Numeric[i].Binary {
		err = fmt.Errorf("attribute %q is continuous, want a binary one", name)
	}
	return err
}

// finite refuses stated values that the statistics would not take either. It is
// written so that NaN is refused.
func finite(name string, v float64) error {
	if !(math.Abs(v) <= stats.MaxMagnitude) {
		return fmt.Errorf("%s is %v, want a number of magnitude up to %g", name, v, float64(stats.MaxMagnitude))
	}
	return nil
}

// normal makes the test of a difference whose standard error has that square.
// Nothing but the difference is defined when there is no variance, or no row
// (the square is then NaN or infinite).
func (a hypothesis) normal(kind string, samples []sample, difference, square dd.Number) *zTestResult {
	undefined := Number(math.NaN())
	out := &zTestResult{
		Kind: kind, Alternative: a, Difference: both(samples[0], samples[len(samples)-1], difference),
		Stderr: undefined, Z: undefined, P: undefined,
	}
	for _, x := range samples {
		out.Samples = append(out.Samples, x.describe())
	}
	if square.Hi > 0 && square.IsFinite() {
		stderr := square.Sqrt()
		z := difference.Div(stderr).Float()
		out.Stderr, out.Z, out.P = Number(stderr.Float()), Number(z), a.p(special.Normal(z))
	}
	return out
}
