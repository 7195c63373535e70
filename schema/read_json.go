package schema

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/account"
)

// ReadJSON appends the JSON object doc to the block as one row; on error the
// block is left as it was. All of doc must be valid JSON. When a key occurs
// twice, the last one counts, though what does not fit its attribute is an
// error wherever it stands. Strings that are not UTF-8 are read as
// encoding/json reads them. doc is neither kept nor changed.
//
// The error names the attribute and the value that do not fit, or the place
// where doc is not JSON.
func (r *Reader) ReadJSON(doc []byte, b *Block) error {
	mark := b.mark()
	if err := r.begin(b); err != nil {
		return err
	}
	return r.end(mark, r.document(doc))
}

func (r *Reader) document(doc []byte) error {
	pos := 0
	if bytes.HasPrefix(doc, []byte(byteOrderMark)) {
		pos = len(byteOrderMark)
	}
	pos = skipSpace(doc, pos)
	if pos >= len(doc) {
		return errors.New("document is empty, not a JSON object")
	}
	if doc[pos] != '{' {
		if _, err := skipValue(doc, pos, 1); err != nil {
			return err
		}
		return account.NewFault("", sortOf(doc[pos]), "document is %s, not an object")
	}
	object, end := r.record(doc, pos)
	pos, err := r.readObject(doc, object, r.root, 1)
	if err != nil {
		return err
	}
	if end >= 0 {
		pos = end
	}
	if pos = skipSpace(doc, pos); pos < len(doc) {
		return syntaxError(doc, pos, "the end of the document")
	}
	return nil
}

// sortOf names the sort of value that begins with c.
func sortOf(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a truth value"
	case 'n':
		return "null"
	}
	if c == '-' || c-'0' <= 9 {
		return "a number"
	}
	return ""
}

// readObject reads the object at doc[pos:] and returns the place after it. A
// key is first compared with the one that followed the key before it in the
// last document.
// Producers write keys in the same order, so the guess saves a look-up for nearly
// every key. A wrong guess costs one comparison.
func (r *Reader) readObject(doc []byte, pos int, o *object, depth int) (int, error) {
	pos = skipSpace(doc, pos+1)
	if pos < len(doc) && doc[pos] == '}' {
		return pos + 1, nil
	}
	guess := &o.first
	for {
		var n int
		var closed bool
		pos, guess, n, closed = r.readRun(doc, pos, guess)
		if r.keys += n; closed {
			return pos, r.checkKeys()
		}
		var f *field
		var err error
		if f, pos, err = r.readKey(doc, pos, o, *guess); err != nil {
			return 0, err
		}
		*guess = nil
		if f.plain {
			*guess = f
		}
		guess = &f.next
		if pos, err = r.readValue(doc, pos, f, depth); err != nil {
			return 0, err
		}
		r.keys++
		if err = r.checkKeys(); err != nil {
			return 0, err
		}
		pos = skipSpace(doc, pos)
		if pos >= len(doc) || doc[pos] != ',' {
			if pos < len(doc) && doc[pos] == '}' {
				return pos + 1, nil
			}
			return 0, syntaxError(doc, pos, "',' or '}'")
		}
		pos = skipSpace(doc, pos+1)
	}
}

// checkKeys bounds the memory that the keys of one document can make a reader keep.
func (r *Reader) checkKeys() error {
	if r.keys > maxKeys {
		return fmt.Errorf("document has more than %d keys", maxKeys)
	}
	return nil
}

// readKey reads a key with its colon and returns its field and the place of
// its value. guess is the field that is expected, or nil.
func (r *Reader) readKey(doc []byte, pos int, o *object, guess *field) (*field, int, error) {
	if guess != nil {
		if end := pos + len(guess.quoted); end <= len(doc) && string(doc[pos:end]) == guess.quoted {
			return guess, skipSpace(doc, end), nil
		}
	}
	if pos >= len(doc) || doc[pos] != '"' {
		return nil, 0, syntaxError(doc, pos, "a key in quotes")
	}
	end, plain, at := scanString(doc, pos+1)
	if end < 0 {
		return nil, 0, syntaxError(doc, at, "a character of a key")
	}
	key := r.text(doc[pos+1:end], plain, maxNameBytes)
	if len(o.path)+len(key) > maxNameBytes {
		return nil, 0, longKey(o, string(key[:min(len(key), shownBytes+1)]))
	}
	f := o.fields[string(key)]
	if f == nil {
		f = r.resolve(o, string(key))
	}
	if f.name == "" {
		return nil, 0, errEmptyKey
	}
	pos, err := skipColon(doc, end+1)
	return f, pos, err
}

