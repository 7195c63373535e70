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
// of a JSON document.
func (p *Parameter) Body() map[string]any {
	out := map[string]any{"description": p.Description}
	switch p.Kind {
	case KindNumber, KindInteger, KindBoolean:
		out["type"] = string(p.Kind)
	case KindObject:
		fields := map[string]any{}
		for i := range p.Fields {
			fields[p.Fields[i].Name] = p.Fields[i].Body()
		}
		out["type"], out["additionalProperties"], out["properties"] = "object", false, fields
		return out
	case KindAttributes, KindTexts:
		out["type"], out["items"] = "array", map[string]any{"type": "string"}
	case KindAttribute, KindText, KindDuration:
		out["type"] = "string"
	}
	if p.Kind == KindText && len(p.Choices) > 0 {
		out["enum"] = p.Choices
	}
	bounds := p.rangeSchema()
	if p.Zero && len(bounds) > 0 {
		out["anyOf"] = []any{map[string]any{"enum": []any{0}}, bounds}
	} else {
		maps.Copy(out, bounds)
	}
	if p.Default != nil {
		out["default"] = p.Default
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
