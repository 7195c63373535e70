package explore

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// sample is a set of numbers of which a test knows the weight, the mean and
// the sum of squared deviations, in double-double.
type sample struct {
	name        string
	n, mean, m2 dd.Number
}

// sampleResult describes a set of numbers that a test compares; Variance and Stddev
// divide by n - 1.
type sampleResult struct {
	Name     string `json:"name"`
	Count    Number `json:"count"`
	Mean     Number `json:"mean"`
	Variance Number `json:"variance"`
	Stddev   Number `json:"stddev"`
}

// describe rounds the sample to float64 for an answer. An empty one has no mean.
func (a sample) describe() sampleResult {
	mean := Number(math.NaN())
	if !a.n.IsZero() {
		mean = Number(a.mean.Float())
	}
	v := a.variance().Float()
	return sampleResult{Name: a.name, Count: Number(a.n.Float()), Mean: mean, Variance: Number(v), Stddev: Number(math.Sqrt(v))}
}

// variance divides by n - 1; NaN when n is not above 1.
func (a sample) variance() dd.Number {
	df := a.n.AddFloat(-1)
	if !(df.Hi > 0) {
		return dd.FromFloat(math.NaN())
	}
	return a.m2.Div(df)
}

// sampleOf is the sample of a cell of a conditional statistic.
func sampleOf(name string, c stats.Cell) sample {
	return sample{name: name, n: c.WeightDD(), mean: c.MeanDD(), m2: c.M2DD()}
}

// all returns the sample of all values of a numeric column: also of rows that
// lack other attributes, which a test of one attribute has no reason to leave out.
func all(s *stats.Summary, column int) sample {
	m := s.Moments(column)
	out := sample{name: s.Layout().Numeric[column].Name, n: dd.FromFloat(m.Weight())}
	if m.Weight() > 0 {
		out.mean, out.m2 = m.MeanDD(), dd.FromFloat(m.CentralSum(2))
	}
	return out
}

// differences returns the sample of a - b over the rows that have both. Its sum
// of squares is that of a and of b less twice that of their products, which
// cancels for attributes that are nearly equal: hence in double-double.
func differences(s *stats.Summary, a, b int) sample {
	p, names := s.Pair(a, b), s.Layout().Numeric
	return sample{
		name: names[a].Name + " - " + names[b].Name,
		n:    dd.FromFloat(p.N), mean: p.MeanI.Sub(p.MeanJ),
		m2: notNegative(p.Cii.Add(p.Cjj).Sub(p.Cij.MulPow2(2))),
	}
}

// notNegative takes the rounding off a sum of squares that is 0.
func notNegative(x dd.Number) dd.Number {
	if x.Hi < 0 {
		return dd.Number{}
	}
	return x
}

// group is one value of the attribute that groups rows, with the sample of the
// numeric column in it.
type group struct {
	value string
	sample
	min, max, median float64          // NaN where not known
	histogram        *stats.Histogram // nil for none
}

// groupOf is the group of a cell.
func groupOf(c *stats.Conditional, code int32, column int, by, value string) group {
	cell := c.Cell(code, column)
	g := group{
		value: value, sample: named(sampleOf("", cell), by, value), min: cell.Min, max: cell.Max, median: math.NaN(),
		histogram: c.Histogram(code, column),
	}
	if g.histogram != nil {
		g.median = g.histogram.Quantile(0.5)
	}
	return g
}

// ofShares is the group of that much weight of zeros and of ones.
func ofShares(zeros, ones float64, by, value string) group {
	g := group{value: value, sample: named(shares(zeros, ones), by, value), median: medianOfShares(zeros, ones)}
	if zeros == 0 {
		g.min = 1
	}
	if ones > 0 {
		g.max = 1
	}
	return g
}

// medianOfShares is the median of zeros and ones, between them for as many of
// each.
func medianOfShares(zeros, ones float64) float64 {
	switch {
	case zeros > ones:
		return 0
	case ones > zeros:
		return 1
	default:
		return 0.5
	}
}

