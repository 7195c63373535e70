package schema

import (
	"math"
	"slices"
)

// Codes of a categorical column besides those of its values.
const (
	missingCode int32 = -1
	otherCode   int32 = 0
)

// Block holds N encoded rows, one after another.
type Block struct {
	// N is the number of rows.
	N int
	// Numeric is the number of numeric columns and Values holds N*Numeric
	// numbers; NaN means missing.
	Numeric int
	Values  []float64
	// Categorical is the number of categorical columns and Codes holds
	// N*Categorical codes: -1 missing, 0 other, i the attribute's Values[i-1],
	// and -2-i a list whose codes, ascending and each once, are Sets[i].
	Categorical int
	Codes       []int32
	Sets        [][]int32

	// Overflow are the values that became other because their dictionary is
	// full, by row. Only a reader that collects lists them.
	Overflow []Overflow

	members []int32 // what Sets slices
}

// Overflow is a value of a categorical column beyond the capacity of its
// dictionary.
type Overflow struct {
	Row, Column int
	Value       string
}

// Reset empties the block for rows of the schema and keeps its memory.
func (b *Block) Reset(s *Schema) {
	b.N = 0
	b.Numeric, b.Values = len(s.numeric), b.Values[:0]
	b.Categorical, b.Codes = len(s.categories), b.Codes[:0]
	b.Sets, b.members = b.Sets[:0], b.members[:0]
	b.Overflow = b.Overflow[:0]
}

// blockMark is a place to which a block can be cut back.
// A row that fails halfway leaves nothing behind: the block is cut back to its mark.
type blockMark struct{ values, codes, sets, members, overflow int }

func (b *Block) mark() blockMark {
	return blockMark{len(b.Values), len(b.Codes), len(b.Sets), len(b.members), len(b.Overflow)}
}

func (b *Block) cut(m blockMark) {
	b.Values, b.Codes = b.Values[:m.values], b.Codes[:m.codes]
	b.Sets, b.members = b.Sets[:m.sets], b.members[:m.members]
	b.Overflow = b.Overflow[:m.overflow]
}

// DropEmpty takes the last row back when it has no value of any attribute, and
// reports whether it did.
func (b *Block) DropEmpty() bool {
	values, codes := len(b.Values)-b.Numeric, len(b.Codes)-b.Categorical
	for _, v := range b.Values[values:] {
		if !math.IsNaN(v) {
			return false
		}
	}
	for _, c := range b.Codes[codes:] {
		if c != missingCode {
			return false
		}
	}
	b.DropLast()
	return true
}

// DropLast takes the last row back, except the sets of its lists, which no code
// names any more.
func (b *Block) DropLast() {
	b.Values, b.Codes = b.Values[:len(b.Values)-b.Numeric], b.Codes[:len(b.Codes)-b.Categorical]
	b.N--
	for n := len(b.Overflow); n > 0 && b.Overflow[n-1].Row == b.N; n-- {
		b.Overflow = b.Overflow[:n-1]
	}
}

// closeSet makes the members from index from on a set and returns its code.
// The slice's capacity ends with it, so a later append cannot write into it. When
// members moves to larger memory, earlier sets keep the old one.
func (b *Block) closeSet(from int) int32 {
	b.compact(from)
	b.Sets = append(b.Sets, b.members[from:len(b.members):len(b.members)])
	return int32(-1 - len(b.Sets))
}

// compact sorts the members from index from on and takes out duplicates.
func (b *Block) compact(from int) {
	set := b.members[from:]
	slices.Sort(set)
	b.members = b.members[:from+len(slices.Compact(set))]
}
