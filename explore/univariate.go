package explore

import (
	"encoding/json"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// UnivariateResult is everything that is known about one attribute. Of the
// optional fields, those of numbers are set for continuous and binary
// attributes, Values and Other for categorical ones and lists.
type UnivariateResult struct {
	// Count is the weight of the rows that have the attribute, Missing that of
	// the others.
	Count   Number `json:"count"`
	Missing Number `json:"missing"`
	// Effective is how many equally weighted rows Count is worth, where weights
	// have decayed: (sum w)^2 / sum w^2. Variance, errors and intervals are of
	// that many rows.
	Effective *Number `json:"effective,omitempty"`

	Numbers *NumberSummary `json:"-"`

	// Values is the weight of each category, Other that of all values for
	// which the dictionary had no room.
	Values map[string]Number `json:"values,omitempty"`
	Other  *Number           `json:"other,omitempty"`
	// Distinct is how many different values a category has, estimated for
	// those without room; OtherTop are the heaviest of these.
	Distinct *Number    `json:"distinct,omitempty"`
	OtherTop []TopValue `json:"other_top,omitempty"`
}

// TopValue is a value of which Count is a lower and Count + Error an upper
// bound of the weight.
type TopValue struct {
	Value string `json:"value"`
	Count Number `json:"count"`
	Error Number `json:"error"`
}

// topValues is how many heavy hitters are told.
const topValues = 10

// NumberSummary are the statistics of a numeric attribute, with n for the
// effective number of rows where weights have decayed, else for Count. Variance divides by
// n - 1; Stderr is Stddev / sqrt(n); CI95 is half the width of the 95 %
// confidence interval of the mean by Student's t with n - 1 degrees of freedom;
// Skewness and Kurtosis (excess) are the moment estimators g1 and g2 (Joanes
// and Gill 1998).
type NumberSummary struct {
	Mean     Number `json:"mean"`
	Variance Number `json:"variance"`
	Stddev   Number `json:"stddev"`
	Stderr   Number `json:"stderr"`
	Skewness Number `json:"skewness"`
	Kurtosis Number `json:"kurtosis"`
	Min      Number `json:"min"`
	Max      Number `json:"max"`
	Median   Number `json:"median"`
	CI95     Number `json:"ci95"`
}

// MarshalJSON writes the fields of Numbers beside the others.
func (u UnivariateResult) MarshalJSON() ([]byte, error) {
	type plain UnivariateResult
	return json.Marshal(struct {
		plain
		*NumberSummary
	}{plain(u), u.Numbers})
}

// univariate describes one attribute; an unknown name is an error that wraps
// ErrUnknownAttribute.
func univariate(s *stats.Summary, attribute string) (*UnivariateResult, error) {
	c, err := find(s, attribute)
	if err != nil {
		return nil, err
	}
	if c.numeric < 0 {
		return categories(s, c.categorical), nil
	}
	count, m := s.Moments(c.numeric).Weight(), s.Moments(c.numeric)
	if f := s.Inflation(attribute); f != 1 {
		if m, err = inflated(m, f); err != nil {
			return nil, err
		}
	}
	n := m.Weight()
	median, err := quantile(s, attribute, 0.5)
	if err != nil {
		return nil, err
	}
	stderr := m.Stddev(1) / math.Sqrt(n)
	return &UnivariateResult{
		Count: Number(count), Missing: Number(s.Weight() - count), Effective: effective(s, n),
		Numbers: &NumberSummary{
			Mean: Number(m.Mean()), Variance: Number(m.Variance(1)), Stddev: Number(m.Stddev(1)), Stderr: Number(stderr),
			Skewness: Number(m.Skewness()), Kurtosis: Number(m.Kurtosis()), Min: Number(m.Min()), Max: Number(m.Max()),
			Median: Number(median), CI95: Number(stderr * special.StudentQuantile(0.025, n-1)),
		},
	}, nil
}

// inflated returns a copy with every weight multiplied by f.
func inflated(m *stats.Moments, f float64) (*stats.Moments, error) {
	out := m.Clone()
	return out, out.Scale(f)
}

// effective tells n where weights have decayed.
func effective(s *stats.Summary, n float64) *Number {
	if !s.Decays() {
		return nil
	}
	out := Number(n)
	return &out
}

// categories describes a categorical attribute or list. Values are told from the
// dictionary, also those whose rows have all been forgotten; these do not count as
// distinct. The others are estimated by a sketch (package stats, Distinct and
// HeavyHitters).
func categories(s *stats.Summary, column int) *UnivariateResult {
	counts, names := s.Categories(column), &s.Layout().Categorical[column]
	other := Number(counts.Count(stats.Other))
	out := &UnivariateResult{
		Count: Number(s.Present(column)), Missing: Number(s.Weight() - s.Present(column)),
		Effective: effective(s, s.EffectivePresent(column)),
		Values:    make(map[string]Number, len(names.Values)), Other: &other,
	}
	distinct := 0.0
	for i, value := range names.Values {
		n := counts.Count(int32(i + 1))
		out.Values[value] = Number(n)
		if n > 0 {
			distinct++
		}
	}
	if more, heavy := s.Overflowed(column); more != nil {
		distinct += math.Round(more.Estimate())
		for _, h := range heavy.Top(topValues) {
			out.OtherTop = append(out.OtherTop, TopValue{Value: h.Value, Count: Number(h.Estimate), Error: Number(h.Error)})
		}
	}
	number := Number(distinct)
	out.Distinct = &number
	return out
}
