package stats

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// part is one statistic that a [Summary] keeps, for all units of one kind: the
// moments of each numeric column, the counts of each pair of categorical
// columns. A summary knows its parts from a table (summaryTable) and does
// nothing but walk it: a new statistic is a type with these methods, most of
// which series gives it, and a row.
//
// Units are numbered from 0. A part has those of the layout that it was
// extended to last.
type part interface {
	partLearner
	partAlgebra
	partBytes
	// bind makes the part known to the read-outs of s, of which it is a part.
	bind(s *Summary)
	// clone returns a deep copy that is bound to no summary.
	clone() part
}

// partLearner is what Learn walks.
type partLearner interface {
	// extend makes room for the units of layout, which extends the one before.
	extend(layout *Layout)
	// learn adds rows that fit the layout and have passed Validate.
	learn(rows *Rows)
}

// partAlgebra is what Merge, Subtract and Scale walk. What can fail runs on a
// copy of the summary (merge, subtract) or has been asked before (scale).
type partAlgebra interface {
	// merge adds unit at.from of o, which is a part of the same row, to unit
	// at.to.
	merge(o part, at place) error
	// subtract takes unit at.from of o away from unit at.to.
	subtract(o part, at place) error
	// scalable returns an error where scaling by f, a positive finite number,
	// would take a sum out of range.
	scalable(f float64) error
	// scale multiplies every weight by f.
	scale(f float64)
	// isInRange reports whether no sum of the unit is larger than maxSum.
	isInRange(unit int) bool
}

// partBytes is what Encode and DecodeSummary walk, unit by unit.
type partBytes interface {
	encode(w *wire.Writer, unit int)
	// decode reads a unit that a summary of that format version holds. Damage
	// is recorded in r.
	decode(r *wire.Reader, unit int, version byte)
}

// unitKind says of what a part keeps one statistic each. The order of the kinds
// is that of the stored bytes.
type unitKind uint8

const (
	perNumeric     unitKind = iota // each numeric column
	perCategorical                 // each categorical column
	perPair                        // each pair of categorical columns a < b, at b(b-1)/2+a
	perSummary                     // all columns together
	unitKinds
)

// units returns how many there are under a layout.
func (k unitKind) units(l *Layout) int {
	switch n := len(l.Categorical); k {
	case perNumeric:
		return len(l.Numeric)
	case perCategorical:
		return n
	case perPair:
		return n * (n - 1) / 2
	default:
		return 1
	}
}

// named wraps an error about a unit with the names of its columns.
func (k unitKind) named(l *Layout, unit int, err error) error {
	switch k {
	case perNumeric:
		return fmt.Errorf("attribute %q: %w", l.Numeric[unit].Name, err)
	case perCategorical:
		return fmt.Errorf("attribute %q: %w", l.Categorical[unit].Name, err)
	case perPair:
		a, b := pairOfUnit(unit)
		return fmt.Errorf("attributes %q and %q: %w", l.Categorical[a].Name, l.Categorical[b].Name, err)
	default:
		return err
	}
}

// pairUnit returns the unit of the pair of categorical columns a < b.
func pairUnit(a, b int) int { return b*(b-1)/2 + a }

// pairOfUnit inverts pairUnit. The root is exact where a is 0 and below the
// next integer elsewhere.
func pairOfUnit(unit int) (a, b int) {
	b = (1 + int(math.Sqrt(float64(1+8*unit)))) / 2
	return unit - b*(b-1)/2, b
}

// place is where a unit of an operand belongs in the receiver, and where its
// columns and codes do; nil slices are the identity.
type place struct {
	from, to   int
	numeric    []int32 // numeric columns
	continuous []int32 // numeric columns that are not binary, counted among themselves
	codes      []int32 // codes of the categorical column
	// codes of a pair of categorical columns; swapped says that their order is
	// the other one in the receiver, where codesA belong to the first.
	codesA, codesB []int32
	swapped        bool
	columns        *layoutMap // of all columns; nil for the identity
	slack          float64    // of weights to be subtracted, see subtractWeight
}

// place returns where a unit of the source of m belongs; a nil m is the identity.
func (k unitKind) place(m *layoutMap, unit int) place {
	at := place{from: unit, to: unit}
	if m == nil {
		return at
	}
	at.numeric, at.continuous, at.columns = m.numeric, m.continuous, m
	switch k {
	case perNumeric:
		at.to = int(m.numeric[unit])
	case perCategorical:
		at.to, at.codes = int(m.categorical[unit]), m.codes[unit]
	case perPair:
		a, b := pairOfUnit(unit)
		at.codesA, at.codesB = m.codes[a], m.codes[b]
		to, other := int(m.categorical[a]), int(m.categorical[b])
		if at.swapped = to > other; at.swapped {
			to, other = other, to
			at.codesA, at.codesB = at.codesB, at.codesA
		}
		at.to = pairUnit(to, other)
	}
	return at
}
