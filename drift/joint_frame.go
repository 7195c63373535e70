package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
)

// Tolerances of singular covariances, on the scale of correlations.
const (
	// leastVariance is the share of a variance below which an attribute counts as a combination of others, and the
	// variance of a state along a direction, over the mean of both, below which it is singular.
	leastVariance = 1e-10
	// leastShift is the shift of the mean of a combination without variance that counts as one.
	leastShift = 1e-4
)

// frame is both states of the attributes that vary, in units of their standard deviations within the states.
//
// spectrum diagonalises both covariances at once: with A their mean, the columns of v solve V'AV = I, and V'A1V and
// V'A2V are diagonal with a and b. A function of the eigenvalues of inv(A1) A2 is then a sum over the columns, and its
// share of attribute j is the j-th diagonal element of that function of the matrix: column k counts V_jk (AV)_jk for
// attribute j, which adds up to 1. The shares do not depend on the units, and where the eigenvalues are distinct
// they do not depend on the choice of A (any mean of both covariances has the same V but for lengths).
type frame struct {
	names []string // of the attributes that vary
	// ra and rb are names' covariances, shift the difference of the means (recent less reference), va and vb are
	// the degrees of freedom; dm is shift in units of the attributes.
	ra, rb, shift []float64
	va, vb        float64
	dm            []float64
	// gamma is the excess kurtosis of each attribute within the states.
	gamma []float64
	scale []float64
	mean  []float64 // of all rows, in units of the attributes

	keep     []int     // the attributes that are linearly independent
	v, share []float64 // column k of V and of the shares, as row k
	a, b     []float64
	moved    []float64 // V'shift
	// singular says that one of the states has no variance along a direction; shrunk that correlations were mixed
	// with the identity.
	singular, shrunk bool
}

// newFrame leaves out constants and scales the others.
func newFrame(out *Joint, names []string, a, b *jointState) *frame {
	f := &frame{va: a.n - 1, vb: b.n - 1}
	d := len(names)
	var vary []int
	for i := range names {
		if a.cov[i*d+i] > 0 || b.cov[i*d+i] > 0 {
			vary = append(vary, i)
			continue
		}
		out.leave(names[i], reasonConstant)
		out.Broken = out.Broken || math.Abs(a.mean[i]-b.mean[i]) > 1e-12*(math.Abs(a.mean[i])+math.Abs(b.mean[i]))
	}
	p, all := len(vary), f.va+f.vb
	sum := 0.0
	for k, i := range vary {
		f.names = append(f.names, names[i])
		f.scale = append(f.scale, math.Sqrt(f.va/all*a.cov[i*d+i]+f.vb/all*b.cov[i*d+i]))
		f.dm = append(f.dm, b.mean[i]-a.mean[i])
		f.shift = append(f.shift, min(max(f.dm[k]/f.scale[k], -1e100), 1e100))
		f.mean = append(f.mean, a.n/(a.n+b.n)*a.mean[i]+b.n/(a.n+b.n)*b.mean[i])
		// M. W. J. Layard, Robust large-sample tests for homogeneity of variances, JASA 68, 1973: about the mean of
		// each state, so that a change of the mean does not count
		x := math.Sqrt((a.m2[i] + b.m2[i]) / (a.w[i] + b.w[i]))
		f.gamma = append(f.gamma, max((a.m4[i]+b.m4[i])/(a.w[i]+b.w[i])/x/x/x/x-3, -2))
		sum += f.gamma[k]
	}
	f.ra, f.rb = make([]float64, p*p), make([]float64, p*p)
	for i, from := range vary {
		for j, to := range vary {
			f.ra[i*p+j] = a.cov[from*d+to] / f.scale[i] / f.scale[j]
			f.rb[i*p+j] = b.cov[from*d+to] / f.scale[i] / f.scale[j]
		}
	}
	if p > 0 {
		out.Kurtosis = Number(sum / float64(p))
	}
	return f
}

// spectrum diagonalises both covariances, without the attributes that are combinations of others.
func (f *frame) spectrum(out *Joint) error {
	p := len(f.names)
	if p == 0 {
		return nil
	}
	ra, rb := f.shrink(out)
	mean := make([]float64, p*p)
	for i := range mean {
		mean[i] = (ra[i] + rb[i]) / 2
	}
	c, err := linalg.Factor(mean, p, leastVariance)
	if err != nil {
		return err
	}
	left := map[int]bool{}
	for _, j := range c.Dependent() {
		left[j] = true
		out.leave(f.names[j], reasonDependent)
		out.Broken = out.Broken || f.breaks(mean, c.Null(j))
	}
	for i := range p {
		if !left[i] {
			f.keep = append(f.keep, i)
		}
	}
	mean, ra, rb = submatrix(mean, p, f.keep), submatrix(ra, p, f.keep), submatrix(rb, p, f.keep)
	return f.diagonalise(mean, ra, rb)
}

