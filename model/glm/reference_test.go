package glm

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// reference is what tools/reference/glm.py wrote, by statsmodels 0.15.0.
type reference struct {
	Numeric      map[string][]float64
	Colour, Kind []string
	Models       []referenceModel
	Cells        []struct {
		Colour, Kind        string
		Binary, Count, Rows float64
	}
	OfCells []referenceModel `json:"of_cells"`
}

type referenceModel struct {
	Type, Target string
	Options      struct {
		Offset, Weights string
		Quantile        float64
	}
	Names                 []string
	Params, Bse, Pvalues  []float64
	Llf, Llnull, Aic, Bic *float64
	Llr                   *float64
	LlrP                  *float64 `json:"llr_p"`
	Deviance, Dispersion  *float64
	Alpha                 *float64
	AlphaBse              *float64 `json:"alpha_bse"`
	Loss                  *float64
}

func readReference(t *testing.T) *reference {
	t.Helper()
	text, err := os.ReadFile("testdata/glm.json")
	if err != nil {
		t.Fatal(err)
	}
	out := &reference{}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// learn learns numbers and categories into the likelihood of a reference model.
func (m *referenceModel) learn(t *testing.T, numeric map[string][]float64, weights []float64, categories map[string][]string) (model.LikelihoodNeed, *stats.Likelihood) {
	t.Helper()
	layout, rows := &stats.Layout{}, stats.Rows{N: 0, Weights: weights}
	names, labels := slices.Sorted(maps.Keys(numeric)), slices.Sorted(maps.Keys(categories))
	for _, name := range names {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
		rows.N = len(numeric[name])
	}
	for _, name := range labels {
		layout.Categorical = append(layout.Categorical, stats.CategoricalColumn{Name: name, Values: slices.Compact(slices.Sorted(slices.Values(categories[name])))})
	}
	rows.Numeric, rows.Categorical = len(names), len(labels)
	for i := range rows.N {
		for _, name := range names {
			rows.Values = append(rows.Values, numeric[name][i])
		}
		for k, name := range labels {
			rows.Codes = append(rows.Codes, layout.Categorical[k].Code(categories[name][i]))
		}
	}
	inputs := []string{"x", "z", "colour"}
	if weights != nil {
		inputs = []string{"colour", "kind"}
	}
	d := &model.Definition{Name: "m", Target: m.Target, Inputs: inputs}
	need, err := Need(d, Options{Offset: m.Options.Offset, Weights: m.Options.Weights, ExactRows: 5000}, likelihood.Family(m.Type), m.Options.Quantile)
	if err != nil {
		t.Fatal(err)
	}
	l := (*stats.Likelihoods)(nil).Following([]stats.LikelihoodUse{{LikelihoodSpec: need.LikelihoodSpec}}, func(string) bool { return false })
	l.Learn(layout, &rows)
	return need, l.Of(need.Key)
}

// compare compares a fit with the reference to a relative difference of digits.
func (m *referenceModel) compare(t *testing.T, r *Report, digits float64) {
	t.Helper()
	same := func(what string, got *float64, want *float64) {
		if want != nil && (got == nil || !(math.Abs(*got-*want) <= digits*max(1, math.Abs(*want)))) {
			t.Errorf("%s is %v, want %v", what, deref(got), *want)
		}
	}
	for i, want := range m.Params {
		name := m.Names[i%len(m.Names)]
		at := slices.IndexFunc(r.Coefficients, func(c Coefficient) bool {
			return c.Name == name && (c.Class == "" || c.Class == r.Classes[1+i/len(m.Names)])
		})
		if at < 0 {
			t.Fatalf("there is no coefficient %q in %+v", name, r.Coefficients)
		}
		c := r.Coefficients[at]
		same(name, &c.Estimate, &want)
		if m.Type != "quantile" {
			same("error of "+name, c.StdError, &m.Bse[i])
			same("p of "+name, c.P, &m.Pvalues[i])
		}
	}
	same("log-likelihood", r.LogLikelihood, m.Llf)
	same("null log-likelihood", r.NullLogLikelihood, m.Llnull)
	same("aic", r.AIC, m.Aic)
	same("bic", r.BIC, m.Bic)
	same("likelihood ratio", r.LR, m.Llr)
	same("p of the likelihood ratio", r.LRP, m.LlrP)
	same("deviance", r.Deviance, m.Deviance)
	same("dispersion", r.Dispersion, m.Dispersion)
	same("alpha", r.Alpha, m.Alpha)
	same("error of alpha", r.AlphaError, m.AlphaBse)
}

func deref(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// TestEqualsStatsmodels: coefficients, errors, tests and likelihoods are those of
// statsmodels, with offsets, weights and a category.
func TestEqualsStatsmodels(t *testing.T) {
	const digits = 1e-7 // those to which statsmodels converges
	ref := readReference(t)
	for i := range ref.Models {
		m := &ref.Models[i]
		t.Run(m.Type+"/"+m.Target+"/"+m.Options.Offset+m.Options.Weights, func(t *testing.T) {
			need, of := m.learn(t, ref.Numeric, nil, map[string][]string{"colour": ref.Colour, "kind": ref.Kind})
			fit, err := fitRows(context.Background(), &need.LikelihoodSpec, of, 0)
			if err != nil {
				t.Fatal(err)
			}
			if m.Loss != nil { // of which the minimum may be that of several solutions
				if loss := -fit.LogLikelihood * fit.Frame.Scale; math.Abs(loss-*m.Loss) > 1e-9**m.Loss {
					t.Errorf("the loss is %v, want %v", loss, *m.Loss)
				}
				return
			}
			m.compare(t, fit.Report(0.95), digits)
		})
	}
}

// TestCellsEqualStatsmodels: where all inputs are categories the fit stays exact, whatever
// the number of rows: it is that of the cells.
func TestCellsEqualStatsmodels(t *testing.T) {
	const digits = 1e-10
	ref := readReference(t)
	numeric, categories, weights := map[string][]float64{}, map[string][]string{}, []float64(nil)
	for _, c := range ref.Cells {
		numeric["binary"], numeric["count"] = append(numeric["binary"], c.Binary), append(numeric["count"], c.Count)
		categories["colour"], categories["kind"] = append(categories["colour"], c.Colour), append(categories["kind"], c.Kind)
		weights = append(weights, c.Rows)
	}
	for i := range ref.OfCells {
		m := &ref.OfCells[i]
		t.Run(m.Type, func(t *testing.T) {
			need, of := m.learn(t, numeric, weights, categories)
			fit, err := fitRows(context.Background(), &need.LikelihoodSpec, of, 0)
			if err != nil {
				t.Fatal(err)
			}
			m.compare(t, fit.Report(0.95), digits)
		})
	}
}
