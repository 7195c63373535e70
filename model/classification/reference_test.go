package classification_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

// referenceDigits is what log probabilities may differ by from the reference
// libraries, relative to their size: eight digits. The libraries decompose rows
// and lose digits themselves where inputs are nearly dependent, as in
// breast_cancer.
const referenceDigits = 1e-8

// TestClassifiersEqualScikitLearn compares with scikit-learn 1.9.1, see
// tools/reference/classification.py.
func TestClassifiersEqualScikitLearn(t *testing.T) {
	var reference struct {
		Sets []struct {
			Name, Target string
			Rows         []int
			Classes      []string
			Models       []struct {
				Name, Type       string
				Options          map[string]any
				LogProbabilities [][]float64 `json:"log_probabilities"`
				TestAUC          float64     `json:"test_auc"`
			}
		}
	}
	modeltest.ReadJSON(t, "classification.json", &reference)
	for _, set := range reference.Sets {
		files := []string{"classic/" + set.Name + ".csv"}
		if set.Name == "bank" {
			files = []string{modeltest.BankFolder + "bank1.csv", modeltest.BankFolder + "bank2.csv.gz", modeltest.BankFolder + "bank3.csv.gz"}
		}
		table := modeltest.ReadClasses(t, set.Target, files...)
		e := table.Evidence(t, set.Target, 0, table.Rows.N)
		for _, ref := range set.Models {
			t.Run(set.Name+"/"+ref.Name, func(t *testing.T) {
				m := classifier(t, e, ref.Type, set.Target, ref.Options)
				var r model.Result
				worst := 0.0
				for at, i := range set.Rows {
					m.Predict(table.Rows.Row(i), table.Rows.RowCodes(i), &r)
					for k, want := range ref.LogProbabilities[at] {
						got := math.Log(r.Probabilities[k])
						if want < math.Log(math.SmallestNonzeroFloat64)+40 {
							continue // below the range of a float64
						}
						worst = max(worst, math.Abs(got-want)/max(1, math.Abs(want)))
					}
				}
				t.Logf("largest difference of a log probability %.2g", worst)
				if !(worst <= referenceDigits) {
					t.Errorf("log probabilities differ by %.3g, want at most %g", worst, referenceDigits)
				}
			})
		}
	}
}

// massFit is a model that MASS has fitted too.
type massFit struct {
	table  *modeltest.ClassTable
	model  model.Classifier
	report map[string]any
}

// figure returns what MASS has under a name, or NaN for a name that is not known.
func (f *massFit) figure(name string, row, column int) float64 {
	discriminant := func() map[string]any { return f.report["discriminants"].([]any)[column].(map[string]any) }
	switch name {
	case "prior":
		return f.report["classes"].([]any)[column].(map[string]any)["prior"].(float64)
	case "posterior":
		var r model.Result
		f.model.Predict(f.table.Rows.Row(row), f.table.Rows.RowCodes(row), &r)
		return r.Probabilities[column]
	case "scaling":
		return discriminant()["scaling"].([]any)[row].(float64)
	case "svd": // the square is n / (classes - 1) times the eigenvalue
		classes := float64(len(f.model.Classes()))
		return math.Sqrt(discriminant()["eigenvalue"].(float64) * float64(f.table.Rows.N) / (classes - 1))
	}
	return math.NaN()
}

