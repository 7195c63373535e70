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

// spreads returns the standard deviation of each member's scores among rows
// drawn from the statistics. Drawn rows keep the distributions of the
// attributes and their correlations but nothing else, so the anomalies in what
// has been learned, as far as they are no more than combinations, do not
// lower their own weight.
// It costs rows predictions of every member, once for each build.
func (m *ensemble) spreads(ctx context.Context, s *stats.Summary, rows int) ([]float64, error) {
	out := make([]float64, len(m.members))
	if s.Weight() == 0 {
		return out, nil
	}
	draw, err := newSampler(s)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(sampleSeed, sampleSeed))
	values, codes := make([]float64, len(s.Layout().Numeric)), make([]int32, len(s.Layout().Categorical))
	var result model.Result
	mean := make([]float64, len(out)) // Welford's update, out being the sum of squares
	for n := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		draw.draw(r, values, codes)
		for i := range m.members {
			m.members[i].model.Predict(values, codes, &result)
			off := result.Score - mean[i]
			mean[i] += off / float64(n+1)
			out[i] += off * (result.Score - mean[i])
		}
	}
	for i, sum := range out {
		out[i] = max(math.Sqrt(sum/float64(rows)), leastSpread*mean[i])
	}
	return out, nil
}
