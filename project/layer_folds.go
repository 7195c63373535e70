package project

import (
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// Folds is the number of folds for cross-validation, 0 for none.
type Folds int

var _ Layer = Folds(0)

func foldsRow() row { return newRow("folds", stageSplit, (*Folds).options) }

func (k *Folds) options(f *param.Fields) {
	param.Var(f, (*int)(k), param.Parameter{
		Name: "folds", Default: 0, Range: param.Between(2, 100).OrZero(), Examples: []any{5, 2},
		Description: "The number of folds into which rows are hashed, so that models can be cross-validated without a second pass over the data. 0 means none.",
	})
}

func (k Folds) isOn() bool { return k != 0 }

func (k Folds) over(inner stats.Maker, _ stats.SummaryMaker) (stats.Maker, error) {
	return wrap.FoldsMaker{Inner: inner, K: int(k)}, nil
}
