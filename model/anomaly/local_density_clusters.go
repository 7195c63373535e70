package anomaly

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// clusterDensity is one component of a local density: a mixture of normal
// distributions, one around the mean of each micro-cluster. Their covariance is that
// within the micro-clusters, times a scale of each.
type clusterDensity struct {
	component int
	inputs    []int32   // of the binning
	white     []float64 // m by m: rows times a deviation give coordinates of variance 1
	precision []float64 // by input: the diagonal of the inverse covariance
	mean      []float64 // by micro-cluster and coordinate
	weight    []float64 // by micro-cluster: logarithm of its share of the rows
	scale     []float64 // by micro-cluster: variance, relative to that within all
	peak      []float64 // by micro-cluster: logarithm of the density at its mean
	own       []float64 // by micro-cluster: score at its mean
	local     float64
	least     float64 // of the scores at the means, before it was taken away
	entropy   float64 // about the mean score of the rows counted
}

const (
	// scalePrior is for how many rows the variance within all micro-clusters counts in
	// that of one.
	scalePrior = 2
	// leastScale is the least variance of a micro-cluster relative to that within all:
	// equal rows do not make a density without end.
	leastScale = 1e-4
	// leastVariance is the least variance of an attribute within all micro-clusters, in
	// units of the square of its range.
	leastVariance = 1e-8
)

// newClusterDensity reads component k. The covariance within the micro-clusters is that
// of all rows, less that of the means (the decomposition of the analysis of
// variance); correlations and spread, in ranges, are by input of the binning.
// Variances are taken from the micro-clusters' own sums.
func newClusterDensity(cells *stats.Cells, k int, counts, correlation, spread []float64, o localDensitySettings) (*clusterDensity, error) {
	inputs, clusters := cells.Clusters(k, counts)
	c := &clusterDensity{component: k, inputs: inputs, local: o.local}
	m, total := len(inputs), 0.0
	for i := range clusters {
		total += clusters[i].Weight
	}
	mean, variance := make([]float64, m), make([]float64, m)
	for i := range clusters {
		for j := range m {
			mean[j] += clusters[i].Weight / total * clusters[i].Means[j]
			variance[j] += clusters[i].Weight / total * clusters[i].Variances[j]
		}
	}
	for j := range variance {
		variance[j] = max(variance[j], leastVariance)
	}
	within := c.withinCorrelations(clusters, mean, total, correlation, spread)
	used, err := c.whiten(within, variance, o.ridge)
	if err != nil {
		return nil, err
	}
	for i := range clusters {
		relative := 0.0
		for j, v := range clusters[i].Variances {
			relative += v / variance[j] / float64(m)
		}
		n := clusters[i].Weight
		c.weight = append(c.weight, math.Log(n/total))
		c.scale = append(c.scale, max((n*relative+scalePrior)/(n+scalePrior), leastScale))
		for r := range m {
			c.mean = append(c.mean, linalg.Dot(c.white[r*m:(r+1)*m], clusters[i].Means))
		}
	}
	c.readPeaks(used)
	return c, nil
}

// withinCorrelations returns the correlations within the micro-clusters.
func (c *clusterDensity) withinCorrelations(clusters []stats.Cluster, mean []float64, total float64, correlation, spread []float64) []float64 {
	m := len(c.inputs)
	within := make([]float64, m*m)
	for i, a := range c.inputs {
		for j, b := range c.inputs[:i+1] {
			x := correlation[int(a)*len(spread)+int(b)] * spread[a] * spread[b]
			for k := range clusters {
				x -= clusters[k].Weight / total * (clusters[k].Means[i] - mean[i]) * (clusters[k].Means[j] - mean[j])
			}
			within[i*m+j] = x
		}
	}
	diagonal := make([]float64, m)
	for i := range m {
		diagonal[i] = max(within[i*m+i], leastVariance)
	}
	for i := range m {
		for j := range i {
			x := within[i*m+j] / math.Sqrt(diagonal[i]*diagonal[j])
			if !(math.Abs(x) <= 1) { // of different rows, or rounding
				x = max(-1, min(x, 1))
			}
			if math.IsNaN(x) {
				x = 0
			}
			within[i*m+j], within[j*m+i] = x, x
		}
		within[i*m+i] = 1
	}
	return within
}