// TestDiscriminantsEqualMASS compares with R's MASS 7.3-58.2, see
// tools/reference/classification_mass.R.
func TestDiscriminantsEqualMASS(t *testing.T) {
	f, err := os.Open("testdata/classification_mass.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type fit struct{ set, model, priors string }
	targets := map[string]string{"iris": "species", "wine": "class", "breast_cancer": "diagnosis"}
	evidence, tables, models := map[string]*model.Evidence{}, map[string]*modeltest.ClassTable{}, map[fit]*massFit{}
	worst := map[string]float64{}
	for _, rec := range records[1:] {
		key := fit{rec[0], rec[1], rec[2]}
		target := targets[key.set]
		if evidence[key.set] == nil {
			tables[key.set] = modeltest.ReadClasses(t, target, "classic/"+key.set+".csv")
			evidence[key.set] = tables[key.set].Evidence(t, target, 0, tables[key.set].Rows.N)
		}
		b, ok := models[key]
		if !ok {
			m := classifier(t, evidence[key.set], key.model, target, map[string]any{"priors": key.priors})
			b = &massFit{table: tables[key.set], model: m, report: modeltest.Described(t, m)}
			models[key] = b
		}
		row, _ := strconv.Atoi(rec[4])
		column, _ := strconv.Atoi(rec[5])
		want, err := strconv.ParseFloat(rec[6], 64)
		if err != nil {
			t.Fatal(err)
		}
		got := b.figure(rec[3], row, column)
		if rec[3] == "scaling" { // the sign of a direction is anyone's
			got, want = math.Abs(got), math.Abs(want)
		}
		difference := math.Abs(got-want) / max(1, math.Abs(want))
		worst[rec[3]] = max(worst[rec[3]], difference)
		if !(difference <= referenceDigits) {
			t.Errorf("%v %s of row %d, column %d is %.12g, MASS has %.12g", key, rec[3], row, column, got, want)
		}
	}
	t.Logf("largest relative differences: %v", worst)
}

// TestBankFederated holds the figures of the publisher of the federated split:
// area under the curve 0.9090 of the discriminant and 0.8158 of naive Bayes
// with binary inputs as numbers; with them as categories it is better.
func TestBankFederated(t *testing.T) {
	train := []string{modeltest.BankFolder + "bank1.csv", modeltest.BankFolder + "bank2.csv.gz", modeltest.BankFolder + "bank3.csv.gz"}
	table := modeltest.ReadClasses(t, "target", append(train, modeltest.BankFolder+"bank_test.csv.gz")...)
	const n = 500 + 2000 + 23668
	pooled := table.Evidence(t, "target", 0, n)
	merged := table.Evidence(t, "target", 0, 500)
	for _, site := range [][2]int{{500, 2500}, {2500, n}} {
		if err := merged.Summary.Merge(table.Evidence(t, "target", site[0], site[1]).Summary); err != nil {
			t.Fatal(err)
		}
	}
	merged.Partition, pooled.Partition = nil, nil
	for _, c := range []struct {
		name, kind string
		options    map[string]any
		want       float64
	}{
		{name: "lda", kind: "lda", options: map[string]any{"pseudo_inverse": true}, want: 0.9090},
		{name: "naive Bayes of numbers", kind: "naive_bayes", options: map[string]any{"binary": "continuous"}, want: 0.8158},
		{name: "naive Bayes", kind: "naive_bayes", want: 0.8400}, // scikit-learn's, see classification.json
		{name: "svm", kind: "svm", want: 0.9090},                 // least squares has the discriminant's direction
	} {
		t.Run(c.name, func(t *testing.T) {
			_, scores, positive := table.Tested(classifier(t, pooled, c.kind, "target", c.options), n, table.Rows.N)
			_, parts, _ := table.Tested(classifier(t, merged, c.kind, "target", c.options), n, table.Rows.N)
			auc := evaluation.ROCAUC(scores, positive)
			t.Logf("AUC %.6f", auc)
			const published = 0.00005 // four digits
			if !(math.Abs(auc-c.want) <= published) {
				t.Errorf("AUC is %.6f, want %v", auc, c.want)
			}
			const mergedTolerance = 1e-10
			for i, s := range scores {
				if s != parts[i] && !(math.Abs(s-parts[i]) <= mergedTolerance*max(1, math.Abs(s))) {
					t.Fatalf("row %d: log odds of the merged model are %v, of the pooled one %v", i, parts[i], s)
				}
			}
		})
	}
}

// TestShuttleClasses holds the figures asked for on UCI's split of Statlog
// (Shuttle), seven classes: 0.946 of lda and 0.907 of qda; the others hold what
// was measured. Plain qda is refused there, as class 6 has six rows.
func TestShuttleClasses(t *testing.T) {
	table := modeltest.ReadClasses(t, "class", "shuttle.csv.gz")
	const n = 43500
	e := table.Evidence(t, "class", 0, n)
	for _, c := range []struct {
		name, kind string
		options    map[string]any
		least      float64
	}{
		{name: "lda", kind: "lda", least: 0.946},
		{name: "qda pseudo-inverse", kind: "qda", options: map[string]any{"pseudo_inverse": true}, least: 0.96},
		{name: "qda pooling", kind: "qda", options: map[string]any{"pooling": 0.1}, least: 0.907},
		{name: "qda oas", kind: "qda", options: map[string]any{"covariance": "oas"}, least: 0.974},
		{name: "qda ridge", kind: "qda", options: map[string]any{"covariance": map[string]any{"estimator": "ridge", "lambda": 1e-3}}, least: 0.884},
		{name: "svm", kind: "svm", least: 0.879},
		{name: "naive Bayes", kind: "naive_bayes", least: 0.826},
	} {
		t.Run(c.name, func(t *testing.T) {
			accuracy, _, _ := table.Tested(classifier(t, e, c.kind, "class", c.options), n, table.Rows.N)
			t.Logf("accuracy %.5f", accuracy)
			if !(accuracy >= c.least) {
				t.Errorf("accuracy is %.5f, want at least %v", accuracy, c.least)
			}
		})
	}
}
