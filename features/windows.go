package features

import (
	"math"
	"slices"
	"time"
)

func past(s Spec) extent   { return extent{rows: s.Rows + 1} }
func window(s Spec) extent { return extent{rows: s.Rows, span: int64(s.Over)} }
func before(s Spec) extent { return extent{rows: s.Rows + 1, span: int64(s.Over)} }

func lag(s Spec, h *history, _ int64) float64 {
	if x, _, ok := h.back(s.Rows); ok {
		return x
	}
	return math.NaN()
}

func difference(s Spec, h *history, _ int64) float64 {
	now, _, _ := h.back(0)
	return now - lag(s, h, 0)
}

func rate(s Spec, h *history, t int64) float64 {
	_, then, ok := h.back(s.Rows)
	if !ok || t == then {
		return math.NaN()
	}
	return difference(s, h, t) / (float64(t-then) / float64(time.Second))
}

// aggregate reads a window by one function of its values, of which there is at
// least one.
func aggregate(fn func(values []float64) float64) func(Spec, *history, int64) float64 {
	return func(s Spec, h *history, _ int64) float64 { return fn(h.window(s.Rows, int64(s.Over))) }
}

func count(values []float64) float64    { return float64(len(values)) }
func smallest(values []float64) float64 { return slices.Min(values) }
func largest(values []float64) float64  { return slices.Max(values) }

func sum(values []float64) float64 {
	var s float64
	for _, x := range values {
		s += x
	}
	return s
}

func mean(values []float64) float64 { return sum(values) / float64(len(values)) }

// stddev sums the squares about the mean (two passes): a running sum would lose
// its digits when a large value leaves the window.
func stddev(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	m := mean(values)
	var squares float64
	for _, x := range values {
		squares += (x - m) * (x - m)
	}
	return math.Sqrt(squares / float64(len(values)-1))
}

// median sorts a copy: n log n for a window of n values.
func median(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return sorted[n/2-1] + (sorted[n/2]-sorted[n/2-1])/2
}

// zscore compares the newest value with the window that ends before it.
func zscore(s Spec, h *history, _ int64) float64 {
	n := len(h.values)
	rows := s.Rows + 1
	if s.Over > 0 {
		rows = len(h.window(0, int64(s.Over)))
	}
	values := h.values[max(0, n-rows) : n-1]
	if len(values) < 2 {
		return math.NaN()
	}
	d, sd := h.values[n-1]-mean(values), stddev(values)
	if d == 0 {
		return 0
	}
	if sd == 0 {
		return math.NaN()
	}
	return d / sd
}

// peak is the value when it is above all of the rows before it, and nothing
// otherwise: of a score that stays high only the rise is left, and a threshold
// on it gives one alarm instead of one a row.
func peak(s Spec, h *history, _ int64) float64 {
	n := len(h.values)
	x := h.values[n-1]
	for _, earlier := range h.values[max(0, n-1-s.Rows) : n-1] {
		if earlier >= x {
			return math.NaN()
		}
	}
	return x
}
