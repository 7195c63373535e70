package detect

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// adwin is ADWIN2 (A. Bifet, R. Gavaldà, Learning from time-changing data with
// adaptive windowing, SDM 2007): a window of values, summed up in buckets of 1, 2, 4, ...
// of them, whose oldest bucket goes while there is a cut of the window whose parts have
// means that differ by more than the bound of their lemma.
// The variance of the window follows B. Babcock and others, Maintaining variance and
// k-medians over data stream windows (PODS 2003).
//
// River begins with an empty window after a change, the paper goes on with what is left
// of it: keepWindow chooses.
type adwin struct {
	delta      float64
	clock      uint64 // cuts are looked for at each such value
	maxBuckets int    // of one size
	least      float64
	grace      float64
	keepWindow bool
	tick       uint64 // values by now
	rows       [][]bucket
	total      float64
	variance   float64 // the sum of the squares about the mean
	width      float64
}

// bucket is some consecutive values.
type bucket struct {
	total, variance float64
}

// adwinRows bounds the sizes of buckets: the largest has 2^53 values.
const adwinRows = 54

func readADWIN(o *reader) method {
	return (&adwin{
		delta:      o.number("delta", 0.002, probability(), "The probability of a change found where there is none, of one look at the window. Smaller is more careful."),
		clock:      uint64(o.integer("clock", 32, 1, "The window is looked at with every value of such a number. More is faster and later.")),
		maxBuckets: o.integerUpTo("max_buckets", 5, 2, 1000, "The number of buckets of one size. More is more exact, and uses more memory."),
		least:      float64(o.integer("min_window_length", 5, 1, "The least number of values on either side of a cut.")),
		grace:      float64(o.integer("grace_period", 10, 0, "No cut is looked for until the window has more values than this.")),
		keepWindow: o.boolean("keep_window", false, "Go on with what is left of the window after a change, as the paper does. A change that is slow is then found several times. `false` begins with an empty window, as River does."),
	}).empty()
}

func (m *adwin) empty() *adwin {
	m.tick, m.total, m.variance, m.width, m.rows = 0, 0, 0, 0, [][]bucket{nil}
	return m
}

func (m *adwin) reset() {
	if !m.keepWindow {
		m.empty()
	}
}

func (m *adwin) window() (values, mean float64) {
	if m.width == 0 {
		return 0, 0
	}
	return m.width, m.total / m.width
}

func (m *adwin) step(x float64) Level {
	m.insert(x)
	m.tick++
	level := Stable
	if m.tick%m.clock == 0 && m.width > m.grace {
		for m.cut() {
			m.drop()
			level = Change
		}
	}
	return level
}

func (m *adwin) insert(x float64) {
	m.rows[0] = append(m.rows[0], bucket{total: x})
	m.width++
	if m.width > 1 {
		d := x - m.total/(m.width-1)
		m.variance += (m.width - 1) * d * d / m.width
	}
	m.total += x
	m.compress()
}

// compress merges the two oldest buckets of a size of which there are too many.
func (m *adwin) compress() {
	size := 1.0
	for i := 0; len(m.rows[i]) > m.maxBuckets && i+1 < adwinRows; i++ {
		if i+1 == len(m.rows) {
			m.rows = append(m.rows, nil)
		}
		a, b := m.rows[i][0], m.rows[i][1]
		d := a.total/size - b.total/size
		m.rows[i+1] = append(m.rows[i+1], bucket{total: a.total + b.total, variance: a.variance + b.variance + size*0.5*d*d})
		m.rows[i] = append(m.rows[i][:0], m.rows[i][2:]...)
		size *= 2
	}
}

// cut reports whether the window has a cut, from the oldest on, whose parts differ.
func (m *adwin) cut() bool {
	bound := math.Log(2 * math.Log(m.width) / m.delta)
	spread := m.variance / m.width
	n0, n1, u0, u1 := 0.0, m.width, 0.0, m.total
	for i := len(m.rows) - 1; i >= 0; i-- {
		size := math.Ldexp(1, i)
		for k := range m.rows[i] {
			if i == 0 && k == len(m.rows[i])-1 {
				return false
			}
			n0, n1 = n0+size, n1-size
			u0, u1 = u0+m.rows[i][k].total, u1-m.rows[i][k].total
			if n0 < m.least || n1 < m.least {
				continue
			}
			harmonic := 1/(n0-m.least+1) + 1/(n1-m.least+1)
			epsilon := math.Sqrt(2*harmonic*spread*bound) + 2.0/3.0*bound*harmonic
			if math.Abs(u0/n0-u1/n1) > epsilon {
				return true
			}
		}
	}
	return false
}

// drop takes the oldest bucket out of the window.
func (m *adwin) drop() {
	last := len(m.rows) - 1
	n, b := math.Ldexp(1, last), m.rows[last][0]
	m.width -= n
	m.total -= b.total
	d := b.total/n - m.total/m.width
	m.variance -= b.variance + n*m.width*d*d/(n+m.width)
	if m.rows[last] = append(m.rows[last][:0], m.rows[last][1:]...); len(m.rows[last]) == 0 {
		m.rows = m.rows[:last]
	}
}

// encode writes the values by now, total and variance of the window, and the buckets:
// the number of sizes and, of each size, their number, totals and variances.
func (m *adwin) encode(w *wire.Writer) {
	w.Uvarint(m.tick)
	w.Float64(m.total)
	w.Float64(m.variance)
	w.Uvarint(uint64(len(m.rows)))
	for i, row := range m.rows {
		w.Uvarint(uint64(len(row)))
		for _, b := range row {
			w.Float64(b.total)
			if i > 0 {
				w.Float64(b.variance)
			}
		}
	}
}

func (m *adwin) decode(r *wire.Reader) {
	m.tick = r.Uvarint()
	m.total, m.variance = r.Finite(), r.Finite()
	rows := r.Count(1)
	if rows < 1 || rows > adwinRows {
		r.Fail("buckets of %d sizes, 1 to %d are written", rows, adwinRows)
		return
	}
	m.rows, m.width = make([][]bucket, rows), 0
	for i := range m.rows {
		n := r.Count(8)
		if n > m.maxBuckets || n == 0 && rows > 1 {
			r.Fail("%d buckets of 2^%d values, at most %d are written", n, i, m.maxBuckets)
			return
		}
		for range n {
			b := bucket{total: r.Finite()}
			if i > 0 {
				b.variance = r.Finite()
			}
			m.rows[i] = append(m.rows[i], b)
			m.width += math.Ldexp(1, i)
		}
	}
	if m.width > float64(m.tick) {
		r.Fail("a window of %v values after %d", m.width, m.tick)
	}
}
