package anomaly_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// reported is what a model's Describe gives, as JSON has it.
func reported(t *testing.T, m model.Model) map[string]any {
	t.Helper()
	text, err := json.Marshal(m.Describe()) // NaN and infinities are errors of it
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAnomalyReports: every anomaly model of the catalogue describes itself in
// JSON, whatever it was built from, and names each of its inputs.
func TestAnomalyReports(t *testing.T) {
	layout, rows := detectorRows(1000)
	one := rows.Select(0, 1)
	cases := append(detectors(), detectorCase{name: "ensemble", typ: "ensemble", options: map[string]any{"label": "flag"}})
	known := map[string]bool{}
	for _, e := range catalogue.All() {
		if e.Role == model.RoleAnomaly {
			known[e.Type] = true
			cases = append(cases, detectorCase{name: e.Type + " default", typ: e.Type})
		}
	}
	if len(known) < 10 {
		t.Errorf("there are %d anomaly models in the catalogue, want 10 or more", len(known))
	}
	for _, c := range cases {
		for name, s := range map[string]*stats.Summary{
			"mixed": modeltest.SummaryOf(t, layout, rows), "one row": modeltest.SummaryOf(t, layout, &one), "no row": modeltest.SummaryOf(t, layout, &stats.Rows{Numeric: 5}),
		} {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				m := of(t, s, c.typ, c.options)
				got := reported(t, m)
				attributes, _ := got["attributes"].([]any)
				if c.typ == "ensemble" {
					if members, _ := got["members"].([]any); len(members) != 4 {
						t.Errorf("members are %v, want 4", got["members"])
					}
					return
				}
				if len(attributes) != len(m.Inputs()) {
					t.Fatalf("%d attributes are described, want %d", len(attributes), len(m.Inputs()))
				}
				for i, a := range attributes {
					if got := a.(map[string]any)["attribute"]; got != m.Inputs()[i] {
						t.Errorf("attribute %d is %v, want %v", i, got, m.Inputs()[i])
					}
				}
			})
		}
	}
}

// TestAnomalyReportNumbers: what is told is what the statistics say.
func TestAnomalyReportNumbers(t *testing.T) {
	const rounding = 1e-9 // of an eigen-decomposition of a 4 by 4 matrix
	layout, rows := detectorRows(1000)
	s := modeltest.SummaryOf(t, layout, rows)
	near := func(what string, got any, want float64) {
		t.Helper()
		if x, ok := got.(float64); !ok || !(math.Abs(x-want) <= rounding*max(1, math.Abs(want))) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	attribute := func(report map[string]any, i int) map[string]any {
		return report["attributes"].([]any)[i].(map[string]any)
	}

	z := reported(t, of(t, s, "zscore", nil))
	near("centre", attribute(z, 0)["centre"], s.Moments(0).Mean())
	near("spread", attribute(z, 1)["spread"], s.Moments(1).Stddev(0))
	if attribute(z, 3)["ignored"] != true {
		t.Errorf("a constant attribute gives %v, want it ignored", attribute(z, 3))
	}
	near("skewness", attribute(reported(t, of(t, s, "ecod", nil)), 1)["skewness"], s.Moments(1).Skewness())
	h := attribute(reported(t, of(t, s, "hba", map[string]any{"bins": "static", "count": 7})), 0)
	near("bins", h["bins"], 7)
	near("low", h["low"], s.Moments(0).Min())
	near("least score", h["least_score"], 0)

	p := reported(t, of(t, s, "pca", map[string]any{"measure": "t2"}))
	sum, share := 0.0, 0.0
	for _, c := range p["components"].([]any) {
		sum += c.(map[string]any)["eigenvalue"].(float64)
		share += c.(map[string]any)["explained"].(float64)
	}
	near("sum of the eigenvalues of 4 correlations", sum, 4)
	near("explained", share, 1)
	if p["measure"] != "t2" || p["estimator"] != "empirical" {
		t.Errorf("measure is %v, estimator %v", p["measure"], p["estimator"])
	}
	if d := reported(t, of(t, s, "mahalanobis", nil))["distribution"].(map[string]any); d["name"] != "hotelling" || d["degrees_of_freedom"] != 4.0 {
		t.Errorf("distribution is %v, want hotelling with 4", d)
	}

	e := reported(t, of(t, s, "ensemble", map[string]any{"label": "flag", "weights": "given", "combine": []any{"hba", map[string]any{"type": "ecod", "weight": 3}}}))
	second := e["members"].([]any)[1].(map[string]any)
	near("weight", second["weight"], 0.75)
	near("factor", second["factor"], 0.75/second["score_spread"].(float64))
	labels := e["labels"].(map[string]any)
	near("labelled", labels["labelled"], 1000)
	near("anomalies", labels["anomalies"], s.Moments(2).Mean()*1000)
	if len(labels["attributes"].([]any)) == 0 {
		t.Error("the labels have no direction")
	}
}
