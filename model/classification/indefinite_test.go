package classification_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/classification"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestPairsThatDoNotFit: columns that nearly determine each other and that the first rows
// lack give moments that no rows have. A discriminant is then of the complete rows where all is
// numeric, which still tells the classes, or of the nearest moments, and says so.
func TestPairsThatDoNotFit(t *testing.T) {
	warned := 0
	for seed := range drawn.Seeds(20) {
		r := rand.New(rand.NewPCG(seed, 51))
		binary := r.IntN(2) == 0
		layout, rows := piecewise(r, binary)
		d := model.Definition{Name: "m", Type: "lda", Target: "y", Options: map[string]any{"covariance": map[string]any{"estimator": "ridge", "lambda": 1e-6}}}
		m, err := model.NewCatalogue(classification.Entries()).Build(context.Background(), d, &model.Evidence{Summary: modeltest.SummaryOf(t, layout, rows)})
		if err != nil {
			t.Errorf("seed %d, binary %v: %v", seed, binary, err)
			continue
		}
		text, err := json.Marshal(m.Describe())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "do not fit together") {
			warned++
		}
		right := 0.0
		var result model.Result
		for i := 80; i < rows.N; i++ {
			row, codes := rows.Row(i), []int32{0}
			class := 0
			if binary {
				class = int(row[4])
			} else {
				codes = rows.RowCodes(i)
				class = int(codes[0]) - 1
			}
			if m.Predict(row, codes, &result); result.Class == class {
				right++
			}
		}
		if share := right / 320; binary && share < 0.75 { // the best possible is 0.84
			t.Errorf("seed %d, binary %v: %.2f of the classes are right", seed, binary, share)
		}
	}
	if warned < int(drawn.Seeds(10)) {
		t.Errorf("only %d of 20 had pairs that do not fit", warned)
	}
}

// piecewise are rows of two classes by an input and its three parts, which the first 80
// lack.
func piecewise(r *rand.Rand, binary bool) (*stats.Layout, *stats.Rows) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "a"}, {Name: "b"}, {Name: "c"}}}
	rows := &stats.Rows{N: 400, Numeric: 4}
	if binary {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "y", Binary: true})
		rows.Numeric = 5
	} else {
		layout.Categorical = []stats.CategoricalColumn{{Name: "y", Values: []string{"0", "1"}}}
		rows.Categorical = 1
	}
	for i := range rows.N {
		class := r.IntN(2)
		x := r.NormFloat64() + 2*float64(class)
		// three parts of x, as hats are
		part := []float64{min(x, 0), min(max(x, 0), 2), max(x, 2)}
		if i < 80 {
			part = []float64{math.NaN(), math.NaN(), math.NaN()}
		}
		rows.Values = append(append(rows.Values, x), part...)
		if binary {
			rows.Values = append(rows.Values, float64(class))
		} else {
			rows.Codes = append(rows.Codes, int32(class+1))
		}
	}
	return layout, rows
}
