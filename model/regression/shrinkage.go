package regression

import (
	"errors"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// errNoFolds is about folds that are asked for and not kept.
var errNoFolds = errors.New("lambda is to be chosen by folds, and the project keeps none, or rows lack values: set folds of sml_learn, or take auto")

// shrinkageReport is what is known of a model that shrinks its coefficients.
// NonZero counts coefficients, Iterations sweeps of the descent at the last lambda.
// Search is the best point of each eta, when aicc chose among them.
type shrinkageReport struct {
	Lambda float64 `json:"lambda"`
	// Chosen is the option by which lambda was chosen; empty where it was given.
	Chosen string   `json:"chosen,omitempty"`
	Eta    *float64 `json:"eta,omitempty"`
	// DF is the effective degrees of freedom, the intercept aside.
	DF         float64     `json:"df"`
	NonZero    int         `json:"non_zero"`
	Debiased   bool        `json:"debiased,omitempty"`
	Iterations int         `json:"iterations,omitempty"`
	Path       []pathPoint `json:"path,omitempty"`
	Search     []pathPoint `json:"search,omitempty"`
}

// pathPoint is a model on the way of lambda.
type pathPoint struct {
	Lambda  float64   `json:"lambda"`
	Eta     float64   `json:"eta"`
	NonZero int       `json:"non_zero"`
	R2      float64   `json:"r2"`
	AICc    *float64  `json:"aicc,omitempty"`
	Coef    []float64 `json:"coefficients,omitempty"` // in the order of the terms
}

// aicc is the corrected information criterion of Hurvich and Tsai (Biometrika
// 76, 1989) of a model with normal errors and k parameters, of which the
// variance is none; infinite when the rows are too few.
// A perfect fit gives minus infinity, which the report shows as null.
func aicc(rss, n, k float64) float64 {
	if !(n-k-1 > 0) {
		return math.Inf(1)
	}
	return n*(math.Log(2*math.Pi*rss/n)+1) + 2*k + 2*k*(k+1)/(n-k-1)
}

// withIntercept returns the parameters of a model of df effective degrees of
// freedom.
func (r *regression) withIntercept(df float64) float64 {
	if r.intercept {
		return df + 1
	}
	return df
}

// aiccOf is the AICc of coefficients of df effective degrees of freedom.
func (r *regression) aiccOf(coef []dd.Number, df float64) float64 {
	base := r.base(r.all)
	return aicc(max(residualSquares(base, coef).Float(), 0), base.Weight.Float(), r.withIntercept(df))
}
