package drift_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// numbers is a summary of rows of d numbers x0, x1, ...
func numbers(t testing.TB, d int, values []float64, weights ...float64) *stats.Summary {
	t.Helper()
	return learned(t, numbered(d), values, weights)
}

func numbered(d int) *stats.Layout {
	layout := &stats.Layout{}
	for i := range d {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", i)})
	}
	return layout
}

func learned(t testing.TB, layout *stats.Layout, values, weights []float64) *stats.Summary {
	t.Helper()
	return learnedWith(t, stats.SummaryOptions{}, layout, values, weights)
}

func learnedWith(t testing.TB, options stats.SummaryOptions, layout *stats.Layout, values, weights []float64) *stats.Summary {
	t.Helper()
	s, err := stats.NewSummary(options)
	if err != nil {
		t.Fatal(err)
	}
	d := len(layout.Numeric)
	if err := s.Learn(layout, &stats.Rows{N: len(values) / d, Numeric: d, Values: values, Weights: weights}); err != nil {
		t.Fatal(err)
	}
	return s
}

func jointly(t testing.TB, reference, recent *stats.Summary, o drift.JointOptions) *drift.Joint {
	t.Helper()
	j, err := drift.Jointly(context.Background(), reference, recent, o)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// a source draws rows of d attributes.
type source func(rng *rand.Rand, d int, row []float64)

// mixed makes every other attribute depend on the one before.
func mixed(row []float64) {
	for i := 1; i < len(row); i++ {
		row[i] += 0.7 * row[i-1]
	}
}

func normal(rng *rand.Rand, d int, row []float64) {
	for i := range d {
		row[i] = rng.NormFloat64()
	}
	mixed(row)
}

func student(rng *rand.Rand) float64 {
	sum := 0.0
	for range 5 {
		z := rng.NormFloat64()
		sum += z * z
	}
	return math.Sqrt(5 / sum)
}

// heavy are independent variables of Student with 5 degrees of freedom, mapped linearly.
func heavy(rng *rand.Rand, d int, row []float64) {
	for i := range d {
		row[i] = rng.NormFloat64() * student(rng)
	}
	mixed(row)
}

// together is the multivariate distribution of Student with 5 degrees of freedom.
func together(rng *rand.Rand, d int, row []float64) {
	normal(rng, d, row)
	f := student(rng)
	for i := range row {
		row[i] *= f
	}
}

// counts are independent ones of mean 3.
func counts(rng *rand.Rand, d int, row []float64) {
	for i := range d {
		p, k := rng.Float64(), 0.0
		for limit := math.Exp(-3); p > limit; k++ {
			p *= rng.Float64()
		}
		row[i] = k
	}
}

func draw(rng *rand.Rand, from source, d, n int) []float64 {
	out := make([]float64, n*d)
	for i := range n {
		from(rng, d, out[i*d:(i+1)*d])
	}
	return out
}
