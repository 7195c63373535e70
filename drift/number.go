package drift

import (
	"encoding/json"
	"math"
)

// Number is a float64 whose JSON form is null when it is not finite.
type Number float64

// MarshalJSON writes the shortest decimal that reads back the same.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(v)
}

// undefined is a number that is not defined.
func undefined() Number { return Number(math.NaN()) }
