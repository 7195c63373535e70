package stats

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
)

func TestHistogramLaws(t *testing.T) {
	for name, values := range distributions() {
		t.Run(name, func(t *testing.T) {
			values = values[:min(len(values), 20_000)]
			third := len(values) / 3
			l := MergeLaws[*Histogram]{
				Empty:  func() *Histogram { return newHistogram(t, DefaultBins) },
				Decode: DecodeHistogram,
				Whole:  histogramOf(t, DefaultBins, values),
				Parts: [3]*Histogram{
					histogramOf(t, DefaultBins, values[:third]),
					histogramOf(t, DefaultBins, values[third:third+1]),
					histogramOf(t, DefaultBins, values[third+1:]),
				},
				Same: SameBytes[*Histogram],
			}
			RequireMergeLaws(t, l)
			l.Same = sameHistogramAtWhole(l.Whole)
			RequireScaleLaws(t, l)
		})
	}
}

// sameHistogramAtWhole compares two histograms at the resolution of the whole,
// which Subtract keeps.
func sameHistogramAtWhole(whole *Histogram) func(*testing.T, string, *Histogram, *Histogram) {
	return func(t *testing.T, what string, want, got *Histogram) {
		t.Helper()
		at := func(h *Histogram) *Histogram {
			h = h.Clone()
			h.foldTo(max(h.shift, whole.shift))
			return h
		}
		SameBytes(t, what, at(want), at(got))
	}
}

// anyValue draws from everything finite and from what gives few distinct values.
func anyValue() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64),
		rapid.Float64Range(-1, 1),
		rapid.Float64Range(999.9, 1000.1),
		rapid.Map(rapid.IntRange(-20, 20), func(i int) float64 { return float64(i) }),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e30}),
	)
}

// The state depends on the values only: not on their order, nor on how they
// are split, nor on the tree of merges, nor on bytes in between; and its shift
// is the least that the limit allows.
func TestHistogramStateDependsOnTheValuesOnly(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(anyValue(), 0, 300).Draw(rt, "values")
		limit := rapid.IntRange(MinBins, 64).Draw(rt, "limit")
		want := histogramOf(t, limit, values)
		requireLeastShift(rt, want, values)

		shuffled := rapid.Permutation(values).Draw(rt, "order")
		var parts []*Histogram
		for len(shuffled) > 0 {
			n := rapid.IntRange(1, len(shuffled)).Draw(rt, "part")
			parts = append(parts, histogramOf(t, limit, shuffled[:n]))
			shuffled = shuffled[n:]
		}
		parts = append(parts, newHistogram(t, limit))
		for len(parts) > 1 {
			i := rapid.IntRange(0, len(parts)-1).Draw(rt, "from")
			from := parts[i]
			parts = slices.Delete(parts, i, i+1)
			into := parts[rapid.IntRange(0, len(parts)-1).Draw(rt, "into")]
			if err := into.Merge(from); err != nil {
				rt.Fatal(err)
			}
		}
		if golden.Encoded(parts[0]) != golden.Encoded(want) {
			rt.Fatalf("merged: shift %d and %d bins, added: shift %d and %d bins", parts[0].shift, parts[0].used(), want.shift, want.used())
		}
	})
}

// requireLeastShift computes the bins in the plain way.
func requireLeastShift(rt *rapid.T, h *Histogram, values []float64) {
	for shift := uint(0); ; shift++ {
		bins := map[uint64]float64{}
		for _, x := range values {
			bins[keyOf(x)>>shift]++
		}
		if len(bins) > h.limit {
			continue
		}
		if h.shift != shift || h.used() != len(bins) || h.weight != float64(len(values)) {
			rt.Fatalf("shift %d, %d bins of weight %v, want shift %d, %d bins of weight %d", h.shift, h.used(), h.weight, shift, len(bins), len(values))
		}
		for _, k := range h.keys() {
			if at, _ := slices.BinarySearchFunc(h.pages, k>>pageBits, func(p page, key uint64) int { return int(p.key) - int(key) }); h.pages[at].weights[k&3] != bins[k] {
				rt.Fatalf("weight of bin %d is %v, want %v", k, h.pages[at].weights[k&3], bins[k])
			}
		}
		return
	}
}

