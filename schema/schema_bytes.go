package schema

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// errCorrupt is wrapped when the bytes of a schema are not what MarshalBinary
// writes.
var errCorrupt = errors.New("corrupt schema")

var (
	_ encoding.BinaryMarshaler   = (*Schema)(nil)
	_ encoding.BinaryUnmarshaler = (*Schema)(nil)
)

// formatVersion is the first byte of an encoded schema. Version 2 has attributes that
// have been retyped; a schema without any is written as version 1.
const (
	formatVersion  = 1
	formatRetyped  = 2
	formatVersions = "1 and 2"
)

// Flags of an encoded attribute.
const (
	flagDeclared = 1 << iota
	flagNested
	flagRetyped
	flagsPlain = flagDeclared | flagNested
	flagsAll   = flagsPlain | flagRetyped
)

// MarshalBinary returns the schema's bytes, equal for equal schemas. Numbers
// are variable-length, strings have their length before them:
//
//	format (1), version, number of attributes, and of each
//	name, kind (1), flags (1), separator, buckets, number of values, values
func (s *Schema) MarshalBinary() ([]byte, error) {
	b := []byte{s.format()}
	b = binary.AppendUvarint(b, s.version)
	b = binary.AppendUvarint(b, uint64(len(s.attributes)))
	for i := range s.attributes {
		a := &s.attributes[i]
		b = appendString(b, a.Name)
		var flags byte
		if a.Declared {
			flags |= flagDeclared
		}
		if a.Nested {
			flags |= flagNested
		}
		if a.Retyped {
			flags |= flagRetyped
		}
		b = append(b, byte(a.Kind), flags)
		b = appendString(b, a.Separator)
		b = binary.AppendUvarint(b, uint64(a.Buckets))
		b = binary.AppendUvarint(b, uint64(len(a.Values)))
		for _, v := range a.Values {
			b = appendString(b, v)
		}
	}
	return b, nil
}

// format returns the format version that the schema is written in.
func (s *Schema) format() byte {
	if slices.ContainsFunc(s.attributes, func(a Attribute) bool { return a.Retyped }) {
		return formatRetyped
	}
	return formatVersion
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// UnmarshalBinary makes s the schema that MarshalBinary wrote. It is for a
// Schema that nobody uses yet; on error s is left as it was. The error wraps
// errCorrupt. Only bytes that MarshalBinary writes are accepted.
func (s *Schema) UnmarshalBinary(data []byte) error {
	d := &decoder{buf: data}
	format := d.byte()
	if d.err == nil && format != formatVersion && format != formatRetyped {
		return fmt.Errorf("%w: format is %d, this build reads %s", errCorrupt, format, formatVersions)
	}
	d.flags = flagsPlain
	if format == formatRetyped {
		d.flags = flagsAll
	}
	version := d.uvarint()
	attributes := make([]Attribute, d.count(6))
	for i := range attributes {
		attributes[i] = d.attribute()
		if d.err != nil {
			return d.err
		}
	}
	if len(d.buf) > 0 && d.err == nil {
		d.fail("%d bytes left over", len(d.buf))
	}
	if d.err != nil {
		return d.err
	}
	made, err := New(attributes...)
	if err != nil {
		return fmt.Errorf("%w: %w", errCorrupt, err)
	}
	if made.format() != format {
		return fmt.Errorf("%w: format is %d, and no attribute is retyped", errCorrupt, format)
	}
	made.version = version
	*s = *made
	return nil
}

// decoder takes values off buf and keeps the first failure.
// After the first failure every read gives zero, so callers check once.
type decoder struct {
	buf   []byte
	flags byte // that the format has
	err   error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", errCorrupt, fmt.Sprintf(format, args...))
		d.buf = nil
	}
}

func (d *decoder) attribute() Attribute {
	a := Attribute{Name: d.string(maxNameBytes), Kind: Kind(d.byte())}
	flags := d.byte()
	if flags&^d.flags != 0 {
		d.fail("attribute %q has flags %#x", shorten(a.Name), flags)
	}
	a.Declared, a.Nested, a.Retyped = flags&flagDeclared != 0, flags&flagNested != 0, flags&flagRetyped != 0
	a.Separator = d.string(maxValueBytes)
	buckets := d.uvarint()
	if buckets > maxMaxCategories {
		d.fail("attribute %q has %d hash buckets", shorten(a.Name), buckets)
	}
	a.Buckets = int(buckets)
	if n := d.count(1); n > 0 {
		a.Values = make([]string, n)
	}
	for i := range a.Values {
		a.Values[i] = d.string(maxValueBytes)
	}
	return a
}

func (d *decoder) byte() byte {
	if len(d.buf) == 0 {
		d.fail("it ends early")
		return 0
	}
	b := d.buf[0]
	d.buf = d.buf[1:]
	return b
}

// A number with a needless last byte of 0 is refused: a schema has one encoding.
func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 || n > 1 && d.buf[n-1] == 0 {
		d.fail("bad number")
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// count reads a number of items that take at least size bytes each.
// So what is allocated is bounded by the bytes that are there.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if n > uint64(len(d.buf)/size) {
		d.fail("%d items announced in %d bytes", n, len(d.buf))
		return 0
	}
	return int(n)
}

func (d *decoder) string(most int) string {
	n := d.count(1)
	if n > most {
		d.fail("string has %d bytes, at most %d are written", n, most)
		return ""
	}
	s := string(d.buf[:n])
	d.buf = d.buf[n:]
	return s
}
