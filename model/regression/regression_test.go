package regression

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// regressionData holds the reference sets beside the repository.
const regressionData = "../../../shared/data/"

// Digits that the answers must share with statsmodels and scikit-learn, and
// the tolerance of figures that add up squares of the rows.
const (
	referenceDigits = 8.0
	// mergedClose is what merging may change, relative.
	mergedClose = 1e-10
)

// referenceSet is one set of regression.json, made by tools/reference/regression.py.
type referenceSet struct {
	Name, Target, Categorical string
	Drop                      []string
	Rows                      int
	Train                     []string
	Test                      string
	TestR2                    float64 `json:"test_r2"`
	OLS                       map[string]any
	Fits                      []struct {
		Type         string
		Options      map[string]any
		Intercept    float64
		Coefficients map[string]float64
	}
}

func referenceSets(t testing.TB) []referenceSet {
	t.Helper()
	if _, err := os.Stat(regressionData); err != nil {
		t.Skipf("no reference data in %s", regressionData)
	}
	text, err := os.ReadFile("testdata/regression.json")
	if err != nil {
		t.Fatal(err)
	}
	var sets []referenceSet
	if err := json.Unmarshal(text, &sets); err != nil {
		t.Fatal(err)
	}
	return sets
}

// read encodes a file of the set. The layout has all columns but those dropped.
func (s *referenceSet) read(t testing.TB, path string) (*stats.Layout, *stats.Rows) {
	t.Helper()
	file, err := os.Open(filepath.Join(regressionData, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	layout, rows := &stats.Layout{}, &stats.Rows{N: len(records) - 1}
	for _, name := range records[0] {
		switch {
		case name == s.Categorical:
			layout.Categorical = append(layout.Categorical, stats.CategoricalColumn{Name: name})
		case name != "date":
			layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: name})
		}
	}
	rows.Numeric, rows.Categorical = len(layout.Numeric), len(layout.Categorical)
	for _, record := range records[1:] {
		for i, cell := range record {
			switch records[0][i] {
			case s.Categorical:
				c := &layout.Categorical[0]
				if !slices.Contains(c.Values, cell) {
					c.Values = append(c.Values, cell)
				}
				rows.Codes = append(rows.Codes, c.Code(cell))
			case "date":
			default:
				rows.Values = append(rows.Values, parse(t, cell))
			}
		}
	}
	return layout, rows
}

// inputs are all columns but the target and those dropped.
func (s *referenceSet) inputs(l *stats.Layout) []string {
	var names []string
	for _, c := range l.Numeric {
		if c.Name != s.Target && !slices.Contains(s.Drop, c.Name) {
			names = append(names, c.Name)
		}
	}
	for _, c := range l.Categorical {
		names = append(names, c.Name)
	}
	return names
}

// merged learns every training file into a summary of its own and merges these.
func (s *referenceSet) merged(t testing.TB) (layout *stats.Layout, all *stats.Rows, summary *stats.Summary) {
	t.Helper()
	for _, path := range s.Train {
		l, rows := s.read(t, path)
		part := modeltest.SummaryOf(t, l, rows)
		if summary == nil {
			layout, all, summary = l, rows, part
			continue
		}
		if err := summary.Merge(part); err != nil {
			t.Fatal(err)
		}
		for i := range rows.N {
			all.Append(rows, i)
		}
	}
	return layout, all, summary
}

func builtRegression(t testing.TB, typ, target string, inputs []string, options map[string]any, e *model.Evidence) (model.Model, *regressionReport) {
	t.Helper()
	m, err := model.NewCatalogue(Entries()).Build(context.Background(), model.Definition{Name: "m", Type: typ, Target: target, Inputs: inputs, Options: options}, e)
	if err != nil {
		t.Fatal(err)
	}
	return m, m.Describe().(*regressionReport)
}

// shared is the number of digits that got has in common with want, of a list
// relative to scale where that is larger.
func shared(got, want, scale float64) float64 {
	e := math.Abs(got-want) / max(math.Abs(want), scale, 1e-300)
	return min(max(-math.Log10(e), 0), 16)
}

func floatsOf(t *testing.T, v any) []float64 {
	t.Helper()
	list, ok := v.([]any)
	if !ok {
		t.Fatalf("%v is no list", v)
	}
	out := make([]float64, len(list))
	for i := range list {
		out[i] = list[i].(float64)
	}
	return out
}

