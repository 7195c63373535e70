package processors

import (
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
)

// Fields of a threshold that sets itself.
const (
	thresholdMethod   = "method"
	thresholdAlpha    = "alpha"
	thresholdStart    = "initial_quantile"
	thresholdTwoSided = "two_sided"
	thresholdWarmUp   = "warm_up"
)

// thresholdFields returns the fields of a threshold. When always is set, the
// method cannot be none; otherwise none is its default.
func thresholdFields(always bool) []*service.ConfigField {
	method := service.NewStringEnumField(thresholdMethod, "none", threshold.ThresholdEVT, threshold.ThresholdQuantile).
		Description("How the threshold is computed. `evt` fits the tail of the scores so far (peaks over threshold). `quantile` takes their quantile 1 - `alpha`. `none` uses `anomaly_quantile` instead.").
		Default("none")
	if always {
		method = service.NewStringEnumField(thresholdMethod, threshold.ThresholdEVT, threshold.ThresholdQuantile).
			Description("How the threshold is computed. `evt` fits the tail of the values so far (peaks over threshold). `quantile` takes their quantile 1 - `alpha`.").
			Default(threshold.ThresholdEVT)
	}
	return []*service.ConfigField{
		method,
		service.NewFloatField(thresholdAlpha).Description("The share of usual values that raise an alarm.").Default(0.001).
			LintRule(`root = if this <= 0 || this >= 0.5 { [ "alpha is " + this.string() + ", must be above 0 and below 0.5" ] }`),
		service.NewFloatField(thresholdStart).Description("The quantile at which the tail begins that `evt` fits, 0.5 to below 1. 0 means 0.95, or a longer tail when `alpha` needs one.").Default(0.0).Advanced(),
		service.NewBoolField(thresholdTwoSided).Description("Raise alarms on low values too. Each side then has half of `alpha`.").Default(false),
		service.NewFloatField(thresholdWarmUp).Description("The number of values before the first alarm.").Default(1000.0),
	}
}

// readThreshold reads the fields and checks them.
func readThreshold(conf *service.ParsedConfig) (o threshold.ThresholdOptions, err error) {
	if o.Method, err = conf.FieldString(thresholdMethod); err != nil {
		return o, err
	}
	for name, to := range map[string]*float64{thresholdAlpha: &o.Alpha, thresholdStart: &o.Quantile, thresholdWarmUp: &o.WarmUp} {
		if *to, err = conf.FieldFloat(name); err != nil {
			return o, err
		}
	}
	if o.TwoSided, err = conf.FieldBool(thresholdTwoSided); err != nil {
		return o, err
	}
	if o.Method == "none" {
		return o, nil
	}
	return o, o.Validate()
}
