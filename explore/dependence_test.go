package explore_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

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
	v := ask(t, s, "vif", args{"attributes": "a,b,c,d,k"})
	if dependent, constant := texts(at(v, "dependent")), texts(at(v, "constant")); !slices.Equal(dependent, []string{"a", "b", "c"}) || !slices.Equal(constant, []string{"k"}) {
		t.Errorf("dependent are %v and constant %v, want a, b, c and k", dependent, constant)
	}
	alone := ask(t, s, "vif", args{"attributes": "a,b,d"})
	if got, want := numberAt(t, v, "vif.d"), numberAt(t, alone, "vif.d"); !(math.Abs(got-want) <= rounding*want) {
		t.Errorf("the factor of d is %v beside a dependent attribute, want %v", got, want)
	}
	chosen := ask(t, s, "svd_selection", args{"attributes": "a,b,c,d,k"})
	kept, constant := texts(at(chosen, "kept")), texts(at(chosen, "constant"))
	if numberAt(t, chosen, "rank") != 3 || len(kept) != 3 || !slices.Contains(kept, "d") || at(chosen, "dropped.1") != nil || !slices.Equal(constant, []string{"k"}) {
		t.Fatalf("the selection is %v, want three of rank 3 with d among them, one dropped and k constant", chosen)
	}
	if r2 := numberAt(t, chosen, "dropped.0.r_squared"); !(math.Abs(r2-1) <= rounding) {
		t.Errorf("what was dropped is explained to %v, want 1", r2)
	}
	p := ask(t, s, "partial_correlation", args{"a": "a", "b": "d", "given": "b,c,k"})
	if got := at(p, "correlation"); got != nil {
		t.Errorf("the partial correlation of a, which b and c determine, is %v, want none", got)
	}
	p = ask(t, s, "partial_correlation", args{"a": "flag", "b": "d", "given": "a,b,c,k"})
	q := ask(t, s, "partial_correlation", args{"a": "flag", "b": "d", "given": "a,b"})
	if at(p, "df") != at(q, "df") || !(math.Abs(numberAt(t, p, "correlation")-numberAt(t, q, "correlation")) <= rounding) {
		t.Errorf("beside superfluous attributes the partial correlation is %v, want %v", p, q)
	}
}

// texts is a list of an answer, sorted.
func texts(list any) []string {
	var out []string
	if all, ok := list.([]any); ok {
		for _, v := range all {
			out = append(out, fmt.Sprint(v))
		}
	}
	slices.Sort(out)
	return out
}

// TestPairwiseMatrix: where no row has all attributes, the matrix is that of the
// pairs, and says so.
func TestPairwiseMatrix(t *testing.T) {
	s := dependent(t, true)
	p := ask(t, s, "pca", args{"attributes": "a,b,d", "matrix": "covariance"})
	if rows, count := at(p, "rows"), at(p, "count"); rows != "pairwise" || count != 166.0 {
		t.Errorf("the components are of %v %s rows, want 166 pairwise", count, rows)
	}
	total := 0.0
	for _, name := range []string{"a", "b", "d"} {
		total += numberAt(t, ask(t, s, "univariate", args{"attribute": name}), "variance")
	}
	if got := numberAt(t, p, "total_variance"); !(math.Abs(got-total) <= rounding*total) {
		t.Errorf("the total variance is %v, want the sum of the attributes', %v", got, total)
	}
}

// TestConditionalDensity: the peak is that of the normal density, and posteriors
// add up to 1.
func TestConditionalDensity(t *testing.T) {
	s := dependent(t, false)
	d := ask(t, s, "conditional_density", args{"attribute": "a", "given": "flag", "points": 200})
	all, _ := at(d, "slices").([]any)
	if len(all) != 2 || at(d, "method") != "normal" {
		t.Fatalf("there are %d slices by %s, want 2 by normal", len(all), at(d, "method"))
	}
	for _, slice := range all {
		// The density at the mean is 1/(sd sqrt(2 pi)); a point of the grid is near.
		highest := 0.0
		for k := range 200 {
			highest = max(highest, numberAt(t, slice, fmt.Sprint("density.", k))*numberAt(t, slice, "stddev")*math.Sqrt(2*math.Pi))
		}
		if !(highest > 0.999 && highest <= 1) {
			t.Errorf("the density given flag=%s is %v of its peak, want nearly 1", at(slice, "value"), highest)
		}
	}
	all, _ = at(ask(t, s, "conditional_density", args{"attribute": "flag", "given": "a", "points": 7}), "slices").([]any)
	if len(all) != 7 {
		t.Fatalf("there are %d slices, want 7", len(all))
	}
	for _, slice := range all {
		if sum := numberAt(t, slice, "shares.0") + numberAt(t, slice, "shares.1"); !(math.Abs(sum-1) <= rounding) {
			t.Errorf("the shares at %v add up to %v", at(slice, "at"), sum)
		}
	}
}
