package drift

import (
	"errors"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// ErrUnknownAttribute is wrapped when no state has an attribute of that name.
var ErrUnknownAttribute = errors.New("unknown attribute")

// presentIn returns the weight of the rows that have an attribute.
func presentIn(s *stats.Summary, name string) float64 {
	if i := s.Layout().NumericIndex(name); i >= 0 {
		return s.Moments(i).Weight()
	}
	if i := s.Layout().CategoricalIndex(name); i >= 0 {
		return s.Present(i)
	}
	return 0
}

// lacking returns the weight of the rows that lack an attribute.
func lacking(all, present float64) Number {
	if d := all - present; math.Abs(d) > 1e-9*all {
		return Number(d)
	}
	return 0 // a difference of weights that have been rounded
}

// presence is an attribute of which only is known how many rows have it.
func (*comparison) presence(s *stats.Summary, name string) Side {
	n := presentIn(s, name)
	return Side{Rows: Number(n), EffectiveRows: Number(n * s.Inflation()), Missing: lacking(s.Weight(), n), Mean: undefined(), Stddev: undefined()}
}

// missing adds the test of the share of missing values, where there are any.
func (c *comparison) missing(a *Attribute) {
	if !(a.Reference.Missing > 0 || a.Recent.Missing > 0) || !(c.reference.Weight() > 0 && c.recent.Weight() > 0) {
		return
	}
	v := &valueCounts{
		values: []string{"present", "missing"},
		a:      []float64{float64(a.Reference.Rows), float64(a.Reference.Missing)},
		b:      []float64{float64(a.Recent.Rows), float64(a.Recent.Missing)},
	}
	n, m := c.reference.EffectiveRows(), c.recent.EffectiveRows()
	d := c.missingDesign(a.Attribute)
	test, _ := v.chiSquare(n, m, d)
	a.Dependent = a.Dependent || !math.IsInf(d.df, 1)
	test.Test = "missing"
	a.Tests = append(a.Tests, test)
	if e := Number(totalVariation(v.a, v.b)); !(a.Effect >= e) {
		a.Effect = e
	}
}

// missingDesign returns the design effect of the share of missing values.
func (c *comparison) missingDesign(name string) designOfShares {
	rows, shares := make([]float64, len(c.tiles)), [][]float64{make([]float64, len(c.tiles)), make([]float64, len(c.tiles))}
	for t, tile := range c.tiles {
		if rows[t] = tile.Weight(); rows[t] > 0 {
			shares[0][t] = presentIn(tile, name) / rows[t]
			shares[1][t] = 1 - shares[0][t]
		}
	}
	return designFrom(shares, rows)
}

// list compares an attribute of which a row has any number of values: the shares of the rows that have each value, with as many
// tests as there are values that are frequent enough (Bonferroni).
func (c *comparison) list(name string) *Attribute {
	v := &valueCounts{}
	v.countsIn(c.reference, name, false)
	v.countsIn(c.recent, name, true)
	a, b := c.presence(c.reference, name), c.presence(c.recent, name)
	out := &Attribute{Attribute: name, Kind: "list", Reference: a, Recent: b}
	n, m := float64(a.Rows), float64(b.Rows)
	if !(n > 0 && m > 0) {
		return out
	}
	test := Test{Test: "chi_square_max", Statistic: undefined(), P: undefined()}
	count := 0.0
	fa, fb := c.reference.Inflation(name), c.recent.Inflation(name)
	for i := range v.values {
		x, y := min(v.a[i], n)*fa, min(v.b[i], m)*fb
		share := (x + y) / (n*fa + m*fb)
		if min(share, 1-share)*min(n*fa, m*fb) < leastExpected {
			continue
		}
		count++
		d := x/(n*fa) - y/(m*fb)
		z := d * d / (share * (1 - share) * (1/(n*fa) + 1/(m*fb)))
		if !(float64(test.Statistic) >= z) {
			test.Statistic, test.DF, test.P = Number(z), 1, Number(special.ChiSquare(z, 1).Upper)
		}
		out.Effect = max(out.Effect, Number(math.Abs(d)))
	}
	test.P = Number(min(float64(test.P)*count, 1))
	out.Tests = []Test{test}
	out.NewValues, out.VanishedValues = v.newValues(m), v.vanished(n, m)
	return out
}
