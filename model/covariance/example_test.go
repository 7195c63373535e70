package covariance_test

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model/covariance"
)

func ExampleEstimateCovariance() {
	c, err := covariance.EstimateCovariance(context.Background(),
		covariance.CovarianceOptions{Estimator: "identity_mixture", Alpha: 0.5},
		covariance.CovarianceSample{N: 20, Matrix: []float64{3, 1, 1, 1}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Matrix)
	// Output: [2.5 0.5 0.5 1.5]
}
