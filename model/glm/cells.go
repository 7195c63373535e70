package glm

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Evidence is the likelihood that a model is fitted to.
type Evidence struct {
	// Likelihood is nil where no row has been counted.
	*stats.Likelihood
	// Before says why rows that were learned before the model was defined do not count;
	// nil where all do.
	Before error

	spec *stats.LikelihoodSpec
}

// alike is the share by which weights may differ by rounding.
const alike = 1e-9

// EvidenceOf returns the likelihood that was kept for a need, or that of all rows where the
// summary's joint cells have it: inputs with few values, of any target, with nothing
// declared before.
func EvidenceOf(need *model.LikelihoodNeed, e *model.Evidence) Evidence {
	out := Evidence{Likelihood: e.Likelihoods.Of(need.Key), spec: &need.LikelihoodSpec}
	all := e.Summary.Weight() * (1 - alike)
	if of := out.Likelihood; of != nil && len(of.Sums) == 0 && need.Weights == "" && of.Weight()+of.Left >= all {
		return out
	}
	cells, err := e.Summary.LikelihoodOfCells(&need.LikelihoodSpec)
	if err == nil {
		out.Likelihood = cells
		return out
	}
	if out.Likelihood == nil || need.Weights == "" && out.Weight()+out.Left < all {
		out.Before = err
	}
	return out
}

// Fit fits a model to the evidence.
func (v *Evidence) Fit(ctx context.Context, lambda float64) (*Fit, error) {
	fit, err := fitRows(ctx, v.spec, v.Likelihood, lambda)
	if err != nil || v.Before == nil {
		return fit, err
	}
	fit.Warnings = append(fit.Warnings, fmt.Sprintf("rows that were learned before the model was defined do not count, as they are kept by combinations of values, and %v", v.Before))
	return fit, nil
}