// What is left after Subtract is what was never taken away, at the coarsest
// resolution that was reached; adding goes on from there.
func TestHistogramSubtractIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(anyValue(), 1, 200).Draw(rt, "values")
		n := rapid.IntRange(0, len(values)).Draw(rt, "kept")
		h, gone := histogramOf(t, MinBins, values), histogramOf(t, MinBins, values[n:])
		whole := h.shift
		if err := h.Subtract(gone); err != nil {
			rt.Fatal(err)
		}
		want := histogramOf(t, MinBins, values[:n])
		if n > 0 {
			want.foldTo(whole)
		}
		if golden.Encoded(h) != golden.Encoded(want) {
			rt.Fatalf("shift %d and %d bins, want %d and %d", h.shift, h.used(), want.shift, want.used())
		}
		h.AddColumn(values, 0, 1, len(values), nil)
		want.AddColumn(values, 0, 1, len(values), nil)
		if golden.Encoded(h) != golden.Encoded(want) {
			rt.Fatal("adding after subtracting goes wrong")
		}
	})
}

func TestHistogramOperandOfOtherResolution(t *testing.T) {
	fine, coarse := histogramOf(t, 32, []float64{1, 2, 3}), histogramOf(t, 32, Normals(1, 5000, 0, 1))
	if fine.shift >= coarse.shift {
		t.Fatalf("shifts %d and %d", fine.shift, coarse.shift)
	}
	// the coarse one has been learned, but h has been at a finer shift since
	h := fine.Clone()
	if err := h.Merge(coarse); err != nil {
		t.Fatal(err)
	}
	before := golden.Encoded(h)
	twice := coarse.Clone()
	if err := twice.Merge(coarse); err != nil {
		t.Fatal(err)
	}
	if err := h.Subtract(twice); !errors.Is(err, ErrNotLearned) {
		t.Errorf("subtracting twice: %v", err)
	}
	if golden.Encoded(h) != before {
		t.Error("a refused operation had an effect")
	}
	if err := h.Subtract(coarse); err != nil {
		t.Fatal(err)
	}
	if h.shift != coarse.shift || h.Weight() != 3 {
		t.Errorf("shift %d, weight %v", h.shift, h.Weight())
	}
	if err := h.Subtract(fine); err != nil {
		t.Fatal(err)
	}
	SameBytes(t, "nothing is left", newHistogram(t, 32), h)
}

func TestHistogramMismatch(t *testing.T) {
	h, o := histogramOf(t, 32, []float64{1, 2}), histogramOf(t, 64, []float64{1, 2})
	before := golden.Encoded(h)
	if err := h.Merge(o); !errors.Is(err, ErrIncompatible) {
		t.Errorf("merge: %v", err)
	}
	if err := h.Subtract(o); !errors.Is(err, ErrIncompatible) {
		t.Errorf("subtract: %v", err)
	}
	if golden.Encoded(h) != before {
		t.Error("a refused operation had an effect")
	}
}

// Blocks of several columns, weights and missing values take the same way.
func TestHistogramAddColumn(t *testing.T) {
	const columns, rows = 3, 400
	values := Normals(8, columns*rows, 5, 2)
	weights := make([]float64, rows)
	for i := range rows {
		weights[i] = float64(1 + i%4)
		if i%7 == 0 {
			values[i*columns+1] = NotANumber
		}
	}
	for j := range columns {
		block, single := newHistogram(t, 64), newHistogram(t, 64)
		block.AddColumn(values, j, columns, 100, weights)
		block.AddColumn(values[100*columns:], j, columns, rows-100, weights[100:])
		for i := range rows {
			if x := values[i*columns+j]; !math.IsNaN(x) {
				if err := single.Add(x, weights[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
		SameBytes(t, "block and single values", single, block)
	}
}