// readValue reads the value at doc[pos:] into the field and returns the place
// after it.
func (r *Reader) readValue(doc []byte, pos int, f *field, depth int) (int, error) {
	if f.born > r.found.turn {
		f = f.early
	}
	if f.object != nil {
		if f.object.row == r.row {
			r.clear(f.object)
		}
		f.object.row = r.row
	}
	if pos >= len(doc) {
		return 0, syntaxError(doc, pos, "a value")
	}
	c := doc[pos]
	if c == '{' && (f.object != nil || f.kind != Ignore && (f.column >= 0 || r.collects())) {
		if end, ok, err := r.readUnion(doc, pos, f, depth); ok || err != nil {
			return end, err
		}
	}
	if f.object != nil && c == '{' {
		if depth >= maxDepth {
			return 0, fmt.Errorf("document nests deeper than %d", maxDepth)
		}
		r.setMissing(f)
		return r.readObject(doc, pos, f.object, depth+1)
	}
	if f.kind == Ignore || f.column < 0 && !r.collects() {
		return skipValue(doc, pos, depth)
	}
	switch c {
	case '{', '[':
		if c == '[' && f.kind == List {
			return r.readList(doc, pos, f, depth)
		}
		if f.attribute() {
			return 0, badSort(f, sortOf(c))
		}
		end, err := skipValue(doc, pos, depth)
		if err == nil {
			r.unreadJSON(f, doc[pos:end])
		}
		return end, err
	case 'n':
		r.setMissing(f)
		return skipLiteral(doc, pos, "null")
	}
	return r.readScalar(doc, pos, f)
}

// readScalar reads a string, number or truth value.
func (r *Reader) readScalar(doc []byte, pos int, f *field) (int, error) {
	switch doc[pos] {
	case '"':
		end, plain, at := scanString(doc, pos+1)
		if end < 0 {
			return 0, syntaxError(doc, at, "a character of a string")
		}
		return end + 1, r.setText(f, r.text(doc[pos+1:end], plain, r.longest(f)))
	case 't':
		end, err := skipLiteral(doc, pos, "true")
		if err != nil {
			return 0, err
		}
		return end, r.setBool(f, true)
	case 'f':
		end, err := skipLiteral(doc, pos, "false")
		if err != nil {
			return 0, err
		}
		return end, r.setBool(f, false)
	}
	v, end := parseNumber(doc, pos)
	if end < 0 {
		_, err := skipNumber(doc, pos)
		return 0, err
	}
	if math.IsInf(v, 0) {
		return 0, badRange(f, doc[pos:end])
	}
	return end, r.setNumber(f, v, integer(doc[pos:end]))
}

// longest returns how much of a string matters to the field.
func (r *Reader) longest(f *field) int {
	if f.kind == List && f.separator != "" {
		return maxListBytes
	}
	return maxValueBytes
}

// readList reads an array of strings, numbers, truth values and nulls, of
// which the last count as nothing.
func (r *Reader) readList(doc []byte, pos int, f *field, depth int) (int, error) {
	if depth >= maxDepth {
		return 0, fmt.Errorf("document nests deeper than %d", maxDepth)
	}
	from := len(r.block.members)
	pos = skipSpace(doc, pos+1)
	if pos < len(doc) && doc[pos] == ']' {
		return pos + 1, r.endList(f, from)
	}
	for {
		var err error
		if pos, err = r.readMember(doc, pos, f, from); err != nil {
			return 0, err
		}
		pos = skipSpace(doc, pos)
		switch {
		case pos < len(doc) && doc[pos] == ',':
			pos = skipSpace(doc, pos+1)
		case pos < len(doc) && doc[pos] == ']':
			return pos + 1, r.endList(f, from)
		default:
			return 0, syntaxError(doc, pos, "',' or ']'")
		}
	}
}

// readMember reads one item of a list as a category: a number by its text, a truth
// value as "true" or "false". It returns the place after it.
func (r *Reader) readMember(doc []byte, pos int, f *field, from int) (int, error) {
	if pos >= len(doc) {
		return 0, syntaxError(doc, pos, "a value")
	}
	switch c := doc[pos]; c {
	case '{', '[':
		key, at, end, ok := onlyMember(doc, pos, f, 0)
		if c == '{' && ok && r.branchOf(f, key, sortOf(doc[at])) == scalarUnion {
			_, err := r.readMember(doc, at, f, from)
			return end, err
		}
		return 0, badMember(f, sortOf(c))
	case 'n':
		return skipLiteral(doc, pos, "null")
	case '"':
		end, plain, at := scanString(doc, pos+1)
		if end < 0 {
			return 0, syntaxError(doc, at, "a character of a string")
		}
		return end + 1, r.addMember(f, from, r.text(doc[pos+1:end], plain, maxValueBytes))
	case 't', 'f':
		end, err := skipValue(doc, pos, 0)
		if err != nil {
			return 0, err
		}
		return end, r.addMember(f, from, doc[pos:end])
	}
	v, end := parseNumber(doc, pos)
	if end < 0 {
		_, err := skipNumber(doc, pos)
		return 0, err
	}
	if math.IsInf(v, 0) {
		return 0, badRange(f, doc[pos:end])
	}
	return end, r.addMember(f, from, r.numberText(v, integer(doc[pos:end])))
}
