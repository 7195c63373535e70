package wire

import (
	"encoding/binary"
	"math"
)

// Writer appends values to a byte slice. The zero value is ready to use.
type Writer struct {
	// Tails says that what is written is compared with what was written before it. A statistic may
	// then write what it held at some earlier time and what it has learned since, so that little
	// changes; its bytes depend on when it was written.
	Tails bool
	buf   []byte
}

// NewWriter returns a Writer that appends to buf, which may be nil.
func NewWriter(buf []byte) *Writer { return &Writer{buf: buf} }

// Bytes returns what has been written; it aliases the Writer's buffer.
func (w *Writer) Bytes() []byte { return w.buf }

// Byte appends one byte.
func (w *Writer) Byte(b byte) { w.buf = append(w.buf, b) }

// Bool appends one byte, 1 for true.
func (w *Writer) Bool(b bool) {
	if b {
		w.Byte(1)
		return
	}
	w.Byte(0)
}

// Uvarint appends v in the variable-length form of encoding/binary.
func (w *Writer) Uvarint(v uint64) { w.buf = binary.AppendUvarint(w.buf, v) }

// Varint appends v in the zig-zag variable-length form of encoding/binary.
func (w *Writer) Varint(v int64) { w.buf = binary.AppendVarint(w.buf, v) }

// Uint32 appends four bytes.
func (w *Writer) Uint32(v uint32) { w.buf = binary.LittleEndian.AppendUint32(w.buf, v) }

// Uint64 appends v as eight little-endian bytes.
func (w *Writer) Uint64(v uint64) { w.buf = binary.LittleEndian.AppendUint64(w.buf, v) }

// Float64 appends the IEEE 754 bits of v as eight little-endian bytes.
func (w *Writer) Float64(v float64) { w.Uint64(math.Float64bits(v)) }

// Float64s appends the values of v without a length.
func (w *Writer) Float64s(v []float64) {
	for _, x := range v {
		w.Float64(x)
	}
}

// String appends the length of s and its bytes.
func (w *Writer) String(s string) {
	w.Uvarint(uint64(len(s)))
	w.buf = append(w.buf, s...)
}

// Blob appends the length of b and its bytes.
func (w *Writer) Blob(b []byte) {
	w.Uvarint(uint64(len(b)))
	w.buf = append(w.buf, b...)
}

// Raw appends b without a length.
func (w *Writer) Raw(b []byte) { w.buf = append(w.buf, b...) }
