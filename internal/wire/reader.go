package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrCorrupt is wrapped by every error that says stored bytes are damaged:
// cut short, too long, or with a value that no encoder writes.
var ErrCorrupt = errors.New("corrupt record")

// Reader takes values off a byte slice and remembers the first failure.
type Reader struct {
	buf []byte
	pos int
	err error
}

// NewReader returns a Reader over buf, which it neither copies nor changes.
func NewReader(buf []byte) *Reader { return &Reader{buf: buf} }

// Err returns the first failure, or nil.
func (r *Reader) Err() error { return r.err }

// Remaining returns how many bytes have not been read.
func (r *Reader) Remaining() int { return len(r.buf) - r.pos }

// Fail records a failure found by the caller, unless one is recorded already.
// The error wraps ErrCorrupt.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d", ErrCorrupt, fmt.Sprintf(format, args...), r.pos)
		r.pos = len(r.buf)
	}
}

// Close returns the first failure, and an error when bytes are left over.
func (r *Reader) Close() error {
	if r.err == nil && r.Remaining() > 0 {
		r.Fail("%d bytes left over", r.Remaining())
	}
	return r.err
}

func (r *Reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > r.Remaining() {
		r.Fail("%d bytes wanted, %d left", n, r.Remaining())
		return nil
	}
	b := r.buf[r.pos : r.pos+n : r.pos+n]
	r.pos += n
	return b
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// PeekByte returns the next byte without taking it; 0 when there is none.
func (r *Reader) PeekByte() byte {
	if r.err != nil || r.Remaining() == 0 {
		return 0
	}
	return r.buf[r.pos]
}

// Begins reports whether the next n bytes are all b, and takes them where they are.
func (r *Reader) Begins(b byte, n int) bool {
	if r.err != nil || r.Remaining() < n {
		return false
	}
	for _, next := range r.buf[r.pos : r.pos+n] {
		if next != b {
			return false
		}
	}
	r.pos += n
	return true
}

// Bool reads one byte that must be 0 or 1.
func (r *Reader) Bool() bool {
	b := r.Byte()
	if b > 1 {
		r.Fail("boolean byte is %d", b)
	}
	return b == 1
}

// Uvarint reads a variable-length unsigned integer in its shortest form.
func (r *Reader) Uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.buf[r.pos:])
	if n <= 0 || n > 1 && r.buf[r.pos+n-1] == 0 {
		r.Fail("bad variable-length integer")
		return 0
	}
	r.pos += n
	return v
}

// Varint reads a zig-zag variable-length integer.
func (r *Reader) Varint() int64 {
	u := r.Uvarint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	return v
}

// Uint32 reads what Writer.Uint32 wrote.
func (r *Reader) Uint32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// Uint64 reads eight little-endian bytes.
func (r *Reader) Uint64() uint64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// Float64 reads the IEEE 754 bits of a float64.
func (r *Reader) Float64() float64 { return math.Float64frombits(r.Uint64()) }

// Finite reads a float64 that must be neither NaN nor infinite.
func (r *Reader) Finite() float64 {
	v := r.Float64()
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.Fail("number is %v", v)
		return 0
	}
	return v
}

// Float64s reads len(dst) values into dst.
func (r *Reader) Float64s(dst []float64) {
	b := r.take(8 * len(dst))
	if b == nil {
		return
	}
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
}

// Count reads a number of items of which each takes at least itemBytes bytes,
// and refuses more than can be left, so that the caller may allocate them.
func (r *Reader) Count(itemBytes int) int {
	n := r.Uvarint()
	if r.err == nil && n > uint64(r.Remaining()/max(itemBytes, 1)) {
		r.Fail("%d items announced, %d bytes left", n, r.Remaining())
		return 0
	}
	return int(n)
}

// String reads a length and as many bytes.
func (r *Reader) String() string { return string(r.Blob()) }

// Blob reads a length and as many bytes; the result aliases the input.
func (r *Reader) Blob() []byte { return r.take(r.Count(1)) }

// Rest returns all bytes that have not been read; the result aliases the input.
func (r *Reader) Rest() []byte { return r.take(r.Remaining()) }
