package explore

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Correlation returns Pearson's correlation of two numeric attributes over the
// rows that have both; NaN when one of them is constant there.
func Correlation(s *stats.Summary, a, b string) (float64, error) {
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
	v := p.Cii.Float() * p.Cjj.Float()
	if !(v > 0) {
		return math.NaN()
	}
	return min(max(p.Cij.Float()/math.Sqrt(p.Cii.Float())/math.Sqrt(p.Cjj.Float()), -1), 1)
}

// BivariateResult describes two attributes over the rows that have both. For
// two numbers Covariance (n - 1), Correlation and the means are set; for a
// category and a number Conditional, by value of the category; for two
// categories Counts, by value of the first, then of the second.
type BivariateResult struct {
	Count       Number                       `json:"count"`
	MeanA       *Number                      `json:"mean_a,omitempty"`
	MeanB       *Number                      `json:"mean_b,omitempty"`
	Covariance  *Number                      `json:"covariance,omitempty"`
	Correlation *Number                      `json:"correlation,omitempty"`
	Conditional map[string]Conditional       `json:"conditional,omitempty"`
	Counts      map[string]map[string]Number `json:"counts,omitempty"`
}

// Conditional are the moments of a number given one value of a category;
// Variance divides by n - 1.
type Conditional struct {
	Count    Number `json:"count"`
	Mean     Number `json:"mean"`
	Variance Number `json:"variance"`
	Stddev   Number `json:"stddev"`
}

// OtherLabel names the values for which a dictionary had no room.
const OtherLabel = "(other)"

// Bivariate describes two attributes; unknown names are errors that wrap
// ErrUnknownAttribute.
func Bivariate(s *stats.Summary, a, b string) (*BivariateResult, error) {
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
		return numbers(s, ca.numeric, cb.numeric), nil
	case ca.numeric >= 0:
		return given(s, cb.categorical, ca.numeric), nil
	case cb.numeric >= 0:
		return given(s, ca.categorical, cb.numeric), nil
	}
	return contingency(s, ca.categorical, cb.categorical), nil
}

func numbers(s *stats.Summary, i, j int) *BivariateResult {
	p := s.Pair(i, j)
	n := p.N
	mean := func(v float64) *Number {
		m := Number(math.NaN())
		if n > 0 {
			m = Number(v)
		}
		return &m
	}
	covariance, r := Number(math.NaN()), Number(correlation(p))
	if n > 1 {
		covariance = Number(p.Cij.Float() / (n - 1))
	}
	out := &BivariateResult{
		Count: Number(n), MeanA: mean(p.MeanI.Float()), MeanB: mean(p.MeanJ.Float()),
		Covariance: &covariance, Correlation: &r,
	}
	if c := s.GivenBinary(i); c != nil && s.GivenBinary(j) == nil {
		out.Conditional = givenBinary(s, i, j)
	} else if c == nil && s.GivenBinary(j) != nil {
		out.Conditional = givenBinary(s, j, i)
	}
	return out
}

// givenBinary conditions a continuous column on a binary one.
func givenBinary(s *stats.Summary, binary, continuous int) map[string]Conditional {
	at := 0
	for k := range continuous {
		if !s.Layout().Numeric[k].Binary {
			at++
		}
	}
	c := s.GivenBinary(binary)
	return map[string]Conditional{"0": conditional(c.Cell(0, at)), "1": conditional(c.Cell(1, at))}
}

func given(s *stats.Summary, category, number int) *BivariateResult {
	c, names := s.GivenCategory(category), &s.Layout().Categorical[category]
	out := &BivariateResult{Conditional: make(map[string]Conditional, len(names.Values))}
	for code := range int32(len(names.Values) + 1) {
		cell := c.Cell(code, number)
		if cell.Weight == 0 {
			continue
		}
		out.Count += Number(cell.Weight)
		out.Conditional[label(names, code)] = conditional(cell)
	}
	return out
}

func conditional(c stats.Cell) Conditional {
	variance := math.NaN()
	if c.Weight > 1 {
		variance = c.M2 / (c.Weight - 1)
	}
	mean := c.Mean
	if c.Weight == 0 {
		mean = math.NaN()
	}
	return Conditional{Count: Number(c.Weight), Mean: Number(mean), Variance: Number(variance), Stddev: Number(math.Sqrt(variance))}
}

func contingency(s *stats.Summary, a, b int) *BivariateResult {
	out := &BivariateResult{Counts: map[string]map[string]Number{}}
	if a == b {
		return diagonal(s, a)
	}
	table, swap := s.Contingency(a, b), a > b
	na, nb := &s.Layout().Categorical[a], &s.Layout().Categorical[b]
	for i := range int32(len(na.Values) + 1) {
		for j := range int32(len(nb.Values) + 1) {
			n := table.Count(i, j)
			if swap {
				n = table.Count(j, i)
			}
			out.add(label(na, i), label(nb, j), n)
		}
	}
	return out
}

// diagonal is the contingency table of a categorical attribute with itself.
func diagonal(s *stats.Summary, a int) *BivariateResult {
	out := &BivariateResult{Counts: map[string]map[string]Number{}}
	names := &s.Layout().Categorical[a]
	for i := range int32(len(names.Values) + 1) {
		out.add(label(names, i), label(names, i), s.Categories(a).Count(i))
	}
	return out
}

func (r *BivariateResult) add(a, b string, n float64) {
	if n == 0 {
		return
	}
	if r.Counts[a] == nil {
		r.Counts[a] = map[string]Number{}
	}
	r.Counts[a][b] = Number(n)
	r.Count += Number(n)
}

func label(c *stats.CategoricalColumn, code int32) string {
	if code == stats.Other {
		return OtherLabel
	}
	return c.Label(code)
}
