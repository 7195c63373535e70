package explore_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// rounding is what float64 results of well conditioned sums may be off by.
const rounding = 1e-12

// dependent returns a summary of random integers a, b and d, their sum c = a+b,
// a column k that does not vary and a binary flag; with gaps every row lacks one
// of a, b and d.
func dependent(t *testing.T, gaps bool) *stats.Summary {
	t.Helper()
	r := rand.New(rand.NewPCG(11, 1))
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "k"}, {Name: "flag", Binary: true}}}
	rows := &stats.Rows{N: 500, Numeric: 6}
	for i := range rows.N {
		a, b, d := float64(r.IntN(1000)), float64(r.IntN(50)), float64(r.IntN(9))
		values := []float64{a, b, a + b, d, 4, float64(r.IntN(2))}
		if gaps {
			values[[]int{0, 1, 3}[i%3]] = math.NaN()
		}
		rows.Values = append(rows.Values, values...)
	}
	return learned(t, layout, rows)
}

// TestExactDependence: linear combinations and constants are named, and the
// attributes beside them keep their numbers.
func TestExactDependence(t *testing.T) {
	s := dependent(t, false)
	v, err := explore.VIF(s, []string{"a", "b", "c", "d", "k"})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(v.Dependent)
	if !slices.Equal(v.Dependent, []string{"a", "b", "c"}) || !slices.Equal(v.Constant, []string{"k"}) {
		t.Errorf("dependent are %v and constant %v, want a, b, c and k", v.Dependent, v.Constant)
	}
	alone, err := explore.VIF(s, []string{"a", "b", "d"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := float64(v.VIF["d"]), float64(alone.VIF["d"]); math.Abs(got-want) > rounding*want {
		t.Errorf("the factor of d is %v beside a dependent attribute, want %v", got, want)
	}
	chosen, err := explore.SVDSelection(s, []string{"a", "b", "c", "d", "k"}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if chosen.Rank != 3 || len(chosen.Kept) != 3 || !slices.Contains(chosen.Kept, "d") || len(chosen.Dropped) != 1 || !slices.Equal(chosen.Constant, []string{"k"}) {
		t.Fatalf("the selection is %+v, want three of rank 3 with d among them, one dropped and k constant", chosen)
	}
	if r2 := float64(chosen.Dropped[0].RSquared); math.Abs(r2-1) > rounding {
		t.Errorf("what was dropped is explained to %v, want 1", r2)
	}
	p, err := explore.PartialCorrelationTest(s, "a", "d", []string{"b", "c", "k"})
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(float64(p.Correlation)) {
		t.Errorf("the partial correlation of a, which b and c determine, is %v, want none", p.Correlation)
	}
	p, err = explore.PartialCorrelationTest(s, "flag", "d", []string{"a", "b", "c", "k"})
	if err != nil {
		t.Fatal(err)
	}
	q, err := explore.PartialCorrelationTest(s, "flag", "d", []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if p.DF != q.DF || math.Abs(float64(p.Correlation-q.Correlation)) > rounding {
		t.Errorf("beside superfluous attributes the partial correlation is %v with %v degrees of freedom, want %v with %v", p.Correlation, p.DF, q.Correlation, q.DF)
	}
}

// TestPairwiseMatrix: where no row has all attributes, the matrix is that of the
// pairs, and says so.
func TestPairwiseMatrix(t *testing.T) {
	s := dependent(t, true)
	p, err := explore.PCA(s, explore.PCAOptions{Attributes: []string{"a", "b", "d"}, Matrix: explore.CovarianceOf})
	if err != nil {
		t.Fatal(err)
	}
	if p.Rows != explore.PairwiseRows || p.Count != 166 {
		t.Errorf("the components are of %v %s rows, want 166 pairwise", p.Count, p.Rows)
	}
	total := 0.0
	for _, name := range []string{"a", "b", "d"} {
		u, err := explore.Univariate(s, name)
		if err != nil {
			t.Fatal(err)
		}
		total += float64(u.Numbers.Variance)
	}
	if math.Abs(float64(p.Total)-total) > rounding*total {
		t.Errorf("the total variance is %v, want the sum of the attributes', %v", p.Total, total)
	}
}

// TestConditionalDensity: the peak is that of the normal density, and posteriors
// add up to 1.
func TestConditionalDensity(t *testing.T) {
	s := dependent(t, false)
	d, err := explore.ConditionalDensity(s, "a", "flag", 200)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Slices) != 2 || d.Method != "normal" {
		t.Fatalf("there are %d slices by %s, want 2 by normal", len(d.Slices), d.Method)
	}
	for _, slice := range d.Slices {
		// The density at the mean is 1/(sd sqrt(2 pi)); a point of the grid is near.
		highest := float64(slices.Max(slice.Density)) * float64(*slice.Stddev) * math.Sqrt(2*math.Pi)
		if !(highest > 0.999 && highest <= 1) {
			t.Errorf("the density given flag=%s is %v of its peak, want nearly 1", slice.Value, highest)
		}
	}
	d, err = explore.ConditionalDensity(s, "flag", "a", 7)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Slices) != 7 {
		t.Fatalf("there are %d slices, want 7", len(d.Slices))
	}
	for _, slice := range d.Slices {
		if sum := float64(slice.Shares["0"] + slice.Shares["1"]); math.Abs(sum-1) > rounding {
			t.Errorf("the shares at %v add up to %v", *slice.At, sum)
		}
	}
}
