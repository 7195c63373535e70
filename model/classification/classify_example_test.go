package classification_test

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
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
	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "m", Type: "lda", Target: "kind"}, &model.Evidence{Summary: summary})
	if err != nil {
		fmt.Println(err)
		return
	}
	var result model.Result
	m.Predict([]float64{28, 6}, nil, &result)
	fmt.Println(m.(model.Classifier).Classes()[result.Class], m.Inputs())
	// Output: bolt [length width]
}
