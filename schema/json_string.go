package schema

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// ordinary returns how many of the 8 bytes of a word, the lowest first, come
// before one that a string does not simply contain: a quote, a backslash, a
// control character, a byte beyond ASCII. Each term marks such bytes in their
// top bits, and above the first one of its kind perhaps others (Warren, Hacker's
// Delight, 2nd ed., section 6-1).
func ordinary(word uint64) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, backslash := word^('"'*ones), word^('\\'*ones)
	marks := ((quote - ones) &^ quote) | ((backslash - ones) &^ backslash) | ((word - ' '*ones) &^ word) | word
	return bits.TrailingZeros64(marks&tops) / 8
}

// scanString returns the place of the quote that ends the string whose first
// byte is doc[pos]. It is plain when it is ASCII without escapes, and end is
// -1 when it is not a JSON string; at is the offending place then.
func scanString(doc []byte, pos int) (end int, plain bool, at int) {
	plain = true
	for i := pos; i < len(doc); i++ {
		for i+8 <= len(doc) {
			n := ordinary(binary.LittleEndian.Uint64(doc[i:]))
			i += n
			if n < 8 {
				break
			}
		}
		if i == len(doc) {
			break
		}
		switch c := doc[i]; {
		case c == '"':
			return i, plain, 0
		case c < ' ':
			return -1, false, i
		case c >= utf8.RuneSelf:
			plain = false
		case c == '\\':
			plain = false
			n := escapeLength(doc[i:])
			if n == 0 {
				return -1, false, i
			}
			i += n - 1
		}
	}
	return -1, false, len(doc)
}

// escapeLength returns the length of the escape at the beginning of b, or 0.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if hex4(b[2:]) >= 0 {
			return 6
		}
	}
	return 0
}

// hex4 returns the number that four hexadecimal digits mean, or -1.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// text returns what a scanned string means. Bytes that are not UTF-8, and
// halves of surrogate pairs, become U+FFFD, as in encoding/json. The result
// aliases the document or the reader's scratch memory. Of a string that is
// certainly longer than most bytes it may be only the beginning, still longer
// than most.
// An escape of six bytes is the longest for one character, hence the factor.
func (r *Reader) text(raw []byte, plain bool, most int) []byte {
	if plain || len(raw) > 6*most {
		return raw
	}
	clean := utf8.Valid(raw)
	for i := 0; clean && i < len(raw); i++ {
		clean = raw[i] != '\\'
	}
	if clean {
		return raw
	}
	r.scratch = unescape(r.scratch[:0], raw)
	return r.scratch
}

// unescape appends the meaning of a scanned string.
// The escapes have been checked by scanString, so none is cut off. A high surrogate
// without its low half stands for U+FFFD (RFC 8259, section 8.2, leaves it open).
func unescape(dst, raw []byte) []byte {
	for len(raw) > 0 {
		if raw[0] != '\\' {
			c, n := utf8.DecodeRune(raw)
			dst = utf8.AppendRune(dst, c)
			raw = raw[n:]
			continue
		}
		switch c := raw[1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			u := hex4(raw[2:])
			raw = raw[4:]
			if utf16.IsSurrogate(u) {
				low := rune(-1)
				if len(raw) >= 8 && raw[2] == '\\' && raw[3] == 'u' {
					low = hex4(raw[4:])
				}
				if u = utf16.DecodeRune(u, low); u != utf8.RuneError {
					raw = raw[6:]
				}
			}
			dst = utf8.AppendRune(dst, u)
		default:
			dst = append(dst, c)
		}
		raw = raw[2:]
	}
	return dst
}

// appendValid appends s with bytes that are not UTF-8 made U+FFFD.
func appendValid(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return append(dst, s...)
	}
	for _, c := range s {
		dst = utf8.AppendRune(dst, c)
	}
	return dst
}
