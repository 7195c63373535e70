package regression

import (
	"math"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// decayedClose is by how much a number may differ from the reference, relative.
const decayedClose = 1e-9

// TestDecayedReference compares a regression on rows that lose weight with
// weighted least squares of statsmodels (tools/reference/decay.py).
func TestDecayedReference(t *testing.T) {
	var cases []struct {
		Name     string  `json:"name"`
		HalfLife int64   `json:"half_life_ms"`
		Times    []int64 `json:"times_ms"`
		X, Y     []float64
		Want     struct {
			Effective, Sigma        float64
			Coefficients, Errors, P []float64
		}
	}
	modeltest.ReadJSON(t, "decay.json", &cases)
	if len(cases) < 5 {
		t.Fatalf("%d cases", len(cases))
	}
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			rows := &stats.Rows{N: len(c.X), Numeric: 2}
			for i := range c.X {
				rows.Values = append(rows.Values, c.X[i], c.Y[i])
				rows.Times = append(rows.Times, c.Times[i]*int64(time.Millisecond))
			}
			a, err := wrap.DecayMaker{Inner: stats.SummaryMaker{}, HalfLife: time.Duration(c.HalfLife) * time.Millisecond}.New()
			if err == nil {
				err = a.Learn(layout, rows)
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := a.(*wrap.Decay).Collapse()
			if err != nil {
				t.Fatal(err)
			}
			_, report := builtRegression(t, "ols", "y", nil, nil, &model.Evidence{Summary: s.(*stats.Summary)})
			near := func(label string, got *float64, want float64) {
				t.Helper()
				if got == nil || !(math.Abs(*got-want) <= decayedClose*math.Abs(want)) {
					t.Errorf("%s is %v, want %v", label, got, want)
				}
			}
			near("rows", &report.Rows, c.Want.Effective)
			near("sigma", report.Sigma, c.Want.Sigma)
			for i, coefficient := range report.Coefficients {
				near(coefficient.Name, &coefficient.Estimate, c.Want.Coefficients[i])
				near("error of "+coefficient.Name, coefficient.StdError, c.Want.Errors[i])
				near("p of "+coefficient.Name, coefficient.P, c.Want.P[i])
			}
		})
	}
}
