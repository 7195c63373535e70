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
	// Lacks says which attributes the joint cells do not have, and why; nil where the
	// likelihood is that of the cells.
	Lacks error

	late bool // rows that were learned before the model was defined do not count
	spec *stats.LikelihoodSpec
}

// alike is the share by which weights may differ by rounding.
const alike = 1e-9

// EvidenceOf returns the likelihood of all rows where the summary's joint cells have it
// (inputs with few values, of any target, with nothing declared before), else the one that
// was kept for a need.
func EvidenceOf(need *model.LikelihoodNeed, e *model.Evidence) Evidence {
	out := Evidence{Likelihood: e.Likelihoods.Of(need.Key), spec: &need.LikelihoodSpec}
	cells, err := e.Summary.LikelihoodOfCells(&need.LikelihoodSpec)
	if err == nil {
		out.Likelihood = cells
		return out
	}
	out.Lacks = err
	all := e.Summary.Weight() * (1 - alike)
	out.late = out.Likelihood == nil || need.Weights == "" && out.Weight()+out.Left < all
	return out
}

// Fit fits a model to the evidence.
func (v *Evidence) Fit(ctx context.Context, lambda float64) (*Fit, error) {
	fit, err := fitRows(ctx, v.spec, v.Likelihood, lambda)
	if err != nil || v.Lacks == nil {
		return fit, err
	}
	fit.Reason = fmt.Sprintf("the combinations of values do not have all attributes: %v", v.Lacks)
	if v.late {
		fit.Warnings = append(fit.Warnings, fmt.Sprintf("rows that were learned before the model was defined do not count, as they are kept by combinations of values, and %v", v.Lacks))
	}
	return fit, nil
}
