package anomaly

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// defaultSample is how many rows are drawn to learn the spread of scores.
const defaultSample = 512

// sampleSeed makes every build from the same statistics the same.
const sampleSeed = 1

// leastSpread is the least spread of a member's scores that counts, as a share of
// their mean: below, what tells rows apart is rounding, as of a distance beside
// one huge value.
const leastSpread = 1e-3

// Choices of the option weights.
const (
	weightsMeasured = "measured"
	weightsGiven    = "given"
)

const (
	// countedWeight is the weight of a member that counts rows in cells, for each
	// unit of structure.
	countedWeight = 6
	// leastStructure is what such a member counts where there is none.
	leastStructure = 0.05
	// farFrom is how many spreads above the mean of drawn rows the score of a member
	// that knows one centre, or tails, begins to count.
	farFrom = 1
)

// calibrate sets the factor of each member: its weight as a share of all, over the
// spread of its scores.
func (m *ensemble) calibrate(ctx context.Context, s *stats.Summary, o ensembleOptions, weights []float64) error {
	means, spreads, err := m.drawnScores(ctx, s, o.sample)
	if err != nil {
		return err
	}
	if o.measured {
		m.measure(weights, means, spreads)
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for i := range m.members {
		m.members[i].weight, m.members[i].spread = weights[i]/total, spreads[i]
		m.members[i].factor = weights[i] / total
		if varies(spreads[i]) { // all drawn rows are alike where attributes are constant
			m.members[i].factor /= spreads[i]
		}
	}
	return nil
}

// measure multiplies the weights of members that count rows in cells by what their
// counts tell of the data's structure, that is, of what distributions and
// correlations do not explain: how much higher such a member scores rows drawn from
// these than those that it has counted, in spreads. For a tree that difference is
// the divergence of Kullback and Leibler (Annals of Mathematical Statistics 22, 1951)
// of the counted rows from the drawn ones over its leaves. It is 0 for independent or
// linearly dependent attributes and 1 to 3 for clusters and rings.
//
// Of a member that knows one centre, or tails, only what is farther out than most
// drawn rows counts: that a row is near the centre, which may be the hole of a ring
// or lie between clusters, does not make it usual. A local density knows linear
// dependence too, which is no structure: it keeps its weight, and counts where a row is
// farther out than the mean drawn row. Constants were chosen as
// docs/anomaly.md says.
func (m *ensemble) measure(weights, means, spreads []float64) {
	for i := range m.members {
		b := &m.members[i]
		if centred(b.typ) && varies(spreads[i]) {
			b.floor = means[i] + farFrom*spreads[i]
		}
		cells, ok := b.model.(*cellCounts)
		if !ok {
			continue
		}
		structure := 0.0
		if varies(spreads[i]) {
			structure = max(0, (means[i]-cells.entropy)/spreads[i])
		}
		b.structure = &structure
		if cells.clusters != nil {
			b.floor = max(0, means[i])
			continue
		}
		weights[i] *= countedWeight * max(structure, leastStructure)
	}
}

// centred reports whether a type of detector takes what is near one centre, or off
// the tails, for usual.
func centred(typ string) bool {
	switch typ {
	case "copod", "ecod", "mahalanobis", "pca", "zscore":
		return true
	}
	return false
}

// drawnScores returns the mean and the standard deviation of each member's scores
// among rows drawn from the statistics; the mean is without the steps of a
// counting member. Drawn rows keep the distributions of the
// attributes and their correlations but nothing else, so the anomalies in what
// has been learned, as far as they are no more than combinations, do not
// lower their own weight.
// It costs rows predictions of every member, once for each build.
func (m *ensemble) drawnScores(ctx context.Context, s *stats.Summary, rows int) (means, out []float64, err error) {
	means, out = make([]float64, len(m.members)), make([]float64, len(m.members))
	if s.Weight() == 0 {
		return means, out, nil
	}
	draw, err := newSampler(s)
	if err != nil {
		return nil, nil, err
	}
	r := rand.New(rand.NewPCG(sampleSeed, sampleSeed))
	values, codes := make([]float64, len(s.Layout().Numeric)), make([]int32, len(s.Layout().Categorical))
	var result model.Result
	steps := make([]float64, len(out))
	for n := range rows { // Welford's update, out being the sum of squares
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		draw.draw(r, values, codes)
		for i := range m.members {
			m.members[i].model.Predict(values, codes, &result)
			off := result.Score - means[i]
			means[i] += off / float64(n+1)
			out[i] += off * (result.Score - means[i])
			if cells, ok := m.members[i].model.(*cellCounts); ok {
				steps[i] += cells.addStepScores(values, result.Contributions) / float64(rows)
			}
		}
	}
	for i, sum := range out {
		out[i] = max(math.Sqrt(sum/float64(rows)), leastSpread*means[i])
		means[i] -= steps[i]
	}
	return means, out, nil
}
