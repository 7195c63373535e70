package schema

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// conventions are a complete Reading, made ready to be applied to each string.
type conventions struct {
	infersText bool
	refuses    bool // attributes that the schema does not have
	missing    map[string]bool
	longest    int // of missing, in bytes
	decimal    byte
	thousands  []string // what may stand between groups; nil for nothing
	times      times
}

// conventions returns what a valid reading says.
func (r Reading) conventions() *conventions {
	r = r.Over(DefaultReading())
	c := &conventions{
		infersText: r.Infer == inferText, refuses: r.Changes == changesRefuse, missing: make(map[string]bool, len(r.Missing)),
		longest: -1, decimal: r.DecimalMark[0], times: r.times(),
	}
	for _, m := range r.Missing {
		m = strings.ToLower(strings.TrimSpace(m))
		c.missing[m] = true
		c.longest = max(c.longest, len(m))
	}
	switch r.ThousandsMark {
	case noMark:
	case " ":
		c.thousands = []string{" ", "\u00a0", "\u202f", "\u2009"}
	case "'":
		c.thousands = []string{"'", "\u2019"}
	default:
		c.thousands = []string{r.ThousandsMark}
	}
	return c
}

// isMissing reports whether a string means a missing value.
func (c *conventions) isMissing(text []byte) bool {
	if c.longest < 0 {
		return false
	}
	text = bytes.TrimSpace(text)
	if len(text) > c.longest {
		return false
	}
	var lower [32]byte
	if len(text) > len(lower) {
		return c.missing[strings.ToLower(string(text))]
	}
	for i, b := range text {
		if b >= 0x80 {
			return c.missing[strings.ToLower(string(text))]
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	return c.missing[string(lower[:len(text)])]
}

// plain returns a number as JSON would have it, appended to dst where marks have to
// be replaced; false where the marks do not stand as they should. Whether the
// result is a number is not checked.
func (c *conventions) plain(dst, text []byte) ([]byte, bool) {
	if c.decimal == '.' && c.thousands == nil {
		return text, true
	}
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		dst = append(dst, text[i])
		i++
	}
	digits, group, marks := 0, 0, 0 // of the whole part, since the last mark
	for i < len(text) && text[i] != c.decimal && text[i]|0x20 != 'e' {
		if n := c.markAt(text[i:]); n > 0 {
			if group == 0 || group > 3 || marks > 0 && group != 3 {
				return nil, false
			}
			i, group, marks = i+n, 0, marks+1
			continue
		}
		if text[i]-'0' > 9 {
			return nil, false
		}
		dst = append(dst, text[i])
		i, digits, group = i+1, digits+1, group+1
	}
	if marks > 0 && group != 3 {
		return nil, false
	}
	for ; i < len(text); i++ {
		switch b := text[i]; {
		case b == c.decimal:
			dst = append(dst, '.')
		case b-'0' <= 9, b|0x20 == 'e', b == '-', b == '+':
			dst = append(dst, b)
		default:
			return nil, false
		}
	}
	return dst, true
}

// markAt returns the length of the thousands mark that text begins with, 0 for none.
func (c *conventions) markAt(text []byte) int {
	for _, m := range c.thousands {
		if len(text) >= len(m) && string(text[:len(m)]) == m {
			return len(m)
		}
	}
	return 0
}

// maxWhole is the most digits before the point of a number that is no identifier:
// a float64 holds any whole number of 15 digits exactly.
const maxWhole = 15

// settle says what the first string of an attribute makes of it, and why.
func (c *conventions) settle(text []byte) (Kind, Reason) {
	if !c.infersText {
		return Categorical, FromTextByRule
	}
	trimmed := bytes.TrimSpace(text)
	if _, ok := truthOf(trimmed, false); ok {
		return Binary, FromTruthText
	}
	var room [48]byte
	number, ok := c.plain(room[:0], trimmed)
	if !ok || len(number) == 0 {
		return Categorical, FromText
	}
	whole := number
	if whole[0] == '-' {
		whole = whole[1:]
	}
	n := 0
	for n < len(whole) && whole[n]-'0' <= 9 {
		n++
	}
	switch v, end := parseNumber(number, 0); {
	case end == len(number) && n > maxWhole:
		return Categorical, FromLongDigits
	case end == len(number) && math.Abs(v) <= MaxMagnitude:
		return Continuous, FromNumberText
	case n > 1 && whole[0] == '0' && strings.Trim(string(whole[n:]), "0123456789.") == "":
		return Categorical, FromLeadingZero
	}
	return Categorical, FromText
}

// number returns the number that a string means; the second result is the text
// that is out of range where the number is infinite, and ok is false where the
// string is none. Beyond JSON's grammar it takes +5, .5, 5. and leading zeros.
func (c *conventions) number(text []byte) (v float64, ok bool) {
	var room [48]byte
	number, ok := c.plain(room[:0], text)
	if !ok {
		return 0, false
	}
	if v, end := parseNumber(number, 0); end == len(number) {
		return v, true
	}
	for _, b := range number {
		if (b < '0' || b > '9') && b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(number), 64)
	return v, err == nil || math.IsInf(v, 0)
}

// truthOf returns the truth value that a string means, in any case; ok is false
// where it means none. Yes and no, y and n, on and off, t and f are only read where
// the attribute is declared.
func truthOf(text []byte, declared bool) (value, ok bool) {
	if len(text) == 0 || len(text) > len("false") {
		return false, false
	}
	switch strings.ToLower(string(text)) {
	case "true":
		return true, true
	case "false":
		return false, true
	case "yes", "y", "on", "t":
		return true, declared
	case "no", "n", "off", "f":
		return false, declared
	}
	return false, false
}
