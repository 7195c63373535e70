package glm

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// cellsReference is what tools/reference/cells.py wrote, by statsmodels 0.15.0.
type cellsReference struct {
	Numeric    map[string][]float64
	Categories map[string][]string
	Models     []struct {
		referenceModel
		Inputs []string
	}
}

// summary learns the attributes of a model as batches of several shards, and merges these.
func (ref *cellsReference) summary(t *testing.T, names []string) *stats.Summary {
	t.Helper()
	layout := &stats.Layout{}
	var numeric, categorical []string
	for _, name := range names {
		if values, ok := ref.Categories[name]; ok {
			categorical = append(categorical, name)
			layout.Categorical = append(layout.Categorical, stats.CategoricalColumn{Name: name, Values: slices.Compact(slices.Sorted(slices.Values(values)))})
		} else {
			numeric = append(numeric, name)
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name, Binary: name == "flag"})
		}
	}
	const shards = 3
	var all [shards]*stats.Summary
	for k := range all {
		s, err := stats.NewSummary(stats.SummaryOptions{})
		if err != nil {
			t.Fatal(err)
		}
		all[k] = s
	}
	for i := range len(ref.Numeric["flag"]) {
		rows := stats.Rows{N: 1, Numeric: len(numeric), Categorical: len(categorical)}
		for _, name := range numeric {
			rows.Values = append(rows.Values, ref.Numeric[name][i])
		}
		for k, name := range categorical {
			rows.Codes = append(rows.Codes, layout.Categorical[k].Code(ref.Categories[name][i]))
		}
		if err := all[i%shards].Learn(layout, &rows); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range all[1:] {
		if err := all[0].Merge(s); err != nil {
			t.Fatal(err)
		}
	}
	return all[0]
}

// TestJointCellsEqualStatsmodels: of inputs with few values the estimates, errors, Wald and
// likelihood ratio tests of rows that were learned before anything was defined are those of
// statsmodels to ten digits, also of counts with more values than are kept.
func TestJointCellsEqualStatsmodels(t *testing.T) {
	const digits = 1e-10
	text, err := os.ReadFile("testdata/cells.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []cellsReference
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for c := range cases {
		ref := &cases[c]
		for i := range ref.Models {
			m := &ref.Models[i]
			t.Run(strconv.Itoa(c)+"/"+m.Type+"/"+m.Target+"/"+m.Options.Offset+m.Options.Weights+strconv.Itoa(i), func(t *testing.T) {
				names := slices.DeleteFunc(append(slices.Clone(m.Inputs), m.Target, m.Options.Offset, m.Options.Weights), func(name string) bool { return name == "" })
				e := &model.Evidence{Summary: ref.summary(t, names)}
				d := &model.Definition{Name: "m", Target: m.Target, Inputs: m.Inputs}
				need, err := Need(d, Options{Offset: m.Options.Offset, Weights: m.Options.Weights, ExactRows: 1}, likelihood.Family(m.Type), 0)
				if err != nil {
					t.Fatal(err)
				}
				of := EvidenceOf(&need, e)
				if of.Lacks != nil || of.Likelihood == nil {
					t.Fatalf("the cells do not have it: %v", of.Lacks)
				}
				fit, err := of.Fit(context.Background(), 0)
				if err != nil {
					t.Fatal(err)
				}
				r := fit.Report(0.95)
				if r.Method != "cells" {
					t.Errorf("method is %q", r.Method)
				}
				m.compare(t, r, digits)
			})
		}
	}
}

// TestCellsSayWhatTheyLack: where the combinations do not have an attribute the fit takes
// the rows since the definition, and says why.
func TestCellsSayWhatTheyLack(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	s, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	need, err := Need(&model.Definition{Name: "m", Target: "y"}, Options{ExactRows: 5000}, likelihood.Poisson, 0)
	if err != nil {
		t.Fatal(err)
	}
	learned := (*stats.Likelihoods)(nil).Following([]stats.LikelihoodUse{{LikelihoodSpec: need.LikelihoodSpec}}, func(string) bool { return false })
	for i := range 300 {
		rows := stats.Rows{N: 1, Numeric: 2, Values: []float64{math.Sqrt(float64(i)), float64(i % 7)}}
		if err := s.Learn(layout, &rows); err != nil {
			t.Fatal(err)
		}
		if i >= 100 {
			learned.Learn(layout, &rows)
		}
	}
	of := EvidenceOf(&need, &model.Evidence{Summary: s, Likelihoods: learned})
	fit, err := of.Fit(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := fit.Report(0.95)
	want := `rows that were learned before the model was defined do not count, as they are kept by combinations of values, and attribute "x" has more than 32 different values`
	if r.Method != "rows" || r.Rows != 200 || !slices.Contains(r.Warnings, want) {
		t.Errorf("method %s of %v rows, warnings %q", r.Method, r.Rows, r.Warnings)
	}
	if of := EvidenceOf(&need, &model.Evidence{Summary: s}); of.Likelihood != nil || of.Lacks == nil {
		t.Error("there is a likelihood of rows that nothing kept")
	}
}
