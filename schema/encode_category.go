package schema

import (
	"bytes"
	"strconv"
)

// setCategory stores one category; for a list, as its only member.
func (r *Reader) setCategory(f *field, text []byte) error {
	from := len(r.block.members)
	code, err := r.code(f, text)
	if err != nil || f.column < 0 {
		return err
	}
	if f.kind == List {
		r.block.members = append(r.block.members, code)
		code = r.block.closeSet(from)
	}
	r.codes[f.column] = code
	return nil
}

// setList stores a list that was given as a string.
func (r *Reader) setList(f *field, text []byte) error {
	if f.separator == "" {
		return r.setCategory(f, text)
	}
	if len(text) > maxListBytes {
		return badList(f, len(text))
	}
	from := len(r.block.members)
	for more := true; more; {
		var item []byte
		item, text, more = bytes.Cut(text, []byte(f.separator))
		if item = bytes.TrimSpace(item); len(item) == 0 {
			continue
		}
		if err := r.addMember(f, from, item); err != nil {
			return err
		}
	}
	return r.endList(f, from)
}

// addMember adds a value to the list whose members begin at from. However long
// the list, the members that are kept are bounded by the dictionary. A marker of
// missing values is no member, as null is none.
// Compacting at twice the dictionary's size costs a constant number of comparisons
// per member on average, times a logarithm.
func (r *Reader) addMember(f *field, from int, text []byte) error {
	if r.words.isMissing(text) {
		return nil
	}
	code, err := r.code(f, text)
	if err != nil {
		return err
	}
	r.block.members = append(r.block.members, code)
	if len(r.block.members)-from > compactAt+2*len(f.codes) {
		r.block.compact(from)
	}
	return nil
}

const (
	// maxListBytes is the longest string that is split into a list.
	maxListBytes = 1 << 20
	// compactAt is how many members a list has at least before duplicates are
	// taken out while it is read.
	compactAt = 1024
)

// endList stores the members since from as the row's list. A list without
// members is present and empty.
func (r *Reader) endList(f *field, from int) error {
	if f.column < 0 {
		r.block.members = r.block.members[:from]
		return r.note(f, List, r.settledBy(f))
	}
	r.codes[f.column] = r.block.closeSet(from)
	return nil
}

// code returns the code of a category and collects it when it is new.
// A category that is new counts as other in this row. The caller grows the schema
// and reads the batch again, so the row is learned with its code.
func (r *Reader) code(f *field, text []byte) (int32, error) {
	kind := f.kind
	if kind == 0 {
		kind = Categorical
	}
	if len(text) > maxValueBytes {
		if f.column >= 0 {
			return otherCode, nil
		}
		return otherCode, r.note(f, kind, r.settledBy(f))
	}
	var label [16]byte
	if f.buckets > 0 {
		text = bucket(label[:0], text, f.buckets)
	}
	if code, ok := f.codes[string(text)]; ok {
		return code, nil
	}
	if !r.collects() {
		return otherCode, nil
	}
	if f.column >= 0 && len(f.codes) >= r.limits.MaxCategories {
		r.block.Overflow = append(r.block.Overflow, Overflow{Row: r.block.N, Column: f.column, Value: string(text)})
		return otherCode, nil
	}
	if f.column < 0 {
		if err := r.note(f, kind, r.settledBy(f)); err != nil {
			return otherCode, err
		}
	}
	if at, ok := r.found.entry(f, kind, r.capacity(), r.settledBy(f)); ok {
		r.found.value(at, text, r.limits.MaxCategories-len(f.codes))
	}
	return otherCode, nil
}

// note collects an attribute that the schema does not have. It is an error when
// the schema is full, or would become full by the earlier rows and this one, and
// where changes of the schema are refused. A row that does not fit as a whole adds
// nothing.
func (r *Reader) note(f *field, kind Kind, settled Settled) error {
	if !r.collects() {
		return nil
	}
	if r.words.refuses && len(r.schema.attributes) > 0 && !r.rules.names(f.name) {
		return fault(f, "", "the project does not have it, and schema_changes is refuse (declare it under attributes by its name, or set schema_changes to accept)%s")
	}
	capacity := r.capacity()
	if capacity <= 0 || r.found.full(f, capacity) {
		return tooManyAttributes(f, r.limits.MaxAttributes)
	}
	r.found.entry(f, kind, capacity, settled)
	return nil
}

// settledBy is what settles an attribute that is collected as a category or a list:
// its declaration, or the string that is read now.
func (r *Reader) settledBy(f *field) Settled {
	if f.declared {
		return Settled{Reason: FromDeclaration}
	}
	return r.settled
}

// capacity is how many attributes the schema may still get.
func (r *Reader) capacity() int { return r.limits.MaxAttributes - len(r.schema.attributes) }

// bucket appends "#n", n being the 64-bit FNV-1a hash of text modulo buckets
// (Fowler, Noll, Vo; offset basis and prime as in RFC 9923).
func bucket(dst, text []byte, buckets int) []byte {
	h := uint64(14695981039346656037)
	for _, c := range text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return strconv.AppendUint(append(dst, '#'), h%uint64(buckets), 10)
}
