package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// pageHinkley is the test of E. S. Page, Continuous inspection schemes (Biometrika
// 1954), with a sum that fades (R. Sebastião, J. M. Fernandes, Supporting the
// Page-Hinkley test with empirical mode decomposition for change detection, ISMIS 2017):
// the sum of the distances of the values from their mean so far, less a magnitude that
// does not count, is further from its extreme than a threshold.
type pageHinkley struct {
	least                   float64
	delta, threshold, alpha float64
	up, down                bool

	mean       mean
	rise, fall float64 // the sums
	low, high  float64 // their extremes
}

func readPageHinkley(o *reader) method {
	m := &pageHinkley{
		least:     float64(o.integer("min_instances", 30, 1, "The number of values before which no change is found.")),
		delta:     o.number("delta", 0.005, param.AtLeast(0), "The distance from the mean that does not count."),
		threshold: o.number("threshold", 50, param.Above(0), "The sum of distances that is a change, in the unit of the values."),
		alpha:     o.number("alpha", 0.9999, param.Above(0).UpTo(1), "The factor by which the sums fade with each value."),
	}
	mode := o.choice("mode", "both", []string{"both", "up", "down"}, "The direction of the changes that are looked for.")
	m.up, m.down = mode != "down", mode != "up"
	m.reset()
	return m
}

func (m *pageHinkley) reset() {
	m.mean, m.rise, m.fall, m.low, m.high = mean{}, 0, 0, math.Inf(1), math.Inf(-1)
}

func (m *pageHinkley) step(x float64) Level {
	m.mean.add(x)
	d := x - m.mean.value
	m.rise = m.alpha*m.rise + d - m.delta
	m.fall = m.alpha*m.fall + d + m.delta
	m.low, m.high = min(m.low, m.rise), max(m.high, m.fall)
	if m.mean.n >= m.least && (m.up && m.rise-m.low > m.threshold || m.down && m.high-m.fall > m.threshold) {
		return Change
	}
	return Stable
}

// encode writes the mean and, once there are values, sums and extremes.
func (m *pageHinkley) encode(w *wire.Writer) {
	m.mean.encode(w)
	if m.mean.n > 0 {
		w.Float64s([]float64{m.rise, m.fall, m.low, m.high})
	}
}

func (m *pageHinkley) decode(r *wire.Reader) {
	if m.mean.decode(r); m.mean.n > 0 {
		m.rise, m.fall, m.low, m.high = r.Finite(), r.Finite(), r.Finite(), r.Finite()
	}
}
