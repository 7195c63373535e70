package explore_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// matrixSizes are numbers of rows for which the complete rows of three numbers
// are enough for their matrix.
func matrixSizes() []int { return []int{25, 80, 200} }

// complete returns the rows that have all the attributes, the square root of
// their weights taken into them, with the weighted means taken off.
func (d *drawn) complete(names []string) (centred *mat.Dense, n float64) {
	var rows []int
	for i := range d.weights {
		if !slices.ContainsFunc(names, func(name string) bool { return math.IsNaN(d.numeric[name][i]) }) {
			rows = append(rows, i)
			n += d.weights[i]
		}
	}
	centred = mat.NewDense(len(rows), len(names), nil)
	for j, name := range names {
		mean := 0.0
		for _, i := range rows {
			mean += d.weights[i] * d.numeric[name][i] / n
		}
		for k, i := range rows {
			centred.Set(k, j, math.Sqrt(d.weights[i])*(d.numeric[name][i]-mean))
		}
	}
	return centred, n
}

// standard divides each column by its length.
func standard(m *mat.Dense) *mat.Dense {
	r, c := m.Dims()
	out := mat.NewDense(r, c, nil)
	for j := range c {
		length := mat.Norm(m.ColView(j), 2)
		for i := range r {
			out.Set(i, j, m.At(i, j)/length)
		}
	}
	return out
}

// residuals are what the least squares fit on columns from..to leaves of column
// j, by QR.
func residuals(t *testing.T, m *mat.Dense, j int, on []int) *mat.VecDense {
	t.Helper()
	rows, _ := m.Dims()
	out := mat.VecDenseCopyOf(m.ColView(j))
	if len(on) == 0 {
		return out
	}
	design := mat.NewDense(rows, len(on), nil)
	for k, column := range on {
		design.SetCol(k, mat.Col(nil, column, m))
	}
	var b, fit mat.VecDense
	if err := b.SolveVec(design, m.ColView(j)); err != nil {
		t.Fatal(err)
	}
	fit.MulVec(design, &b)
	out.SubVec(out, &fit)
	return out
}

func cosine(a, b *mat.VecDense) float64 { return mat.Dot(a, b) / mat.Norm(a, 2) / mat.Norm(b, 2) }

// subset draws some of the numbers that vary, at least least.
func subset(r *rand.Rand, least int) []string {
	names := []string{"x", "y", "z", "flag", "flag2"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names[:least+r.IntN(len(names)-least+1)]
}

// TestDrawnPartialCorrelations compares with the correlation of the residuals of
// regressions on the other attributes.
func TestDrawnPartialCorrelations(t *testing.T) {
	draws(t, 31, matrixSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		names := subset(r, 2)
		m, n := d.complete(names)
		var others []int
		for j := range names[2:] {
			others = append(others, j+2)
		}
		want := cosine(residuals(t, m, 0, others), residuals(t, m, 1, others))
		given := names[2:]
		if len(given) == 0 { // none given would mean all others
			given = []string{"constant"}
		}
		answer := ask(t, d.s, "partial_correlation", args{"a": names[0], "b": names[1], "given": given})
		df := n - 2 - float64(len(others))
		statistic := want * math.Sqrt(df/(1-want*want))
		for path, want := range map[string]float64{
			"count": n, "correlation": want, "df": df, "t": statistic, "p": 2 * special.Student(math.Abs(statistic), df).Upper,
		} {
			near(t, fmt.Sprint(names, path), numberAt(t, answer, path), want, 1)
		}
	})
}

// TestDrawnPartialMatrix compares each cell with residuals, and the diagonal of
// the precision matrix with what is left of an attribute.
func TestDrawnPartialMatrix(t *testing.T) {
	draws(t, 32, matrixSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		names := subset(r, 2)
		m, n := d.complete(names)
		answer := ask(t, d.s, "partial_correlation_matrix", args{"attributes": append([]string{"constant"}, names...)})
		if constant := at(answer, "constant.0"); constant != "constant" {
			t.Errorf("constant attributes start with %v, want constant", constant)
		}
		for i := range names {
			for j := range names {
				var others, allOthers []int
				for k := range names {
					if k != i {
						allOthers = append(allOthers, k)
						if k != j {
							others = append(others, k)
						}
					}
				}
				want := 1.0
				if i != j {
					want = cosine(residuals(t, m, i, others), residuals(t, m, j, others))
				} else {
					left := mat.Norm(residuals(t, m, i, allOthers), 2)
					near(t, "precision of "+names[i], numberAt(t, answer, fmt.Sprintf("precision.%d.%d", i+1, i+1)), (n-1)/left/left, 0)
				}
				near(t, names[i]+" and "+names[j], numberAt(t, answer, fmt.Sprintf("values.%d.%d", i+1, j+1)), want, 1)
			}
			if cell := at(answer, fmt.Sprintf("values.0.%d", i+1)); cell != nil {
				t.Errorf("a constant has the partial correlation %v, want null", cell)
			}
		}
	})
}

