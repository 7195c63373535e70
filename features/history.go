package features

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// history is the last values of one field of one key, oldest first, with their
// times. It always holds the extent that it was made for, in at most maxRows+1
// rows.
type history struct {
	times  []int64
	values []float64
}

// push adds a value and drops the values that no feature needs any more.
func (h *history) push(t int64, x float64, keep extent) {
	h.times, h.values = append(h.times, t), append(h.values, x)
	n := len(h.values)
	from := max(0, n-keep.rows)
	if keep.span > 0 {
		for from > 0 && t-h.times[from-1] < keep.span {
			from--
		}
	}
	from = max(from, n-maxRows-1)
	h.times, h.values = h.times[from:], h.values[from:] // append moves what is left, now and then
}

// back returns the value rows before the last one; ok is false when there is
// none.
func (h *history) back(rows int) (x float64, t int64, ok bool) {
	i := len(h.values) - 1 - rows
	if i < 0 {
		return 0, 0, false
	}
	return h.values[i], h.times[i], true
}

// window returns the last rows, or those of the last span, the newest included.
func (h *history) window(rows int, span int64) []float64 {
	n := len(h.values)
	if span == 0 {
		return h.values[max(0, n-rows):]
	}
	from := n - 1
	for from > 0 && h.times[n-1]-h.times[from-1] < span {
		from--
	}
	return h.values[max(from, 0):]
}

// encode writes the number of rows and of each, in order, time (the first as it
// is, then differences) and value.
func (h *history) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(h.values)))
	var last int64
	for i, t := range h.times {
		w.Varint(int64(uint64(t) - uint64(last)))
		w.Float64(h.values[i])
		last = t
	}
}

func (h *history) decode(r *wire.Reader) {
	n := r.Count(9)
	if n > maxRows+1 {
		r.Fail("history of %d rows, at most %d are written", n, maxRows+1)
		return
	}
	h.times, h.values = make([]int64, 0, n), make([]float64, 0, n)
	var t int64
	for range n {
		t = int64(uint64(t) + uint64(r.Varint()))
		x := r.Finite()
		h.times, h.values = append(h.times, t), append(h.values, x)
	}
}
