package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// kind is a law that rows are drawn by. draw returns a function that gives one value after the other of one stream: a number, NaN for
// missing, or the code of a value of an attribute of so many values.
type kind struct {
	name   string
	values int     // of a categorical attribute, 0 for a number
	phi    float64 // of an autocorrelated stream, for the description
	draw   func(rng *rand.Rand) func() float64
}

// kinds are the streams without a change.
func kinds() []kind {
	return []kind{
		{name: "normal", draw: iid(func(rng *rand.Rand) float64 { return rng.NormFloat64() })},
		{name: "heavy tails (t, 3 degrees of freedom)", draw: iid(func(rng *rand.Rand) float64 { return student(rng, 3) })},
		{name: "heavy tails (Cauchy)", draw: iid(func(rng *rand.Rand) float64 { return student(rng, 1) })},
		{name: "log-normal", draw: iid(func(rng *rand.Rand) float64 { return math.Exp(rng.NormFloat64()) })},
		{name: "counts (Poisson, mean 1)", draw: iid(func(rng *rand.Rand) float64 { return poisson(rng, 1) })},
		{name: "counts (Poisson, mean 20)", draw: iid(func(rng *rand.Rand) float64 { return poisson(rng, 20) })},
		{name: "normal, 10 % missing", draw: iid(func(rng *rand.Rand) float64 {
			if rng.Float64() < 0.1 {
				return math.NaN()
			}
			return rng.NormFloat64()
		})},
		{name: "4 categories", values: 4, draw: iid(func(rng *rand.Rand) float64 { return zipf(rng, 4) })},
		{name: "40 categories", values: 40, draw: iid(func(rng *rand.Rand) float64 { return zipf(rng, 40) })},
		{name: "autocorrelated, phi 0.9", phi: 0.9, draw: autocorrelated(func(z float64) float64 { return z })},
		{name: "autocorrelated, phi 0.9, log-normal", phi: 0.9, draw: autocorrelated(math.Exp)},
		{name: "autocorrelated counts, phi 0.9", phi: 0.9, draw: autocorrelated(func(z float64) float64 { return math.Floor(math.Exp(0.5 + z/2)) })},
		{name: "autocorrelated categories, phi 0.9", values: 4, phi: 0.9, draw: autocorrelated(func(z float64) float64 {
			switch {
			case z < -1:
				return 1
			case z < 0:
				return 2
			case z < 1:
				return 3
			}
			return 4
		})},
	}
}

// iid draws independent values.
func iid(one func(rng *rand.Rand) float64) func(rng *rand.Rand) func() float64 {
	return func(rng *rand.Rand) func() float64 { return func() float64 { return one(rng) } }
}

// autocorrelated draws a function of a Gaussian autoregression of order 1 with phi 0.9 and variance 1.
func autocorrelated(f func(z float64) float64) func(rng *rand.Rand) func() float64 {
	return func(rng *rand.Rand) func() float64 {
		z := rng.NormFloat64()
		return func() float64 {
			z = 0.9*z + math.Sqrt(1-0.81)*rng.NormFloat64()
			return f(z)
		}
	}
}

func student(rng *rand.Rand, df int) float64 {
	sum := 0.0
	for range df {
		z := rng.NormFloat64()
		sum += z * z
	}
	return rng.NormFloat64() / math.Sqrt(sum/float64(df))
}

func poisson(rng *rand.Rand, mean float64) float64 { // Knuth
	k, p, end := 0.0, rng.Float64(), math.Exp(-mean)
	for p > end {
		k, p = k+1, p*rng.Float64()
	}
	return k
}

// zipf draws 1 to n with probabilities that fall as 1/i.
func zipf(rng *rand.Rand, n int) float64 {
	sum := 0.0
	for i := 1; i <= n; i++ {
		sum += 1 / float64(i)
	}
	u := rng.Float64() * sum
	for i := 1; i < n; i++ {
		if u -= 1 / float64(i); u < 0 {
			return float64(i)
		}
	}
	return float64(n)
}

// layoutOf is that of so many attributes of a kind, a stream each.
func layoutOf(k kind, streams int) *stats.Layout {
	l := &stats.Layout{}
	for i := range streams {
		name := fmt.Sprintf("x%d", i)
		if k.values == 0 {
			l.Numeric = append(l.Numeric, stats.NumericColumn{Name: name})
			continue
		}
		c := stats.CategoricalColumn{Name: name}
		for v := range k.values {
			c.Values = append(c.Values, fmt.Sprint(v))
		}
		l.Categorical = append(l.Categorical, c)
	}
	return l
}

// learn returns the statistics of so many rows of the streams.
func learn(k kind, l *stats.Layout, streams []func() float64, n int) (*stats.Summary, error) {
	rows := &stats.Rows{}
	rows.Reset(len(l.Numeric), len(l.Categorical))
	rows.N = n
	for range n {
		for _, next := range streams {
			if x := next(); k.values == 0 {
				rows.Values = append(rows.Values, x)
			} else {
				rows.Codes = append(rows.Codes, int32(x))
			}
		}
	}
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		return nil, err
	}
	return s, s.Learn(l, rows)
}
