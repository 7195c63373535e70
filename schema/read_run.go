package schema

import (
	"encoding/binary"
	"math"
)

// glance is the first and the last eight bytes of a key as it stands in JSON,
// with quotes and colon: `"s1":`. It is compared without a call.
// Most keys have at most 16 bytes with quotes and colon, so two words decide.
type glance struct {
	length           int
	head, mask, tail uint64
}

// A key of fewer than eight bytes has a mask for what follows it in the document.
func newGlance(quoted string) glance {
	g := glance{length: len(quoted), mask: ^uint64(0)}
	var b [8]byte
	copy(b[:], quoted)
	g.head = binary.LittleEndian.Uint64(b[:])
	if g.length < 8 {
		g.mask = 1<<(8*g.length) - 1
		return g
	}
	copy(b[:], quoted[g.length-8:])
	g.tail = binary.LittleEndian.Uint64(b[:])
	return g
}

// readRun is the fast way through an object: it reads members for as long as
// each is the expected key with a plain number, written without white space
// other than one blank after colon and comma. doc[pos] is where a key begins,
// and *guess is the field that is expected there. It returns where it stopped:
// at the beginning of a member, which is then read in the general way, or with
// closed after the object. n is how many members it read.
func (r *Reader) readRun(doc []byte, pos int, guess **field) (next int, nextGuess **field, n int, closed bool) {
	values := r.values
	for {
		f := *guess
		if f == nil || !f.number {
			return pos, guess, n, false
		}
		i := pos + f.glance.length
		if pos+8 > len(doc) || i+1 >= len(doc) || !f.at(doc, pos, i) {
			return pos, guess, n, false
		}
		if doc[i] == ' ' {
			i++
		}
		negative := 0
		if doc[i] == '-' {
			negative = 1
		}
		i += negative
		var mantissa uint64
		start := i
		for i < len(doc) && doc[i]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(doc[i]-'0')
			i++
		}
		// The number is read as in parseNumber, written out here to stay in one loop; all
		// that is rare goes back to the general way, which also words the errors.
		digits, scale := i-start, 0
		if digits == 0 || digits > 1 && doc[start] == '0' || i >= len(doc) {
			return pos, guess, n, false
		}
		if doc[i] == '.' {
			i++
			start = i
			for i < len(doc) && doc[i]-'0' <= 9 {
				mantissa = mantissa*10 + uint64(doc[i]-'0')
				i++
			}
			scale = i - start
			if scale == 0 || scale >= len(pow10) || i >= len(doc) {
				return pos, guess, n, false
			}
		}
		if digits+scale > maxDigits || mantissa > f.most || doc[i] != ',' && doc[i] != '}' {
			return pos, guess, n, false
		}
		v := float64(mantissa) / pow10[scale]
		values[f.column] = math.Float64frombits(math.Float64bits(v)|uint64(negative)<<63) + 0
		n++
		guess = &f.next
		pos = i + 1
		if doc[i] == '}' {
			return pos, guess, n, true
		}
		if pos < len(doc) && doc[pos] == ' ' {
			pos++
		}
	}
}

// at reports whether the key stands at doc[pos:end], end being pos plus the
// key's length; at least eight bytes follow pos.
func (f *field) at(doc []byte, pos, end int) bool {
	g := &f.glance
	if (binary.LittleEndian.Uint64(doc[pos:])^g.head)&g.mask != 0 {
		return false
	}
	if g.length <= 8 {
		return true
	}
	return binary.LittleEndian.Uint64(doc[end-8:]) == g.tail &&
		(g.length <= 16 || string(doc[pos+8:end-8]) == f.quoted[8:g.length-8])
}
