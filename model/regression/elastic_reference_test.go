package regression

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// elasticReference is one entry of elastic.json, made by
// tools/reference/elastic.py with scikit-learn.
type elasticReference struct {
	Rows         int       `json:"rows"`
	Inputs       int       `json:"inputs"`
	Factors      int       `json:"factors"`
	Rho          float64   `json:"rho"`
	Seed         uint32    `json:"seed"`
	Lambda       float64   `json:"lambda"`
	Eta          float64   `json:"eta"`
	Objective    float64   `json:"objective"`
	Fit          float64   `json:"fit"`
	NonZero      int       `json:"non_zero"`
	Coefficients []float64 `json:"coefficients"`
}

// summary draws the design as the script does.
func (e *elasticReference) summary(t *testing.T) *stats.Summary {
	t.Helper()
	state := e.Seed
	uniform := func() float64 {
		state = 1664525*state + 1013904223
		return float64(state)/(1<<32) - 0.5
	}
	layout, rows := &stats.Layout{}, &stats.Rows{N: e.Rows, Numeric: e.Inputs + 1}
	for j := range e.Inputs {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", j)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y"})
	common, own := math.Sqrt(e.Rho), math.Sqrt(1-e.Rho)
	for range e.Rows {
		factors := make([]float64, e.Factors)
		for k := range factors {
			factors[k] = uniform()
		}
		y := uniform()
		for j := range e.Inputs {
			x := common*factors[j%e.Factors] + own*uniform()
			if j%7 == 0 {
				y += x / float64(1+j)
			}
			rows.Values = append(rows.Values, x)
		}
		rows.Values = append(rows.Values, y)
	}
	return mergedSummary(t, layout, rows, 1, optionsDouble)
}

// TestElasticReference: objective, size of the fit and coefficients agree with
// scikit-learn's coordinate descent, and the objective is never above its.
func TestElasticReference(t *testing.T) {
	// of what scikit-learn's descent leaves after 300,000 sweeps; coefficients of
	// nearly equal inputs trade places at hardly any cost
	const objective, coefficient = 1e-8, 1e-3
	text, err := os.ReadFile("testdata/elastic.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries []elasticReference
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(fmt.Sprintf("%d inputs at %v, lambda %v, eta %v", e.Inputs, e.Rho, e.Lambda, e.Eta), func(t *testing.T) {
			q := gramOf(t, e.summary(t))
			unit := math.Sqrt(q.yy) // the script's target has spread 1
			for i := range q.c {
				q.c[i] /= unit
			}
			q.yy = 1
			d, err := q.solve(context.Background(), e.Lambda, e.Eta, descentOptions{iterations: 10000, tolerance: 1e-7})
			if err != nil {
				t.Fatal(err)
			}
			got := d.residual() / 2
			for _, b := range d.b {
				got += e.Lambda * (e.Eta*math.Abs(b) + (1-e.Eta)/2*b*b)
			}
			if !(math.Abs(got-e.Objective) <= objective) || !(got <= e.Objective+1e-12) {
				t.Errorf("objective is %v, scikit-learn's %v", got, e.Objective)
			}
			for i, want := range e.Coefficients {
				if !(math.Abs(d.b[i]-want) <= coefficient) {
					t.Errorf("coefficient %d is %v, scikit-learn's %v", i, d.b[i], want)
				}
			}
			if off := q.conditions(d.b, e.Lambda, e.Eta); !(off <= optimal) {
				t.Errorf("a condition is off by %v", off)
			}
		})
	}
}
