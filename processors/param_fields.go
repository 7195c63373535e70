package processors

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// configField returns the field of a configuration for a parameter. What the
// parameter takes is a lint rule too, with the words of the error.
func configField(p *param.Parameter) *service.ConfigField {
	var f *service.ConfigField
	switch p.Kind {
	case param.KindObject:
		fields := make([]*service.ConfigField, len(p.Fields))
		for i := range p.Fields {
			fields[i] = configField(&p.Fields[i])
		}
		return service.NewObjectField(p.Name, fields...).Description(p.Description)
	case param.KindInteger:
		f = service.NewIntField(p.Name)
	case param.KindNumber:
		f = service.NewFloatField(p.Name)
	case param.KindBoolean:
		f = service.NewBoolField(p.Name)
	case param.KindDuration:
		f = service.NewDurationField(p.Name)
	case param.KindAttributes, param.KindTexts:
		f = service.NewStringListField(p.Name)
	default:
		f = service.NewStringField(p.Name)
		if len(p.Choices) > 0 {
			f = choiceField(p)
		}
	}
	switch {
	case p.Default != nil:
		f = f.Default(p.Default)
	case p.Required:
	case p.Kind == param.KindAttributes, p.Kind == param.KindTexts:
		f = f.Default(nil) // the host makes an empty list of one that is not there
	default:
		f = f.Optional()
	}
	if len(p.Examples) > 0 && p.Examples[0] != p.Default {
		f = f.Example(p.Examples[0])
	}
	if rule := lintRule(p); rule != "" {
		takes := p.Markdown()
		return f.LintRule(rule).Description(p.Description + " " + strings.ToUpper(takes[:1]) + takes[1:] + ".")
	}
	return f.Description(p.Description)
}

// choiceField is a field with a few values. The host looks values up as paths, so it
// does not find one with a point; then the rule is our own.
func choiceField(p *param.Parameter) *service.ConfigField {
	f := service.NewStringEnumField(p.Name, p.Choices...)
	if !strings.Contains(strings.Join(p.Choices, ""), ".") {
		return f
	}
	choices, err := json.Marshal(p.Choices)
	if err != nil {
		return f // texts can be written always
	}
	return f.LintRule(fmt.Sprintf("root = if !%s.contains(this.string()) { \"%s is %%v, want %s\".format(this.string()) }",
		choices, p.Name, strings.ReplaceAll(strings.Join(p.Choices, " or "), `"`, `'`)))
}

// lintRule refuses numbers out of the parameter's bounds; empty for none.
func lintRule(p *param.Parameter) string {
	if p.Kind != param.KindInteger && p.Kind != param.KindNumber {
		return ""
	}
	var outside []string
	bound := func(at *float64, below, open string, exclusive bool) {
		if at == nil {
			return
		}
		if exclusive {
			below = open
		}
		outside = append(outside, "this "+below+" "+strconv.FormatFloat(*at, 'f', -1, 64)) // Bloblang has no exponents
	}
	bound(p.Min, "<", "<=", p.AboveMin)
	bound(p.Max, ">", ">=", p.BelowMax)
	if len(outside) == 0 {
		return ""
	}
	condition := strings.Join(outside, " || ")
	if p.Zero {
		condition = "this != 0 && (" + condition + ")"
	}
	return fmt.Sprintf(`root = if %s { [ "%s is " + this.string() + ", want %s" ] }`, condition, p.Name, p.Markdown())
}

// configValues returns the values of a configuration for parameters, for a reader
// that declares them. An object that is absent is left out.
func configValues(conf *service.ParsedConfig, parameters []param.Parameter) (param.Values, error) {
	out := param.Values{}
	for i := range parameters {
		p := &parameters[i]
		if !conf.Contains(p.Name) {
			continue
		}
		var value any
		var err error
		switch p.Kind {
		case param.KindObject:
			value, err = configValues(conf.Namespace(p.Name), p.Fields)
		case param.KindInteger:
			value, err = conf.FieldInt(p.Name)
		case param.KindNumber:
			value, err = conf.FieldFloat(p.Name)
		case param.KindBoolean:
			value, err = conf.FieldBool(p.Name)
		case param.KindAttributes, param.KindTexts:
			if any, absent := conf.FieldAny(p.Name); absent == nil && any == nil {
				continue
			}
			value, err = conf.FieldStringList(p.Name)
		default: // durations are read from their text
			value, err = conf.FieldString(p.Name)
		}
		if err != nil {
			return nil, err
		}
		out[p.Name] = value
	}
	return out, nil
}
