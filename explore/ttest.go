package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// tTestResult is Student's test of means. T, DF, P and the interval are those
// of Welch's test for two samples; Pooled are those that take both variances
// to be equal.
type tTestResult struct {
	Kind        string         `json:"kind"` // two samples, paired or one sample
	Alternative hypothesis     `json:"alternative"`
	Samples     []sampleResult `json:"samples"`
	// Difference is that of the means, or of the mean and the stated value.
	Difference Number `json:"difference"`
	studentTest
	Pooled *studentTest `json:"pooled,omitempty"`
}

// studentTest is a t statistic: Difference over Stderr with DF degrees of
// freedom. CI95Low and CI95High bound the two-sided 95 % confidence interval of
// the difference, whatever the alternative.
type studentTest struct {
	T        Number `json:"t"`
	DF       Number `json:"df"`
	P        Number `json:"p"`
	Stderr   Number `json:"stderr"`
	CI95Low  Number `json:"ci95_low"`
	CI95High Number `json:"ci95_high"`
}

// tTest compares two means: Welch's t with his degrees of freedom (B. L. Welch,
// The generalization of Student's problem when several different population
// variances are involved, Biometrika 34, 1947) and, beside it, Student's with the
// pooled variance and n1 + n2 - 2. Welch's comes first because nobody who asks a
// stream knows that two variances are equal.
func tTest(s *stats.Summary, c compared, alternative hypothesis) (*tTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	a, b, err := c.two(s)
	if err != nil {
		return nil, err
	}
	difference := a.mean.Sub(b.mean)
	va, vb := a.variance().Div(a.n), b.variance().Div(b.n)
	square := va.Add(vb)
	// Shares of the squared standard error: its fourth power would underflow.
	sa, sb := va.Div(square), vb.Div(square)
	df := one().Div(sa.Square().Div(a.n.AddFloat(-1)).Add(sb.Square().Div(b.n.AddFloat(-1))))
	pooledDF := a.n.Add(b.n).AddFloat(-2)
	pooled := a.m2.Add(b.m2).Div(pooledDF).Mul(one().Div(a.n).Add(one().Div(b.n)))
	equal := alternative.student(difference, pooled, pooledDF.Float())
	return &tTestResult{
		Kind: "two samples", Alternative: alternative, Samples: []sampleResult{a.describe(), b.describe()},
		Difference:  both(a, b, difference),
		studentTest: alternative.student(difference, square, df.Float()), Pooled: &equal,
	}, nil
}

// one is 1 in double-double.
func one() dd.Number { return dd.FromFloat(1) }

// both returns the difference of two means where both are defined.
func both(a, b sample, difference dd.Number) Number {
	if a.n.IsZero() || b.n.IsZero() {
		return Number(math.NaN())
	}
	return Number(difference.Float())
}

// pairedTTest compares the means of two numeric attributes over the rows that
// have both: the one-sample test of their difference. The variance of the
// difference comes from the co-moments, so no row is needed.
func pairedTTest(s *stats.Summary, a, b string, alternative hypothesis) (*tTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	i, err := findNumeric(s, a)
	if err != nil {
		return nil, err
	}
	j, err := findNumeric(s, b)
	if err != nil {
		return nil, err
	}
	out := alternative.oneSample(differences(s, i, j), 0)
	out.Kind = "paired"
	return out, nil
}

// tTestMu compares the mean of a numeric attribute with mu.
func tTestMu(s *stats.Summary, attribute string, mu float64, alternative hypothesis) (*tTestResult, error) {
	alternative, err := alternative.check()
	if err != nil {
		return nil, err
	}
	if err := finite("mu", mu); err != nil {
		return nil, err
	}
	i, err := findNumeric(s, attribute)
	if err != nil {
		return nil, err
	}
	return alternative.oneSample(all(s, i), mu), nil
}

// oneSample compares the mean of a sample with mu.
func (a hypothesis) oneSample(x sample, mu float64) *tTestResult {
	difference := x.mean.AddFloat(-mu)
	return &tTestResult{
		Kind: "one sample", Alternative: a, Samples: []sampleResult{x.describe()},
		Difference:  both(x, x, difference),
		studentTest: a.student(difference, x.variance().Div(x.n), x.n.AddFloat(-1).Float()),
	}
}

// student makes the test of a difference whose standard error has that square.
// Nothing is defined when there is no variance.
func (a hypothesis) student(difference, square dd.Number, df float64) studentTest {
	undefined := Number(math.NaN())
	if !(square.Hi > 0) || !square.IsFinite() || !(df > 0) {
		return studentTest{T: undefined, DF: undefined, P: undefined, Stderr: undefined, CI95Low: undefined, CI95High: undefined}
	}
	stderr := square.Sqrt()
	t := difference.Div(stderr).Float()
	half := stderr.MulFloat(special.StudentQuantile(0.025, df))
	return studentTest{
		T: Number(t), DF: Number(df), P: a.p(special.Student(t, df)), Stderr: Number(stderr.Float()),
		CI95Low: Number(difference.Sub(half).Float()), CI95High: Number(difference.Add(half).Float()),
	}
}
