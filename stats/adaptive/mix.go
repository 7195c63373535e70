package adaptive

import (
	"math"
	"slices"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// MaxMixed is how many pools a Mix has at most.
const MaxMixed = 16

// Mix predicts by the pools of several shards side by side, each as much as the weight of the
// rows that it learned last. It is safe for concurrent use while the pools do not learn, with a
// MixPrediction each.
type Mix struct {
	pools   []*Pool
	shares  []float64
	classes []string
	of      [][]int // by pool and class: the class of the mix
	leftOut int
}

// NewMix returns the mix of pools for one spec. Of more than MaxMixed those of least weight are
// left out.
func NewMix(pools []*Pool) *Mix {
	m := &Mix{}
	for _, p := range pools {
		if p != nil && p.weight > 0 {
			m.pools = append(m.pools, p)
		}
	}
	sort.SliceStable(m.pools, func(i, j int) bool { return m.pools[i].recent > m.pools[j].recent })
	if len(m.pools) > MaxMixed {
		m.leftOut = len(m.pools) - MaxMixed
		m.pools = m.pools[:MaxMixed]
	}
	sum := 0.0
	for _, p := range m.pools {
		sum += p.recent
		m.shares = append(m.shares, p.recent)
		of := make([]int, len(p.classes))
		for k, name := range p.classes {
			if of[k] = slices.Index(m.classes, name); of[k] < 0 {
				of[k] = len(m.classes)
				m.classes = append(m.classes, name)
			}
		}
		m.of = append(m.of, of)
	}
	for j := range m.shares {
		m.shares[j] /= sum
	}
	return m
}

// Pools returns the pools that are mixed, the one of most weight first.
func (m *Mix) Pools() []*Pool { return m.pools }

// LeftOut returns how many pools were left out.
func (m *Mix) LeftOut() int { return m.leftOut }

// Classes returns the classes of all pools.
func (m *Mix) Classes() []string { return m.classes }

// Weight returns the weight of the rows that the mixed pools have learned.
func (m *Mix) Weight() float64 {
	sum := 0.0
	for _, p := range m.pools {
		sum += p.weight
	}
	return sum
}

// MixPrediction is what a Mix says of a row, and the room in which it is worked out.
type MixPrediction struct {
	// Prediction is that of the mix.
	Prediction
	of []Prediction
}

// Predict predicts a row. The standard deviation of a number is that of the mixture.
func (m *Mix) Predict(layout *stats.Layout, values []float64, codes []int32, out *MixPrediction) {
	out.Probabilities = out.Probabilities[:0]
	out.Mean, out.SD = math.NaN(), math.NaN()
	for len(out.of) < len(m.pools) {
		out.of = append(out.of, Prediction{})
	}
	for range m.classes {
		out.Probabilities = append(out.Probabilities, 0)
	}
	mean, squares, numbers := 0.0, 0.0, 0.0
	for j, p := range m.pools {
		of := &out.of[j]
		p.Predict(layout, values, codes, of)
		for k, v := range of.Probabilities {
			out.Probabilities[m.of[j][k]] += m.shares[j] * v
		}
		if p.target == number {
			mean += m.shares[j] * of.Mean
			squares += m.shares[j] * (of.SD*of.SD + of.Mean*of.Mean)
			numbers += m.shares[j]
		}
	}
	if numbers > 0 {
		out.Mean = mean / numbers
		out.SD = math.Sqrt(max(squares/numbers-out.Mean*out.Mean, 0))
	}
}
