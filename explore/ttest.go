package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TTestResult is Student's test of means. T, DF, P and the interval are those
// of Welch's test for two samples; Pooled are those that take both variances
// to be equal.
type TTestResult struct {
	Kind        string      `json:"kind"` // two samples, paired or one sample
	Alternative Alternative `json:"alternative"`
	Samples     []Sample    `json:"samples"`
	// Difference is that of the means, or of the mean and the stated value.
	Difference Number `json:"difference"`
	StudentTest
	Pooled *StudentTest `json:"pooled,omitempty"`
}

// StudentTest is a t statistic: Difference over Stderr with DF degrees of
// freedom. CI95Low and CI95High bound the two-sided 95 % confidence interval of
// the difference, whatever the alternative.
type StudentTest struct {
	T        Number `json:"t"`
	DF       Number `json:"df"`
	P        Number `json:"p"`
	Stderr   Number `json:"stderr"`
	CI95Low  Number `json:"ci95_low"`
	CI95High Number `json:"ci95_high"`
}

// TTest compares two means: Welch's t with his degrees of freedom (B. L. Welch,
// The generalization of Student's problem when several different population
// variances are involved, Biometrika 34, 1947) and, beside it, Student's with the
// pooled variance and n1 + n2 - 2. Welch's comes first because nobody who asks a
// stream knows that two variances are equal.
func TTest(s *stats.Summary, c Compared, alternative Alternative) (*TTestResult, error) {
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
	return &TTestResult{
		Kind: "two samples", Alternative: alternative, Samples: []Sample{a.describe(), b.describe()},
		Difference:  both(a, b, difference),
		StudentTest: alternative.student(difference, square, df.Float()), Pooled: &equal,
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

// PairedTTest compares the means of two numeric attributes over the rows that
// have both: the one-sample test of their difference. The variance of the
// difference comes from the co-moments, so no row is needed.
func PairedTTest(s *stats.Summary, a, b string, alternative Alternative) (*TTestResult, error) {
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

// TTestMu compares the mean of a numeric attribute with mu.
func TTestMu(s *stats.Summary, attribute string, mu float64, alternative Alternative) (*TTestResult, error) {
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
func (a Alternative) oneSample(x sample, mu float64) *TTestResult {
	difference := x.mean.AddFloat(-mu)
	return &TTestResult{
		Kind: "one sample", Alternative: a, Samples: []Sample{x.describe()},
		Difference:  both(x, x, difference),
		StudentTest: a.student(difference, x.variance().Div(x.n), x.n.AddFloat(-1).Float()),
	}
}

// student makes the test of a difference whose standard error has that square.
// Nothing is defined when there is no variance.
func (a Alternative) student(difference, square dd.Number, df float64) StudentTest {
	undefined := Number(math.NaN())
	if !(square.Hi > 0) || !square.IsFinite() || !(df > 0) {
		return StudentTest{T: undefined, DF: undefined, P: undefined, Stderr: undefined, CI95Low: undefined, CI95High: undefined}
	}
	stderr := square.Sqrt()
	t := difference.Div(stderr).Float()
	half := stderr.MulFloat(special.StudentQuantile(0.025, df))
	return StudentTest{
		T: Number(t), DF: Number(df), P: a.p(special.Student(t, df)), Stderr: Number(stderr.Float()),
		CI95Low: Number(difference.Sub(half).Float()), CI95High: Number(difference.Add(half).Float()),
	}
}
