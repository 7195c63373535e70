package classification

import (
	"context"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/glm"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// logisticOf builds a logistic model of a table, of which the likelihood has had all rows.
func logisticOf(t *testing.T, table *modeltest.ClassTable, d model.Definition) model.Classifier {
	t.Helper()
	all := model.NewCatalogue(Entries())
	needs, err := all.Needs(d)
	if err != nil {
		t.Fatal(err)
	}
	l := (*stats.Likelihoods)(nil).Following([]stats.LikelihoodUse{{LikelihoodSpec: needs.Likelihoods[0].LikelihoodSpec}}, func(string) bool { return false })
	l.Learn(table.Layout, table.Rows)
	m, err := all.Build(context.Background(), d, &model.Evidence{Summary: modeltest.SummaryOf(t, table.Layout, table.Rows), Likelihoods: l})
	if err != nil {
		t.Fatal(err)
	}
	c, ok := m.(model.Classifier)
	if !ok {
		t.Fatalf("%T is no classifier", m)
	}
	return c
}

// TestLogisticContributions: contributions add up to the log odds of the predicted class
// and the next, less those of a row at the means; a row that lacks everything is at them.
func TestLogisticContributions(t *testing.T) {
	const near = 1e-9
	iris := modeltest.ReadClasses(t, "species", "classic/iris.csv")
	m := logisticOf(t, iris, model.Definition{Name: "m", Type: "logistic", Target: "species", Options: map[string]any{"lambda": 0.5}})
	if got := m.Classes(); len(got) != 3 || got[0] != "setosa" {
		t.Fatalf("classes are %v", got)
	}
	if r, ok := m.Describe().(*glm.Report); !ok || len(r.Coefficients) != 2*5 || r.Lambda != 0.5 {
		t.Fatalf("described as %+v", m.Describe())
	}
	nothing := []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	var at, r model.Result
	m.Predict(nothing, nil, &at)
	usual := append([]float64(nil), at.Probabilities...)
	for _, x := range at.Contributions {
		if x != 0 {
			t.Errorf("contributions of a row without inputs are %v", at.Contributions)
		}
	}
	right := 0
	for i := range iris.Rows.N {
		m.Predict(iris.Rows.Row(i), iris.Rows.RowCodes(i), &r)
		next, sum := -1, 0.0
		for k, p := range r.Probabilities {
			sum += p
			if k != r.Class && (next < 0 || p > r.Probabilities[next]) {
				next = k
			}
		}
		want := math.Log(r.Probabilities[r.Class]/r.Probabilities[next]) - math.Log(usual[r.Class]/usual[next])
		got := 0.0
		for _, x := range r.Contributions {
			got += x
		}
		if math.Abs(got-want) > near*(1+math.Abs(want)) || math.Abs(sum-1) > near {
			t.Fatalf("row %d: contributions add up to %v, want %v; probabilities to %v", i, got, want, sum)
		}
		if m.Classes()[r.Class] == iris.Class[i] {
			right++
		}
	}
	if right < 143 { // scikit-learn's LogisticRegression gets 146 of 150 with C = 1
		t.Errorf("%d of 150 rows are right", right)
	}
}

// TestLogisticSeparated: classes that inputs separate give finite coefficients, and the
// description says by which penalty.
func TestLogisticSeparated(t *testing.T) {
	for name, d := range map[string]model.Definition{
		"two numbers": {Name: "m", Type: "logistic", Target: "species", Inputs: []string{"petal_length", "petal_width"}},
		"all":         {Name: "m", Type: "logistic", Target: "species"},
	} {
		t.Run(name, func(t *testing.T) {
			iris := modeltest.ReadClasses(t, "species", "classic/iris.csv")
			m := logisticOf(t, iris, d)
			r, ok := m.Describe().(*glm.Report)
			if !ok || r.Lambda != 1 || len(r.Warnings) == 0 {
				t.Fatalf("described as %+v", m.Describe())
			}
			for _, c := range r.Coefficients {
				if math.Abs(c.Estimate) > 20 || c.StdError == nil {
					t.Errorf("coefficient %+v", c)
				}
			}
		})
	}
}
