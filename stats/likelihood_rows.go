package stats

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// LikelihoodRows are rows as they are, equal ones once with their weight together: what a
// likelihood is maximised on exactly, before its sums are expanded, and for good where
// few rows differ, as with categories only.
type LikelihoodRows struct {
	names []string           // of the attributes that a row has had, ascending
	rows  map[string]float64 // weight by the bytes of the values, in that order
}

// Len returns how many rows differ.
func (l *LikelihoodRows) Len() int { return len(l.rows) }

// total returns their weight.
func (l *LikelihoodRows) total() float64 {
	sum := 0.0
	for _, key := range l.keys() {
		sum += l.rows[key]
	}
	return sum
}

// Names returns the attributes that rows have, ascending. They must not be changed.
func (l *LikelihoodRows) Names() []string { return l.names }

// Each calls visit for each row, in an order that depends on the rows only, with the
// values in the order of names; an attribute that no row has is missing.
func (l *LikelihoodRows) Each(names []string, visit func(values []LikelihoodValue, weight float64)) {
	all, out := make([]LikelihoodValue, len(l.names)), make([]LikelihoodValue, len(names))
	from := make([]int, len(names))
	for i, name := range names {
		at, found := slices.BinarySearch(l.names, name)
		if from[i] = at; !found {
			from[i] = -1
		}
	}
	for _, key := range l.keys() {
		readValues(key, all)
		for i, k := range from {
			out[i] = LikelihoodValue{}
			if k >= 0 {
				out[i] = all[k]
			}
		}
		visit(out, l.rows[key])
	}
}

func (l *LikelihoodRows) keys() []string { return slices.Sorted(maps.Keys(l.rows)) }

// appendValue appends the one form of bytes that a value has.
func appendValue(b []byte, v LikelihoodValue) []byte {
	b = append(b, byte(v.Kind))
	switch v.Kind {
	case LikelihoodNumber:
		x := v.Number
		if x == 0 {
			x = 0 // of -0 too
		}
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(x))
	case LikelihoodLabel:
		b = binary.AppendUvarint(b, uint64(len(v.Label)))
		b = append(b, v.Label...)
	}
	return b
}

// readValues reads what appendValue wrote, one value a place; false of other bytes.
func readValues(key string, values []LikelihoodValue) bool {
	b := []byte(key)
	for i := range values {
		if len(b) == 0 {
			return false
		}
		v := LikelihoodValue{Kind: LikelihoodKind(b[0])}
		b = b[1:]
		switch v.Kind {
		case LikelihoodMissing, LikelihoodOther:
		case LikelihoodNumber:
			if len(b) < 8 {
				return false
			}
			v.Number = math.Float64frombits(binary.BigEndian.Uint64(b))
			if b = b[8:]; !(math.Abs(v.Number) <= MaxMagnitude) {
				return false
			}
		case LikelihoodLabel:
			n, size := binary.Uvarint(b)
			if size <= 0 || n > uint64(len(b)-size) {
				return false
			}
			v.Label = string(b[size : size+int(n)])
			b = b[size+int(n):]
		default:
			return false
		}
		values[i] = v
	}
	return len(b) == 0
}

// have makes the rows have these attributes too, which none of them has.
func (l *LikelihoodRows) have(names []string) {
	missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, found := slices.BinarySearch(l.names, name)
		return found
	})
	if len(missing) == 0 {
		return
	}
	next := append(slices.Clone(l.names), missing...)
	slices.Sort(next)
	rows := make(map[string]float64, len(l.rows))
	l.Each(next, func(values []LikelihoodValue, weight float64) {
		rows[string(rowKey(nil, values))] = weight
	})
	l.names, l.rows = next, rows
}

func rowKey(b []byte, values []LikelihoodValue) []byte {
	for _, v := range values {
		b = appendValue(b, v)
	}
	return b
}

// add adds weight to a row; without room for one that differs from all it returns false.
func (l *LikelihoodRows) add(key []byte, weight float64, room int) bool {
	if _, known := l.rows[string(key)]; !known && len(l.rows) >= room {
		return false
	}
	if l.rows == nil {
		l.rows = map[string]float64{}
	}
	l.rows[string(key)] += weight
	return true
}

