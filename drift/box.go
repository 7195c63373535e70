package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// CovarianceTest are tests that both states have the same covariances.
type CovarianceTest struct {
	// M is the statistic of Box: v ln|S| - v1 ln|S1| - v2 ln|S2| for the covariances S1, S2 and S within the states, with
	// v1, v2 and v degrees of freedom. It is null where a state has no more degrees of freedom than there are attributes,
	// or no variance along some direction.
	M Number `json:"m"`
	// BoxChiSquare and BoxF are its two approximations (G. E. P. Box, A general distribution theory for a class of
	// likelihood criteria, Biometrika 36, 1949). Both want normal rows: heavy tails give small p-values without a change.
	BoxChiSquare Test `json:"box_chi_square"`
	BoxF         Test `json:"box_f"`
	// Elliptical is Box's chi-square against what it has for rows of an elliptical distribution with the kurtosis of the
	// attributes: (1+k) chi2(f-1) + (1 + k(d+2)/2) chi2(1) (R. J. Muirhead and C. M. Waternaux, Asymptotic distributions in
	// canonical correlation analysis and other multivariate procedures for nonnormal populations, Biometrika 67, 1980,
	// section 5). Independent is the same for rows of independent components. DF of both is null.
	Elliptical  Test `json:"elliptical"`
	Independent Test `json:"independent_components"`
	// Tiles compares with what covariances vary by between tiles: null without tiles.
	Tiles Test `json:"tiles"`
	// P is that of Tiles where it is defined, else the larger one of Elliptical and Independent, which holds its
	// level in both models and is conservative in one.
	P Number `json:"p"`
}

// undefinedTest is a test that has no answer.
func undefinedTest(name string) Test {
	return Test{Test: name, Statistic: undefined(), DF: undefined(), DF2: undefined(), P: undefined()}
}

func (f *frame) compareCovariances(out *Joint, tiles *tileSeries) {
	to := &out.Covariances
	*to = CovarianceTest{
		M: undefined(), P: undefined(),
		BoxChiSquare: undefinedTest("box_chi_square"), BoxF: undefinedTest("box_f"), Elliptical: undefinedTest("elliptical"),
		Independent: undefinedTest("independent_components"), Tiles: undefinedTest("tiles"),
	}
	d := float64(len(f.keep))
	if d == 0 || f.singular || f.shrunk || f.va <= d || f.vb <= d {
		return
	}
	all := f.va + f.vb
	m, shares := f.spread(func(a, b float64) float64 {
		// logarithms of the variances over the pooled one
		return -f.va*math.Log1p(f.vb/all*(a-b)/(f.va/all*a+f.vb/all*b)) - f.vb*math.Log1p(f.va/all*(b-a)/(f.va/all*a+f.vb/all*b))
	})
	m = max(m, 0)
	to.M = Number(m)
	for j, x := range shares {
		out.Attributes[j].BoxM = Number(x)
	}
	c1, df := to.box(m, d, f.va, f.vb)
	if c1 >= 1 {
		return
	}
	x := (1 - c1) * m
	f.withKurtosis(to, x, df)
	tiles.testCovariances(f, to, x)
	to.P = to.Tiles.P
	if math.IsNaN(float64(to.P)) {
		to.P = max(to.Elliptical.P, to.Independent.P)
	}
}

// box fills both approximations and returns the correction of the first and its degrees of freedom.
func (t *CovarianceTest) box(m, d, va, vb float64) (c1, df float64) {
	all := va + vb
	df = d * (d + 1) / 2
	c1 = (1/va + 1/vb - 1/all) * (2*d*d + 3*d - 1) / (6 * (d + 1))
	c2 := (1/(va*va) + 1/(vb*vb) - 1/(all*all)) * (d - 1) * (d + 2) / 6
	if c1 >= 1 {
		return c1, df
	}
	x := (1 - c1) * m
	t.BoxChiSquare = Test{Test: "box_chi_square", Statistic: Number(x), DF: Number(df), DF2: undefined(), P: Number(special.ChiSquare(x, df).Upper)}
	a2 := (df + 2) / math.Abs(c2-c1*c1)
	statistic := (1 - c1 - df/a2) / df * m
	if c2 <= c1*c1 {
		y := (1 - c1 + 2/a2) / a2 * m
		if statistic = a2 / df * y / (1 - y); y >= 1 {
			statistic = math.Inf(1)
		}
	}
	t.BoxF = Test{Test: "box_f", Statistic: Number(statistic), DF: Number(df), DF2: Number(a2), P: Number(special.Fisher(statistic, df, a2).Upper)}
	return c1, df
}

// withKurtosis fills the two tests that correct for the kurtosis of the attributes.
func (f *frame) withKurtosis(t *CovarianceTest, x, df float64) {
	d := len(f.keep)
	gamma := f.kept(f.gamma)
	q := ellipticalBox(float64(d), elliptical(gamma))
	t.Elliptical.Statistic, t.Elliptical.P = Number(x), Number(q.upper(x))
	root, variance, err := f.pooledRoot(f.keep)
	if err != nil {
		return
	}
	q = weighted{}
	for _, g := range sources(root, variance, gamma) {
		q.add(1, 1+g/2)
	}
	q.add(df-float64(d), 1)
	t.Independent.Statistic, t.Independent.P = Number(x), Number(q.upper(x))
}

// pooledRoot returns the symmetric root of the covariance within the states of some attributes, and its diagonal.
func (f *frame) pooledRoot(which []int) (root, variance []float64, err error) {
	pooled := submatrix(f.pooled(), len(f.names), which)
	root, _, err = squareRoots(pooled, len(which))
	for i := range which {
		variance = append(variance, pooled[i*len(which)+i])
	}
	return root, variance, err
}
