package classification_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/classification"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

// numbersAndClass makes a table of numbers x0, x1, ... and a class y.
func numbersAndClass(t *testing.T, x [][]float64, y []string) *modeltest.ClassTable {
	t.Helper()
	var names []string
	for j := range x[0] {
		names = append(names, fmt.Sprint("x", j))
	}
	cells := make([][]string, len(x))
	for i, row := range x {
		for _, v := range row {
			cells[i] = append(cells[i], fmt.Sprint(v))
		}
		cells[i] = append(cells[i], y[i])
	}
	return modeltest.ClassTableOf(t, "y", append(names, "y"), cells)
}

// TestLambdaEqualsScikitLearn compares the lambda of least generalised cross-validation with
// that of its definition, and the discriminant with scikit-learn's of that shrinkage, see
// tools/reference/lda_lambda.py. In cross-validation by scikit-learn's refits it is better
// than the discriminant without.
func TestLambdaEqualsScikitLearn(t *testing.T) {
	var cases []struct {
		Name             string
		X                [][]float64
		Y, Classes       []string
		Lambda           float64
		LogProbabilities [][]float64  `json:"log_probabilities"`
		CrossValidated   [][2]float64 `json:"cross_validated"`
	}
	modeltest.ReadJSON(t, "lda_lambda.json", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			table := numbersAndClass(t, c.X, c.Y)
			m := classifier(t, table.Evidence(t, "y", 0, table.Rows.N), "lda", "y", map[string]any{"lambda": "auto", "unbiased": false})
			found := modeltest.Described(t, m)["lambda"].(float64)
			const flat = 1e-4 // where a minimum is flat, its place has half of the digits
			if !(math.Abs(found-c.Lambda) <= flat*c.Lambda) {
				t.Errorf("lambda is %.8g, by definition %.8g", found, c.Lambda)
			}
			given := classifier(t, table.Evidence(t, "y", 0, table.Rows.N), "lda", "y", map[string]any{"lambda": c.Lambda, "unbiased": false})
			worst := 0.0
			var r model.Result
			for i, want := range c.LogProbabilities {
				given.Predict(table.Rows.Row(i), table.Rows.RowCodes(i), &r)
				for k := range want {
					worst = max(worst, math.Abs(math.Log(r.Probabilities[k])-want[k])/max(1, math.Abs(want[k])))
				}
			}
			t.Logf("lambda %.6f, largest difference of a log probability %.2g, log loss %v", found, worst, c.CrossValidated[:2])
			if !(worst <= referenceDigits) {
				t.Errorf("log probabilities differ by %v", worst)
			}
			if c.CrossValidated[0][1] >= c.CrossValidated[1][1] {
				t.Errorf("the log loss is %v, without lambda %v", c.CrossValidated[0][1], c.CrossValidated[1][1])
			}
		})
	}
}

// TestLambdaLaws: of drawn rows with more and more columns of noise, lambda is a share, does
// not depend on the units of the inputs, nor on whether the project is partitioned, and on
// rows not seen the chosen one is on the whole better than none.
func TestLambdaLaws(t *testing.T) {
	var plain, chosen float64
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 21))
		classes, columns := 2+r.IntN(3), 2+r.IntN(25)
		n := 3*columns + 40 + r.IntN(100)
		var x, scaled [][]float64
		var y []string
		for range n + 1000 {
			k := r.IntN(classes)
			row, other := make([]float64, columns), make([]float64, columns)
			for j := range row {
				row[j] = r.NormFloat64()
				if j < 2 {
					row[j] += 0.8 * float64(k*(1-2*j))
				}
				other[j] = row[j]*math.Pow(10, float64(j%7-3)) + float64(j)
			}
			x, scaled, y = append(x, row), append(scaled, other), append(y, fmt.Sprint("k", k))
		}
		table, units := numbersAndClass(t, x, y), numbersAndClass(t, scaled, y)
		e, auto := table.Evidence(t, "y", 0, n), map[string]any{"lambda": "auto"}
		m := classifier(t, e, "lda", "y", auto)
		lambda := modeltest.Described(t, m)["lambda"].(float64)
		if !(lambda > 0 && lambda < 1) {
			t.Fatalf("seed %d: lambda is %v", seed, lambda)
		}
		joint := *e
		joint.Partition = nil
		for name, other := range map[string]*model.Evidence{"other units": units.Evidence(t, "y", 0, n), "no partition": &joint} {
			if got := modeltest.Described(t, classifier(t, other, "lda", "y", auto))["lambda"].(float64); !(math.Abs(got-lambda) <= 1e-5*lambda) {
				t.Errorf("seed %d: lambda is %v, with %s %v", seed, lambda, name, got)
			}
		}
		a := lossOf(table, classifier(t, e, "lda", "y", nil), n)
		b := lossOf(table, m, n)
		plain, chosen = plain+a, chosen+b
		t.Logf("seed %d: %d classes, %d columns, %d rows: lambda %.4f, log loss %.4f, without %.4f", seed, classes, columns, n, lambda, b, a)
	}
	if !(chosen < plain) {
		t.Errorf("log losses add up to %v, without lambda to %v", chosen, plain)
	}
}

// lossOf is the log loss of the rows from a place on.
func lossOf(c *modeltest.ClassTable, m model.Classifier, from int) float64 {
	var r model.Result
	sum := 0.0
	for i := from; i < c.Rows.N; i++ {
		m.Predict(c.Rows.Row(i), c.Rows.RowCodes(i), &r)
		for k, class := range m.Classes() {
			if class == c.Class[i] {
				sum -= math.Log(max(r.Probabilities[k], 1e-16))
			}
		}
	}
	return sum / float64(c.Rows.N-from)
}

// TestLambdaOfAnotherCovariance: an estimator that shrinks by itself is refused, by field.
func TestLambdaOfAnotherCovariance(t *testing.T) {
	table := numbersAndClass(t, [][]float64{{1, 2}, {2, 1}, {3, 5}, {4, 4}, {5, 9}, {6, 7}}, []string{"a", "a", "a", "b", "b", "b"})
	types := model.NewCatalogue(classification.Entries())
	d := model.Definition{Name: "m", Type: "lda", Target: "y", Options: map[string]any{"lambda": "auto", "covariance": "oas"}}
	_, err := types.Build(t.Context(), d, table.Evidence(t, "y", 0, 6))
	if !errors.Is(err, model.ErrDefinition) {
		t.Errorf("the error is %v", err)
	}
}
