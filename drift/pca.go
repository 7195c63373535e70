package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// Reconstruction is how well the principal components of the reference describe the rows of both states: the mean
// square of what is left of a row once its components are taken out, E|x - WW'x|^2 for attributes that are centred and
// scaled by the reference (an attribute that is constant there by its recent standard deviation).
type Reconstruction struct {
	// Components is how many are kept: as many as Share of the variance needs, and one less than the attributes
	// at most, since all of them leave nothing.
	Components int    `json:"components"`
	Share      Number `json:"share"`
	// ErrorReference is tr((I - WW') S) of the reference, ErrorRecent the same of recent rows about the means of the
	// reference: the sum of what is due to covariances and what to means (ErrorMeans).
	ErrorReference Number `json:"error_reference"`
	ErrorRecent    Number `json:"error_recent"`
	ErrorMeans     Number `json:"error_means"`
	// Ratio is that of the recent to the reference.
	Ratio Number `json:"ratio"`
	// The tests compare the logarithms of the errors about the own means of each state, by the components of both
	// states together: those of the reference fit its own rows best, so that the error of other rows is larger without a
	// change. Normal, Elliptical and Independent take the fourth moments from the kurtosis of the attributes as those of
	// CovarianceTest do, Tiles from tiles.
	Normal      Test `json:"normal"`
	Elliptical  Test `json:"elliptical"`
	Independent Test `json:"independent_components"`
	Tiles       Test `json:"tiles"`
	// P is that of Tiles where it is defined, else the larger of Elliptical and Independent.
	P Number `json:"p"`
}

func (f *frame) reconstruct(out *Joint, o *JointOptions, tiles *tileSeries) error {
	p := len(f.names)
	if p == 0 {
		return nil
	}
	to := &Reconstruction{
		Ratio: undefined(), P: undefined(), Normal: undefinedTest("normal"), Elliptical: undefinedTest("elliptical"),
		Independent: undefinedTest("independent_components"), Tiles: undefinedTest("tiles"),
	}
	out.PCA = to
	a, b, shift := f.byReference()
	values, vectors, err := linalg.Eigen(a, p)
	if err != nil {
		return err
	}
	to.Components, to.Share = componentsOf(values, o)
	reference, recent, means := residuals(a, b, shift, vectors[to.Components*p:])
	sum := func(x []float64) (s float64) {
		for _, v := range x {
			s += v
		}
		return s
	}
	first, left, moved := sum(reference), sum(recent), sum(means)
	to.ErrorReference, to.ErrorRecent, to.ErrorMeans = Number(first), Number(left+moved), Number(moved)
	if first > leastVariance*float64(p) {
		to.Ratio = Number((left + moved) / first)
	}
	for j, at := range f.keep {
		out.Attributes[j].ErrorReference, out.Attributes[j].ErrorRecent = Number(reference[at]), Number(recent[at]+means[at])
	}
	return f.testReconstruction(to, tiles)
}

// byReference returns covariances and shift in standard deviations of the reference.
func (f *frame) byReference() (a, b, shift []float64) {
	p := len(f.names)
	a, b, shift = make([]float64, p*p), make([]float64, p*p), make([]float64, p)
	scale := make([]float64, p)
	for i := range p {
		at := i*p + i
		if scale[i] = math.Sqrt(f.ra[at]); scale[i] == 0 {
			scale[i] = math.Sqrt(f.rb[at])
		}
		shift[i] = f.shift[i] / scale[i]
	}
	for i := range p {
		for j := range p {
			at := i*p + j
			a[at], b[at] = f.ra[at]/scale[i]/scale[j], f.rb[at]/scale[i]/scale[j]
		}
	}
	return a, b, shift
}

// componentsOf returns how many components are kept, and their share of the variance.
func componentsOf(values []float64, o *JointOptions) (count int, share Number) {
	total, sum := 0.0, 0.0
	for _, v := range values {
		total += max(v, 0)
	}
	wanted := o.Share
	if wanted == 0 {
		wanted = defaultShare
	}
	for count < len(values)-1 {
		if o.Components > 0 && count == o.Components || o.Components == 0 && sum >= wanted*total {
			break
		}
		sum += max(values[count], 0)
		count++
	}
	return count, Number(sum / total)
}

// residuals returns the mean squares of what the components leave of each attribute: the diagonals of R a R and R b R and
// the squares of R shift, for the projection R onto the rows of left.
func residuals(a, b, shift, left []float64) (reference, recent, means []float64) {
	p := len(shift)
	projection := make([]float64, p*p)
	for k := 0; k < len(left); k += p {
		addOuter(projection, left[k:k+p], 1)
	}
	diagonal := func(m []float64) []float64 {
		x, out := product(projection, m, p), make([]float64, p)
		for i := range out {
			out[i] = max(linalg.Dot(x[i*p:(i+1)*p], projection[i*p:(i+1)*p]), 0)
		}
		return out
	}
	means = times(projection, shift)
	for i, x := range means {
		means[i] = x * x
	}
	return diagonal(a), diagonal(b), means
}

// testReconstruction tests that the error about the own means has not changed.
func (f *frame) testReconstruction(to *Reconstruction, tiles *tileSeries) error {
	p := len(f.names)
	pooled := f.pooled()
	values, vectors, err := linalg.Eigen(pooled, p)
	if err != nil {
		return err
	}
	left := vectors[to.Components*p:]
	first, second := quadraticForm(f.ra, left), quadraticForm(f.rb, left)
	trace, squares := 0.0, 0.0
	own := make([]float64, p) // of the form in the independent components
	for k := to.Components; k < p; k++ {
		v := max(values[k], 0)
		trace, squares = trace+v, squares+v*v
		for i, x := range vectors[k*p : (k+1)*p] {
			own[i] += v * x * x
		}
	}
	if !(first > leastVariance*float64(p) && second > leastVariance*float64(p)) {
		return nil
	}
	x, rate := math.Log(second/first), 1/f.va+1/f.vb
	fill := func(t *Test, variance float64) {
		if variance > 0 {
			z := x / (math.Sqrt(variance*rate) / trace)
			t.Statistic, t.P = Number(z), Number(min(2*special.Normal(math.Abs(z)).Upper, 1))
		}
	}
	k := elliptical(f.gamma)
	fill(&to.Normal, 2*squares)
	fill(&to.Elliptical, ellipticalForm(trace, squares, k))
	root, _, err := squareRoots(pooled, p)
	if err != nil {
		return err
	}
	variance, unit := 2*squares, make([]float64, p)
	for i := range unit {
		unit[i] = 1
	}
	for i, g := range sources(root, unit, f.gamma) {
		variance += g * own[i] * own[i]
	}
	fill(&to.Independent, variance)
	tiles.testReconstruction(to, left, x, trace, squares, k, rate)
	if to.P = to.Tiles.P; math.IsNaN(float64(to.P)) {
		to.P = max(to.Elliptical.P, to.Independent.P)
	}
	return nil
}

// quadraticForm returns the sum of x'mx over the rows of left.
func quadraticForm(m, left []float64) float64 {
	p, sum := int(math.Sqrt(float64(len(m)))+0.5), 0.0
	for k := 0; k < len(left); k += p {
		sum += linalg.Dot(times(m, left[k:k+p]), left[k:k+p])
	}
	return sum
}
