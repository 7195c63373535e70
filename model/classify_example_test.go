package model_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// A discriminant of a target that was never declared as one.
func Example_classification() {
	layout := &stats.Layout{
		Numeric:     []stats.NumericColumn{{Name: "length"}, {Name: "width"}},
		Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"bolt", "nut"}}},
	}
	summary, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = summary.Learn(layout, &stats.Rows{
		N: 6, Numeric: 2, Categorical: 1,
		Values: []float64{30, 5, 34, 6, 29, 6, 8, 9, 9, 7, 10, 8},
		Codes:  []int32{1, 1, 1, 2, 2, 2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := model.Build(model.Definition{Name: "m", Type: "lda", Target: "kind"}, &model.Evidence{Summary: summary})
	if err != nil {
		fmt.Println(err)
		return
	}
	var result model.Result
	m.Predict([]float64{28, 6}, nil, &result)
	fmt.Println(m.(model.Classifier).Classes()[result.Class], m.Inputs())
	// Output: bolt [length width]
}

func ExampleEstimateCovariance() {
	c, err := model.EstimateCovariance(
		model.CovarianceOptions{Estimator: "identity_mixture", Alpha: 0.5},
		model.CovarianceSample{N: 20, Matrix: []float64{3, 1, 1, 1}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Matrix)
	// Output: [2.5 0.5 0.5 1.5]
}

func ExampleRunning() {
	r, err := model.NewRunning(model.RoleRegression, model.RunningOptions{Window: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range [][2]float64{{1, 1.5}, {2, 2}, {3, 2.5}} {
		if err := r.AddNumber(row[0], row[1], 1); err != nil {
			fmt.Println(err)
			return
		}
	}
	q := r.Report().Numbers
	fmt.Printf("%v rows, MAE %.3f, R2 %.3f\n", q.Rows, *q.MAE, *q.R2)
	// Output: 3 rows, MAE 0.333, R2 0.750
}
