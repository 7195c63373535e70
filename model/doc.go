// Package model holds the model types: each is one file and one row of the
// catalogue, built from statistics by one function, immutable afterwards and
// safe for concurrent use.
//
//	def := model.Definition{Name: "hba1", Type: "hba"}
//	err := def.Validate()
//	m, err := model.Build(def, &model.Evidence{Summary: summary})
//	var result model.Result
//	m.Predict(values, codes, &result)
//	auc := model.ROCAUC(scores, positive)
//
// A model is never trained on rows: any model can be built at any time from
// what has been learned. Measures of quality are here too.
package model
