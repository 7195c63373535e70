package stats

import (
	"encoding/binary"
	"math"
)

// A key of a joint cell lists what its rows have, columns in ascending order, numeric ones
// first: twice the column and the eight bytes of the number, or twice the column plus one
// and the code. Columns that they lack are not there, so the keys stay as they are when the
// layout grows.

// jointValue is one column of a key.
type jointValue struct {
	column      int32
	categorical bool
	bits        uint64 // of the number, or the code
}

// number returns the value of a numeric column.
func (v jointValue) number() float64 { return math.Float64frombits(v.bits) }

// order is ascending in the order of a key.
func (v jointValue) order(o jointValue) int {
	if v.categorical != o.categorical {
		if o.categorical {
			return -1
		}
		return 1
	}
	return int(v.column) - int(o.column)
}

func appendJointNumber(key []byte, column int32, x float64) []byte {
	if x == 0 {
		x = 0 // of -0 too
	}
	key = binary.AppendUvarint(key, uint64(column)<<1)
	return binary.BigEndian.AppendUint64(key, math.Float64bits(x))
}

func appendJointCode(key []byte, column, code int32) []byte {
	key = binary.AppendUvarint(key, uint64(column)<<1|1)
	return binary.AppendUvarint(key, uint64(code))
}

func (v jointValue) appendTo(key []byte) []byte {
	if v.categorical {
		return appendJointCode(key, v.column, int32(v.bits))
	}
	return appendJointNumber(key, v.column, v.number())
}

// readJointKey appends the columns of a key; false where the bytes are no key.
func readJointKey(to []jointValue, key []byte) ([]jointValue, bool) {
	for len(key) > 0 {
		tag, n := binary.Uvarint(key)
		if n <= 0 || tag>>1 > maxCode {
			return to, false
		}
		key = key[n:]
		v := jointValue{column: int32(tag >> 1), categorical: tag&1 == 1}
		if v.categorical {
			code, n := binary.Uvarint(key)
			if n <= 0 || code > maxCode {
				return to, false
			}
			v.bits, key = code, key[n:]
		} else {
			if len(key) < 8 {
				return to, false
			}
			v.bits, key = binary.BigEndian.Uint64(key), key[8:]
		}
		if k := len(to); k > 0 && to[k-1].order(v) >= 0 {
			return to, false
		}
		to = append(to, v)
	}
	return to, true
}
