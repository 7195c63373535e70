package stats

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Bounds on the values that Exceedances keep of each side.
const (
	DefaultExceedances = 1000
	minExceedances     = 16
	maxExceedances     = 100000
)

// Peak is a value and the weight with which it has occurred.
type Peak struct {
	Value, Weight float64
}

// Exceedances keeps the largest and the smallest values of a stream, at most
// as many different ones of each side as its limit, and the weight of all: what
// extreme value theory needs of scores, residuals or measurements.
//
// The largest of a union are among the largest of its parts, so the state
// depends on the values only, not on their order or on how they were split and
// merged. What has been dropped does not come back, so there is no Subtract.
//
// It must be made by [NewExceedances] or [DecodeExceedances] and is not safe
// for concurrent use, except for the read-outs among themselves.
type Exceedances struct {
	limit  int
	weight float64
	upper  []Peak // ascending
	lower  []Peak // ascending
}

// NewExceedances returns the empty statistic that keeps at most limit
// different values of each side, minExceedances to maxExceedances.
func NewExceedances(limit int) (*Exceedances, error) {
	if limit < minExceedances || limit > maxExceedances {
		return nil, fmt.Errorf("limit of exceedances is %d, want %d to %d", limit, minExceedances, maxExceedances)
	}
	return &Exceedances{limit: limit}, nil
}

// Add takes value x with weight w. A value that is not finite, or a weight
// that is not positive and finite, is an error.
func (e *Exceedances) Add(x, w float64) error {
	if !dd.Finite(x) {
		return fmt.Errorf("value is %v, not a finite number", x)
	}
	if !(w > 0) || math.IsInf(e.weight+w, 0) {
		return fmt.Errorf("weight is %v, not a positive finite number", w)
	}
	e.weight += w
	e.add(x+0, w) // -0 and 0 are one value
	return nil
}

func (e *Exceedances) add(x, w float64) {
	if len(e.upper) < e.limit || x >= e.upper[0].Value {
		e.upper = insertPeak(e.upper, x, w)
		if len(e.upper) > e.limit {
			e.upper = slices.Delete(e.upper, 0, 1)
		}
	}
	if len(e.lower) < e.limit || x <= e.lower[len(e.lower)-1].Value {
		e.lower = insertPeak(e.lower, x, w)
		if len(e.lower) > e.limit {
			e.lower = e.lower[:e.limit]
		}
	}
}

// insertPeak adds a value to ascending peaks.
func insertPeak(peaks []Peak, x, w float64) []Peak {
	i := sort.Search(len(peaks), func(i int) bool { return peaks[i].Value >= x })
	if i < len(peaks) && peaks[i].Value == x {
		peaks[i].Weight += w
		return peaks
	}
	return slices.Insert(peaks, i, Peak{Value: x, Weight: w})
}

// Merge adds what o has seen; both have the same limit, else the error wraps
// ErrIncompatible.
func (e *Exceedances) Merge(o *Exceedances) error {
	if e.limit != o.limit {
		return fmt.Errorf("%w: exceedances of at most %d and %d values", ErrIncompatible, e.limit, o.limit)
	}
	if !inRange(e.weight + o.weight) {
		return fmt.Errorf("exceedances of weight %v and %v overflow", e.weight, o.weight)
	}
	e.weight += o.weight
	upper, lower := mergePeaks(e.upper, o.upper), mergePeaks(e.lower, o.lower)
	e.upper = slices.Clone(upper[max(0, len(upper)-e.limit):])
	e.lower = slices.Clone(lower[:min(len(lower), e.limit)])
	return nil
}

// mergePeaks merges two ascending lists into a new one.
func mergePeaks(a, b []Peak) []Peak {
	out := make([]Peak, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].Value < b[0].Value:
			out, a = append(out, a[0]), a[1:]
		case a[0].Value > b[0].Value:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, Peak{Value: a[0].Value, Weight: a[0].Weight + b[0].Weight})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Clone returns a deep copy.
func (e *Exceedances) Clone() *Exceedances {
	return &Exceedances{limit: e.limit, weight: e.weight, upper: slices.Clone(e.upper), lower: slices.Clone(e.lower)}
}

// Weight returns the weight of all values.
func (e *Exceedances) Weight() float64 { return e.weight }

// Upper returns the largest values, ascending. It must not be changed.
func (e *Exceedances) Upper() []Peak { return e.upper }

// Lower returns the smallest values, ascending. It must not be changed.
func (e *Exceedances) Lower() []Peak { return e.lower }

// Encode appends the state: limit, weight, and of each side the number of
// values and all pairs of value and weight.
func (e *Exceedances) Encode(w *wire.Writer) {
	w.Uvarint(uint64(e.limit))
	w.Float64(e.weight)
	for _, side := range [][]Peak{e.upper, e.lower} {
		w.Uvarint(uint64(len(side)))
		for _, p := range side {
			w.Float64(p.Value)
			w.Float64(p.Weight)
		}
	}
}

// DecodeExceedances reads what Encode wrote. A state that no values lead to is
// an error.
func DecodeExceedances(r *wire.Reader) (*Exceedances, error) {
	limit, weight := r.Uvarint(), r.Finite()
	if r.Err() != nil {
		return nil, r.Err()
	}
	if limit < minExceedances || limit > maxExceedances || !(weight >= 0) {
		return nil, fmt.Errorf("exceedances have limit %d and weight %v", limit, weight)
	}
	e := &Exceedances{limit: int(limit), weight: weight}
	for _, side := range []*[]Peak{&e.upper, &e.lower} {
		n := r.Count(16)
		if r.Err() != nil {
			return nil, r.Err()
		}
		if n > e.limit {
			return nil, fmt.Errorf("exceedances have %d values, at most %d", n, e.limit)
		}
		for i := range n {
			p := Peak{Value: r.Finite(), Weight: r.Finite()}
			if r.Err() != nil {
				return nil, r.Err()
			}
			if !(p.Weight > 0) || i > 0 && !(p.Value > (*side)[i-1].Value) {
				return nil, fmt.Errorf("exceedance %d is %v with weight %v", i, p.Value, p.Weight)
			}
			*side = append(*side, p)
		}
	}
	if len(e.upper) != len(e.lower) || len(e.upper) == 0 != (weight == 0) {
		return nil, fmt.Errorf("exceedances have %d and %d values of weight %v", len(e.upper), len(e.lower), weight)
	}
	return e, nil
}