// groups returns the samples of a numeric column by the values of a category,
// or of a binary attribute (0 and 1), those without rows too.
//
// A summary keeps conditional moments of continuous columns given a binary one,
// but not of a binary one given another: those two are a table of four counts,
// which the co-moments hold.
func groups(s *stats.Summary, number int, by column) []group {
	if by.numeric >= 0 {
		if s.Layout().Numeric[number].Binary {
			n := binaryTable(s, number, by.numeric)
			return []group{ofShares(n[0][0], n[1][0], by.name, "0"), ofShares(n[0][1], n[1][1], by.name, "1")}
		}
		// The conditional statistic of a binary counts only continuous columns.
		c, at := s.GivenBinary(by.numeric), continuousIndex(s, number)
		zeros, ones := groupOf(c, 0, at, by.name, "0"), groupOf(c, 1, at, by.name, "1")
		zeros.bound(s.Moments(number))
		ones.bound(s.Moments(number))
		return []group{zeros, ones}
	}
	c, names := s.GivenCategory(by.categorical), &s.Layout().Categorical[by.categorical]
	var out []group
	for code := int32(1); int(code) <= len(names.Values); code++ {
		value := names.Label(code)
		g := groupOf(c, code, number, by.name, value)
		if s.Layout().Numeric[number].Binary && !g.n.IsZero() {
			g.median = medianOfShares(g.n.Float()-g.mean.Mul(g.n).Float(), g.mean.Mul(g.n).Float())
		}
		out = append(out, g)
	}
	if other := c.Cell(stats.Other, number); other.Weight > 0 {
		out = append(out, groupOf(c, stats.Other, number, by.name, otherLabel))
	}
	for i := range out {
		out[i].bound(s.Moments(number))
	}
	return out
}

// bound takes extremes for not known that are beyond those of the column: a row that had
// them has been forgotten, and extremes of a group do not go back.
func (g *group) bound(all *stats.Moments) {
	if !(g.min >= all.Min()) {
		g.min = math.NaN()
	}
	if !(g.max <= all.Max()) {
		g.max = math.NaN()
	}
}

// named gives the sample the name by which answers tell it.
func named(a sample, by, value string) sample {
	a.name = by + "=" + value
	return a
}

// continuousIndex is the place of a numeric column among the continuous ones.
func continuousIndex(s *stats.Summary, number int) int {
	at := 0
	for k := range number {
		if !s.Layout().Numeric[k].Binary {
			at++
		}
	}
	return at
}

// shares is the sample of that much weight of zeros and of ones: with the mean p
// the sum of squared deviations is n p (1-p), which is p times the zeros.
func shares(zeros, ones float64) sample {
	n := dd.Sum(zeros, ones)
	if n.IsZero() {
		return sample{}
	}
	mean := dd.FromFloat(ones).Div(n)
	return sample{n: n, mean: mean, m2: mean.MulFloat(zeros)}
}

// binaryTable returns the weight of the rows by the values of two binary
// columns; both are the same column where they are equal.
func binaryTable(s *stats.Summary, a, b int) [2][2]float64 {
	// The sum of products about the means is that of the rows where both are 1,
	// less n times the product of the means.
	p := s.Pair(a, b)
	if p.N == 0 {
		return [2][2]float64{}
	}
	n := dd.FromFloat(p.N)
	sumA, sumB := p.MeanI.Mul(n), p.MeanJ.Mul(n)
	both := p.Cij.Add(sumA.Mul(p.MeanJ))
	whole := func(x dd.Number) float64 { return rounded(notNegative(x).Float(), p.N) }
	return [2][2]float64{
		{whole(n.Sub(sumA).Sub(sumB).Add(both)), whole(sumB.Sub(both))},
		{whole(sumA.Sub(both)), whole(both)},
	}
}

// rounded returns the integer from which a count, that was worked out from
// means, differs by rounding only; total is the weight of all rows. The bound is
// relative to the total: decayed weights may add up to far less than 1, and no
// count of them is rounding.
func rounded(count, total float64) float64 {
	if i := math.Round(count); math.Abs(count-i) <= countRounding*total {
		return i
	}
	return count
}

// countRounding is by how much of all weight a count may be off for being
// worked out from co-moments in float64, generously.
const countRounding = 1e-13

// given finds the attribute that groups rows: a category, a list or a binary.
func given(s *stats.Summary, name string) (column, error) {
	c, err := find(s, name)
	if err == nil && c.numeric >= 0 && !s.Layout().Numeric[c.numeric].Binary {
		err = fmt.Errorf("attribute %q is continuous, want a categorical or binary one to group by", name)
	}
	return c, err
}

// givenOnce is given for tests whose groups must not share rows: no list.
func givenOnce(s *stats.Summary, name string) (column, error) {
	c, err := given(s, name)
	if err == nil && c.categorical >= 0 && s.Layout().Categorical[c.categorical].List {
		err = fmt.Errorf("attribute %q is a list, whose values may share rows", name)
	}
	return c, err
}