// breaks reports whether the mean of a combination without variance has moved.
func (f *frame) breaks(mean, null []float64) bool {
	p, size := len(null), 0.0
	for i, x := range null {
		size += x * x * mean[i*p+i]
	}
	return math.Abs(linalg.Dot(null, f.shift)) > leastShift*math.Sqrt(size)
}

// shrink returns the covariances of both states. Where both have fewer rows than twice the attributes, each is mixed with a
// multiple of the identity by the weight of the estimator OAS for both together.
func (f *frame) shrink(out *Joint) (ra, rb []float64) {
	p := len(f.names)
	n := f.va + f.vb
	if n >= 2*float64(p) || p == 1 {
		return f.ra, f.rb
	}
	weight := oracle(f.pooled(), p, n)
	out.Shrinkage, f.shrunk = Number(weight), true
	mixed := func(r []float64) []float64 {
		m := make([]float64, p*p)
		for i := range m {
			m[i] = (1 - weight) * r[i]
		}
		for i := range p {
			m[i*p+i] += weight // the mean of the diagonal of both together is 1
		}
		return m
	}
	return mixed(f.ra), mixed(f.rb)
}

// oracle returns the weight from 0 to 1 of the mean variance times the identity in a covariance of n rows, the oracle approximating
// shrinkage of Y. Chen and others, Shrinkage algorithms for MMSE covariance estimation, IEEE Transactions on Signal Processing 58,
// 2010, equation 23.
func oracle(covariance []float64, p int, n float64) float64 {
	d, trace, squares := float64(p), 0.0, linalg.Dot(covariance, covariance)
	for i := range p {
		trace += covariance[i*p+i]
	}
	spread := (n + 1 - 2/d) * (squares - trace*trace/d)
	if !(spread > 0) {
		return 1
	}
	return min(max(((1-2/d)*squares+trace*trace)/spread, 0), 1)
}

// pooled returns the covariance within the states, of unit diagonal.
func (f *frame) pooled() []float64 {
	out := make([]float64, len(f.ra))
	for i := range out {
		out[i] = (f.va*f.ra[i] + f.vb*f.rb[i]) / (f.va + f.vb)
	}
	return out
}

func (f *frame) diagonalise(mean, ra, rb []float64) error {
	k := len(f.keep)
	c, err := linalg.Factor(mean, k, 0)
	if err != nil {
		return err
	}
	root := c.Root()
	k = c.Rank()
	half := make([]float64, len(ra))
	for i := range half {
		half[i] = (ra[i] - rb[i]) / 2
	}
	d := len(f.keep)
	inner := make([]float64, k*k)
	for i := range k {
		x := times(half, root[i*d:(i+1)*d])
		for j := range i + 1 {
			y := linalg.Dot(x, root[j*d:(j+1)*d])
			inner[i*k+j], inner[j*k+i] = y, y
		}
	}
	_, vectors, err := linalg.Eigen(inner, k)
	if err != nil {
		return err
	}
	shift := make([]float64, d)
	for i, at := range f.keep {
		shift[i] = f.shift[at]
	}
	for i := range k {
		v := make([]float64, d)
		for j, q := range vectors[i*k : (i+1)*k] {
			for l := range v {
				v[l] += q * root[j*d+l]
			}
		}
		f.v = append(f.v, v...)
		for l, x := range times(mean, v) {
			f.share = append(f.share, v[l]*x)
		}
		f.a = append(f.a, max(linalg.Dot(times(ra, v), v), 0))
		f.b = append(f.b, max(linalg.Dot(times(rb, v), v), 0))
		f.moved = append(f.moved, linalg.Dot(v, shift))
		f.singular = f.singular || f.a[i] < leastVariance || f.b[i] < leastVariance
	}
	return nil
}

// spread returns for each attribute its share of a sum over the directions of something of both variances.
func (f *frame) spread(of func(a, b float64) float64) (sum float64, shares []float64) {
	d := len(f.keep)
	shares = make([]float64, d)
	for k := range f.a {
		x := of(f.a[k], f.b[k])
		sum += x
		for j := range shares {
			shares[j] += x * f.share[k*d+j]
		}
	}
	return sum, shares
}

// squared returns the square of the shift by a metric that is diagonal along the directions, and the shares of it: the
// product of each attribute's shift and its weight, which is also returned.
func (f *frame) squared(metric func(a, b float64) float64) (sum float64, shares, weights []float64) {
	d := len(f.keep)
	shares, weights = make([]float64, d), make([]float64, d)
	for k := range f.a {
		x := f.moved[k] * metric(f.a[k], f.b[k])
		sum += x * f.moved[k]
		for j := range weights {
			weights[j] += x * f.v[k*d+j]
		}
	}
	for j, at := range f.keep {
		shares[j] = weights[j] * f.shift[at]
	}
	return sum, shares, weights
}
