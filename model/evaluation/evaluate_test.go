package evaluation_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

// measureTolerance is for the order in which a few hundred terms are added up.
const measureTolerance = 1e-13

// TestMeasuresReference compares with scikit-learn's roc_auc_score and
// average_precision_score, by tools/reference/evaluate.py.
func TestMeasuresReference(t *testing.T) {
	data, err := os.ReadFile("testdata/evaluate.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name             string    `json:"name"`
		Scores           []float64 `json:"scores"`
		Positive         []bool    `json:"positive"`
		ROCAUC           float64   `json:"roc_auc"`
		AveragePrecision float64   `json:"average_precision"`
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if got := evaluation.ROCAUC(c.Scores, c.Positive); !(math.Abs(got-c.ROCAUC) <= measureTolerance) {
				t.Errorf("ROCAUC is %v, want %v", got, c.ROCAUC)
			}
			if got := evaluation.AveragePrecision(c.Scores, c.Positive); !(math.Abs(got-c.AveragePrecision) <= measureTolerance) {
				t.Errorf("AveragePrecision is %v, want %v", got, c.AveragePrecision)
			}
		})
	}
}

func TestMeasuresUndefined(t *testing.T) {
	for _, c := range []struct {
		name     string
		scores   []float64
		positive []bool
		ap       bool // whether the average precision is defined
	}{
		{name: "nothing"},
		{name: "lengths differ", scores: []float64{1, 2}, positive: []bool{true}},
		{name: "no positive", scores: []float64{1, 2}, positive: []bool{false, false}},
		{name: "no negative", scores: []float64{1, 2}, positive: []bool{true, true}, ap: true},
		{name: "NaN score", scores: []float64{1, math.NaN(), 2}, positive: []bool{true, false, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := evaluation.ROCAUC(c.scores, c.positive); !math.IsNaN(got) {
				t.Errorf("ROCAUC is %v, want NaN", got)
			}
			if got := evaluation.AveragePrecision(c.scores, c.positive); math.IsNaN(got) == c.ap {
				t.Errorf("AveragePrecision is %v, defined: %v", got, c.ap)
			}
		})
	}
}
