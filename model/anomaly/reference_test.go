package anomaly_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

// TestAnomalyReference compares with NumPy and SciPy: scores and probabilities
// of testdata/anomaly.json, made by tools/reference/anomaly.py.
func TestAnomalyReference(t *testing.T) {
	// an inverse of a well-conditioned matrix by way of eigenvectors
	const near = 1e-9
	data, err := os.ReadFile("testdata/anomaly.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Rows, Probe                 [][]float64
		Mahalanobis, ZScore, Robust []float64
		T2, SPE                     []float64
		PHotelling                  []float64 `json:"p_hotelling"`
		Without3                    []float64 `json:"mahalanobis_without_3"`
		PZScore                     []float64 `json:"p_zscore"`
		PT2                         []float64 `json:"p_t2"`
		PSPE                        []float64 `json:"p_spe"`
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	var values []float64
	for _, row := range reference.Rows {
		values = append(values, row...)
	}
	summary := modeltest.NumericSummary(t, len(reference.Rows[0]), values)
	for _, c := range []struct {
		name           string
		typ            string
		options        map[string]any
		missing        int // column, or -1
		scores, pValue []float64
	}{
		{name: "mahalanobis", typ: "mahalanobis", missing: -1, scores: reference.Mahalanobis, pValue: reference.PHotelling},
		{name: "mahalanobis of four", typ: "mahalanobis", missing: 3, scores: reference.Without3},
		{name: "zscore", typ: "zscore", missing: -1, scores: reference.ZScore, pValue: reference.PZScore},
		{name: "zscore robust", typ: "zscore", options: map[string]any{"robust": true}, missing: -1, scores: reference.Robust},
		{name: "t2", typ: "pca", options: map[string]any{"measure": "t2"}, missing: -1, scores: reference.T2, pValue: reference.PT2},
		{name: "spe", typ: "pca", options: map[string]any{"measure": "spe"}, missing: -1, scores: reference.SPE, pValue: reference.PSPE},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := of(t, summary, c.typ, c.options)
			var r model.Result
			for i, row := range reference.Probe {
				row = append([]float64(nil), row...)
				if c.missing >= 0 {
					row[c.missing] = math.NaN()
				}
				m.Predict(row, nil, &r)
				if !(math.Abs(r.Score-c.scores[i]) <= near*max(1, c.scores[i])) {
					t.Errorf("score of row %d is %v, want %v", i, r.Score, c.scores[i])
				}
				if c.pValue != nil && !(math.Abs(r.PValue-c.pValue[i]) <= near) {
					t.Errorf("probability of row %d is %v, want %v", i, r.PValue, c.pValue[i])
				}
			}
		})
	}
}
