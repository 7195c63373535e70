package drift

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// JointDistances are distances of the two normal distributions that have the means and covariances of the states.
type JointDistances struct {
	// Hellinger is 0 to 1: the square is 1 - exp(-Bhattacharyya) (L. Pardo, Statistical Inference Based on
	// Divergence Measures, 2006, section 2.1). Expected is what two samples of one normal distribution with as many
	// rows have, to first order, without shrinkage.
	Hellinger Number `json:"hellinger"`
	Expected  Number `json:"hellinger_expected"`
	// Bhattacharyya is dm' inv(A) dm / 8 + ln(|A| / sqrt(|A1| |A2|)) / 2 for the mean A of both covariances.
	Bhattacharyya Number `json:"bhattacharyya"`
	// KullbackLeibler is the sum of the divergence of either distribution from the other, in nats (Jeffreys).
	KullbackLeibler Number `json:"kullback_leibler"`
	// Stein is tr(inv(A1) A2) - ln |inv(A1) A2| - d, of the recent covariance A2 (W. James and C. Stein, Estimation with
	// quadratic loss, 1961).
	Stein Number `json:"stein"`
	// Frechet is the square of the 2-Wasserstein distance |dm|^2 + tr(A1 + A2 - 2 (A1 A2)^(1/2)), in squared units of the
	// attributes (D. C. Dowson and B. V. Landau, The Fréchet distance between multivariate normal distributions,
	// Journal of Multivariate Analysis 12, 1982); FrechetStandardised is that of attributes in standard
	// deviations within the states. What an attribute adds to it is the mean square by which the optimal map moves it.
	Frechet             Number `json:"frechet"`
	FrechetStandardised Number `json:"frechet_standardised"`
}

// regular returns variances that are not 0, for distances: those of a state that is singular are mixed with the
// mean of both, which counts as many rows as there are attributes and one.
func (f *frame) regular(out *Joint) *frame {
	d := float64(len(f.keep))
	mixed := func(x []float64, rows float64, note *Number) []float64 {
		singular := false
		for _, v := range x {
			singular = singular || v < leastVariance
		}
		if !singular {
			return x
		}
		alpha := (d + 1) / (rows + d + 1)
		*note = Number(alpha)
		y := make([]float64, len(x))
		for k, v := range x {
			y[k] = (1-alpha)*v + alpha
		}
		return y
	}
	g := *f
	g.a, g.b = mixed(f.a, f.va+1, &out.ShrinkageReference), mixed(f.b, f.vb+1, &out.ShrinkageRecent)
	return &g
}

// distances fills all but those of Fréchet.
func (f *frame) distances(out *Joint) {
	u := undefined()
	out.Distances = JointDistances{Hellinger: u, Expected: u, Bhattacharyya: u, KullbackLeibler: u, Stein: u, Frechet: u, FrechetStandardised: u}
	to := &out.Distances
	if out.Broken {
		to.Hellinger, to.Bhattacharyya = 1, Number(math.Inf(1))
	}
	if len(f.keep) == 0 {
		if len(out.LeftOut) > 0 && !out.Broken && out.Reference > 0 && out.Recent > 0 {
			to.Hellinger, to.Bhattacharyya = 0, 0
		}
		return
	}
	g := f.regular(out)
	d := float64(len(f.keep))
	rate := 1/(f.va+1) + 1/(f.vb+1)
	to.Expected = Number(math.Sqrt(-math.Expm1(-rate * (d/8 + d*(d+1)/16))))
	// ln of the mean of a and b over their geometric mean, twice
	logs, logShares := g.spread(func(a, b float64) float64 { return math.Log1p((a-b)/a*((a-b)/b)/4) / 4 })
	square, squareShares, _ := g.squared(func(a, b float64) float64 { return 2 / (a + b) / 8 })
	jeffreys, jeffreysShares := g.spread(func(a, b float64) float64 { return (a - b) / a * ((a - b) / b) / 2 })
	both, bothShares, _ := g.squared(func(a, b float64) float64 { return (1/a + 1/b) / 2 })
	stein, steinShares := g.spread(func(a, b float64) float64 { return steinTerm((b - a) / a) })
	to.KullbackLeibler, to.Stein = Number(jeffreys+both), Number(stein)
	if !out.Broken {
		to.Bhattacharyya = Number(logs + square)
		to.Hellinger = Number(math.Sqrt(-math.Expm1(-(logs + square))))
	}
	for j := range f.keep {
		at := &out.Attributes[j]
		at.Bhattacharyya = Number(logShares[j] + squareShares[j])
		at.KullbackLeibler = Number(jeffreysShares[j] + bothShares[j])
		at.Stein = Number(steinShares[j])
	}
}

