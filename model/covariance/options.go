package covariance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// CovarianceOptions say how a covariance matrix is estimated; the zero value
// is the empirical one.
type CovarianceOptions struct {
	// Estimator is one of the names; empty is empirical.
	Estimator string
	// Lambda is what ridge adds, in units of its target, 0.01 when 0, and the
	// penalty of graphical_lasso, chosen by EBIC when 0.
	Lambda float64
	// Alpha is the weight of the target in identity_mixture, 0.1 when 0.
	Alpha float64
	// Target is what ridge and identity_mixture shrink to: mean_variance (the
	// default), identity or diagonal.
	Target string
	// Components is how many eigenvalues are kept by eigenvalue_truncation; 0
	// for as many as have Share of the variance, 0.95 when 0.
	Components int
	Share      float64
	// Gamma is EBIC's, 0.5 when nil; Steps is how many values of lambda are
	// compared, 50 when 0, down to MinRatio of the largest, 0.01 when 0.
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

// CovarianceOptionRow is the catalogue's row of the option.
func CovarianceOptionRow() model.Option {
	return model.Option{Name: "covariance", Default: CovarianceEmpirical, Description: "The estimator of covariances: its name, or an object with its name and its settings. " +
		"`empirical`. `ridge` (Tikhonov) adds `lambda` (0.01) times `target`. `identity_mixture` mixes with `alpha` (0.1) of `target`: `mean_variance` times the identity, `identity`, or `diagonal`, the variances. " +
		"`ledoit_wolf` (2004; with fourth moments of an elliptical distribution, as the summary holds none across attributes), `rblw` and `oas` (Chen and others 2010) choose that share automatically; `oas_large_p` is scikit-learn's form of OAS. " +
		"`eigenvalue_truncation` keeps `components`, or as many components as have `share` (0.95) of the variance, and replaces the other eigenvalues by their mean. " +
		"`graphical_lasso` (Friedman, Hastie, Tibshirani 2008) has the penalty `lambda`, or the best of `steps` (50) by EBIC with `gamma` (0.5) down to `min_ratio` (0.01) of the largest; `raw: true` penalises covariances and not correlations."}
}

// filled returns the options with their defaults, and refuses what is out of
// range.
func (o CovarianceOptions) filled() (CovarianceOptions, error) {
	if o.Estimator == "" {
		o.Estimator = CovarianceEmpirical
	}
	if !slices.Contains(covarianceEstimators(), o.Estimator) {
		return o, fmt.Errorf("covariance.estimator: %q, want one of %s", o.Estimator, strings.Join(covarianceEstimators(), ", "))
	}
	if o.Target == "" {
		o.Target = targetMeanVariance
	}
	if !slices.Contains([]string{targetMeanVariance, targetIdentity, targetDiagonal}, o.Target) {
		return o, fmt.Errorf("covariance.target: %q, want one of %s, %s, %s", o.Target, targetMeanVariance, targetIdentity, targetDiagonal)
	}
	if o.Lambda == 0 && o.Estimator == covarianceRidge {
		o.Lambda = 0.01
	}
	if o.Alpha == 0 {
		o.Alpha = 0.1
	}
	if o.Share == 0 {
		o.Share = 0.95
	}
	if o.Gamma == nil {
		half := 0.5
		o.Gamma = &half
	}
	if o.Steps == 0 {
		o.Steps = 50
	}
	if o.MinRatio == 0 {
		o.MinRatio = 0.01
	}
	for _, c := range []struct {
		name      string
		value     float64
		low, high float64
	}{
		{name: "lambda", value: o.Lambda, high: 1e100},
		{name: "alpha", value: o.Alpha, high: 1},
		{name: "share", value: o.Share, high: 1},
		{name: "components", value: float64(o.Components), high: 1e6},
		{name: "gamma", value: *o.Gamma, high: 1},
		{name: "steps", value: float64(o.Steps), low: 1, high: 1000},
		{name: "min_ratio", value: o.MinRatio, low: 1e-6, high: 1},
	} {
		if !(c.value >= c.low && c.value <= c.high) {
			return o, fmt.Errorf("covariance.%s: %v, want a number from %v to %v", c.name, c.value, c.low, c.high)
		}
	}
	return o, nil
}

// OptionsOf reads the option covariance of a definition: a name or an object.
// The error names the option and the value.
func OptionsOf(d *model.Definition) (CovarianceOptions, error) {
	var o CovarianceOptions
	switch v := d.Options["covariance"].(type) {
	case nil:
	case string:
		o.Estimator = v
	case map[string]any:
		if err := o.read(v); err != nil {
			return o, fmt.Errorf("options.%w", err)
		}
	default:
		return o, fmt.Errorf("options.covariance: %v, want the name of an estimator or an object", v)
	}
	o, err := o.filled()
	if err != nil {
		return o, fmt.Errorf("options.%w", err)
	}
	return o, nil
}

func (o *CovarianceOptions) read(settings map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		v := settings[name]
		var into *float64
		switch name {
		case "estimator", "target":
			text, ok := v.(string)
			if !ok || text == "" {
				return fmt.Errorf("covariance.%s: %v, want a text", name, v)
			}
			if name == "estimator" {
				o.Estimator = text
			} else {
				o.Target = text
			}
			continue
		case "raw":
			raw, ok := v.(bool)
			if !ok {
				return fmt.Errorf("covariance.%s: %v, want true or false", name, v)
			}
			o.Raw = raw
			continue
		case "components", "steps":
			f, ok := model.AsFloat(v)
			if !ok || f != float64(int32(f)) || f < 1 {
				return fmt.Errorf("covariance.%s: %v, want a whole number of 1 or more", name, v)
			}
			if name == "steps" {
				o.Steps = int(f)
			} else {
				o.Components = int(f)
			}
			continue
		case "lambda":
			into = &o.Lambda
		case "alpha":
			into = &o.Alpha
		case "share":
			into = &o.Share
		case "min_ratio":
			into = &o.MinRatio
		case "gamma":
			o.Gamma = new(float64)
			into = o.Gamma
		default:
			return fmt.Errorf("covariance.%s: unknown setting (there are estimator, lambda, alpha, target, components, share, gamma, steps, min_ratio, raw)", name)
		}
		f, ok := model.AsFloat(v)
		if !ok || !(f >= 0) || f == 0 && name != "gamma" {
			return fmt.Errorf("covariance.%s: %v, want a number above 0", name, v)
		}
		*into = f
	}
	return nil
}
