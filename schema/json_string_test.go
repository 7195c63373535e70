package schema

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// scanBytes is scanString one byte at a time.
func scanBytes(doc []byte, pos int) (end int, plain bool, at int) {
	plain = true
	for i := pos; i < len(doc); i++ {
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

// TestScanStringByWords: eight bytes at a time give what one at a time gives,
// wherever the bytes that end or spoil a string lie.
func TestScanStringByWords(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	special := []byte{'"', '\\', 0, 31, 32, 33, '!', '#', '[', ']', 127, 128, 255, 'n', 'u', '0'}
	for range 200_000 {
		doc := bytes.Repeat([]byte{'a'}, r.IntN(40))
		for range r.IntN(5) {
			if len(doc) > 0 {
				doc[r.IntN(len(doc))] = special[r.IntN(len(special))]
			}
		}
		pos := r.IntN(len(doc) + 1)
		end, plain, at := scanString(doc, pos)
		if wantEnd, wantPlain, wantAt := scanBytes(doc, pos); end != wantEnd || plain != wantPlain || at != wantAt {
			t.Fatalf("%q from %d: %d, %v, %d, want %d, %v, %d", doc, pos, end, plain, at, wantEnd, wantPlain, wantAt)
		}
	}
}