// TestOLSInference compares everything that OLS says with statsmodels.
func TestOLSInference(t *testing.T) {
	for _, set := range referenceSets(t) {
		t.Run(set.Name, func(t *testing.T) {
			layout, rows, summary := set.merged(t)
			m, report := builtRegression(t, "ols", set.Target, set.inputs(layout), map[string]any{"interval": "prediction", "confidence": 0.9}, &model.Evidence{Summary: summary})
			_, report95 := builtRegression(t, "ols", set.Target, set.inputs(layout), nil, &model.Evidence{Summary: summary})
			confidence, _ := builtRegression(t, "ols", set.Target, set.inputs(layout), map[string]any{"interval": "confidence", "confidence": 0.9}, &model.Evidence{Summary: summary})
			c := &olsComparison{t: t, set: set, least: 16}
			c.coefficients(report95)
			c.fit(report)
			for i, want := range floatsOf(t, set.OLS["prediction"]) {
				var p, e model.Result
				m.Predict(rows.Row(i), rows.RowCodes(i), &p)
				confidence.Predict(rows.Row(i), rows.RowCodes(i), &e)
				c.compare("prediction", p.Prediction, want)
				c.compare("prediction low", p.Interval.Low, floatsOf(t, set.OLS["prediction_low"])[i])
				c.compare("prediction high", p.Interval.High, floatsOf(t, set.OLS["prediction_high"])[i])
				c.compare("confidence low", e.Interval.Low, floatsOf(t, set.OLS["confidence_low"])[i])
				c.compare("confidence high", e.Interval.High, floatsOf(t, set.OLS["confidence_high"])[i])
			}
			t.Logf("at least %.1f digits are statsmodels', the fewest of %s; condition %.3g", c.least, c.worst, *report.Condition)
		})
	}
}

// olsComparison compares a report with what statsmodels says of a set.
type olsComparison struct {
	t     *testing.T
	set   referenceSet
	least float64 // the fewest digits that were shared, those of
	worst string
}

func (c *olsComparison) compare(name string, got, want float64) {
	c.t.Helper()
	d := shared(got, want, 0)
	if d < c.least {
		c.least, c.worst = d, name
	}
	if d < referenceDigits {
		c.t.Errorf("%s is %v, statsmodels says %v", name, got, want)
	}
}

// coefficients compares what is said of each coefficient, the intercept aside.
func (c *olsComparison) coefficients(report *regressionReport) {
	c.t.Helper()
	for name, read := range map[string]func(c *coefficientReport) float64{
		"estimate":  func(c *coefficientReport) float64 { return c.Estimate },
		"std_error": func(c *coefficientReport) float64 { return *c.StdError },
		"t":         func(c *coefficientReport) float64 { return *c.T },
		"low":       func(c *coefficientReport) float64 { return *c.Low },
		"high":      func(c *coefficientReport) float64 { return *c.High },
		"p":         func(c *coefficientReport) float64 { return *c.P },
		"vif":       func(c *coefficientReport) float64 { return *c.VIF },
	} {
		for i, want := range floatsOf(c.t, c.set.OLS[name]) {
			of := &report.Coefficients[i+1]
			if want == 0 && name == "p" && read(of) < 1e-300 {
				continue
			}
			c.compare(name+" of "+of.Name, read(of), want)
		}
	}
}

// fit compares what is said of the model as a whole, and the intercept.
func (c *olsComparison) fit(report *regressionReport) {
	c.t.Helper()
	figure := func(name string) float64 { return c.set.OLS[name].(float64) }
	if d := shared(report.Coefficients[0].Estimate, figure("intercept"), 0); d < referenceDigits-2 {
		c.t.Errorf("intercept is %v, statsmodels, on columns that are not centred, says %v", report.Coefficients[0].Estimate, figure("intercept"))
	}
	c.compare("r2", *report.R2, figure("r2"))
	c.compare("adjusted r2", *report.AdjustedR2, figure("adjusted_r2"))
	c.compare("sigma", *report.Sigma, figure("sigma"))
	c.compare("f", *report.F, figure("f"))
	if figure("f_p") > 1e-300 {
		c.compare("f_p", *report.FP, figure("f_p"))
	}
	c.compare("aic", *report.AIC, figure("aic"))
	c.compare("aicc", *report.AICc, figure("aicc"))
	c.compare("bic", *report.BIC, figure("bic"))
	c.compare("log likelihood", *report.LogLik, figure("log_likelihood"))
}

