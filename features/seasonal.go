package features

import (
	"math"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

const (
	seasonDay  = "hour_of_day"
	seasonWeek = "hour_of_week"
)

// seasons returns the names of the seasons of the seasonal types.
func seasons() []string { return []string{seasonDay, seasonWeek} }

// seasonal is count, mean and centred sum of squares for each hour of the
// season (Welford 1962): a conditional statistic whose category is the hour.
type seasonal struct {
	cells []seasonCell
	read  func(c seasonCell, x float64) float64
}

type seasonCell struct{ n, mean, squares float64 }

func newSeasonal(read func(seasonCell, float64) float64) func(Spec) memory {
	return func(s Spec) memory {
		hours := 24
		if s.Season == seasonWeek {
			hours = 7 * 24
		}
		return &seasonal{cells: make([]seasonCell, hours), read: read}
	}
}

func seasonalMean(c seasonCell, _ float64) float64 {
	if c.n == 0 {
		return math.NaN()
	}
	return c.mean
}

func seasonalResidual(c seasonCell, x float64) float64 { return x - seasonalMean(c, x) }

func seasonalScore(c seasonCell, x float64) float64 {
	if c.n < 2 {
		return math.NaN()
	}
	d := x - c.mean
	if d == 0 {
		return 0
	}
	if c.squares <= 0 {
		return math.NaN()
	}
	return d / math.Sqrt(c.squares/(c.n-1))
}

// step reads the cell before the value enters it.
func (m *seasonal) step(t int64, x float64) float64 {
	hours := modulo(modulo(t, weekLong)+mondayOff, weekLong) / int64(time.Hour)
	c := &m.cells[int(hours)%len(m.cells)]
	out := m.read(*c, x)
	c.n++
	d := x - c.mean
	c.mean += d / c.n
	c.squares += d * (x - c.mean)
	return out
}

// encode writes the number of cells with values, and of each hour (difference
// to the one before), count, mean and squares.
func (m *seasonal) encode(w *wire.Writer) {
	var used uint64
	for _, c := range m.cells {
		if c.n > 0 {
			used++
		}
	}
	w.Uvarint(used)
	last := 0
	for i, c := range m.cells {
		if c.n > 0 {
			w.Uvarint(uint64(i - last))
			w.Uvarint(uint64(c.n))
			w.Float64(c.mean)
			w.Float64(c.squares)
			last = i
		}
	}
}

func (m *seasonal) decode(r *wire.Reader) {
	at := uint64(0)
	for range r.Count(18) {
		at += r.Uvarint()
		n, mean, squares := r.Uvarint(), r.Finite(), r.Finite()
		if r.Err() != nil {
			return
		}
		if at >= uint64(len(m.cells)) || n > 1<<53 {
			r.Fail("hour %d with %d values in a season of %d", at, n, len(m.cells))
			return
		}
		m.cells[at] = seasonCell{n: float64(n), mean: mean, squares: squares}
	}
}
