package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// MeansTest are tests that both states have the same means.
type MeansTest struct {
	// Hotelling takes the covariances to be equal: T2 as F with d and v-d+1 degrees of freedom, which are exact for
	// normal rows (H. Hotelling, The generalization of Student's ratio, Annals of Mathematical Statistics 2, 1931).
	T2        Number `json:"t2"`
	Hotelling Test   `json:"hotelling"`
	// Unequal does not (K. Krishnamoorthy and J. Yu, Modified Nel and Van der Merwe test for the multivariate
	// Behrens-Fisher problem, Statistics and Probability Letters 66, 2004).
	UnequalT2 Number `json:"unequal_t2"`
	Unequal   Test   `json:"unequal"`
	// Many is for more attributes than rows (M. S. Srivastava and M. Du, A test for the mean vector with fewer
	// observations than the dimension, Journal of Multivariate Analysis 99, 2008): defined where both states have less
	// than two rows an attribute.
	Many Test `json:"many_attributes"`
	// Tiles compares T2 with what means vary by between tiles: null without tiles.
	Tiles Test `json:"tiles"`
	// P is the first that is defined of Tiles, Many, Unequal and Hotelling.
	P Number `json:"p"`
}

func (f *frame) compareMeans(out *Joint, tiles *tileSeries) error {
	to := &out.Means
	*to = MeansTest{
		T2: undefined(), UnequalT2: undefined(), P: undefined(), Hotelling: undefinedTest("hotelling"),
		Unequal: undefinedTest("unequal"), Many: undefinedTest("many_attributes"), Tiles: undefinedTest("tiles"),
	}
	if len(f.keep) == 0 {
		return nil
	}
	if f.shrunk {
		f.many(to)
	} else {
		f.hotelling(to)
		f.unequal(to)
		tiles.testMeans(f, to)
	}
	for _, t := range []Test{to.Tiles, to.Many, to.Unequal, to.Hotelling} {
		if !math.IsNaN(float64(t.P)) {
			to.P = t.P
			break
		}
	}
	return nil
}

func (f *frame) hotelling(to *MeansTest) {
	d, v := float64(len(f.keep)), f.va+f.vb
	square, _, _ := f.squared(func(a, b float64) float64 { return v / (f.va*a + f.vb*b) })
	n, m := f.va+1, f.vb+1
	t2 := square / (1/n + 1/m)
	df := v - d + 1
	if !(df > 0) {
		return
	}
	x := t2 * df / (v * d)
	to.T2 = Number(t2)
	to.Hotelling = Test{Test: "hotelling", Statistic: Number(x), DF: Number(d), DF2: Number(df), P: Number(special.Fisher(x, d, df).Upper)}
}

func (f *frame) unequal(to *MeansTest) {
	d, n, m := float64(len(f.keep)), f.va+1, f.vb+1
	t2, _, _ := f.squared(func(a, b float64) float64 { return 1 / (a/n + b/m) })
	trace := func(of, other []float64, n, m float64) float64 {
		sum, squares := 0.0, 0.0
		for k := range of {
			x := of[k] / n / (of[k]/n + other[k]/m)
			sum, squares = sum+x, squares+x*x
		}
		return squares + sum*sum
	}
	nu := (d + d*d) / (trace(f.a, f.b, n, m)/f.va + trace(f.b, f.a, m, n)/f.vb)
	df := nu - d + 1
	if !(df > 0) {
		return
	}
	x := t2 * df / (nu * d)
	to.UnequalT2 = Number(t2)
	to.Unequal = Test{Test: "unequal", Statistic: Number(x), DF: Number(d), DF2: Number(df), P: Number(special.Fisher(x, d, df).Upper)}
}

func (f *frame) many(to *MeansTest) {
	p, v := float64(len(f.names)), f.va+f.vb
	if !(v > 2) {
		return
	}
	squares, sum := 0.0, 0.0
	for _, x := range f.pooled() {
		squares += x * x
	}
	for _, x := range f.shift {
		sum += x * x
	}
	spread := squares - p*p/v
	x := (sum/(1/(f.va+1)+1/(f.vb+1)) - v*p/(v-2)) / math.Sqrt(2*spread*(1+squares/math.Pow(p, 1.5)))
	if !(spread > 0) {
		return
	}
	to.Many.Statistic, to.Many.P = Number(x), Number(special.Normal(x).Upper)
}
