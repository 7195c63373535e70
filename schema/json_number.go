package schema

import (
	"strconv"
)

// pow10 are the powers of ten that a float64 holds exactly.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

const (
	maxExact  = 1 << 53 // integers up to here are exact
	maxDigits = 19      // so many digits fit a uint64
)

// parseNumber reads the JSON number at doc[pos:] and returns the place after
// it; end is -1 when there is none. A mantissa up to 2^53 over a power of ten up
// to 10^22 takes one rounding, so it is exact (Clinger, How to Read Floating
// Point Numbers Accurately, PLDI 1990); the rest goes to strconv. A number out
// of range is infinite.
// A mantissa of more than 19 digits may have overflowed; digits are counted for that
// and the value is then not used.
func parseNumber(doc []byte, pos int) (v float64, end int) {
	i := pos
	negative := false
	if i < len(doc) && doc[i] == '-' {
		negative = true
		i++
	}
	var mantissa uint64
	start := i
	for i < len(doc) && doc[i]-'0' <= 9 {
		mantissa = mantissa*10 + uint64(doc[i]-'0')
		i++
	}
	digits := i - start
	if digits == 0 || digits > 1 && doc[start] == '0' {
		return 0, -1
	}
	scale := 0
	if i < len(doc) && doc[i] == '.' {
		i++
		start = i
		for i < len(doc) && doc[i]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(doc[i]-'0')
			i++
		}
		scale = i - start
		if scale == 0 {
			return 0, -1
		}
		digits += scale
	}
	if i < len(doc) && doc[i]|0x20 == 'e' {
		return parseExponent(doc, pos, i)
	}
	if digits > maxDigits || mantissa > maxExact || scale >= len(pow10) {
		return slowNumber(doc[pos:i]), i
	}
	v = float64(mantissa) / pow10[scale]
	if negative {
		v = -v
	}
	return v, i
}

// parseExponent reads the exponent at doc[at:] of the number at doc[pos:].
func parseExponent(doc []byte, pos, at int) (v float64, end int) {
	i := at + 1
	if i < len(doc) && (doc[i] == '-' || doc[i] == '+') {
		i++
	}
	start := i
	for i < len(doc) && doc[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return 0, -1
	}
	return slowNumber(doc[pos:i]), i
}

// slowNumber parses a number of correct grammar; out of range it is infinite,
// which is also what strconv returns then.
func slowNumber(text []byte) float64 {
	v, _ := strconv.ParseFloat(string(text), 64)
	return v
}

// integer returns text when it has neither a fraction nor an exponent.
func integer(text []byte) []byte {
	for _, c := range text {
		if c == '.' || c|0x20 == 'e' {
			return nil
		}
	}
	return text
}
