package param

// Draft2020 is a schema in the dialect of OpenAPI 3.0 as JSON Schema 2020-12 has
// it: bounds that are not themselves taken are numbers there. That null may stand
// for what is left out is not said. The schema is not changed.
func Draft2020(schema map[string]any) map[string]any {
	out := make(map[string]any, len(schema))
	for name, value := range schema {
		switch name {
		case "default", "enum": // values, not schemas
			out[name] = value
		case "properties":
			out[name] = draftEach(value)
		default:
			out[name] = draft(value)
		}
	}
	delete(out, "nullable")
	for bound, open := range map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"} {
		if is, ok := schema[open].(bool); ok {
			delete(out, open)
			if is {
				out[open] = schema[bound]
				delete(out, bound)
			}
		}
	}
	return out
}

// draftEach converts the schema of each property.
func draftEach(value any) any {
	properties, ok := value.(map[string]any)
	if !ok {
		return value
	}
	out := make(map[string]any, len(properties))
	for name, schema := range properties {
		out[name] = draft(schema)
	}
	return out
}

// draft converts the schemas that are in a value.
func draft(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return Draft2020(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = draft(v[i])
		}
		return out
	}
	return value
}
