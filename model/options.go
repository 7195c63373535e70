package model

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Text reads a string option that must be one of those allowed.
func (d *Definition) Text(name, fallback string, allowed ...string) (string, error) {
	v, ok := d.Options[name]
	if !ok {
		return fallback, nil
	}
	s, isText := v.(string)
	if !isText || !slices.Contains(allowed, s) {
		return "", fmt.Errorf("options.%s: %v, want one of %s", name, v, strings.Join(allowed, ", "))
	}
	return s, nil
}

// Number reads a numeric option within [low, high].
func (d *Definition) Number(name string, fallback, low, high float64) (float64, error) {
	v, ok := d.Options[name]
	if !ok {
		return fallback, nil
	}
	f, isNumber := AsFloat(v)
	if !isNumber || !(f >= low && f <= high) {
		return 0, fmt.Errorf("options.%s: %v, want a number from %v to %v", name, v, low, high)
	}
	return f, nil
}

// Whole reads an option that must be an integer within [low, high].
func (d *Definition) Whole(name string, fallback, low, high int) (int, error) {
	f, err := d.Number(name, float64(fallback), float64(low), float64(high))
	if err == nil && f != math.Trunc(f) {
		err = fmt.Errorf("options.%s: %v, want a whole number", name, f)
	}
	return int(f), err
}

func AsFloat(v any) (float64, bool) {
	switch t := v.(type) {
	case float64:
		return t, true
	case float32:
		return float64(t), true
	case int:
		return float64(t), true
	case int64:
		return float64(t), true
	case json.Number:
		f, err := t.Float64()
		return f, err == nil
	}
	return 0, false
}

// Flag reads an option that is true or false.
func (d *Definition) Flag(name string, fallback bool) (bool, error) {
	v, ok := d.Options[name]
	if !ok {
		return fallback, nil
	}
	b, isFlag := v.(bool)
	if !isFlag {
		return false, fmt.Errorf("options.%s: %v, want true or false", name, v)
	}
	return b, nil
}
