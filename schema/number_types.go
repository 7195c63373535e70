package schema

import (
	"strconv"
	"time"
)

// floatOf returns the number that a value of one of Go's number types means.
// Integers beyond 2^53 are rounded, as those of a JSON document are.
func floatOf(v any) (float64, bool) {
	switch t := v.(type) {
	case float64:
		return t, true
	case float32:
		return float64(t), true
	case int:
		return float64(t), true
	case int64:
		return float64(t), true
	case int32:
		return float64(t), true
	case int16:
		return float64(t), true
	case int8:
		return float64(t), true
	case uint:
		return float64(t), true
	case uint64:
		return float64(t), true
	case uint32:
		return float64(t), true
	case uint16:
		return float64(t), true
	case uint8:
		return float64(t), true
	case time.Duration:
		return t.Seconds(), true
	case interface{ Float64() (float64, bool) }:
		f, _ := t.Float64()
		return f, true
	}
	return 0, false
}

// integerText appends the decimal digits of a value of one of Go's integer
// types; of anything else it returns nil.
func integerText(dst []byte, v any) []byte {
	switch t := v.(type) {
	case int:
		return strconv.AppendInt(dst, int64(t), 10)
	case int64:
		return strconv.AppendInt(dst, t, 10)
	case int32:
		return strconv.AppendInt(dst, int64(t), 10)
	case int16:
		return strconv.AppendInt(dst, int64(t), 10)
	case int8:
		return strconv.AppendInt(dst, int64(t), 10)
	case uint:
		return strconv.AppendUint(dst, uint64(t), 10)
	case uint64:
		return strconv.AppendUint(dst, t, 10)
	case uint32:
		return strconv.AppendUint(dst, uint64(t), 10)
	case uint16:
		return strconv.AppendUint(dst, uint64(t), 10)
	case uint8:
		return strconv.AppendUint(dst, uint64(t), 10)
	}
	return nil
}
