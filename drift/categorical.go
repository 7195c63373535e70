package drift

import (
	"cmp"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// leastExpected is how many rows of a value are expected in each state at least for it to be a cell of its own; rarer
// values are one cell together, as the distribution is a bad approximation otherwise (W. G. Cochran, Some methods for
// strengthening the common chi-square tests, Biometrics 10, 1954).
const leastExpected = 5

// valueCounts are the values of an attribute with their weights in both states.
type valueCounts struct {
	values []string
	a, b   []float64
	index  map[string]int
}

// at returns the place of a value, -1 for none.
func (v *valueCounts) at(value string) int {
	if at, ok := v.index[value]; ok {
		return at
	}
	return -1
}

// countsIn adds the weights of the values of an attribute in a state. Values beyond the dictionary have none.
func (v *valueCounts) countsIn(s *stats.Summary, name string, recent bool) {
	add := func(value string, w float64) {
		if !(w > 0) {
			return
		}
		at := v.at(value)
		if at < 0 {
			at = len(v.values)
			if v.index == nil {
				v.index = map[string]int{}
			}
			v.index[value] = at
			v.values, v.a, v.b = append(v.values, value), append(v.a, 0), append(v.b, 0)
		}
		if recent {
			v.b[at] += w
		} else {
			v.a[at] += w
		}
	}
	if at := s.Layout().NumericIndex(name); at >= 0 { // binary
		m := s.Moments(at)
		ones := m.Weight() * m.Mean()
		if !(m.Weight() > 0) {
			return
		}
		add("0", m.Weight()-ones)
		add("1", ones)
		return
	}
	at := s.Layout().CategoricalIndex(name)
	column, counts := &s.Layout().Categorical[at], s.Categories(at)
	for code := int32(1); int(code) <= len(column.Values); code++ {
		add(column.Label(code), counts.Count(code))
	}
	add(otherLabel, counts.Count(stats.Other))
}

// otherLabel stands for the values that are not in the dictionary.
const otherLabel = "(other)"

// categorical compares a categorical or binary attribute.
func (c *comparison) categorical(name, kind string) *Attribute {
	v := &valueCounts{}
	v.countsIn(c.reference, name, false)
	v.countsIn(c.recent, name, true)
	n, m := total(v.a), total(v.b)
	fa, fb := c.reference.Inflation(name), c.recent.Inflation(name)
	out := &Attribute{
		Attribute: name, Kind: kind,
		Reference: Side{Rows: Number(n), Missing: lacking(c.reference.Weight(), n), EffectiveRows: Number(n * fa), Mean: undefined(), Stddev: undefined()},
		Recent:    Side{Rows: Number(m), Missing: lacking(c.recent.Weight(), m), EffectiveRows: Number(m * fb), Mean: undefined(), Stddev: undefined()},
	}
	if !(n > 0 && m > 0) {
		return out
	}
	d := v.design(c.tiles, name)
	out.Dependent = !math.IsInf(d.df, 1)
	out.Reference.EffectiveRows, out.Recent.EffectiveRows = Number(n*fa/d.mean), Number(m*fb/d.mean)
	test, pooled := v.chiSquare(n*fa, m*fb, d)
	out.Tests, out.PooledValues = []Test{test}, pooled
	out.Effects = &Effects{
		MeanShift: undefined(), StddevRatio: undefined(), Wasserstein: undefined(), WassersteinError: undefined(),
		JensenShannon: Number(jensenShannon(v.a, v.b)), PSI: Number(stabilityIndex(v.a, v.b)),
	}
	out.Effect = Number(totalVariation(v.a, v.b))
	out.NewValues, out.VanishedValues = v.newValues(m), v.vanished(n, m)
	return out
}

// chiSquare is Pearson's test of homogeneity of two states of n and m rows. Where rows depend on each other, statistic and degrees of
// freedom are corrected by the design effects, and it is compared with Fisher's F (J. N. K. Rao and A. J. Scott, The analysis of
// categorical data from complex sample surveys, JASA 76, 1981, second order). It also returns how many values are in the cell of
// rare ones.
func (v *valueCounts) chiSquare(n, m float64, d designOfShares) (test Test, pooled int) {
	sumA, sumB := total(v.a), total(v.b)
	var a, b []float64
	var rareA, rareB float64
	for i := range v.values {
		x, y := v.a[i]/sumA*n, v.b[i]/sumB*m
		if (x+y)/(n+m)*min(n, m) < leastExpected {
			rareA, rareB, pooled = rareA+x, rareB+y, pooled+1
			continue
		}
		a, b = append(a, x), append(b, y)
	}
	if pooled > 0 {
		a, b = append(a, rareA), append(b, rareB)
	}
	if pooled <= 1 {
		pooled = 0
	}
	test = Test{Test: "chi_square", Statistic: undefined(), P: undefined()}
	if last := len(a) - 1; pooled != 0 || rareA+rareB > 0 {
		// the rare ones together may be too rare still
		if expected := (rareA + rareB) / (n + m) * min(n, m); expected < leastExpected && last == 1 {
			test.P = Number(midP(rareB/d.mean, (rareA+rareB)/d.mean, n/d.mean, m/d.mean))
			return test, pooled
		} else if expected < leastExpected && last > 1 {
			n, m, a, b = n-rareA, m-rareB, a[:last], b[:last]
		}
	}
	if len(a) < 2 {
		return test, pooled
	}
	x := 0.0
	for i := range a {
		all := a[i] + b[i]
		ea, eb := all*n/(n+m), all*m/(n+m)
		x += (a[i]-ea)*(a[i]-ea)/ea + (b[i]-eb)*(b[i]-eb)/eb
	}
	k := float64(len(a) - 1)
	test.Statistic, test.DF = Number(x), Number(k)
	if math.IsInf(d.df, 1) {
		test.P = Number(special.ChiSquare(x, k).Upper)
		return test, pooled
	}
	k = min(max(k/d.unequal, 1), k)
	test.DF, test.DF2 = Number(k), Number(d.df)
	test.P = Number(special.Fisher(x/d.mean/float64(len(a)-1), k, d.df).Upper)
	return test, pooled
}

// midP returns the p-value of x rows of all rare ones among the m recent rows of n + m, with half of the probability of x itself on either side
// (H. O. Lancaster, Significance tests in discrete distributions, JASA 56, 1961): that of the chi-square is far too small where few are expected.
// Effective numbers are rounded.
func midP(x, rare, n, m float64) float64 {
	x, rare, n, m = math.Round(x), math.Round(rare), math.Round(n), math.Round(m)
	x, most := min(x, rare, m), min(rare, m)
	log := func(a float64) float64 { l, _ := math.Lgamma(a + 1); return l }
	probability := func(k float64) float64 {
		if k > m || rare-k > n {
			return 0
		}
		return math.Exp(log(rare) - log(k) - log(rare-k) + log(n+m-rare) - log(m-k) - log(n-rare+k) - log(n+m) + log(m) + log(n))
	}
	at := probability(x)
	lower, upper := at/2, at/2
	for k := 0.0; k < x; k++ {
		lower += probability(k)
	}
	for k := x + 1; k <= most; k++ {
		p := probability(k)
		if upper += p; p < 1e-18*upper {
			break
		}
	}
	return min(2*min(lower, upper), 1)
}

// designOfShares are the design effects of the shares of the values of an attribute: their mean, and one more than the square of their
// coefficient of variation. df is how many degrees of freedom tell each; it is infinite for independent rows.
type designOfShares struct{ mean, unequal, df float64 }

// equalShares is the design of independent rows.
func equalShares() designOfShares { return designOfShares{mean: 1, unequal: 1, df: math.Inf(1)} }

// design estimates the design effects from tiles.
func (v *valueCounts) design(tiles []*stats.Summary, name string) designOfShares {
	rows, shares := make([]float64, len(tiles)), make([][]float64, len(v.values))
	for i := range shares {
		shares[i] = make([]float64, len(tiles))
	}
	for t, tile := range tiles {
		if tile.Layout().NumericIndex(name) < 0 && tile.Layout().CategoricalIndex(name) < 0 {
			continue
		}
		one := &valueCounts{}
		one.countsIn(tile, name, true)
		if rows[t] = total(one.b); !(rows[t] > 0) {
			continue
		}
		for i, value := range one.values {
			if at := v.at(value); at >= 0 {
				shares[at][t] = one.b[i] / rows[t]
			}
		}
	}
	return designFrom(shares, rows)
}

// mostShares bounds the values whose covariances between tiles are looked at, the most frequent.
const mostShares = 40

// designFrom estimates the design effects: the eigenvalues of the covariances of shares between tiles over those of independent
// rows. Only their sum and their sum of squares are needed, which is without the bias that few tiles give it
// (S. Srivastava, Some tests concerning the covariance matrix in high dimensional data, Journal of the Japan Statistical Society
// 35, 2005, equation 2.11).
func designFrom(shares [][]float64, rows []float64) designOfShares {
	type column struct {
		share float64
		of    []float64
	}
	var columns []column
	all := total(rows)
	for _, of := range shares {
		p := 0.0
		for t := range of {
			p += of[t] * rows[t] / all
		}
		if p > 0 {
			columns = append(columns, column{p, of})
		}
	}
	slices.SortStableFunc(columns, func(a, b column) int { return cmp.Compare(b.share, a.share) })
	columns = columns[:min(len(columns), mostShares)]
	k := float64(len(columns))
	var trace, squares, df float64
	for i, a := range columns {
		for _, b := range columns[:i+1] {
			v, d := successive(a.of, b.of, rows)
			if math.IsNaN(v) {
				return equalShares()
			}
			v /= math.Sqrt(a.share * b.share)
			df = d
			if a.share == b.share && &a.of[0] == &b.of[0] {
				trace, squares = trace+v, squares+v*v
			} else {
				squares += 2 * v * v
			}
		}
	}
	if k < 2 || !(trace > 0) || df <= 1 {
		return equalShares()
	}
	squares = df * df / ((df - 1) * (df + 2)) * (squares - trace*trace/df)
	unequal := min(max((k-1)*squares/(trace*trace), 1), k-1)
	// the effects of the values that are left out are the same on the mean
	covered := 0.0
	for _, c := range columns {
		covered += 1 - c.share
	}
	return designOfShares{mean: trace / covered, unequal: unequal, df: df}
}

// ValueShare is a value with its rows and its share of them.
type ValueShare struct {
	Value string `json:"value"`
	Rows  Number `json:"rows"`
	Share Number `json:"share"`
}

// mostValues bounds the values that are listed.
const mostValues = 20

// newValues returns the values that only the recent rows have, the most frequent first.
func (v *valueCounts) newValues(m float64) []ValueShare {
	return v.listed(v.b, m, func(i int) bool { return v.a[i] == 0 })
}

// vanished returns the values that only the reference has, of which leastExpected recent rows were to be expected.
func (v *valueCounts) vanished(n, m float64) []ValueShare {
	return v.listed(v.a, n, func(i int) bool { return v.b[i] == 0 && v.a[i]/n*m >= leastExpected })
}

func (v *valueCounts) listed(weights []float64, all float64, is func(i int) bool) []ValueShare {
	var out []ValueShare
	for i, value := range v.values {
		if weights[i] > 0 && is(i) {
			out = append(out, ValueShare{Value: value, Rows: Number(weights[i]), Share: Number(weights[i] / all)})
		}
	}
	slices.SortStableFunc(out, func(a, b ValueShare) int { return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Value, b.Value)) })
	return out[:min(len(out), mostValues)]
}
