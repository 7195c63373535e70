package param

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Setting is a parameter with the value that it is set to, in the form in which
// that would be given; of an object the value is the Settings of its fields.
type Setting struct {
	Parameter
	Value any
}

// Settings are some parameters and their values, in the order of their
// declaration.
type Settings []Setting

// MarshalJSON writes an object with the settings in their order.
func (s Settings) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, part := range []any{s[i].Name, s[i].Value} {
			text, err := json.Marshal(part)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s[i].Name, err)
			}
			if j > 0 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Flat returns the settings without objects: the fields of one have its name and
// a dot before theirs.
func (s Settings) Flat() Settings {
	out := make(Settings, 0, len(s))
	for i := range s {
		inner, ok := s[i].Value.(Settings)
		if !ok {
			out = append(out, s[i])
			continue
		}
		for _, field := range inner.Flat() {
			field.Name = s[i].Name + "." + field.Name
			out = append(out, field)
		}
	}
	return out
}

// String writes the settings for people: "folds 3, window.rows 100".
func (s Settings) String() string {
	flat := s.Flat()
	parts := make([]string, len(flat))
	for i := range flat {
		parts[i] = flat[i].Name + " " + show(flat[i].Value)
	}
	return strings.Join(parts, ", ")
}

// Shared returns the settings that are not local.
func (s Settings) Shared() Settings {
	var out Settings
	for _, setting := range s {
		if setting.Local {
			continue
		}
		if inner, ok := setting.Value.(Settings); ok {
			setting.Value = inner.Shared()
		}
		out = append(out, setting)
	}
	return out
}

// UnmarshalJSON reads what MarshalJSON has written: names and values, in their
// order, without what was declared of them.
func (s *Settings) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	*s = nil
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		setting := Setting{Parameter: Parameter{Name: fmt.Sprint(name)}}
		if bytes.HasPrefix(value, []byte("{")) {
			var inner Settings
			err = json.Unmarshal(value, &inner)
			setting.Value = inner
		} else {
			err = json.Unmarshal(value, &setting.Value)
		}
		if err != nil {
			return fmt.Errorf("%v: %w", name, err)
		}
		*s = append(*s, setting)
	}
	return nil
}
