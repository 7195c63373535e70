package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// BivariateResult describes two attributes over the rows that have both. For
// two numbers Numbers is set; where one groups the other (a category, or a
// binary attribute beside a number) Conditional, by the values of the one that
// groups, which is B when both are binary; for two attributes of categories or
// binaries Counts, by value of the first, then of the second. A row counts once
// for each of its values of a list, in Count too; an attribute with itself has the
// counts of its values on the diagonal.
type BivariateResult struct {
	Count Number `json:"count"`
	// Effective is how many equally weighted rows Count is worth, where weights
	// have decayed.
	Effective *Number `json:"effective,omitempty"`
	*PairNumbers
	Conditional map[string]Conditional       `json:"conditional,omitempty"`
	Counts      map[string]map[string]Number `json:"counts,omitempty"`
}

// PairNumbers are the statistics of two numbers. Covariance divides by n - 1.
// P is the two-sided p-value of Correlation against 0, by Student's t with
// n - 2 degrees of freedom; its 95 % confidence interval is Fisher's, with
// standard error 1/sqrt(n-3) of atanh r (Biometrika 10, 1915).
type PairNumbers struct {
	MeanA           Number `json:"mean_a"`
	MeanB           Number `json:"mean_b"`
	Covariance      Number `json:"covariance"`
	Correlation     Number `json:"correlation"`
	P               Number `json:"correlation_p"`
	CorrelationLow  Number `json:"correlation_low"`
	CorrelationHigh Number `json:"correlation_high"`
}

// Conditional are the moments of a number given one value of a category;
// Variance divides by n - 1. Min and Max are the extremes, of forgotten rows too
// where these are within the range of the attribute;
// Median needs a histogram of each value, which sml_learn keeps with
// conditional_bins. What is not known is null. CI95 is half the width of the 95 % confidence
// interval of the mean by Student's t, CI95Low and CI95High are its ends.
type Conditional struct {
	Count    Number `json:"count"`
	Mean     Number `json:"mean"`
	Variance Number `json:"variance"`
	Stddev   Number `json:"stddev"`
	Sum      Number `json:"sum"`
	Min      Number `json:"min"`
	Max      Number `json:"max"`
	Median   Number `json:"median"`
	CI95     Number `json:"ci95"`
	CI95Low  Number `json:"ci95_low"`
	CI95High Number `json:"ci95_high"`
}

// otherLabel names the values for which a dictionary had no room.
const otherLabel = "(other)"

// bivariate describes two attributes; unknown names are errors that wrap
// ErrUnknownAttribute. Where weights have decayed, counts and sums are weights,
// and all else is that of the effective number of rows.
func bivariate(s *stats.Summary, a, b string) (*BivariateResult, error) {
	weights, err := together(s, a, b)
	if err != nil || !s.Decays() {
		return weights, err
	}
	n, err := s.Effective(a, b)
	if err != nil {
		return nil, err
	}
	out, err := together(n, a, b)
	if err != nil {
		return nil, err
	}
	worth := out.Count
	out.Count, out.Counts, out.Effective = weights.Count, weights.Counts, &worth
	for value, c := range out.Conditional {
		c.Count, c.Sum = weights.Conditional[value].Count, weights.Conditional[value].Sum
		out.Conditional[value] = c
	}
	return out, nil
}

// together describes two attributes by the weights that a summary has.
func together(s *stats.Summary, a, b string) (*BivariateResult, error) {
	ca, err := find(s, a)
	if err != nil {
		return nil, err
	}
	cb, err := find(s, b)
	if err != nil {
		return nil, err
	}
	switch {
	case ca.numeric >= 0 && cb.numeric >= 0:
		return numbers(s, ca, cb), nil
	case ca.numeric >= 0:
		return byCategory(s, groups(s, ca.numeric, cb), ca, cb), nil
	case cb.numeric >= 0:
		return byCategory(s, groups(s, cb.numeric, ca), ca, cb), nil
	}
	t := tableOf(s, ca, cb)
	return &BivariateResult{Count: Number(t.total), Counts: t.observed()}, nil
}

// byCategory describes a numeric and a categorical attribute, in either order.
func byCategory(s *stats.Summary, all []group, a, b column) *BivariateResult {
	out := conditionals(all)
	if !a.continuous(s) && !b.continuous(s) {
		out.Counts = tableOf(s, a, b).observed()
	}
	return out
}

