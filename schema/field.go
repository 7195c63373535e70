package schema

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// field is what a reader knows about one key of one object.
// It is resolved once for each key and schema, so reading a value takes neither a
// look-up of rules nor one of attributes.
type field struct {
	name      string // of the attribute
	quoted    string // the key as it stands in JSON, with its colon
	glance    glance // of quoted
	plain     bool   // whether quoted is the only sensible spelling
	number    bool   // continuous or timestamp, with a column: the fast case
	most      uint64 // the largest mantissa that the fast case takes
	declared  bool   // so truth values may be numbers, and binary ones many words
	lenient   bool   // declared, or strings are read: numbers may be strings
	told      bool   // whether its objects or arrays are known to be unread
	kind      Kind   // 0 while not known
	column    int    // -1 when the schema does not have the attribute
	born      int    // turn of the document that brought the attribute
	early     *field // as which documents before that are read: of no attribute
	codes     map[string]int32
	nested    bool
	separator string
	buckets   int
	object    *object // set when the key may hold an object that is read
	next      *field  // what followed in the document before
}

// object is what a reader knows about the keys of one object.
type object struct {
	path   string // empty for the document
	fields map[string]*field
	first  *field // what came first in the document before
	row    uint64 // in which row it was last read
}

func newObject(path string) *object {
	return &object{path: path, fields: map[string]*field{}}
}

// resolve makes the field of a key that the object has not had yet.
func (r *Reader) resolve(o *object, key string) *field {
	name := strings.TrimPrefix(key, byteOrderMark)
	if o.path != "" {
		name = o.path + "." + name
	}
	inside := o.path != ""
	f := &field{name: name, quoted: `"` + key + `":`, plain: plainKey(key), column: -1}
	f.glance, f.most = newGlance(f.quoted), maxExact
	// Precedence: what is declared as ignored, then what the schema has, then what is
	// declared, and last what the value itself suggests. Values in nested objects are
	// read only where a declaration or the schema says so.
	declared, by := r.rules.kinds.find(name, inside)
	switch at := r.schema.Index(name); {
	case by != "" && declared == Ignore, name == "":
		f.kind = Ignore
	case at >= 0 && (!inside || by != "" || r.schema.attributes[at].Nested):
		a := &r.schema.attributes[at]
		f.kind, f.column, f.codes = a.Kind, r.schema.columns[at], r.schema.codes[at]
		f.declared, f.nested, f.separator, f.buckets = a.Declared || by != "", a.Nested, a.Separator, a.Buckets
		f.number = f.kind == Continuous || f.kind == Timestamp
		if f.kind == Timestamp {
			f.most = r.words.times.mostUnscaled()
		}
		if f.kind.categorical() {
			f.codes = r.words.withoutMissing(f.codes, a.Values)
		}
	case by != "":
		f.kind, f.declared, f.nested, f.separator = declared, true, strings.Contains(by, "."), r.rules.separator
	case inside:
		f.kind = Ignore
	}
	f.lenient = f.declared || r.words.infersText
	f.told = r.isTold(name)
	if f.column < 0 && (f.kind.categorical() || f.kind == 0) {
		f.buckets, _ = r.rules.buckets.find(name, false)
	}
	if name != "" && (r.rules.reaches(name) || r.schema.parents[name]) {
		f.object = newObject(name)
	}
	if f.born = r.births[name]; f.born > 0 {
		f.early = &field{name: name, quoted: f.quoted, column: -1, lenient: f.lenient, told: f.told, buckets: f.buckets, object: f.object}
	}
	r.cachedKeys++
	r.cachedBytes += len(name) + len(key)
	o.fields[key] = f
	return f
}

// attribute reports whether the field is an attribute, known or declared.
func (f *field) attribute() bool { return f.kind != Ignore && f.kind != 0 }

// plainKey reports whether JSON writers have no reason to escape the key.
func plainKey(key string) bool {
	for i := range len(key) {
		if c := key[i]; c < ' ' || c == '"' || c == '\\' {
			return false
		}
	}
	return utf8.ValidString(key)
}

// byteOrderMark begins files of some programs, and so the name of the first column
// of a CSV file.
const byteOrderMark = "\ufeff"

// isTold reports whether the schema lists the key as unread.
func (r *Reader) isTold(name string) bool {
	return slices.ContainsFunc(r.schema.unread, func(u Unread) bool { return u.Name == name })
}

// withoutMissing returns a dictionary without the categories that mean a missing
// value by now; values are those of the dictionary.
func (c *conventions) withoutMissing(codes map[string]int32, values []string) map[string]int32 {
	cloned := false
	for _, v := range values {
		if !c.isMissing([]byte(v)) {
			continue
		}
		if !cloned {
			codes, cloned = maps.Clone(codes), true
		}
		delete(codes, v)
	}
	return codes
}
