package drift

import (
	"context"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// The variance of means and covariances between tiles of time needs no model of fourth moments, nor that rows
// are independent: the method of batch means, by differences of tiles that follow each other.

// leastTileCount is from how many tiles on they are used, maxTileNumbers how many numbers they may hold together.
const (
	leastTileCount = 8
	maxTileNumbers = 1 << 22
)

// tileSeries are the rows of each tile, its means, and its second moments about the means of all tiles, row-major,
// in standard deviations within the states. Nil is none.
type tileSeries struct {
	rows            []float64
	means, products [][]float64
	// kurtosis is the parameter of the elliptical model of the rows of the tiles.
	kurtosis float64
}

// tiles reads the tiles, nil where there are too few with enough rows, or too many of too many attributes.
func (f *frame) tiles(ctx context.Context, tiles []*stats.Summary) *tileSeries {
	if len(f.names) == 0 || len(tiles) < leastTileCount || len(tiles)*len(f.ra) > maxTileNumbers {
		return nil
	}
	t := &tileSeries{}
	p, all := len(f.names), 0.0
	mean, states := make([]float64, p), []*jointState{}
	for _, s := range tiles {
		st := f.tile(ctx, s)
		if st == nil {
			continue
		}
		all += st.n
		for i := range mean {
			st.mean[i] = (st.mean[i] - f.mean[i]) / f.scale[i]
			mean[i] += st.n * st.mean[i]
			for j := range mean {
				st.cov[i*p+j] *= (st.n - 1) / st.n / f.scale[i] / f.scale[j]
			}
		}
		states = append(states, st)
		t.rows, t.means, t.products = append(t.rows, st.n), append(t.means, st.mean), append(t.products, st.cov)
	}
	if len(t.rows) < leastTileCount {
		return nil
	}
	for b, m := range t.means {
		for i := range m {
			m[i] -= mean[i] / all
		}
		addOuter(t.products[b], m, 1)
	}
	t.kurtosis = elliptical(f.tileKurtosis(states))
	return t
}

// tileKurtosis returns the excess kurtosis of each attribute over the rows of all tiles, of which the means are about that of
// all and scaled.
func (f *frame) tileKurtosis(states []*jointState) []float64 {
	out := make([]float64, len(f.names))
	for i, scale := range f.scale {
		var n, second, fourth float64
		for _, st := range states {
			shift, two := st.mean[i], st.m2[i]/scale/scale
			n, second = n+st.w[i], second+two+st.w[i]*shift*shift
			fourth += st.m4[i]/scale/scale/scale/scale + 4*shift*st.m3[i]/scale/scale/scale + 6*shift*shift*two + st.w[i]*shift*shift*shift*shift
		}
		out[i] = max(fourth/second*n/second-3, -2)
	}
	return out
}

// tile reads one tile, nil where it lacks an attribute or has fewer than two rows of one.
func (f *frame) tile(ctx context.Context, s *stats.Summary) *jointState {
	for _, name := range f.names {
		at := s.Layout().NumericIndex(name)
		if at < 0 || !(s.EffectiveNumber(at) >= 2) {
			return nil
		}
	}
	st, err := readComplete(s, f.names)
	if st == nil && err == nil {
		st, err = readPairwise(ctx, s, f.names)
	}
	if err != nil || !(st.n >= 2) {
		return nil
	}
	return st
}

// traces returns tr(G) and tr(G^2) for the covariance G of a vector of one row, from its means over tiles, and the
// degrees of freedom of the first. Differences of tiles that do not touch are
// independent: the square of their product is tr(G^2) on average.
func (t *tileSeries) traces(of func(tile int) []float64) (trace, squares, df float64) {
	var differences [][]float64
	var sizes []float64
	last := of(0)
	for b := 1; b < len(t.rows); b++ {
		next := of(b)
		d, scale := make([]float64, len(next)), math.Sqrt(1/t.rows[b]+1/t.rows[b-1])
		for i := range d {
			d[i] = (next[i] - last[i]) / scale
		}
		size := linalg.Dot(d, d)
		trace += size
		differences, sizes, last = append(differences, d), append(sizes, size), next
	}
	count, pairs := float64(len(differences)), 0.0
	for b, x := range differences {
		for _, y := range differences[:max(b-1, 0)] {
			sum := 0.0
			for i := range x {
				sum += x[i] * y[i]
			}
			squares += sum * sum
			pairs++
		}
	}
	trace, squares = trace/count, squares/pairs
	squares = min(max(squares, trace*trace/float64(len(last))), trace*trace)
	// J. von Neumann, Distribution of the ratio of the mean square successive difference to the variance, 1941, or fewer where
	// the squares of the differences vary more than those of normal variables
	df = trace * trace / squares * 2 * count * count / (3*(count+1) - 4)
	varies := 0.0
	for _, x := range sizes {
		varies += (x - trace) * (x - trace) / (count - 1)
	}
	return trace, squares, min(df, 2*trace*trace*count/varies)
}

// against tests a sum of squares whose mean is factor times tr(G).
func (t *tileSeries) against(name string, x, factor float64, of func(tile int) []float64) Test {
	trace, squares, df := t.traces(of)
	if !(trace > 0) {
		return undefinedTest(name)
	}
	own := trace / squares * trace
	statistic := x / (factor * trace)
	return Test{Test: name, Statistic: Number(statistic), DF: Number(own), DF2: Number(df), P: Number(special.Fisher(statistic, own, df).Upper)}
}

// directions returns the directions of the frame with variance 1 within the states.
func (f *frame) directions() [][]float64 {
	d, v := len(f.keep), f.va+f.vb
	out := make([][]float64, len(f.a))
	for k := range out {
		out[k] = make([]float64, len(f.names))
		scale := math.Sqrt((f.va*f.a[k] + f.vb*f.b[k]) / v)
		for j, at := range f.keep {
			out[k][at] = f.v[k*d+j] / scale
		}
	}
	return out
}

// testCovariances compares Box's statistic, half a sum of squares of the products of directions.
func (t *tileSeries) testCovariances(f *frame, to *CovarianceTest, x float64) {
	if t == nil {
		return
	}
	along := f.directions()
	d := float64(len(along))
	model := func(k float64) float64 { q := ellipticalBox(d, k); return q.sum }
	// by how much the heavier tails of both states, or lighter ones, let covariances vary more than those of the tiles
	factor := model(elliptical(f.kept(f.gamma))) / model(t.kurtosis)
	to.Tiles = t.against("tiles", x, factor/2, func(tile int) []float64 {
		var out []float64
		for k, v := range along {
			y := times(t.products[tile], v)
			for l := range k + 1 {
				weight := math.Sqrt2
				if l == k {
					weight = 1
				}
				sum := 0.0
				for i, z := range along[l] {
					sum += y[i] * z
				}
				out = append(out, weight*sum)
			}
		}
		return out
	})
}

// testMeans compares T2, the sum of squares of the shifts along the directions.
func (t *tileSeries) testMeans(f *frame, to *MeansTest) {
	if t == nil || math.IsNaN(float64(to.T2)) {
		return
	}
	along := f.directions()
	to.Tiles = t.against("tiles", float64(to.T2), 1, func(tile int) []float64 {
		out := make([]float64, len(along))
		for k, v := range along {
			for i, z := range v {
				out[k] += t.means[tile][i] * z
			}
		}
		return out
	})
}

// testReconstruction compares the difference x of the logarithms of the errors; trace and squares are the sums of the
// eigenvalues of the form and of their squares, k is the kurtosis of both states.
func (t *tileSeries) testReconstruction(to *Reconstruction, left []float64, x, trace, squares, k, rate float64) {
	if t == nil {
		return
	}
	factor := ellipticalForm(trace, squares, k) / ellipticalForm(trace, squares, t.kurtosis)
	to.Tiles = t.against("tiles", x*x, factor*rate/trace/trace, func(tile int) []float64 {
		return []float64{quadraticForm(t.products[tile], left)}
	})
}
