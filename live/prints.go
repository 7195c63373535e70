package live

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// arrivalsOf describes the messages of a group by position, origin and fingerprint.
// A fingerprint is of what is learned, and not of the document: what the project
// ignores may differ from one delivery to the next. A message without a row, such as
// one that is refused or filtered, has none of its content.
func (b *batchReader) arrivalsOf(layout *stats.Layout, messages []Message, g *group, verify state.Verify) state.Arrivals {
	a := state.Arrivals{Count: len(g.messages), Offsets: g.offsets, Origin: g.origin, Begin: g.begin, Verify: verify}
	if g.offsets == nil {
		return a
	}
	b.hashNames(layout)
	b.prints = b.prints[:0]
	for _, k := range g.messages {
		content := uint64(0)
		if row := b.rowOf[k]; row != noRow {
			content = b.hashRow(row)
		}
		b.prints = append(b.prints, state.NewPrint(messages[k].Stamp, content))
	}
	a.Prints = b.prints
	return a
}

// hashNames hashes the names of the columns, once for each layout.
func (b *batchReader) hashNames(layout *stats.Layout) {
	if b.hashed == layout {
		return
	}
	b.hashed, b.numericHashes, b.codeHashes = layout, b.numericHashes[:0], b.codeHashes[:0]
	for i := range layout.Numeric {
		b.numericHashes = append(b.numericHashes, hash.String(hash.Offset, layout.Numeric[i].Name))
	}
	for i := range layout.Categorical {
		b.codeHashes = append(b.codeHashes, hash.String(hash.Offset, layout.Categorical[i].Name))
	}
}

// hashRow hashes the values that a row has, whatever the order of the columns; the
// result is not 0.
func (b *batchReader) hashRow(row int) uint64 {
	sum := uint64(0)
	rows := &b.rows
	for c, x := range rows.Values[row*rows.Numeric : (row+1)*rows.Numeric] {
		if !math.IsNaN(x) {
			sum += hash.Mix(b.numericHashes[c] ^ math.Float64bits(x))
		}
	}
	for c, code := range rows.Codes[row*rows.Categorical : (row+1)*rows.Categorical] {
		switch {
		case code == stats.Missing:
		case code < stats.Missing:
			for _, one := range rows.Sets[-2-code] {
				sum += hash.Mix(b.codeHashes[c] ^ uint64(one))
			}
		default:
			sum += hash.Mix(b.codeHashes[c] ^ uint64(code))
		}
	}
	return hash.Mix(sum) | 1
}
