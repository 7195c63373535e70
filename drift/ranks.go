package drift

import "math"

// Tests of ranks hold for any distribution, also where a variance does not exist. Values in one cell share their mean rank.

// wilcoxon is the rank sum test of location of Wilcoxon, Mann and Whitney: the normal deviate with the correction for values that are
// equal, without one for continuity (E. L. Lehmann, Nonparametrics, 1975, equation 1.37).
func (c *cells) wilcoxon(d *design) Test {
	return c.rankTest("wilcoxon", d.ranks[0], d.df, func(middle, _ float64) float64 { return middle })
}

// mood is the test of scale of Mood: the normal deviate of the sum of the squares of ranks from their middle, of which equal values share
// the mean (A. M. Mood, On the asymptotic efficiency of certain nonparametric two-sample tests, Annals of Mathematical Statistics
// 25, 1954; P. W. Mielke, Note on some squared rank tests with existing ties, Technometrics 9, 1967).
func (c *cells) mood(d *design) Test {
	all := c.n + c.m
	return c.rankTest("mood", d.ranks[1], d.df, func(middle, equal float64) float64 {
		r := middle - (all+1)/2
		return r*r + (equal*equal-1)/12
	})
}

// rankTest compares the mean score of the recent rows with that of all, given the cells of all rows: the permutation test of a linear
// rank statistic, in the limit.
func (c *cells) rankTest(name string, ratio, df float64, score func(middle, equal float64) float64) Test {
	all := c.n + c.m
	var below, sum, squares, recent float64
	for i := range c.lo {
		w := c.a[i] + c.b[i]
		s := score(below+(w+1)/2, w)
		sum, recent = sum+w*s, recent+c.b[i]*s
		below += w
	}
	mean := sum / all
	below = 0
	for i := range c.lo {
		w := c.a[i] + c.b[i]
		s := score(below+(w+1)/2, w) - mean
		squares += w * s * s
		below += w
	}
	square := c.n * c.m / (all * (all - 1)) * squares
	z := (recent - c.m*mean) / math.Sqrt(square)
	if !(square > 0) || math.IsInf(square, 0) {
		return Test{Test: name, Statistic: undefined(), P: undefined()}
	}
	out := Test{Test: name, Statistic: Number(z)}
	if out.P = twoSided(z/math.Sqrt(ratio), df); !math.IsInf(df, 1) {
		out.DF = Number(df)
	}
	return out
}