// TestShrinkage compares the models that shrink, and those of components, with
// scikit-learn.
func TestShrinkage(t *testing.T) {
	for _, set := range referenceSets(t) {
		t.Run(set.Name, func(t *testing.T) {
			layout, _, summary := set.merged(t)
			least := map[string]float64{}
			for _, fit := range set.Fits {
				_, report := builtRegression(t, fit.Type, set.Target, set.inputs(layout), fit.Options, &model.Evidence{Summary: summary})
				digits := 16.0
				for i, c := range report.Coefficients {
					want, scale := fit.Intercept, 0.0
					if i > 0 {
						want = fit.Coefficients[c.Name]
					} else {
						// a difference of larger numbers
						for name, b := range fit.Coefficients {
							if k := layout.NumericIndex(name); k >= 0 {
								scale = max(scale, math.Abs(b*summary.Moments(k).Mean()))
							}
						}
					}
					if d := shared(c.Estimate, want, scale); c.Estimate != want && d < digits {
						digits = d
						if d < referenceDigits {
							t.Errorf("%s %v: %s is %v, scikit-learn says %v", fit.Type, fit.Options, c.Name, c.Estimate, want)
						}
					}
				}
				if before, ok := least[fit.Type]; !ok || digits < before {
					least[fit.Type] = digits
				}
			}
			t.Logf("least digits: %v", least)
		})
	}
}

// TestFederated: the merge of the parts fits as the rows together do, and the
// test parts are predicted as scikit-learn predicts them. Steel's columns have
// a dependency, Weekend = Saturday + Sunday, which must not matter.
func TestFederated(t *testing.T) {
	// as the README of the data states them
	published := map[string]float64{"housing": 0.762680, "realEstate": 0.681058, "steel": 0.976033}
	for _, set := range referenceSets(t) {
		if set.Test == "" {
			continue
		}
		t.Run(set.Name, func(t *testing.T) {
			layout, rows, summary := set.merged(t)
			_, test := set.read(t, set.Test)
			pooled := modeltest.SummaryOf(t, layout, rows)
			set.Drop = slices.DeleteFunc(set.Drop, func(name string) bool { return name == "WeekStatus_Weekend" })
			options := map[string]any{"pseudo_inverse": true}
			m, a := builtRegression(t, "ols", set.Target, set.inputs(layout), options, &model.Evidence{Summary: summary})
			_, b := builtRegression(t, "ols", set.Target, set.inputs(layout), options, &model.Evidence{Summary: pooled})
			for i, c := range a.Coefficients {
				if want := b.Coefficients[i].Estimate; !(math.Abs(c.Estimate-want) <= mergedClose*math.Abs(want)) {
					t.Errorf("%s is %v merged and %v pooled", c.Name, c.Estimate, want)
				}
			}
			target := layout.NumericIndex(set.Target)
			var squares float64
			var y stats.Moments
			var result model.Result
			for i := range test.N {
				m.Predict(test.Row(i), test.RowCodes(i), &result)
				d := test.Row(i)[target] - result.Prediction
				squares += d * d
				if err := y.Add(test.Row(i)[target], 1); err != nil {
					t.Fatal(err)
				}
			}
			r2 := 1 - squares/(y.Variance(0)*float64(test.N))
			t.Logf("test R2 %.6f, scikit-learn %.6f, stated %.6f; rank %d of %d", r2, set.TestR2, published[set.Name], a.Rank, len(a.Coefficients)-1)
			if shared(r2, set.TestR2, 0) < referenceDigits || math.Abs(r2-published[set.Name]) > 5e-7 {
				t.Errorf("test R2 is %v, want %v and %v", r2, set.TestR2, published[set.Name])
			}
		})
	}
}

// TestSteelAliased: without the pseudo-inverse the dependency is named.
func TestSteelAliased(t *testing.T) {
	for _, set := range referenceSets(t) {
		if set.Name != "steel" {
			continue
		}
		_, _, summary := set.merged(t)
		_, err := model.NewCatalogue(Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "ols", Target: set.Target}, &model.Evidence{Summary: summary})
		for _, name := range []string{"WeekStatus_Weekend", "Day_of_week_Saturday", "Day_of_week_Sunday"} {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) {
				t.Errorf("error is %v, want one that names %s", err, name)
			}
		}
	}
}
