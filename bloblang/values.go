package bloblang

import (
	"encoding/json"
	"fmt"
	"math"
)

// asMap turns a result struct into what Bloblang works on, by its JSON form.
func asMap(result any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("decode result: %w", err)
	}
	return out, nil
}

// numberOrNil gives null for a number that is not defined.
func numberOrNil(v float64, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, nil
	}
	return v, nil
}
