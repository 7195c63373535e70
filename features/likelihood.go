package features

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// likelihood compares the mean of the last short values with the distribution
// of the values in the last long ones, as a normal tail probability: S. Ahmad,
// A. Lavin, S. Purdy, Z. Agha, Unsupervised real-time anomaly detection for
// streaming data (2017), eq. 4 to 7, with the probability given as -log10 and
// both tails counted.
type likelihood struct {
	long  extent
	short int
	past  history
}

func newLikelihood(s Spec) memory {
	return &likelihood{long: extent{rows: max(s.Rows, s.Short)}, short: s.Short}
}

func (m *likelihood) step(t int64, x float64) float64 {
	m.past.push(t, x, m.long)
	values := m.past.values
	if len(values) < 2*m.short {
		return math.NaN()
	}
	older, recent := values[:len(values)-m.short], values[len(values)-m.short:]
	d, sd := math.Abs(mean(recent)-mean(older)), stddev(older)
	if d == 0 {
		return 0
	}
	if sd == 0 {
		return maxLikelihood
	}
	return min(-math.Log10(math.Erfc(d/sd/math.Sqrt2)), maxLikelihood)
}

// maxLikelihood bounds the feature, as the smallest probabilities are 0.
const maxLikelihood = 300

func (m *likelihood) encode(w *wire.Writer) { m.past.encode(w) }
func (m *likelihood) decode(r *wire.Reader) { m.past.decode(r) }