// TestDrawnVIF compares with 1/(1-R^2) of regressions.
func TestDrawnVIF(t *testing.T) {
	draws(t, 33, matrixSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		names := subset(r, 1)
		m, n := d.complete(names)
		answer := ask(t, d.s, "vif", args{"attributes": names})
		near(t, "count", numberAt(t, answer, "count"), n, 0)
		for j, name := range names {
			var others []int
			for k := range names {
				if k != j {
					others = append(others, k)
				}
			}
			whole, left := mat.Norm(m.ColView(j), 2), mat.Norm(residuals(t, m, j, others), 2)
			near(t, name, numberAt(t, answer, "vif."+name), whole*whole/left/left, 0)
		}
	})
}

// TestDrawnComponents compares principal components and singular values with
// the singular value decomposition of the rows.
func TestDrawnComponents(t *testing.T) {
	draws(t, 34, matrixSizes(), func(t *testing.T, d *drawn, r *rand.Rand) {
		for _, matrix := range []string{"correlation", "covariance"} {
			names := subset(r, 1)
			m, n := d.complete(names)
			if matrix == "correlation" {
				m = standard(m)
				m.Scale(math.Sqrt(n-1), m)
			}
			var svd mat.SVD
			if !svd.Factorize(m, mat.SVDThin) {
				t.Fatal("the decomposition of the rows did not converge")
			}
			values, total := svd.Values(nil), 0.0
			for _, v := range values {
				total += v * v / (n - 1)
			}
			pca, decomposed := ask(t, d.s, "pca", args{"attributes": names, "matrix": matrix}), ask(t, d.s, "svd", args{"attributes": names, "matrix": matrix})
			near(t, "total variance", numberAt(t, pca, "total_variance"), total, 0)
			near(t, "condition", numberAt(t, decomposed, "condition"), values[0]/values[len(values)-1], 0)
			near(t, "rank", numberAt(t, decomposed, "rank"), float64(len(names)), 0)
			sum := 0.0
			for k, v := range values {
				sum += v * v / (n - 1)
				at := func(field string) string { return fmt.Sprintf("components.%d.%s", k, field) }
				near(t, "variance", numberAt(t, pca, at("variance")), v*v/(n-1), 0)
				near(t, "share", numberAt(t, pca, at("share")), v*v/(n-1)/total, 0)
				near(t, "cumulative", numberAt(t, pca, at("cumulative")), sum/total, 0)
				near(t, "singular value", numberAt(t, decomposed, fmt.Sprintf("values.%d.value", k)), v, 0)
				// The rows along the direction have that length, which a wrong vector has not.
				direction := mat.NewVecDense(len(names), nil)
				for i := range names {
					direction.SetVec(i, numberAt(t, pca, at(fmt.Sprintf("direction.%d", i))))
				}
				var along mat.VecDense
				along.MulVec(m, direction)
				near(t, "length along the direction", mat.Norm(&along, 2), v, 0)
				near(t, "length of the direction", mat.Norm(direction, 2), 1, 0)
			}
		}
	})
}

// TestDrawnSelection: with sums of other columns beside them, as many attributes
// are kept as the table has rank, and what was dropped they explain.
func TestDrawnSelection(t *testing.T) {
	r := rand.New(rand.NewPCG(35, 4))
	for range 20 {
		free, tied, n := 1+r.IntN(4), r.IntN(4), 30+r.IntN(100)
		layout, rows := &stats.Layout{}, &stats.Rows{N: n, Numeric: free + tied}
		for j := range free + tied {
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("a", j)})
		}
		weights := make([]float64, free*tied)
		for i := range weights {
			weights[i] = float64(1 + r.IntN(5))
		}
		for range n {
			start := len(rows.Values)
			for range free {
				rows.Values = append(rows.Values, float64(r.IntN(1000)))
			}
			for j := range tied {
				sum := 0.0
				for k := range free {
					sum += weights[j*free+k] * rows.Values[start+k]
				}
				rows.Values = append(rows.Values, sum)
			}
		}
		s := learned(t, layout, rows)
		answer := ask(t, s, "svd_selection", nil)
		near(t, "rank", numberAt(t, answer, "rank"), float64(free), 0)
		kept, _ := at(answer, "kept").([]any)
		dropped, _ := at(answer, "dropped").([]any)
		if len(kept) != free || len(dropped) != tied {
			t.Errorf("%d of %d columns are kept and %d dropped, want %d and %d", len(kept), free+tied, len(dropped), free, tied)
		}
		for k := range dropped {
			near(t, "explained", numberAt(t, dropped[k], "r_squared"), 1, 0)
		}
		// The kept ones alone have full rank again.
		again := ask(t, s, "svd", args{"attributes": kept})
		near(t, "rank of the kept", numberAt(t, again, "rank"), float64(free), 0)
		one := ask(t, s, "svd_selection", args{"keep": 1})
		if kept, _ := at(one, "kept").([]any); len(kept) != 1 {
			t.Errorf("asked for one attribute, %v are kept", kept)
		}
	}
}