// whiten takes the root of the inverse of the correlations, of which the eigenvalues
// are drawn towards 1, and returns the variance that the coordinates together have.
func (c *clusterDensity) whiten(within, variance []float64, ridge float64) (used float64, err error) {
	m := len(c.inputs)
	values, vectors, err := linalg.Eigen(within, m)
	if err != nil {
		return 0, fmt.Errorf("correlations within micro-clusters of %d attributes: %w", m, err)
	}
	c.white, c.precision = make([]float64, m*m), make([]float64, m)
	for r, value := range values {
		drawn := (1-ridge)*max(value, 0) + ridge
		used += max(value, 0) / drawn
		for j := range m {
			x := vectors[r*m+j] / math.Sqrt(drawn) / math.Sqrt(variance[j])
			c.white[r*m+j] = x
			c.precision[j] += x * x
		}
	}
	return used, nil
}

// readPeaks sets the densities and the scores at the means, and about the mean score
// of the rows: of rows whose squared distance from the mean of their micro-cluster is
// as that within it.
func (c *clusterDensity) readPeaks(used float64) {
	m := len(c.inputs)
	squares, logs := make([]float64, len(c.weight)), make([]float64, len(c.weight))
	typical := make([]float64, len(c.weight))
	c.peak, c.own = make([]float64, len(c.weight)), make([]float64, len(c.weight))
	for pass := range 2 {
		for i := range c.weight {
			for k := range c.weight {
				squares[k] = squaredDistance(c.mean[i*m:(i+1)*m], c.mean[k*m:(k+1)*m])
			}
			if pass == 0 { // densities first, scores take all of them
				c.peak[i], _ = c.density(squares, logs)
				continue
			}
			c.own[i] = c.thin(squares, logs, c.peak[i])
			for k := range squares {
				squares[k] += used * c.scale[i]
			}
			density, _ := c.density(squares, logs)
			typical[i] = c.thin(squares, logs, density)
		}
	}
	c.least = math.Inf(1)
	for _, x := range c.own {
		c.least = min(c.least, x)
	}
	for i := range c.own {
		c.own[i] -= c.least
		c.entropy += math.Exp(c.weight[i]) * (typical[i] - c.least)
	}
}

// squaredDistance returns the square of the distance of two points.
func squaredDistance(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += (x - b[i]) * (x - b[i])
	}
	return sum
}

// density returns the logarithm of the density of the mixture, but for what is the
// same everywhere, given the squared distances from the means, and the micro-cluster
// that adds most to it. logs is room for one number of each.
func (c *clusterDensity) density(squares, logs []float64) (density float64, most int) {
	m := float64(len(c.inputs))
	for k, square := range squares {
		logs[k] = c.weight[k] - (m*math.Log(c.scale[k])+square/c.scale[k])/2
		if logs[k] > logs[most] {
			most = k
		}
	}
	sum := 0.0
	for _, x := range logs {
		sum += math.Exp(x - logs[most])
	}
	return logs[most] + math.Log(sum), most
}

// thin returns local times the logarithm of the density at the means of the
// micro-clusters around, less that of the density itself, over the root of the number
// of attributes. What is around is weighted by rows and by distance, without a scale:
// the nearest count most, wherever the row lies.
func (c *clusterDensity) thin(squares, logs []float64, density float64) float64 {
	m, most := float64(len(c.inputs)), math.Inf(-1)
	for k, square := range squares {
		logs[k] = c.weight[k] - m/2*math.Log(square+m*c.scale[k])
		most = max(most, logs[k])
	}
	sum, around := 0.0, 0.0
	for k, x := range logs {
		w := math.Exp(x - most)
		sum += w
		around += w * c.peak[k]
	}
	return (c.local*around/sum - density) / math.Sqrt(m)
}

