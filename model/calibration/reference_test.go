package calibration_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
)

// reference is a case of tools/reference/calibration.py.
type reference struct {
	Name    string
	Classes []string
	Curves  []struct {
		Class string
		Bins  [][3]float64
	}
	Given [][]float64
	Want  map[string][][]float64
}

// solverDigits is what the solvers of scikit-learn and scipy leave open: L-BFGS stops at a
// gradient of 1e-6, the bounded search at 1e-8 of the slope.
var solverDigits = map[string]float64{"platt": 1e-7, "isotonic": 1e-12, "temperature": 1e-7}

// TestCalibrationsEqualScikitLearn compares with CalibratedClassifierCV and
// IsotonicRegression of scikit-learn 1.9.1 and a minimum by scipy, on the same bins.
func TestCalibrationsEqualScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/calibration.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []reference
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		var curves []calibration.Curve
		for _, one := range c.Curves {
			curve := calibration.Curve{Class: one.Class}
			for _, b := range one.Bins {
				curve.Bins = append(curve.Bins, calibration.Bin{Odds: b[0], Own: b[1], Rest: b[2]})
			}
			curves = append(curves, curve)
		}
		for method, want := range c.Want {
			t.Run(c.Name+"/"+method, func(t *testing.T) {
				m, err := calibration.Fit(method, curves)
				if err != nil || m == nil {
					t.Fatalf("fitted is %v, %v", m, err)
				}
				worst := 0.0
				for i, given := range c.Given {
					p := slices.Clone(given)
					m.Apply(c.Classes, p)
					for k := range p {
						worst = max(worst, math.Abs(p[k]-want[i][k]))
					}
				}
				t.Logf("largest difference %.2g", worst)
				if !(worst <= solverDigits[method]) {
					t.Errorf("probabilities differ by %v, want at most %v", worst, solverDigits[method])
				}
			})
		}
	}
}