// numbers describes two numeric attributes; a binary one among them groups the
// other.
func numbers(s *stats.Summary, a, b column) *BivariateResult {
	p := s.Pair(a.numeric, b.numeric)
	out := &BivariateResult{Count: Number(p.N), PairNumbers: pairNumbers(p)}
	binaryA, binaryB := s.Layout().Numeric[a.numeric].Binary, s.Layout().Numeric[b.numeric].Binary
	switch {
	case binaryB:
		out.Conditional = conditionals(groups(s, a.numeric, b)).Conditional
	case binaryA:
		out.Conditional = conditionals(groups(s, b.numeric, a)).Conditional
	}
	if binaryA && binaryB {
		out.Counts = tableOf(s, a, b).observed()
	}
	return out
}

// pairNumbers are undefined where there are too few rows: a p-value needs 3, an
// interval 4.
func pairNumbers(p stats.PairStat) *PairNumbers {
	undefined := Number(math.NaN())
	out := &PairNumbers{MeanA: undefined, MeanB: undefined, Covariance: Number(p.Covariance(1)), Correlation: undefined, P: undefined, CorrelationLow: undefined, CorrelationHigh: undefined}
	if p.N > 0 {
		out.MeanA, out.MeanB = Number(p.MeanI.Float()), Number(p.MeanJ.Float())
	}
	r := correlation(p)
	out.Correlation = Number(r)
	if p.N > 2 && !math.IsNaN(r) {
		out.P = twoSided.p(special.Student(correlationT(correlationDD(p), p.N-2), p.N-2))
	}
	if p.N > 3 && !math.IsNaN(r) {
		half := normal975 / math.Sqrt(p.N-3)
		out.CorrelationLow, out.CorrelationHigh = Number(math.Tanh(math.Atanh(r)-half)), Number(math.Tanh(math.Atanh(r)+half))
	}
	return out
}

// normal975 is the 0.975 quantile of the normal distribution (R: qnorm(0.975)).
const normal975 = 1.959963984540054

// correlationT is r sqrt(df / (1 - r^2)), Student's t of a correlation (Fisher,
// Biometrika 10, 1915), with r and 1 - r^2 in double-double: near 1 a float64 r
// has no digits left for the difference.
func correlationT(r dd.Number, df float64) float64 {
	rest := notNegative(one().Sub(r.Square()))
	if rest.IsZero() {
		return math.Copysign(math.Inf(1), r.Hi)
	}
	return r.Div(rest.Sqrt()).Float() * math.Sqrt(df)
}

// pearson returns Pearson's correlation of two numeric attributes over the
// rows that have both; NaN when one of them is constant there.
func pearson(s *stats.Summary, a, b string) (float64, error) {
	i, err := findNumeric(s, a)
	if err != nil {
		return 0, err
	}
	j, err := findNumeric(s, b)
	if err != nil {
		return 0, err
	}
	return correlation(s.Pair(i, j)), nil
}

// correlation is clamped to [-1, 1], which rounding can leave by an ulp.
func correlation(p stats.PairStat) float64 {
	if !(p.Cii.Hi > 0 && p.Cjj.Hi > 0) {
		return math.NaN()
	}
	return min(max(correlationDD(p).Float(), -1), 1)
}

// correlationDD is the correlation in double-double; both sums must be above 0.
// They are divided one after the other, since their product, of four deviations,
// underflows for numbers around 1e-80.
func correlationDD(p stats.PairStat) dd.Number {
	return p.Cij.Div(p.Cii.Sqrt()).Div(p.Cjj.Sqrt())
}

// conditionals tells the groups that have rows.
func conditionals(all []group) *BivariateResult {
	out := &BivariateResult{Conditional: make(map[string]Conditional, len(all))}
	for _, g := range all {
		if g.n.IsZero() {
			continue
		}
		out.Count += Number(g.n.Float())
		out.Conditional[g.value] = conditional(g)
	}
	return out
}

// conditional tells one group; the ends of its interval are rounded once, from
// double-double, so that they are symmetric about the mean as far as can be.
func conditional(g group) Conditional {
	a, d := g.sample, g.describe()
	half := dd.FromFloat(float64(d.Stddev) / math.Sqrt(float64(d.Count)) * special.StudentQuantile(0.025, a.n.AddFloat(-1).Float()))
	return Conditional{
		Count: d.Count, Mean: d.Mean, Variance: d.Variance, Stddev: d.Stddev, Sum: Number(a.mean.Mul(a.n).Float()),
		Min: Number(g.min), Max: Number(g.max), Median: Number(g.median),
		CI95: Number(half.Hi), CI95Low: Number(a.mean.Sub(half).Float()), CI95High: Number(a.mean.Add(half).Float()),
	}
}

// label is the text of a code.
func label(c *stats.CategoricalColumn, code int32) string {
	if code == stats.Other {
		return otherLabel
	}
	return c.Label(code)
}
