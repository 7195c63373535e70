package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// numericSide is a numeric attribute in one state.
type numericSide struct {
	moments   *stats.Moments
	histogram *stats.Histogram
	n         float64 // effective number of values, for weights that have decayed
}

func numericSideOf(s *stats.Summary, name string) numericSide {
	at := s.Layout().NumericIndex(name)
	return numericSide{moments: s.Moments(at), histogram: s.Histogram(at), n: s.EffectiveNumber(at)}
}

func (s numericSide) describe(rows float64) Side {
	return Side{
		Rows: Number(s.moments.Weight()), Missing: lacking(rows, s.moments.Weight()), EffectiveRows: Number(s.n),
		Mean: Number(s.moments.Mean()), Stddev: Number(s.moments.Stddev(1)),
	}
}

// numeric compares a numeric attribute.
func (c *comparison) numeric(name string) (*Attribute, error) {
	a, b := numericSideOf(c.reference, name), numericSideOf(c.recent, name)
	out := &Attribute{Attribute: name, Kind: "numeric", Reference: a.describe(c.reference.Weight()), Recent: b.describe(c.recent.Weight())}
	both := cellsOf(a.histogram, b.histogram)
	if both.empty() {
		return out, nil
	}
	d := numericDesign(c.tiles, name, both)
	out.Reference.EffectiveRows, out.Recent.EffectiveRows = Number(a.n/d.value), Number(b.n/d.value)
	out.Dependent = !math.IsInf(d.df, 1)
	out.Tests = append(out.Tests,
		welch("welch", location(a.moments, a.n).with(d.value, d.df), location(b.moments, b.n).with(d.value, d.df)).atMost(d.df),
		welch("obrien", spread(a.moments, a.n).with(d.square, d.df), spread(b.moments, b.n).with(d.square, d.df)).atMost(d.df))
	weighted := both.scaled(a.n, b.n)
	ks, bound := weighted.kolmogorov()
	out.Tests = append(out.Tests, weighted.wilcoxon(d), weighted.mood(d), Test{Test: "kolmogorov_smirnov", Statistic: Number(ks), Error: Number(bound), P: Number(kolmogorovUpper(ks * math.Sqrt(a.n*b.n/(a.n+b.n)/d.ranks[0])))})
	anderson, err := weighted.andersonTest(d)
	if err != nil {
		return nil, err
	}
	out.Tests = append(out.Tests, anderson)
	out.Effects = both.effects(a.moments, b.moments)
	out.Effect = Number(ks)
	return out, nil
}

// with returns the average of rows that depend on each other.
func (a average) with(ratio, df float64) average {
	return average{mean: a.mean, square: a.square * ratio, df: min(a.df, df)}
}

// atMost bounds the degrees of freedom of a test of two averages whose errors have been estimated together.
func (t Test) atMost(df float64) Test {
	if float64(t.DF) > df {
		t.DF = Number(df)
		t.P = twoSided(float64(t.Statistic), df)
	}
	return t
}

// andersonTest is the test of Anderson and Darling. Its p-value is that of the limit, of values of which many may be equal
// and rows that may depend on each other.
func (c *cells) andersonTest(d *design) (Test, error) {
	statistic := c.anderson()
	out := Test{Test: "anderson_darling", Statistic: Number((statistic - 1) / andersonScale(c.n, c.m)), P: undefined()}
	limit, err := c.andersonNull()
	if err != nil {
		return out, err
	}
	if len(limit) > 0 && len(c.lo) > 1 {
		for j := range limit {
			limit[j] *= d.ranks[min(j, components-1)]
		}
		out.P = Number(limit.upperOver(statistic, d.df))
	}
	return out, nil
}

// effects are sizes of the difference that do not grow with the rows.
func (c *cells) effects(a, b *stats.Moments) *Effects {
	distance, bound := c.wasserstein()
	deciles := c.quantileCells()
	pooled := math.Sqrt((a.CentralSum(2) + b.CentralSum(2)) / (a.Weight() + b.Weight() - 2))
	return &Effects{
		MeanShift: Number(b.MeanDD().Sub(a.MeanDD()).Float() / pooled), StddevRatio: Number(b.Stddev(1) / a.Stddev(1)),
		Wasserstein: Number(distance), WassersteinError: Number(bound),
		JensenShannon: Number(c.jensenShannon()), PSI: Number(stabilityIndex(deciles.a, deciles.b)),
	}
}
