package param

import "maps"

// Schema is the parameter as JSON Schema, in the dialect of OpenAPI 3.0, for
// values that come as texts: those of a query.
func (p *Parameter) Schema() map[string]any {
	out := map[string]any{"type": "string"}
	switch p.Kind {
	case KindInteger, KindBoolean:
		out["type"] = string(p.Kind)
	case KindNumber:
		if len(p.Choices) == 0 {
			out["type"] = string(p.Kind)
		}
	}
	if p.Kind == KindText && len(p.Choices) > 0 {
		out["enum"] = p.Choices
	}
	if out["type"] == "number" || out["type"] == "integer" {
		maps.Copy(out, p.rangeSchema())
	}
	if p.Default != nil {
		out["default"] = p.Default
	}
	return out
}

// Body is the parameter as JSON Schema, in the dialect of OpenAPI 3.0, for values
// of a JSON document. null is taken where the parameter may be left out.
func (p *Parameter) Body() map[string]any {
	out := p.valueSchema()
	out["description"] = p.Description
	if !p.Required {
		out["nullable"] = true
	}
	if p.Default != nil {
		out["default"] = p.Default
	}
	return out
}

// valueSchema is what a value may be.
func (p *Parameter) valueSchema() map[string]any {
	switch p.Kind {
	case KindNumber, KindInteger:
		return p.orChoices(p.numberSchema())
	case KindNumbers:
		each := *p
		each.Kind = KindNumber
		return p.orChoices(map[string]any{"type": "object", "additionalProperties": each.numberSchema()})
	case KindBoolean:
		return map[string]any{"type": "boolean"}
	case KindAttributes, KindTexts:
		return map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	case KindObject:
		return p.itemSchema()
	case KindObjects:
		return map[string]any{"type": "array", "minItems": 1, "items": p.itemSchema()}
	case KindOptions:
		return map[string]any{"type": "object"}
	}
	out := map[string]any{"type": "string"}
	if len(p.Choices) > 0 {
		out["enum"] = p.Choices
	}
	return out
}

// itemSchema is an object of the fields, or what stands for it: a value of the
// first field, where that is a text.
func (p *Parameter) itemSchema() map[string]any {
	whole := ObjectSchema(p.Fields)
	if len(p.Fields) == 0 || p.Fields[0].Kind != KindText && p.Fields[0].Kind != KindAttribute {
		return whole
	}
	return map[string]any{"anyOf": []any{p.Fields[0].valueSchema(), whole}}
}

// orChoices is a schema, or the choices in place of it.
func (p *Parameter) orChoices(schema map[string]any) map[string]any {
	if len(p.Choices) == 0 {
		return schema
	}
	return map[string]any{"anyOf": []any{schema, map[string]any{"type": "string", "enum": p.Choices}}}
}

// numberSchema is one number within the bounds.
func (p *Parameter) numberSchema() map[string]any {
	out := map[string]any{"type": "number"}
	if p.Kind == KindInteger {
		out["type"] = "integer"
	}
	bounds := p.rangeSchema()
	if p.Zero && len(bounds) > 0 {
		out["anyOf"] = []any{map[string]any{"enum": []any{0}}, bounds}
	} else {
		maps.Copy(out, bounds)
	}
	return out
}

// ObjectSchema is an object of the parameters and no others, as JSON Schema in the
// dialect of OpenAPI 3.0.
func ObjectSchema(parameters []Parameter) map[string]any {
	fields, required := map[string]any{}, []string{}
	for i := range parameters {
		fields[parameters[i].Name] = parameters[i].Body()
		if parameters[i].Required {
			required = append(required, parameters[i].Name)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": fields}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// rangeSchema is the bounds of numbers as JSON Schema.
func (p *Parameter) rangeSchema() map[string]any {
	out := map[string]any{}
	for name, bound := range map[string]*float64{"minimum": p.Min, "maximum": p.Max} {
		if bound != nil {
			out[name] = *bound
		}
	}
	for name, open := range map[string]bool{"exclusiveMinimum": p.AboveMin, "exclusiveMaximum": p.BelowMax} {
		if open {
			out[name] = true
		}
	}
	return out
}
