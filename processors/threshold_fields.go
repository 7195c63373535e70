package processors

import (
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Fields of a threshold that sets itself.
const (
	thresholdMethod   = "method"
	thresholdAlpha    = "alpha"
	thresholdStart    = "initial_quantile"
	thresholdTwoSided = "two_sided"
	thresholdWarmUp   = "warm_up"
	thresholdNone     = "none" // a method
)

// thresholdFields returns the fields of a threshold. When always is set, the
// method cannot be none; otherwise none is its default.
func thresholdFields(always bool) []*service.ConfigField {
	var out []*service.ConfigField
	for _, p := range threshold.Parameters() {
		switch p.Name {
		case thresholdMethod:
			if !always {
				p.Choices, p.Default = append([]string{thresholdNone}, p.Choices...), thresholdNone
				p.Description += " `none` uses `anomaly_quantile` instead."
			}
			out = append(out, parameterField(&p))
		case thresholdAlpha:
			out = append(out, parameterField(&p).LintRule(`root = if this <= 0 || this >= 0.5 { [ "alpha is " + this.string() + ", must be above 0 and below 0.5" ] }`))
		case thresholdStart:
			out = append(out, parameterField(&p).Default(0.0).Advanced())
		default:
			out = append(out, parameterField(&p))
		}
	}
	return out
}

// parameterField is the field of an option of the core: a text of its choices, a
// number or a switch.
func parameterField(p *param.Parameter) *service.ConfigField {
	var field *service.ConfigField
	about := p.Description
	switch p.Kind {
	case param.KindText:
		field = service.NewStringEnumField(p.Name, p.Choices...)
	case param.KindBoolean:
		field = service.NewBoolField(p.Name)
	default:
		field = service.NewFloatField(p.Name)
		about += " " + sentence(p.Markdown())
	}
	field = field.Description(about)
	if p.Default != nil {
		field = field.Default(p.Default)
	}
	return field
}

// sentence makes a sentence of a phrase.
func sentence(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] + "." }

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
	if o.Method == thresholdNone {
		return o, nil
	}
	return o, o.Validate()
}
