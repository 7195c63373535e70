package explore

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate/quad"
)

// normalPart is one component of a mixture of normal distributions.
type normalPart struct {
	weight, mean, deviation float64
}

// logDensity is the logarithm of weight times density, less a constant.
func (p normalPart) logDensity(x float64) float64 {
	z := (x - p.mean) / p.deviation
	return math.Log(p.weight/p.deviation) - z*z/2
}

// mixture is the distribution of a number that is normal in each of several
// groups.
type mixture []normalPart

// The integral over a mixture is cut at every half standard deviation of every
// component, out to ten: within one piece all components are smooth at the
// scale of the piece, whatever their widths are, so that few points are exact to
// rounding. A fixed grid over the widest component would step over a narrow one.
const (
	piecesPerDeviation = 2
	deviationsCovered  = 10
	pointsPerPiece     = 12
)

// conditionalEntropy is the expected entropy, in bits, of which component a
// number of the mixture is from: the integral of the density times the entropy
// of the posterior, by the rule of Gauss and Legendre in pieces. All deviations
// must be above 0.
func (m mixture) conditionalEntropy() float64 {
	total := 0.0
	for _, p := range m {
		total += p.weight
	}
	points, weights := make([]float64, pointsPerPiece), make([]float64, pointsPerPiece)
	quad.Legendre{}.FixedLocations(points, weights, -1, 1)
	cuts := m.cuts()
	logs, sum := make([]float64, len(m)), 0.0
	for i := range cuts[1:] {
		half := (cuts[i+1] - cuts[i]) / 2
		for k, at := range points {
			density, h := m.at(cuts[i]+half*(1+at), logs)
			sum += weights[k] * half * density * h
		}
	}
	return sum / total / math.Sqrt(2*math.Pi)
}

// cuts returns the ends of the pieces in ascending order. Those much closer than
// the narrowest component needs are left out, as many components of about the
// same place have.
func (m mixture) cuts() []float64 {
	var all []float64
	narrowest := math.Inf(1)
	for _, p := range m {
		narrowest = min(narrowest, p.deviation)
		for k := -piecesPerDeviation * deviationsCovered; k <= piecesPerDeviation*deviationsCovered; k++ {
			all = append(all, p.mean+p.deviation*float64(k)/piecesPerDeviation)
		}
	}
	slices.Sort(all)
	out := all[:1]
	for _, x := range all[1:] {
		if x-out[len(out)-1] >= narrowest/(2*piecesPerDeviation) {
			out = append(out, x)
		}
	}
	return out
}

// at returns the density at x, times total weight and sqrt(2 pi), and the entropy
// of the posterior there in bits. Logs is room for a number per component.
func (m mixture) at(x float64, logs []float64) (density, entropy float64) {
	most := math.Inf(-1)
	for k, p := range m {
		logs[k] = p.logDensity(x)
		most = max(most, logs[k])
	}
	sum, weighted := 0.0, 0.0
	for _, l := range logs {
		e := math.Exp(l - most)
		sum += e
		if e > 0 {
			weighted += e * (l - most)
		}
	}
	return math.Exp(most) * sum, (math.Log(sum) - weighted/sum) / math.Ln2
}

// posterior is the probability that x is from component k: Bayes's rule, with
// the largest of the logarithms taken off so that far from all components one of
// them is still the likeliest.
func (m mixture) posterior(k int, x float64) float64 {
	own, sum := m[k].logDensity(x), 0.0
	for _, p := range m {
		sum += math.Exp(min(p.logDensity(x)-own, maxExponent))
	}
	return 1 / sum
}

// maxExponent keeps a sum of exponentials from overflowing.
const maxExponent = 700
