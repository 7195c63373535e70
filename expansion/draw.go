package expansion

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
)

// ErrConstant is returned where an attribute does not vary in the first rows, so nothing
// can be settled by them.
var ErrConstant = errors.New("the attribute does not vary")

// The outer knots are at these quantiles, so that a few far values do not stretch the
// last interval.
const lowestKnot, highestKnot = 0.02, 0.98

// DrawSpline places count knots at quantiles of the values of an attribute, the outer
// ones at 2 and 98 %. Knots that coincide become one. The error is ErrConstant where
// fewer than two are left.
func DrawSpline(kind Kind, attribute string, values []float64, count int) (*Expansion, error) {
	sorted := slices.Sorted(slices.Values(values))
	knots := make([]float64, 0, count)
	for i := range count {
		p := lowestKnot + (highestKnot-lowestKnot)*float64(i)/float64(count-1)
		knots = append(knots, quantile(sorted, p))
	}
	knots = slices.Compact(knots)
	if len(knots) < 2 { // two values, one of them rare
		knots = slices.Compact([]float64{sorted[0], sorted[len(sorted)-1]})
	}
	if len(knots) < 2 {
		return nil, ErrConstant
	}
	return New(Expansion{Kind: kind, Sources: []string{attribute}, Knots: knots})
}

// DrawBins divides the values of an attribute into count bins of about as many. Bounds
// that coincide become one. The error is ErrConstant where no bound is left.
func DrawBins(attribute string, values []float64, count int) (*Expansion, error) {
	sorted := slices.Sorted(slices.Values(values))
	var bounds []float64
	for i := 1; i < count; i++ {
		// The smallest bin is not empty: a bound belongs to the bin above it.
		if b := quantile(sorted, float64(i)/float64(count)); b > sorted[0] {
			bounds = append(bounds, b)
		}
	}
	if bounds = slices.Compact(bounds); len(bounds) == 0 && sorted[len(sorted)-1] > sorted[0] {
		bounds = []float64{sorted[len(sorted)-1]}
	}
	if len(bounds) == 0 {
		return nil, ErrConstant
	}
	return New(Expansion{Kind: Bins, Sources: []string{attribute}, Knots: bounds})
}

// quantile returns a quantile of sorted values, between the two nearest ones: type 7 of
// R. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, 1996.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	if i+1 >= len(sorted) || sorted[i] == sorted[i+1] {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// distances is how many pairs of rows the median distance is taken of.
const distances = 2000

// normalQuartiles is the interquartile range of a normal distribution, in standard
// deviations.
const normalQuartiles = 1.349

// DrawFourier settles Fourier features of the attributes, columns of them, from complete
// rows. The bandwidth is the median distance of pairs of rows times factor. Attributes
// that do not vary count for nothing; the error is ErrConstant where none does.
func DrawFourier(attributes []string, rows [][]float64, columns int, factor float64, seed uint64) (*Expansion, error) {
	d := len(attributes)
	f := &FourierFrame{Seed: seed, Centre: make([]float64, d), Scale: make([]float64, d)}
	varies := false
	column := make([]float64, len(rows))
	for i := range attributes {
		for k, row := range rows {
			column[k] = row[i]
		}
		slices.Sort(column)
		f.Centre[i] = quantile(column, 0.5)
		f.Scale[i] = spread(column)
		varies = varies || f.Scale[i] > 0
		if !(f.Scale[i] > 0) || math.IsInf(f.Scale[i], 0) {
			f.Scale[i] = 1
		}
	}
	if !varies {
		return nil, ErrConstant
	}
	random := rand.New(rand.NewPCG(seed, 0x66_6f_75_72_69_65_72))
	f.Bandwidth = f.median(rows, random) * factor
	if !(f.Bandwidth > 0) || math.IsInf(f.Bandwidth, 0) {
		return nil, ErrConstant
	}
	f.Frequencies = make([]float64, columns/2*d)
	for i := range f.Frequencies {
		f.Frequencies[i] = random.NormFloat64() / f.Bandwidth
	}
	return New(Expansion{Kind: Fourier, Sources: slices.Clone(attributes), Frame: f})
}

// spread is the interquartile range in units of a standard deviation, or the standard
// deviation where more than half of the sorted values are the same.
func spread(sorted []float64) float64 {
	if q := quantile(sorted, 0.75) - quantile(sorted, 0.25); q > 0 {
		return q / normalQuartiles
	}
	mean, square := 0.0, 0.0
	for _, x := range sorted {
		mean += x / float64(len(sorted))
	}
	for _, x := range sorted {
		square += (x - mean) * (x - mean) / float64(len(sorted))
	}
	return math.Sqrt(square)
}

// median returns the median distance of random pairs of rows that differ.
func (f *FourierFrame) median(rows [][]float64, random *rand.Rand) float64 {
	var found []float64
	for range distances {
		a, b := rows[random.IntN(len(rows))], rows[random.IntN(len(rows))]
		sum := 0.0
		for i := range f.Centre {
			z := f.scaled(i, a[i]) - f.scaled(i, b[i])
			sum += z * z
		}
		if sum > 0 {
			found = append(found, math.Sqrt(sum))
		}
	}
	if len(found) == 0 {
		return 0
	}
	slices.Sort(found)
	return quantile(found, 0.5)
}

// scaled returns attribute i as the features see it.
func (f *FourierFrame) scaled(i int, x float64) float64 {
	return min(max((x-f.Centre[i])/f.Scale[i], -clip), clip)
}
