package param

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
	}
	if p.Default != nil {
		out["default"] = p.Default
	}
	return out
}
