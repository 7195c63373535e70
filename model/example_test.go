package model_test

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// A model of what has been learned says how strange a row is, and why.
func ExampleCatalogue_Build() {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "temperature"}, {Name: "pressure"}}}
	summary, err := stats.NewSummary(stats.SummaryOptions{})
	if err != nil {
		panic(err)
	}
	rows := &stats.Rows{N: 6, Numeric: 2, Values: []float64{20, 1, 21, 1, 20, 2, 22, 1, 21, 1, 20, 2}}
	if err := summary.Learn(layout, rows); err != nil {
		panic(err)
	}

	m, err := catalogue.All().Build(context.Background(), model.Definition{Name: "strange", Type: "hba"}, &model.Evidence{Summary: summary})
	if err != nil {
		panic(err)
	}
	var result model.Result
	m.Predict([]float64{35, 1}, nil, &result)
	for i, input := range m.Inputs() {
		fmt.Printf("%s %.2f\n", input, result.Contributions[i])
	}
	fmt.Printf("score %.2f\n", result.Score)
	// Output:
	// temperature 1.95
	// pressure 0.00
	// score 1.95
}

func ExampleCatalogue_Lookup() {
	_, err := catalogue.All().Lookup("woods")
	fmt.Println(err)
	// Output: unknown model type "woods" (there are adaptive, copod, density_forest, ecod, elastic_net, ensemble, forest, gam, gamma, half_space_trees, hba, lasso, lda, local_density, loda, logistic, mahalanobis, naive_bayes, negative_binomial, ols, pca, pcr, pls, poisson, pool, power, qda, quantile, ridge, rs_hash, svm, svr, zscore)
}
