package schema

import (
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/glob"
)

// Avro's JSON form writes a value of a union as an object with one key, the name of
// the value's type: {"double":5.1}, {"string":"a"}, {"shop.Colour":"RED"}. That is
// what decoders of Avro give by default (Avro specification, "JSON Encoding").
//
// An object with one key is read as such a value where
//
//   - the key is a primitive type, possibly with a logical type behind a dot
//     (long.timestamp-millis), and the value is of its sort;
//   - the key is the full name of a type, with a namespace, and the value is a
//     string (an enum or fixed) or, where attributes inside it are known, an object
//     (a record);
//   - the key is any name and the value a string, where the attribute is declared or
//     known: an object could not be its value;
//   - the key is array or map, and the attribute is a list or has attributes inside.
//
// What is declared or known for exactly the inner path, such as temp.double, wins:
// the object is then an object.

// branch is what an object stands for.
type branch uint8

const (
	noUnion     branch = iota
	scalarUnion        // the value is that of the attribute
	objectUnion        // the attributes are inside the value
	listUnion          // the value is the list
)

// primitiveSorts are the sorts of value that Avro's primitive types have in JSON.
var primitiveSorts = map[string]string{
	"boolean": "a truth value", "int": "a number", "long": "a number", "float": "a number", "double": "a number",
	"bytes": "a string", "string": "a string",
}

// mayNameType reports whether the key of an object can name a type. It is cheap, as
// every nested object is asked.
func mayNameType(f *field, key []byte) bool {
	switch {
	case len(key) == 0 || len(key) > maxNameBytes || !isLetter(key[0]):
		return false
	case f.attribute():
		return true
	}
	name := string(key)
	return primitiveSorts[name] != "" || name == "array" || name == "map" || strings.Contains(name, ".")
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// branchOf says what an object with this key and a value of this sort is for the
// field.
func (r *Reader) branchOf(f *field, key, sort string) branch {
	if r.isInside(f, key, sort) {
		return noUnion
	}
	primitive, logical, _ := strings.Cut(key, ".")
	wants, isPrimitive := primitiveSorts[primitive]
	takes := f.kind != Ignore
	switch {
	case sort == "an array":
		if key == "array" && f.kind == List {
			return listUnion
		}
	case sort == "an object":
		if f.object != nil && (key == "map" || !isPrimitive && logical != "") {
			return objectUnion
		}
	case sort == "null" || !takes:
	case isPrimitive:
		// A logical type has a number or a string, whatever decodes it.
		if sort == wants || logical != "" && sort != "a truth value" {
			return scalarUnion
		}
	case sort == "a string" && isTypeName(key) && (logical != "" || f.attribute()):
		return scalarUnion
	}
	return noUnion
}

// isInside reports whether something is declared or known for exactly the path of
// the key, so that the object is an object and not a union.
// A pattern that the attribute itself matches too, such as motor.* for motor.temp,
// says nothing of what is inside it. Nor does any pattern of an object inside it: a
// pattern matches names of any depth.
func (r *Reader) isInside(f *field, key, sort string) bool {
	inner := f.name + "." + key
	if at := r.schema.Index(inner); at >= 0 && r.schema.attributes[at].Nested || r.schema.parents[inner] || r.rules.parents[inner] {
		return true
	}
	_, by := r.rules.kinds.find(inner, true)
	if by == "" || sort == "an object" {
		return false
	}
	return !glob.Match(by, f.name)
}

// isTypeName reports whether the key is a name of Avro: names with dots between
// them, each a letter and then letters and digits.
func isTypeName(key string) bool {
	for name := range strings.SplitSeq(key, ".") {
		if name == "" || !isLetter(name[0]) {
			return false
		}
		for i := range len(name) {
			if c := name[i]; !isLetter(c) && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// readUnion reads the object at doc[pos:] as a value of a union; ok is false where
// it is none, and nothing has been read then.
func (r *Reader) readUnion(doc []byte, pos int, f *field, depth int) (end int, ok bool, err error) {
	key, at, end, ok := onlyMember(doc, pos, f, depth)
	if !ok {
		return 0, false, nil
	}
	reads := f.column >= 0 || r.collects()
	switch r.branchOf(f, key, sortOf(doc[at])) {
	case scalarUnion:
		if reads {
			_, err = r.readScalar(doc, at, f)
		}
	case listUnion:
		if reads {
			_, err = r.readList(doc, at, f, depth+1)
		}
	case objectUnion:
		r.setMissing(f)
		_, err = r.readObject(doc, at, f.object, depth+1)
	default:
		return 0, false, nil
	}
	r.keys++
	return end, true, err
}

// isRecord reports whether a document whose only key is this, with an object as its
// value, is a record of a union: the key is a full name with a namespace, and nothing
// is declared or known inside it.
func (r *Reader) isRecord(key string) bool {
	return strings.Contains(key, ".") && isTypeName(key) && !r.rules.reaches(key) && !r.schema.parents[key]
}

// record returns where the object with the attributes of a document begins and where
// the document's object ends: within the record of a union, else at pos and -1.
func (r *Reader) record(doc []byte, pos int) (object, end int) {
	key, at, end, ok := onlyMember(doc, pos, &field{}, 0)
	if !ok || doc[at] != '{' || !r.isRecord(key) {
		return pos, -1
	}
	return at, end
}

// onlyMember returns the key of the only member of the object at doc[pos:], the
// place of its value and that after the object. ok is false where the object has
// another number of members, or a key that names no type, or is not JSON.
func onlyMember(doc []byte, pos int, f *field, depth int) (key string, at, end int, ok bool) {
	pos = skipSpace(doc, pos+1)
	if pos >= len(doc) || doc[pos] != '"' {
		return "", 0, 0, false
	}
	closing, plain, _ := scanString(doc, pos+1)
	if closing < 0 || !plain || !mayNameType(f, doc[pos+1:closing]) {
		return "", 0, 0, false
	}
	at, err := skipColon(doc, closing+1)
	if err != nil || at >= len(doc) {
		return "", 0, 0, false
	}
	end, err = skipValue(doc, at, depth+1)
	if err != nil {
		return "", 0, 0, false
	}
	if end = skipSpace(doc, end); end >= len(doc) || doc[end] != '}' {
		return "", 0, 0, false
	}
	return string(doc[pos+1 : closing]), at, end + 1, true
}

// unionOf is readUnion for a structured object: it returns what the object stands
// for, and the value.
func (r *Reader) unionOf(f *field, m map[string]any) (branch, any) {
	if len(m) != 1 {
		return noUnion, nil
	}
	for key, v := range m {
		if mayNameType(f, []byte(key)) {
			return r.branchOf(f, key, sortOfValue(v)), v
		}
	}
	return noUnion, nil
}

// unwrapScalar returns the value in an object of Avro's JSON form for unions of
// primitive types, and any other JSON value as it is. It is for readers of a single
// field.
func unwrapScalar(value []byte) []byte {
	if len(value) == 0 || value[0] != '{' {
		return value
	}
	key, at, _, ok := onlyMember(value, 0, &field{}, 0)
	if !ok {
		return value
	}
	primitive, logical, _ := strings.Cut(key, ".")
	wants, isPrimitive := primitiveSorts[primitive]
	if sort := sortOf(value[at]); !isPrimitive || sort != wants && (logical == "" || sort == "a truth value") {
		return value
	}
	end, err := skipValue(value, at, 0)
	if err != nil {
		return value
	}
	return value[at:end]
}
