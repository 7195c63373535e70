package drift

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Metric is a drift metric: driftScore, and <attribute>_drift of each attribute.
type Metric map[string]Number

// scoreKey and attributeSuffix are the keys of Metric.
const (
	scoreKey        = "driftScore"
	attributeSuffix = "_drift"
)

// Metrics returns four drift metrics of two states by their names. How a system that has them defines
// them is not documented; here
//
//   - global is the Hellinger distance of the normal distributions, 0 to 1; attributes have their parts of it, in
//     proportion to the Bhattacharyya distance.
//   - marginal_stat is the mean over the attributes of the Hellinger distance of two distributions that are given by
//     mean and variance alone, normal ones, or of 0 and 1 for a binary attribute: 0 to 1.
//   - marginal_non_stat is the mean over the attributes of the Jensen-Shannon distance of the histograms: 0 to 1, the
//     root of the divergence in bits.
//   - pca_reconstruction_error is by how much the reconstruction error has grown, over that of the reference: -1 and
//     more; attributes have their parts of it.
//
// Attributes that are left out have no part of the first and of the last. The states are those that Jointly has compared.
func (j *Joint) Metrics(reference, recent *stats.Summary) map[string]Metric {
	global := Metric{scoreKey: j.Distances.Hellinger}
	pca := Metric{scoreKey: undefined()}
	normal, histograms := Metric{}, Metric{}
	var names []string
	for _, l := range j.LeftOut {
		names = append(names, l.Attribute)
		global[l.Attribute+attributeSuffix], pca[l.Attribute+attributeSuffix] = 0, 0
	}
	if j.PCA != nil {
		pca[scoreKey] = j.PCA.Ratio - 1
	}
	for i := range j.Attributes {
		a := &j.Attributes[i]
		names = append(names, a.Attribute)
		key := a.Attribute + attributeSuffix
		global[key] = 0
		if j.Distances.Bhattacharyya != 0 {
			global[key] = j.Distances.Hellinger * (a.Bhattacharyya / j.Distances.Bhattacharyya)
		}
		pca[key] = undefined()
		if j.PCA != nil && !math.IsNaN(float64(j.PCA.Ratio)) {
			pca[key] = (a.ErrorRecent - a.ErrorReference) / j.PCA.ErrorReference
		}
	}
	for _, name := range names {
		normal[name+attributeSuffix] = Number(marginalHellinger(reference, recent, name))
		histograms[name+attributeSuffix] = Number(marginalJensenShannon(reference, recent, name))
	}
	normal.average(names)
	histograms.average(names)
	return map[string]Metric{"global": global, "marginal_stat": normal, "marginal_non_stat": histograms, "pca_reconstruction_error": pca}
}

// average makes the score the mean of the attributes that have one.
func (m Metric) average(names []string) {
	sum, n := Number(0), Number(0)
	for _, name := range names {
		if x := m[name+attributeSuffix]; !math.IsNaN(float64(x)) {
			sum, n = sum+x, n+1
		}
	}
	m[scoreKey] = sum / n
}

// marginalHellinger returns the Hellinger distance of two normal distributions, or of two distributions of 0 and 1
// (L. Pardo, Statistical Inference Based on Divergence Measures, 2006).
func marginalHellinger(reference, recent *stats.Summary, name string) float64 {
	i, j := reference.Layout().NumericIndex(name), recent.Layout().NumericIndex(name)
	a, b := reference.Moments(i), recent.Moments(j)
	if a.Empty() || b.Empty() {
		return math.NaN()
	}
	if reference.Layout().Numeric[i].Binary {
		p, q := a.Mean(), b.Mean()
		x := (math.Sqrt(p)-math.Sqrt(q))*(math.Sqrt(p)-math.Sqrt(q)) + (math.Sqrt(1-p)-math.Sqrt(1-q))*(math.Sqrt(1-p)-math.Sqrt(1-q))
		return math.Sqrt(min(max(x/2, 0), 1))
	}
	s, t, shift := a.Stddev(0), b.Stddev(0), b.Mean()-a.Mean()
	switch {
	case s == 0 && t == 0 && shift == 0:
		return 0
	case s == 0 || t == 0:
		return 1
	}
	// the affinity sqrt(2 s t / (s^2 + t^2)) exp(-shift^2 / (4 (s^2 + t^2))), by the ratio of the two
	size := math.Hypot(s, t)
	log := math.Log1p((s/t-1)*(1-t/s)/2)/2 + (shift/size)*(shift/size)/4
	return math.Sqrt(-math.Expm1(-log))
}

// marginalJensenShannon returns the Jensen-Shannon distance of two histograms.
func marginalJensenShannon(reference, recent *stats.Summary, name string) float64 {
	c := cellsOf(reference.Histogram(reference.Layout().NumericIndex(name)), recent.Histogram(recent.Layout().NumericIndex(name)))
	if !(c.n > 0 && c.m > 0) {
		return math.NaN()
	}
	return math.Sqrt(c.jensenShannon())
}
