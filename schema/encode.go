package schema

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
)

// The set functions put one value of a document, whatever form the document
// had, into the field's column; the value is checked against the field's kind.

// A key that occurs twice may have set a value before, so nothing is assumed of what
// the column holds.
func (r *Reader) setMissing(f *field) {
	switch {
	case f.column < 0:
	case f.kind.numeric():
		r.values[f.column] = math.NaN()
	default:
		r.codes[f.column] = missingCode
	}
}

// setValue stores a number in a numeric column. Adding 0 makes -0 a 0.
// The comparison is written so that NaN fails it.
func (r *Reader) setValue(f *field, v float64) error {
	if !(math.Abs(v) <= MaxMagnitude) {
		return fault(f, fmt.Sprint(v), fmt.Sprintf("number %%s is beyond %g", float64(MaxMagnitude)))
	}
	if f.column < 0 {
		return r.note(f, f.kind, r.settledBy(f))
	}
	r.values[f.column] = v + 0
	return nil
}

// setNumber stores a finite number; text is how an integer was written, or
// empty.
func (r *Reader) setNumber(f *field, v float64, text []byte) error {
	switch f.kind {
	case 0:
		return r.note(f, Continuous, Settled{FromNumber, strconv.FormatFloat(v, 'g', -1, 64)})
	case Continuous:
		return r.setValue(f, v)
	case Timestamp:
		return r.setValue(f, r.words.times.seconds(v))
	case Binary:
		if v != 0 && v != 1 {
			return badNumber(f, v)
		}
		return r.setValue(f, v)
	}
	return r.setCategory(f, r.numberText(v, text))
}

// setBool stores true as 1 and false as 0. A continuous attribute whose kind was
// inferred refuses them: a field that changes its type is more likely a mistake.
func (r *Reader) setBool(f *field, v bool) error {
	switch {
	case f.kind == 0:
		return r.note(f, Binary, Settled{FromTruth, strconv.FormatBool(v)})
	case f.kind.categorical():
		return r.setCategory(f, strconv.AppendBool(r.scratch[:0], v))
	case f.kind == Timestamp || f.kind == Continuous && !f.declared:
		return badBool(f, v)
	case v:
		return r.setValue(f, 1)
	}
	return r.setValue(f, 0)
}

// setText stores a string. A category that is known is looked up first: it is the
// common case, and no marker of missing values.
func (r *Reader) setText(f *field, text []byte) error {
	if f.kind == Categorical && f.buckets == 0 {
		if code, ok := f.codes[string(text)]; ok && f.column >= 0 {
			r.codes[f.column] = code
			return nil
		}
	}
	if r.words.isMissing(text) {
		r.setMissing(f)
		return nil
	}
	switch f.kind {
	case 0:
		kind, reason := r.words.settle(text)
		if r.settled = (Settled{reason, shortenBytes(text)}); kind == Categorical {
			return r.setCategory(f, text)
		}
		return r.note(f, kind, r.settled)
	case Categorical:
		return r.setCategory(f, text)
	case List:
		return r.setList(f, text)
	case Timestamp:
		return r.setTimeText(f, text)
	case Binary:
		if v, ok := truthOf(bytes.TrimSpace(text), f.declared); ok {
			return r.setBool(f, v)
		}
	}
	return r.setNumeral(f, text)
}

// setTimeText stores a time that was given as a string, or as a number in one.
func (r *Reader) setTimeText(f *field, text []byte) error {
	if t, err := r.words.times.parse(string(bytes.TrimSpace(text))); err == nil {
		return r.setValue(f, seconds(t))
	}
	return r.setNumeral(f, text)
}

// setNumeral stores a number that was given as a string, which is allowed for
// declared attributes, and for others where text is read. A string without anything
// in it is a missing value.
func (r *Reader) setNumeral(f *field, text []byte) error {
	if !f.lenient {
		return badString(f, text)
	}
	trimmed := bytes.TrimSpace(text)
	if len(trimmed) == 0 {
		r.setMissing(f)
		return nil
	}
	v, ok := r.words.number(trimmed)
	if !ok {
		return badString(f, text)
	}
	if math.IsInf(v, 0) {
		return badRange(f, trimmed)
	}
	return r.setNumber(f, v, nil)
}

// seconds returns the time as seconds since 1970.
// A float64 holds today's seconds to about 0.2 microseconds.
func seconds(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond())/1e9
}

// numberText returns the category that a number stands for: an integer as it
// was written, other numbers as the shortest decimal that means the same.
// So 1 and 1.0 are one category in every form of document, and -0 is 0. Exponents
// begin where encoding/json writes them.
func (r *Reader) numberText(v float64, text []byte) []byte {
	if len(text) > 0 {
		if len(text) == 2 && text[0] == '-' && text[1] == '0' {
			return text[1:]
		}
		return text
	}
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	r.scratch = strconv.AppendFloat(r.scratch[:0], v+0, format, -1, 64)
	return r.scratch
}
