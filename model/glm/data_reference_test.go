package glm

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

// publicFit is a logistic regression of a public data set by another library.
type publicFit struct {
	Name, Target  string
	Lambda        float64
	LogLikelihood float64 `json:"log_likelihood"`
	Rows          []int
	LogOdds       []float64 `json:"log_odds"`
}

// TestPublicDataInOnePass compares a single pass by batches of 100, with default options, with
// statsmodels' maximum of the bank data, whose columns depend on each other, and with
// scikit-learn's of the breast cancer data, which are separated and so have a penalty: their
// rows are few enough to be kept as they are, so that maximum is equal. See
// tools/reference/logistic_data.py.
func TestPublicDataInOnePass(t *testing.T) {
	drawn.Alone(t)
	text, err := os.ReadFile("testdata/logistic_data.json")
	if err != nil {
		t.Fatal(err)
	}
	var fits []publicFit
	if err := json.Unmarshal(text, &fits); err != nil {
		t.Fatal(err)
	}
	for _, want := range fits {
		t.Run(want.Name, func(t *testing.T) {
			files := []string{"classic/" + want.Name + ".csv"}
			if want.Name == "bank" {
				want.Target = "target"
				files = []string{modeltest.BankFolder + "bank1.csv", modeltest.BankFolder + "bank2.csv.gz", modeltest.BankFolder + "bank3.csv.gz"}
			}
			table := modeltest.ReadClasses(t, want.Target, files...)
			d := &data{layout: table.Layout, rows: *table.Rows}
			need, err := Need(&model.Definition{Name: "m", Target: want.Target}, Options{ExactRows: defaultExactRows}, likelihood.Logistic, 0)
			if err != nil {
				t.Fatal(err)
			}
			of, points := d.learned(t, need, 100)
			fit, err := fitRows(context.Background(), &need.LikelihoodSpec, of, want.Lambda)
			if err != nil {
				t.Fatal(err)
			}
			// of the mean log-likelihood, and of probabilities, which move by the root of that
			tolerance, ofProbabilities := 1e-9, 1e-7
			if table.Rows.N > defaultExactRows {
				tolerance, ofProbabilities = 1e-3, 1e-2
			}
			worst, sum := d.compare(fit, table.Class, &want)
			off := math.Abs(sum-want.LogLikelihood) / float64(table.Rows.N)
			t.Logf("%d rows, lambda %v, %d points: mean log-likelihood %.6f within %.2g of the maximum, probabilities within %.2g", table.Rows.N, want.Lambda, points, sum/float64(table.Rows.N), off, worst)
			if !(off <= tolerance && worst <= ofProbabilities) {
				t.Errorf("the mean log-likelihood is off by %.3g, probabilities by %.3g", off, worst)
			}
		})
	}
}

// compare returns by how much the probabilities of some rows differ, and the log-likelihood
// of all rows.
func (d *data) compare(fit *Fit, classes []string, want *publicFit) (worst, logLikelihood float64) {
	p := NewPredictor(fit, d.layout)
	z, eta := make([]float64, p.Terms()), make([]float64, 1)
	odds := func(i int) float64 {
		p.Row(d.rows.Row(i), d.rows.RowCodes(i), z)
		p.Predict(z, eta)
		if fit.Frame.Classes[0] > fit.Frame.Classes[1] {
			return -eta[0]
		}
		return eta[0]
	}
	second := max(fit.Frame.Classes[0], fit.Frame.Classes[1])
	for i := range d.rows.N {
		x := odds(i)
		if classes[i] != second {
			x = -x
		}
		logLikelihood -= math.Log1p(math.Exp(-x))
	}
	for k, i := range want.Rows {
		worst = max(worst, math.Abs(1/(1+math.Exp(-odds(i)))-1/(1+math.Exp(-want.LogOdds[k]))))
	}
	return worst, logLikelihood
}

// TestAnyPenaltySeparates: of drawn rows that a line separates there is a maximum with any
// penalty: the weaker it is, the surer the model, of every row of the right class.
func TestAnyPenaltySeparates(t *testing.T) {
	for seed := range drawn.Seeds(30) {
		r := rand.New(rand.NewPCG(seed, 33))
		d := drawnData(r, 60+r.IntN(400), 1+r.IntN(6), 30, func(eta float64) float64 {
			if eta > 0 {
				return 1
			}
			return 0
		})
		need, err := Need(&model.Definition{Name: "m", Target: "y"}, Options{ExactRows: defaultExactRows}, likelihood.Logistic, 0)
		if err != nil {
			t.Fatal(err)
		}
		of, _ := d.learned(t, need, 50)
		before := math.Inf(-1)
		for _, lambda := range []float64{10, 1, 0.1, 1e-2, 1e-4, 1e-6} {
			fit, err := fitRows(context.Background(), &need.LikelihoodSpec, of, lambda)
			if err != nil {
				t.Fatalf("seed %d: lambda %v: %v", seed, lambda, err)
			}
			if fit.Lambda != lambda || !(fit.LogLikelihood >= before-1e-9) {
				t.Errorf("seed %d: with lambda %v the log-likelihood is %v, with a larger one %v", seed, fit.Lambda, fit.LogLikelihood, before)
			}
			before = fit.LogLikelihood
		}
		if perRow := before / float64(d.rows.N); perRow < -0.01 {
			t.Errorf("seed %d: with lambda 1e-6 the mean log-likelihood of separated rows is %v", seed, perRow)
		}
	}
}
