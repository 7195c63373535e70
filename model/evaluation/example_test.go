package evaluation_test

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

func ExampleROCAUC() {
	scores := []float64{0.1, 0.4, 0.35, 0.8}
	fmt.Println(evaluation.ROCAUC(scores, []bool{false, false, true, true}))
	// Output: 0.75
}

func ExampleRunning() {
	r, err := evaluation.NewRunning(model.RoleRegression, evaluation.RunningOptions{Window: 100})
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
