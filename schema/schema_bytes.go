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

// Formats of an encoded schema, its first byte. Format 2 has attributes that have
// been retyped; format 3 also has how documents are read, what settled an attribute,
// and unread keys; format 4 also has columns that are computed. A schema is written in the first format that holds it, so what
// identifies the content of a project of before stays, and builds of before read it.
const (
	formatPlain    = 1
	formatRetyped  = 2
	formatReading  = 3
	formatComputed = 4
	formatVersions = "1 to 4"
)

// Flags of an encoded attribute.
const (
	flagDeclared = 1 << iota
	flagNested
	flagRetyped
	flagComputed
	flagsPlain   = flagDeclared | flagNested
	flagsRetyped = flagsPlain | flagRetyped
	flagsAll     = flagsRetyped | flagComputed
)

// MarshalBinary returns the schema's bytes, equal for equal schemas, in the first
// format that holds it. Numbers
// are variable-length, strings have their length before them:
//
//	format (1), version, number of attributes, and of each
//	name, kind (1), flags (1), separator, buckets, number of values, values,
//	reason (1), first value; these two and what follows only from format 3 on
//	whether how documents are read is known (1), and then
//	infer, decimal mark, thousands mark, timestamp unit, time zone, schema changes,
//	number of markers of missing values, markers
//	number of unread keys, and of each name, sort, advice
//	number of expansions, and each as expansion.Encode writes it; only in format 4
func (s *Schema) MarshalBinary() ([]byte, error) {
	format := s.format()
	b := []byte{format}
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
		if a.Computed {
			flags |= flagComputed
		}
		b = append(b, byte(a.Kind), flags)
		b = appendString(b, a.Separator)
		b = binary.AppendUvarint(b, uint64(a.Buckets))
		b = binary.AppendUvarint(b, uint64(len(a.Values)))
		for _, v := range a.Values {
			b = appendString(b, v)
		}
		if format >= formatReading {
			b = append(b, byte(a.Settled.Reason))
			b = appendString(b, a.Settled.First)
		}
	}
	if format < formatReading {
		return b, nil
	}
	b = s.appendUnread(s.appendReading(b))
	if format == formatComputed {
		b = s.appendExpansions(b)
	}
	return b, nil
}

func (s *Schema) appendReading(b []byte) []byte {
	if s.reading == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	for _, text := range s.reading.texts() {
		b = appendString(b, *text)
	}
	b = binary.AppendUvarint(b, uint64(len(s.reading.Missing)))
	for _, m := range s.reading.Missing {
		b = appendString(b, m)
	}
	return b
}

func (s *Schema) appendUnread(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.unread)))
	for i := range s.unread {
		u := &s.unread[i]
		b = appendString(appendString(appendString(b, u.Name), u.Sort), u.Advice)
	}
	return b
}

// texts are the settings that are one text, in the order in which they are stored.
func (r *Reading) texts() []*string {
	return []*string{&r.Infer, &r.DecimalMark, &r.ThousandsMark, &r.TimestampUnit, &r.Timezone, &r.Changes}
}

// format returns the format version that the schema is written in.
func (s *Schema) format() byte {
	legacy := legacyReading()
	switch {
	case len(s.expansions) > 0:
		return formatComputed
	case s.reading == nil || !s.reading.equal(&legacy), len(s.unread) > 0, slices.ContainsFunc(s.attributes, func(a Attribute) bool { return a.Settled != Settled{} }):
		return formatReading
	case s.wasRetyped():
		return formatRetyped
	}
	return formatPlain
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
	if d.format = d.byte(); d.err == nil && (d.format < formatPlain || d.format > formatComputed) {
		return fmt.Errorf("%w: format is %d, this build reads %s", errCorrupt, d.format, formatVersions)
	}
	switch d.format {
	case formatPlain:
		d.flags = flagsPlain
	case formatComputed:
		d.flags = flagsAll
	default:
		d.flags = flagsRetyped
	}
	version := d.uvarint()
	attributes := make([]Attribute, d.count(6))
	for i := range attributes {
		attributes[i] = d.attribute()
		if d.err != nil {
			return d.err
		}
	}
	reading, unread, expansions := d.reading(), d.unread(), d.expansions()
	if len(d.buf) > 0 && d.err == nil {
		d.fail("%d bytes left over", len(d.buf))
	}
	if d.err != nil {
		return d.err
	}
	made, err := newSchema(attributes, expansions)
	if err != nil {
		return fmt.Errorf("%w: %w", errCorrupt, err)
	}
	made.version, made.reading, made.unread = version, reading, unread
	if made.format() != d.format {
		return fmt.Errorf("%w: format is %d, and format %d holds everything", errCorrupt, d.format, made.format())
	}
	*s = *made
	return nil
}

// reading reads how documents are read. Schemas of the formats before were read as
// legacyReading says.
func (d *decoder) reading() *Reading {
	if d.format < formatReading {
		r := legacyReading()
		return &r
	}
	switch known := d.byte(); {
	case known > 1:
		d.fail("%d says whether it is known how documents are read", known)
	case known == 0 || d.err != nil:
		return nil
	}
	r := &Reading{}
	for _, text := range r.texts() {
		*text = d.string(maxValueBytes)
	}
	r.Missing = make([]string, min(d.count(1), maxMarkers+1))
	for i := range r.Missing {
		r.Missing[i] = d.string(maxValueBytes)
	}
	if err := r.validate(); err != nil {
		d.fail("%v", err)
	}
	if complete := r.Over(DefaultReading()); !complete.equal(r) {
		d.fail("how documents are read is not all known")
	}
	return r
}

func (d *decoder) unread() []Unread {
	if d.format < formatReading {
		return nil
	}
	n := d.count(3)
	if n > maxUnread {
		d.fail("%d unread keys are more than %d", n, maxUnread)
		return nil
	}
	var out []Unread
	for range n {
		u := Unread{Name: d.string(maxNameBytes), Sort: d.string(maxAdviceBytes), Advice: d.string(maxAdviceBytes)}
		if err := u.validate(); err != nil {
			d.fail("%v", err)
		}
		out = append(out, u)
	}
	return out
}

// decoder takes values off buf and keeps the first failure.
// After the first failure every read gives zero, so callers check once.
type decoder struct {
	buf    []byte
	format byte
	flags  byte // that the format has
	err    error
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
	a.Declared, a.Nested, a.Retyped, a.Computed = flags&flagDeclared != 0, flags&flagNested != 0, flags&flagRetyped != 0, flags&flagComputed != 0
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
	if d.format >= formatReading {
		a.Settled = Settled{Reason: Reason(d.byte()), First: d.string(maxFirstBytes)}
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
