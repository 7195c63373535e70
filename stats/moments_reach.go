package stats

import (
	"math"
	"slices"
)

// estimate returns where the values are that are close together, by those that come
// together or else by the last ones.
func (a *apart) estimate(values []float64) (centre, reach float64, known bool) {
	switch {
	case len(values) >= leastValues:
		step := 1 + len(values)/sampled
		sample := make([]float64, 0, 1+len(values)/step)
		for i := 0; i < len(values); i += step {
			sample = append(sample, values[i])
		}
		centre, reach = reachOf(sample)
	case a != nil && a.values >= leastValues:
		centre, reach = reachOf(slices.Clone(a.recent[:min(a.values, recentSize)]))
	default:
		return 0, 0, false
	}
	return centre, reach, true
}

// reachOf returns where the values are that are close together, of which it sorts the
// slice, and a distance from there that is far: by the sixteenth of the values, 3 at
// least, that are closest together, as most of them may be far off. Where more than half
// of the values are equal it is by the least distance from these, if there are enough
// other values.
func reachOf(values []float64) (centre, reach float64) {
	n := len(values)
	slices.Sort(values)
	if centre, equal := mode(values); 2*equal > n {
		return centre, farSpreads * leastDistance(values, centre)
	}
	// the share of a normal distribution that is within a standard deviation's width of
	// its centre
	const densest = 0.4
	k := max(n/16, 3) - 1
	width := math.Inf(1)
	for i := range n - k {
		if w := values[i+k] - values[i]; w > 0 && w < width {
			width, centre = w, values[i]+w/2
		}
	}
	return centre, farSpreads * width * densest * float64(n) / float64(k)
}

// mode returns the most frequent of sorted values, and how often it is there.
func mode(values []float64) (most float64, count int) {
	run := 0
	for i, x := range values {
		if i > 0 && x != values[i-1] {
			run = 0
		}
		if run++; run > count {
			most, count = x, run
		}
	}
	return most, count
}

// leastDistance returns the least distance of a value from the centre that is not 0; 0
// where less than an eighth of the values has one.
func leastDistance(values []float64, centre float64) float64 {
	least, others := math.Inf(1), 0
	for _, x := range values {
		if d := math.Abs(x - centre); d > 0 {
			least, others = min(least, d), others+1
		}
	}
	if 8*others < len(values) || others <= 2 {
		return 0
	}
	return least
}