// merge adds the rows of another one.
func (l *LikelihoodRows) merge(o *LikelihoodRows) {
	l.have(o.names)
	if l.rows == nil {
		l.rows = make(map[string]float64, len(o.rows))
	}
	o.each(l.names, func(key string, weight float64) { l.rows[key] += weight })
}

// each calls visit with the rows under names, which include those of the rows.
func (l *LikelihoodRows) each(names []string, visit func(key string, weight float64)) {
	if slices.Equal(names, l.names) {
		for _, key := range l.keys() {
			visit(key, l.rows[key])
		}
		return
	}
	l.Each(names, func(values []LikelihoodValue, weight float64) { visit(string(rowKey(nil, values)), weight) })
}

// subtract takes rows away as far as they are there, and returns the rest.
func (l *LikelihoodRows) subtract(o *LikelihoodRows) *LikelihoodRows {
	l.have(o.names)
	rest := &LikelihoodRows{names: l.names}
	o.each(l.names, func(key string, weight float64) {
		have := l.rows[key]
		left, ok := subtractWeight(have, weight, 0)
		switch {
		case ok && left == 0:
			delete(l.rows, key)
		case ok:
			l.rows[key] = left
		default:
			delete(l.rows, key)
			rest.add([]byte(key), weight-have, math.MaxInt)
		}
	})
	l.trim()
	return rest
}

// trim drops the attributes that no row has any more, so that equal rows have equal
// bytes.
func (l *LikelihoodRows) trim() {
	values, used := make([]LikelihoodValue, len(l.names)), make([]bool, len(l.names))
	left := len(used)
	for key := range l.rows {
		if left == 0 {
			return
		}
		readValues(key, values)
		for i, v := range values {
			if v.Kind != LikelihoodMissing && !used[i] {
				used[i] = true
				left--
			}
		}
	}
	var names []string
	for i, name := range l.names {
		if used[i] {
			names = append(names, name)
		}
	}
	if len(names) == len(l.names) {
		return
	}
	rows := make(map[string]float64, len(l.rows))
	l.Each(names, func(values []LikelihoodValue, weight float64) { rows[string(rowKey(nil, values))] = weight })
	l.names, l.rows = names, rows
}

// scale multiplies every weight by f and drops what all but vanishes.
func (l *LikelihoodRows) scale(f float64) {
	for key, w := range l.rows {
		if w *= f; w < leastWeight {
			delete(l.rows, key)
		} else {
			l.rows[key] = w
		}
	}
}

func (l *LikelihoodRows) clone() *LikelihoodRows {
	return &LikelihoodRows{names: l.names, rows: maps.Clone(l.rows)}
}

func (l *LikelihoodRows) encode(w *wire.Writer) {
	w.Uvarint(uint64(len(l.names)))
	for _, name := range l.names {
		w.String(name)
	}
	w.Uvarint(uint64(len(l.rows)))
	for _, key := range l.keys() {
		w.String(key)
		encodeWeight(w, l.rows[key])
	}
}

func decodeLikelihoodRows(r *wire.Reader) (*LikelihoodRows, error) {
	l := &LikelihoodRows{}
	for range r.Count(1) {
		name := r.String()
		if n := len(l.names); n > 0 && l.names[n-1] >= name {
			return nil, fmt.Errorf("%w: attribute %q of rows is out of order", wire.ErrCorrupt, name)
		}
		l.names = append(l.names, name)
	}
	n, last := r.Count(2), ""
	if r.Err() != nil {
		return nil, r.Err()
	}
	l.rows = make(map[string]float64, n)
	values := make([]LikelihoodValue, len(l.names))
	for i := range n {
		key, weight := r.String(), decodeWeight(r)
		if r.Err() != nil {
			return nil, r.Err()
		}
		if i > 0 && key <= last || !readValues(key, values) || string(rowKey(nil, values)) != key {
			return nil, fmt.Errorf("%w: row %d of %d is damaged or out of order", wire.ErrCorrupt, i, n)
		}
		last = key
		l.rows[key] = weight
	}
	return l, nil
}
