package covariance

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// CovarianceOptions say how a covariance matrix is estimated; the zero value
// is the empirical one. A field of 0 (or nil) means the default that [Read]
// declares.
type CovarianceOptions struct {
	// Estimator is one of the names; empty is empirical.
	Estimator string
	// Lambda is what ridge adds, in units of its target, and the penalty of
	// graphical_lasso, chosen by EBIC when 0.
	Lambda float64
	// Alpha is the weight of the target in identity_mixture.
	Alpha float64
	// Target is what ridge and identity_mixture shrink to: mean_variance,
	// identity or diagonal.
	Target string
	// Components is how many eigenvalues are kept by eigenvalue_truncation; 0
	// for as many as have Share of the variance.
	Components int
	Share      float64
	// Gamma is EBIC's; Steps is how many values of lambda are compared, down to
	// MinRatio of the largest.
	Gamma    *float64
	Steps    int
	MinRatio float64
	// Raw says that graphical_lasso penalises covariances and not correlations.
	Raw bool
}

// Name returns the name of the estimator.
func (o CovarianceOptions) Name() string {
	if o.Estimator == "" {
		return CovarianceEmpirical
	}
	return o.Estimator
}

// Targets of shrinkage.
const (
	targetMeanVariance = "mean_variance"
	targetIdentity     = "identity"
	targetDiagonal     = "diagonal"
)

// covarianceEstimators are the names that Estimator can have.
func covarianceEstimators() []string {
	return []string{
		CovarianceEmpirical, covarianceRidge, covarianceMixture, covarianceLedoitWolf, covarianceRBLW,
		covarianceOAS, covarianceOASLarge, covarianceTruncation, covarianceGraphical,
	}
}

// defaultRidge is lambda of ridge.
const defaultRidge = 0.01

// Read reads the option covariance: the name of an estimator, or an object of it
// and its settings.
func Read(r *param.Reader) CovarianceOptions {
	return param.Object(r, "covariance", "The estimator of covariances: its name, or an object with its name and its settings.", readFields)
}

// readFields declares the settings of the estimators and reads them.
func readFields(r *param.Reader) (o CovarianceOptions) {
	o.Estimator = r.Choice("estimator", CovarianceEmpirical, covarianceEstimators(),
		"`ridge` (Tikhonov) adds `lambda` times `target`. `identity_mixture` mixes with `alpha` of `target`. "+
			"`ledoit_wolf` (2004; with fourth moments of an elliptical distribution, as the summary holds none across attributes), `rblw` and `oas` (Chen and others 2010) choose that share automatically; `oas_large_p` is scikit-learn's form of OAS. "+
			"`eigenvalue_truncation` keeps some eigenvalues and replaces the others by their mean. "+
			"`graphical_lasso` (Friedman, Hastie, Tibshirani 2008) has the penalty `lambda`.")
	lambda, given := r.NumberIfGiven("lambda", param.Above(0).UpTo(1e100),
		fmt.Sprintf("Of `ridge`: what is added, in units of the target, %v when left out. Of `graphical_lasso`: the penalty, the best by EBIC when left out.", defaultRidge))
	if o.Lambda = lambda; !given && o.Estimator == covarianceRidge {
		o.Lambda = defaultRidge
	}
	o.Alpha = r.Number("alpha", 0.1, param.Above(0).UpTo(1), "Of `identity_mixture`: the share of the target.")
	o.Target = r.Choice("target", targetMeanVariance, []string{targetMeanVariance, targetIdentity, targetDiagonal},
		"Of `ridge` and `identity_mixture`: the mean variance times the identity, the identity, or the variances.")
	o.Components, _ = r.IntegerIfGiven("components", param.Between(1, 1e6), "Of `eigenvalue_truncation`: the number of eigenvalues that are kept; as many as have `share` of the variance when left out.")
	o.Share = r.Number("share", 0.95, param.Above(0).UpTo(1), "Of `eigenvalue_truncation`: the share of the variance that is kept.")
	gamma := r.Number("gamma", 0.5, param.Between(0, 1), "Of `graphical_lasso`: gamma of EBIC.")
	o.Gamma = &gamma
	o.Steps = r.Integer("steps", 50, param.Between(1, 1000), "Of `graphical_lasso`: the number of penalties that EBIC compares.")
	o.MinRatio = r.Number("min_ratio", 0.01, param.Between(1e-6, 1), "Of `graphical_lasso`: the smallest of these penalties, as a share of the largest.")
	o.Raw = r.Boolean("raw", false, "Of `graphical_lasso`: penalise covariances and not correlations.")
	return o
}

// values are the settings that are not left out.
func (o CovarianceOptions) values() param.Values {
	out := param.Values{}
	for name, text := range map[string]string{"estimator": o.Estimator, "target": o.Target} {
		if text != "" {
			out[name] = text
		}
	}
	for name, x := range map[string]float64{"lambda": o.Lambda, "alpha": o.Alpha, "share": o.Share, "min_ratio": o.MinRatio} {
		if x != 0 {
			out[name] = x
		}
	}
	for name, n := range map[string]int{"components": o.Components, "steps": o.Steps} {
		if n != 0 {
			out[name] = n
		}
	}
	if o.Gamma != nil {
		out["gamma"] = *o.Gamma
	}
	if o.Raw {
		out["raw"] = true
	}
	return out
}

// filled returns the options with their defaults, and refuses what is out of
// range.
func (o CovarianceOptions) filled() (CovarianceOptions, error) {
	r := param.NewReader(o.values(), param.Typed)
	out := readFields(r)
	if err := r.Close(); err != nil {
		return o, fmt.Errorf("covariance.%w", err)
	}
	return out, nil
}