// steinTerm returns x - ln(1 + x), which is not negative.
func steinTerm(x float64) float64 {
	if math.Abs(x) < 1e-4 {
		return x * x * (1.0/2 - x*(1.0/3-x*(1.0/4-x/5)))
	}
	return x - math.Log1p(x)
}

// frechet fills the distances of Fréchet, of the covariances as they are: they exist for singular ones too.
func (f *frame) frechet(out *Joint) error {
	if len(f.keep) == 0 {
		return nil
	}
	d := len(f.keep)
	a, _, err := squareRoots(submatrix(f.ra, len(f.names), f.keep), d)
	if err != nil {
		return err
	}
	b, _, err := squareRoots(submatrix(f.rb, len(f.names), f.keep), d)
	if err != nil {
		return err
	}
	shares, sum, err := transported(a, b, f.kept(f.shift))
	if err != nil {
		return err
	}
	out.Distances.FrechetStandardised = Number(sum)
	unit, scale := 0.0, f.kept(f.scale)
	for j, x := range shares {
		out.Attributes[j].FrechetStandardised = Number(x)
		unit = max(unit, scale[j])
	}
	dm := f.kept(f.dm)
	for i, s := range scale {
		dm[i] /= unit
		for j := range d {
			a[i*d+j] *= s / unit
			b[i*d+j] *= s / unit
		}
	}
	if shares, sum, err = transported(a, b, dm); err != nil {
		return err
	}
	out.Distances.Frechet = Number(sum * unit * unit)
	for j, x := range shares {
		out.Attributes[j].Frechet = Number(x * unit * unit)
	}
	return nil
}

// kept returns the elements of the attributes that are compared.
func (f *frame) kept(x []float64) []float64 {
	out := make([]float64, len(f.keep))
	for k, at := range f.keep {
		out[k] = x[at]
	}
	return out
}

// transported returns the mean square by which the optimal map from N(0, aa') to N(shift, bb') moves each attribute, and
// their sum. With the singular value decomposition a'b = USV' the map takes a to bVU': what is left between the two
// roots once one is rotated onto the other, so that nothing cancels, and units that are far apart do no harm (R. Bhatia,
// T. Jain, Y. Lim, On the Bures-Wasserstein distance between positive definite matrices, Expositiones Mathematicae 37,
// 2019, equation 3).
func transported(a, b, shift []float64) (shares []float64, sum float64, err error) {
	d := len(shift)
	x, y := mat.NewDense(d, d, a), mat.NewDense(d, d, b)
	var inner, u, v, rotation, moved mat.Dense
	inner.Mul(x.T(), y)
	var svd mat.SVD
	if !svd.Factorize(&inner, mat.SVDFull) {
		return nil, 0, errors.New("the singular values did not converge")
	}
	svd.UTo(&u)
	svd.VTo(&v)
	rotation.Mul(&v, u.T())
	moved.Mul(y, &rotation)
	moved.Sub(&moved, x)
	shares = make([]float64, d)
	for i := range shares {
		row := moved.RawRowView(i)
		shares[i] = linalg.Dot(row, row) + shift[i]*shift[i]
		sum += shares[i]
	}
	return shares, sum, nil
}

// squareRoots returns the square root of a positive semidefinite matrix and the pseudoinverse of that.
func squareRoots(a []float64, d int) (root, inverse []float64, err error) {
	values, vectors, err := linalg.Eigen(a, d)
	if err != nil {
		return nil, nil, err
	}
	root, inverse = make([]float64, d*d), make([]float64, d*d)
	for k, v := range values {
		if !(v > values[0]*1e-14) {
			break
		}
		x := vectors[k*d : (k+1)*d]
		addOuter(root, x, math.Sqrt(v))
		addOuter(inverse, x, 1/math.Sqrt(v))
	}
	return root, inverse, nil
}
