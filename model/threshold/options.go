package threshold

import (
	"fmt"
	"maps"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Ways to set a threshold.
const (
	thresholdEVT      = "evt"
	ThresholdQuantile = "quantile"
	// ThresholdOrder is what evt falls back to where no tail can be fitted; it
	// cannot be asked for.
	ThresholdOrder = "order_statistics"
)

// ThresholdOptions say when a score, a residual or a measurement is an alarm. A
// field of 0 means the default that read declares.
type ThresholdOptions struct {
	// Method is thresholdEVT or ThresholdQuantile.
	Method string
	// Alpha is the share of usual values that raise an alarm.
	Alpha float64
	// Quantile is where the tail begins to which the method evt fits a
	// distribution.
	Quantile float64
	// TwoSided looks at small values too; each side has half of Alpha.
	TwoSided bool
	// WarmUp is the weight of values before which there are no alarms.
	WarmUp float64
}

// The tail that the method evt fits: beyond a quantile, or as long as some alphas
// where that is longer.
const (
	defaultQuantile = 0.95
	alphasInTail    = 4
)

// Read declares the options and reads them.
func Read(r *param.Reader) (o ThresholdOptions) {
	o.Method = r.Choice("method", thresholdEVT, []string{thresholdEVT, ThresholdQuantile},
		"How the threshold is computed. `evt` fits the tail of the values so far (peaks over threshold). `quantile` takes their quantile 1 - `alpha`.")
	o.Alpha = r.Number("alpha", 0.001, param.Above(0).Below(0.5), "The share of usual values that raise an alarm.")
	quantile, given := r.NumberIfGiven("initial_quantile", param.AtLeast(0.5).Below(1),
		fmt.Sprintf("The quantile at which the tail begins that `evt` fits. It is %v when 0 or left out, or a longer tail when `alpha` needs one.", defaultQuantile))
	if o.Quantile = quantile; !given {
		o.Quantile = max(0.5, min(defaultQuantile, 1-alphasInTail*o.Alpha))
	}
	o.TwoSided = r.Boolean("two_sided", false, "Raise alarms on low values too. Each side then has half of `alpha`.")
	o.WarmUp = r.Number("warm_up", 1000, param.Above(0), "The number of values before the first alarm.")
	return o
}

// Parameters lists the options.
func Parameters() []param.Parameter { return param.List(func(r *param.Reader) { Read(r) }) }

// withDefaults checks the options and fills in what is not set.
func (o ThresholdOptions) withDefaults() (ThresholdOptions, error) {
	r := param.NewReader(o.given(), param.Typed)
	out := Read(r)
	if err := r.Close(); err != nil {
		return o, err
	}
	return out, nil
}

// Validate checks the options. The error names the option and its value.
func (o ThresholdOptions) Validate() error {
	_, err := o.withDefaults()
	return err
}

// given are the options that are set, by their names.
func (o ThresholdOptions) given() param.Values {
	given := param.Values{}
	if o.Method != "" {
		given["method"] = o.Method
	}
	for name, x := range map[string]float64{"alpha": o.Alpha, "initial_quantile": o.Quantile, "warm_up": o.WarmUp} {
		if x != 0 {
			given[name] = x
		}
	}
	if o.TwoSided {
		given["two_sided"] = true
	}
	return given
}

// With returns the options with those of given, by name, in place of their own; what
// is unknown or out of range is an error.
func (o ThresholdOptions) With(given param.Values) (ThresholdOptions, error) {
	all := o.given()
	maps.Copy(all, given)
	r := param.NewReader(all, param.Typed)
	out := Read(r)
	if err := r.Close(); err != nil {
		return o, err
	}
	return out, nil
}

// Settings are all options by their names, with defaults where they are not set.
func (o ThresholdOptions) Settings() param.Values {
	if whole, err := o.withDefaults(); err == nil {
		o = whole
	}
	out := o.given()
	out["two_sided"] = o.TwoSided
	return out
}
