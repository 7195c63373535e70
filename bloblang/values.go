package bloblang

import (
	"encoding/json"
	"fmt"
)

// asMap converts a result struct into the maps and lists that Bloblang works on,
// by way of JSON.
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