// room is how many numbers score works in.
func (c *clusterDensity) room() int {
	m := len(c.inputs)
	return 4*m + 2*len(c.weight) + m*m
}

// score adds the score of a row to the contributions and returns it; false where the
// row has none of the attributes. It is 0 or more.
//
// An attribute that the row lacks is integrated out of the squared distances: they
// are the least over all values of it, which is what is left without the directions
// in which it moves the coordinates. It counts as far from the mean as usual, so it is
// neither usual nor unusual.
func (c *clusterDensity) score(m *cellCounts, values, work, contributions []float64) (float64, bool) {
	p, n := len(c.inputs), len(c.weight)
	if n == 0 {
		return 0, false
	}
	at, z, off, share := work[:p:p], work[p:2*p], work[2*p:3*p], work[3*p:4*p]
	squares, logs, gone := work[4*p:4*p+n], work[4*p+n:4*p+2*n], work[4*p+2*n:4*p+2*n+p*p]
	m.cells.ClusterPlaces(c.component, values, m.columns, at)
	gone, lacks := c.directions(at, gone)
	if lacks == p {
		return 0, false
	}
	for r := range p {
		z[r] = linalg.Dot(c.white[r*p:(r+1)*p], at)
	}
	for k := range squares {
		if lacks == 0 {
			squares[k] = squaredDistance(z, c.mean[k*p:(k+1)*p])
		} else {
			c.deviation(off, z, k, gone)
			squares[k] = linalg.Dot(off, off) + float64(lacks)*c.scale[k]
		}
	}
	density, most := c.density(squares, logs)
	score := max(0, c.thin(squares, logs, density)-c.least)
	m.cells.ClusterPlaces(c.component, values, m.columns, at)
	c.deviation(off, z, most, gone)
	c.share(share, at, off)
	for i, x := range share {
		contributions[c.inputs[i]] += score * x
	}
	return score, true
}

// directions returns, as an orthonormal basis, where the attributes that lack move the
// coordinates, and how many lack, which are set to 0.
func (c *clusterDensity) directions(at, room []float64) (basis []float64, lacks int) {
	p := len(at)
	basis = room[:0]
	for i, x := range at {
		if !math.IsNaN(x) {
			continue
		}
		at[i] = 0
		lacks++
		v := basis[len(basis) : len(basis)+p]
		for r := range v {
			v[r] = c.white[r*p+i]
		}
		size := math.Sqrt(linalg.Dot(v, v))
		project(v, basis)
		if left := math.Sqrt(linalg.Dot(v, v)); left > 1e-9*size {
			for r := range v {
				v[r] /= left
			}
			basis = basis[:len(basis)+p]
		}
	}
	return basis, lacks
}

// project takes the directions of an orthonormal basis out of v.
func project(v, basis []float64) {
	for ; len(basis) > 0; basis = basis[len(v):] {
		u := basis[:len(v)]
		along := linalg.Dot(u, v)
		for r := range v {
			v[r] -= along * u[r]
		}
	}
}

// deviation sets off to the coordinates relative to the mean of micro-cluster k,
// without those directions.
func (c *clusterDensity) deviation(off, z []float64, k int, gone []float64) {
	for r := range off {
		off[r] = z[r] - c.mean[k*len(z)+r]
	}
	project(off, gone)
}

// share sets the attributes' shares of the score, which add up to 1: in proportion to
// by how much the squared distance drops when the attribute takes the value that the
// others suggest (the conditional terms of Mason, Tracy and Young, Journal of Quality
// Technology 27, 1995), and a little for each that is there.
func (c *clusterDensity) share(share, at, off []float64) {
	const little = 1e-3
	p, total := len(at), 0.0
	clear(share)
	for r, x := range off {
		for i := range share {
			share[i] += x * c.white[r*p+i]
		}
	}
	for i, x := range share {
		if share[i] = x*x/c.precision[i] + little; math.IsNaN(at[i]) {
			share[i] = 0
		}
		total += share[i]
	}
	for i := range share {
		share[i] /= total
	}
}
