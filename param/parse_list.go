package param

import (
	"encoding/json"
	"slices"
	"strings"
)

// asList takes a list of texts; among texts also a JSON array of them, or texts
// between commas.
func asList(value any, form Form) ([]string, error) {
	switch v := value.(type) {
	case []string:
		return slices.Clone(v), nil
	case []any:
		out := make([]string, len(v))
		for i, element := range v {
			text, ok := element.(string)
			if !ok {
				return nil, errForm
			}
			out[i] = text
		}
		return out, nil
	case string:
		if form != Texts {
			return nil, errForm
		}
		if strings.HasPrefix(v, "[") {
			var elements []any
			if json.Unmarshal([]byte(v), &elements) != nil {
				return nil, errForm
			}
			return asList(elements, form)
		}
		out := strings.Split(v, ",")
		for i := range out {
			out[i] = strings.TrimSpace(out[i])
		}
		return out, nil
	}
	return nil, errForm
}

// asObject takes an object; among texts also the JSON of one.
func asObject(value any, form Form) (Values, error) {
	switch v := value.(type) {
	case Values:
		return v, nil
	case map[string]any:
		return v, nil
	case string:
		var out Values
		if form == Texts && strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &out) == nil {
			return out, nil
		}
	}
	return nil, errForm
}

// object returns the values of the fields of an object; a text is that of the
// first field.
func (p *Parameter) object(value any, form Form) (Values, error) {
	if fields, err := asObject(value, form); err == nil {
		return fields, nil
	}
	if text, ok := value.(string); ok && len(p.Fields) > 0 {
		return Values{p.Fields[0].Name: text}, nil
	}
	return nil, errForm
}

// objects returns the values of the fields of each object of a list. The error
// names the list or the object.
func (p *Parameter) objects(value any, form Form) ([]Values, error) {
	var items []any
	switch v := value.(type) {
	case []any:
		items = v
	case []string:
		for _, text := range v {
			items = append(items, text)
		}
	case string:
		if form == Texts && strings.HasPrefix(v, "[") {
			if json.Unmarshal([]byte(v), &items) != nil {
				return nil, p.wrong(value)
			}
			break
		}
		texts, err := asList(v, form)
		if err != nil {
			return nil, p.wrong(value)
		}
		return p.objects(texts, form)
	}
	if len(items) == 0 {
		return nil, p.wrong(value)
	}
	out := make([]Values, len(items))
	for i, item := range items {
		fields, err := p.object(item, form)
		if err != nil {
			return nil, &Error{Name: place(p.Name, i), Value: item, Want: p.item("")}
		}
		out[i] = fields
	}
	return out, nil
}
