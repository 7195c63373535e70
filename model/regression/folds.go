package regression

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
)

// crossValidationReport is the quality on rows that the coefficients were not
// fitted to: each fold is predicted by a model of all the others.
type crossValidationReport struct {
	Folds int `json:"folds"`
	// R2 is 1 - the sum of squared errors of all folds over that of the
	// distances from the mean of all rows.
	R2   *float64 `json:"r2"`
	RMSE *float64 `json:"rmse"`
	// Each is the same of each fold, its R2 about its own mean.
	Each []foldReport `json:"each"`
	// Error says why there is none: a model of the other folds cannot be built.
	Error string `json:"error,omitempty"`
}

type foldReport struct {
	Rows float64  `json:"rows"`
	R2   *float64 `json:"r2"`
	RMSE *float64 `json:"rmse"`
}

// crossValidate fits to all folds but one, in turn, and adds up the errors on
// that one, both from moments alone: exactly what refitting on rows gives
// (R. Izbicki, Algebraic classifiers, ICML 2013). It is nil without folds.
// It takes about 3k merges for k folds: from all rows and a fold, rest could also be
// subtracted, but that cancels digits where a fold holds most of the rows.
func (r *regression) crossValidate(ctx context.Context, solve func(m *design.Moments) ([]dd.Number, error)) (*crossValidationReport, error) {
	k := len(r.folds)
	if k < 2 {
		return nil, nil
	}
	p := r.terms()
	// rest[i] is all folds but i, from the merges of those before and after
	after := make([]*design.Moments, k+1)
	after[k] = design.NewMoments(p + 1)
	for i := k - 1; i > 0; i-- {
		after[i] = after[i+1].Clone()
		after[i].Merge(r.folds[i])
	}
	out := &crossValidationReport{Folds: k}
	before, squares := design.NewMoments(p+1), 0.0
	for i, fold := range r.folds {
		progress.Report(ctx, "fold", i, k)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rest := before.Clone()
		rest.Merge(after[i+1])
		before.Merge(fold)
		coef, err := solve(rest)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err != nil {
			out.Each, out.Error = nil, fmt.Sprintf("without fold %d: %v", i+1, err)
			return out, nil
		}
		// the error is out of sample: coef has not seen the rows of fold
		error2 := r.errorSquares(fold, rest, coef)
		squares += error2
		n, total := fold.Weight.Float(), fold.At(p, p).Float()
		out.Each = append(out.Each, foldReport{Rows: n, R2: model.Finite(1 - error2/total), RMSE: model.Finite(math.Sqrt(error2 / n))})
	}
	out.R2 = model.Finite(1 - squares/r.all.At(p, p).Float())
	out.RMSE = model.Finite(math.Sqrt(squares / r.all.Weight.Float()))
	return out, nil
}

// errorSquares returns the sum of squared errors that coefficients fitted to
// rest make on the rows of fold.
// It is the scatter of the errors about their mean in the fold plus the weight
// times the square of that mean.
func (r *regression) errorSquares(fold, rest *design.Moments, coef []dd.Number) float64 {
	p := len(coef)
	bias := fold.Mean[p].Sub(r.interceptOf(rest, coef)).Sub(atMeans(fold, coef))
	return residualSquares(fold, coef).Add(bias.Square().Mul(fold.Weight)).Float()
}
