package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// average is a mean with the square of its standard error and the degrees of freedom of that.
// The mean is in double-double, as differences of close means lose digits.
type average struct {
	mean       dd.Number
	square, df float64
}

// welch compares two means that are independent: Welch's t (B. L. Welch, The generalization of Student's problem when
// several different population variances are involved, Biometrika 34, 1947).
func welch(name string, a, b average) Test {
	square := a.square + b.square
	t := b.mean.Sub(a.mean).Float() / math.Sqrt(square)
	df := square * square / (a.square*a.square/a.df + b.square*b.square/b.df)
	if !(square > 0) || math.IsInf(square, 0) || !(df > 0) {
		return Test{Test: name, Statistic: undefined(), P: undefined()}
	}
	return Test{Test: name, Statistic: Number(t), DF: Number(df), P: twoSided(t, df)}
}

// location is the mean of the values, of n rows that count as independent.
func location(m *stats.Moments, n float64) average {
	// the sum of squares is that of the weights, which are scaled to n
	variance := m.CentralSum(2) / m.Weight() * n / (n - 1)
	return average{mean: m.MeanDD(), square: variance / n, df: n - 1}
}

// spread is the mean of O'Brien's transform of the values, which is their variance; comparing such means is a test of
// variances that does not need normal values (R. G. O'Brien, A simple test for variance effects in experimental
// designs, Psychological Bulletin 89, 1981, with w = 0.5).
func spread(m *stats.Moments, n float64) average {
	c2, c4 := m.CentralSum(2)/m.Weight()*n, m.CentralSum(4)/m.Weight()*n
	a := (n - 1.5) * n / ((n - 1) * (n - 2))
	variance := c2 / (n - 1)
	return average{mean: dd.FromFloat(variance), square: a * a * (c4 - c2*c2/n) / (n - 1) / n, df: n - 1}
}

// twoSided returns the probability of a t as far from 0; an infinite df is that of the normal distribution.
func twoSided(t, df float64) Number {
	tails := special.Normal(t)
	if !math.IsInf(df, 1) {
		tails = special.Student(t, df)
	}
	return Number(min(2*min(tails.Lower, tails.Upper), 1))
}
