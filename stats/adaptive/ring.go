package adaptive

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// ring holds the last rows that were learned, for leaves that are split and trees that are
// grown anew.
type ring struct {
	inputs  int
	mask    int       // size less one
	next    int64     // number of the row that comes next
	values  []float64 // row by row
	targets []float64 // class or number
	weights []float64
}

// Bounds of a ring: it has ringRows rows, with many inputs as many as ringValues allow,
// but at least leastRing, which the trees that are grown anew need.
const (
	ringRows   = 1 << 15
	ringValues = 1 << 17
	leastRing  = 1 << 10
)

// ringSize is how many rows a ring of so many inputs has: a power of two.
func ringSize(inputs int) int {
	n := ringRows
	for n > leastRing && n*inputs > ringValues {
		n /= 2
	}
	return n
}

// size returns how many rows it holds at most.
func (r *ring) size() int { return r.mask + 1 }

// newRing returns an empty ring.
func newRing(inputs int) ring { return ring{inputs: inputs, mask: ringSize(inputs) - 1} }

// held returns how many rows it holds.
func (r *ring) held() int { return int(min(r.next, int64(len(r.targets)))) }

// oldest returns the number of the first row that it still has.
func (r *ring) oldest() int64 { return r.next - int64(r.held()) }

// slot returns where a row is.
func (r *ring) slot(row int64) int { return int(row) & r.mask }

// row returns the values of a row.
func (r *ring) row(row int64) []float64 {
	at := r.slot(row) * r.inputs
	return r.values[at : at+r.inputs : at+r.inputs]
}

// add makes room for the next row and returns its values, to be filled in.
func (r *ring) add(target, weight float64) []float64 {
	at := r.slot(r.next)
	if at >= len(r.targets) {
		r.targets, r.weights = append(r.targets, 0), append(r.weights, 0)
		for range r.inputs {
			r.values = append(r.values, 0)
		}
	}
	r.targets[at], r.weights[at] = target, weight
	r.next++
	return r.row(r.next - 1)
}

// widen gives all rows more inputs, which they lack.
func (r *ring) widen(inputs int) {
	old := *r
	*r = newRing(inputs)
	r.next = old.next
	size := int64(r.size())
	from := max(old.oldest(), old.next-size)
	if old.next == 0 {
		return
	}
	// where rows are numbered from decides their slots, so that all are filled from 0
	n := min(old.next, size)
	r.values, r.targets, r.weights = make([]float64, int(n)*inputs), make([]float64, n), make([]float64, n)
	for row := from; row < old.next; row++ {
		to := r.row(row)
		have := copy(to, old.row(row))
		for i := have; i < inputs; i++ {
			to[i] = math.NaN()
		}
		r.targets[r.slot(row)], r.weights[r.slot(row)] = old.targets[old.slot(row)], old.weights[old.slot(row)]
	}
}

func (r *ring) encode(w *wire.Writer) {
	w.Uvarint(uint64(r.next))
	w.Uvarint(uint64(r.held()))
	w.Float64s(r.values)
	w.Float64s(r.targets)
	w.Float64s(r.weights)
}

// decodeRing reads what encode wrote.
func decodeRing(r *wire.Reader, inputs int) ring {
	out := newRing(inputs)
	next := r.Uvarint()
	n := r.Count(8 * (inputs + 2))
	if next >= 1<<62 || uint64(n) != min(next, uint64(out.size())) {
		r.Fail("ring of %d rows, of %d learned", n, next)
		return out
	}
	out.next = int64(next)
	out.values, out.targets, out.weights = make([]float64, n*inputs), make([]float64, n), make([]float64, n)
	r.Float64s(out.values)
	r.Float64s(out.targets)
	r.Float64s(out.weights)
	return out
}
