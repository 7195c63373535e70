package stats

import (
	"math"
	"slices"
)

// patterns keeps the co-moments of the numeric columns by presence pattern: a
// dense block for the rows that have just the same columns, and sums pair by
// pair for the rows of patterns past the maximum. A question about two columns
// is answered from all blocks that have both, which gives exactly the
// pairwise-complete answer. It has one unit.
type patterns struct {
	max, extendedUpTo int // of SummaryOptions
	columns           int // numeric ones

	blocks   []*patternBlock // in order of appearance
	byMask   map[string]int  // index in blocks by presence bits
	overflow *Pairwise       // rows of further patterns; nil while there are none

	moments *momentsPart // of the same summary, filled along with the blocks
	near    *near        // of the same summary
	scratch patternScratch
}

// patternBlock holds the co-moments of the rows that have just these columns.
type patternBlock struct {
	columns   []int32 // ascending
	comoments *Comoments
	// whole says that the overflow has no row of the pattern. Where there is no overflow
	// it is set.
	whole bool
}

// forgottenPatterns is how many times as many patterns of rows to forget have a block.
const forgottenPatterns = 4

// tameRows are rows of a block in which values far from the others have been exchanged
// for ones that are not.
type tameRows struct{ values, weights []float64 }

// patternScratch is reused between calls of learn and belongs to no state.
type patternScratch struct {
	rows     [][]int32 // per block, the rows of the batch that it takes
	overflow []int32
	apart    []int32 // that have a block and do not go into its sums, or not as they are
	tame     []tameRows
	present  []int32
	values   []float64
	mask     []byte
	moments  []*Moments
}

func newPatterns(o SummaryOptions) part {
	return &patterns{max: o.MaxPatterns, extendedUpTo: o.ExtendedUpTo}
}

func (p *patterns) bind(s *Summary) { s.patterns, p.moments, p.near = p, s.moments, s.near }

// clone copies the sums; the columns of a block never change and are shared.
func (p *patterns) clone() part {
	out := &patterns{max: p.max, extendedUpTo: p.extendedUpTo, columns: p.columns}
	for _, b := range p.blocks {
		out.addBlock(b.columns, b.comoments.Clone()).whole = b.whole
	}
	if p.overflow != nil {
		out.overflow = p.overflow.Clone()
	}
	return out
}

// extend leaves the blocks alone: a pattern is a set of columns, which are still
// the same ones, and a row with a new column makes a new pattern.
func (p *patterns) extend(l *Layout) {
	p.columns = len(l.Numeric)
	if p.overflow != nil {
		p.overflow.extend(p.columns)
	}
}

// learn hands each row to the block of the columns that it has, and to the exact sums
// of that one where it has a value far from the others.
func (p *patterns) learn(rows *Rows) {
	sc := &p.scratch
	for i := range sc.rows {
		sc.rows[i] = sc.rows[i][:0]
		sc.tame[i] = tameRows{values: sc.tame[i].values[:0], weights: sc.tame[i].weights[:0]}
	}
	sc.overflow, sc.apart = sc.overflow[:0], sc.apart[:0]
	if p.near.moved {
		for _, b := range p.blocks {
			if p.near.hasLeft(b) {
				b.comoments.moveApart()
			}
		}
	}
	// rows of a stream mostly have the pattern of the row before
	last := -1
	for i := range rows.N {
		row := rows.Row(i)
		if last < 0 || !p.blocks[last].matches(row) {
			last = p.blockOf(row, rows.Forgotten)
		}
		switch {
		case last < 0:
			sc.overflow = append(sc.overflow, int32(i))
		case p.near.isFar(i):
			p.learnApart(last, row, rows.Weight(i))
			sc.apart = append(sc.apart, int32(i))
		default:
			sc.rows[last] = append(sc.rows[last], int32(i))
		}
	}
	for b, taken := range sc.rows {
		if len(taken) > 0 {
			p.learnBlock(p.blocks[b], rows, taken)
		}
		p.blocks[b].learnTame(&sc.tame[b])
	}
	for _, i := range sc.overflow {
		row, w := rows.Row(int(i)), rows.Weight(int(i))
		p.overflow.addRow(row, w, p.near.isFar(int(i)))
		p.learnMoments(row, w, rows.Forgotten)
	}
	for _, i := range sc.apart {
		p.learnMoments(rows.Row(int(i)), rows.Weight(int(i)), rows.Forgotten)
	}
}

// learnApart adds a row to the exact sums of its block: as a whole, or the difference that
// its far values make, the rest of it as all other rows.
func (p *patterns) learnApart(block int, row []float64, w float64) {
	b, sc := p.blocks[block], &p.scratch
	if len(b.columns) < len(row) {
		sc.values = sc.values[:0]
		for _, c := range b.columns {
			sc.values = append(sc.values, row[c])
		}
		row = sc.values
	}
	strays, tame := p.near.strays(row, b.columns)
	if strays == nil {
		b.comoments.addApart(row, w)
		return
	}
	b.comoments.exchangeApart(row, tame, strays, w)
	t := &sc.tame[block]
	t.values, t.weights = append(t.values, tame...), append(t.weights, w)
}

// learnTame adds rows whose moments are added elsewhere.
func (b *patternBlock) learnTame(t *tameRows) {
	n := len(t.weights)
	if n == 0 {
		return
	}
	b.learn(func() {
		b.comoments.addColumns(t.values, len(b.columns), b.comoments.everyColumn(), nil, n, t.weights, nil, false)
	})
}

// learn adds rows by f, and exact sums to those of blocks where that has become possible.
func (b *patternBlock) learn(f func()) {
	before := b.comoments.weight.Hi
	f()
	if now := b.comoments.weight.Hi; before < leastCore || now >= 2*before {
		b.comoments.joinApart()
	}
}

// learnMoments adds a row to the moments one by one.
func (p *patterns) learnMoments(row []float64, w float64, forgotten bool) {
	for j, v := range row {
		switch {
		case math.IsNaN(v):
		case forgotten || p.near.isFarValue(j, v):
			p.moments.at[j].addExact(v, w)
		default:
			p.moments.at[j].addValue(v, w)
		}
	}
}

// learnBlock adds the rows to the block and, in the same pass of the kernel, to
// the moments of its columns.
func (p *patterns) learnBlock(b *patternBlock, rows *Rows, taken []int32) {
	sc := &p.scratch
	sc.moments = sc.moments[:0]
	for _, c := range b.columns {
		sc.moments = append(sc.moments, p.moments.at[c])
	}
	if len(taken) == rows.N {
		taken = nil // all rows, in order
	}
	b.learn(func() {
		b.comoments.addColumns(rows.Values, rows.Numeric, b.columns, taken, rows.N, rows.Weights, sc.moments, rows.Forgotten)
	})
}

// matches reports whether the row has just the block's columns.
func (b *patternBlock) matches(row []float64) bool {
	if len(b.columns) == len(row) {
		for _, v := range row {
			if math.IsNaN(v) {
				return false
			}
		}
		return true
	}
	k := 0
	for j, v := range row {
		has := k < len(b.columns) && int(b.columns[k]) == j
		if has == math.IsNaN(v) {
			return false
		}
		if has {
			k++
		}
	}
	return k == len(b.columns)
}

// blockOf finds or makes the block of the row's columns; -1 means that the row
// belongs to the overflow, which then exists. Of rows to forget there are more blocks: they
// can be of patterns past the maximum, and what is in an overflow can be of any block.
func (p *patterns) blockOf(row []float64, forgotten bool) int {
	sc := &p.scratch
	sc.present = sc.present[:0]
	for j, v := range row {
		if !math.IsNaN(v) {
			sc.present = append(sc.present, int32(j))
		}
	}
	sc.mask = presenceMask(sc.mask[:0], sc.present)
	if i, ok := p.byMask[string(sc.mask)]; ok {
		return i
	}
	if len(p.blocks) >= p.max && !(forgotten && len(p.blocks)/forgottenPatterns < p.max) {
		p.needOverflow()
		return -1
	}
	p.addBlock(slices.Clone(sc.present), nil)
	return len(p.blocks) - 1
}

// precision returns that of the block of so many columns.
func (p *patterns) precision(columns int) Precision {
	if columns <= p.extendedUpTo {
		return Extended
	}
	return Double
}

// addBlock adds the block of columns for which there is none; nil co-moments
// are empty ones.
func (p *patterns) addBlock(columns []int32, como *Comoments) *patternBlock {
	if como == nil {
		como = newComoments(len(columns), p.precision(len(columns)))
	}
	b := &patternBlock{columns: columns, comoments: como, whole: p.overflow == nil}
	if p.byMask == nil {
		p.byMask = make(map[string]int)
	}
	p.byMask[string(presenceMask(nil, columns))] = len(p.blocks)
	p.blocks = append(p.blocks, b)
	p.scratch.rows, p.scratch.tame = append(p.scratch.rows, nil), append(p.scratch.tame, tameRows{})
	return b
}

// block returns the dense block of just these columns, or nil.
func (p *patterns) block(columns []int32) *patternBlock {
	if i, ok := p.byMask[string(presenceMask(nil, columns))]; ok {
		return p.blocks[i]
	}
	return nil
}

// needOverflow makes the overflow, which takes room by the square of the columns,
// only when the first row needs it.
func (p *patterns) needOverflow() {
	if p.overflow == nil {
		p.overflow = newPairwise(p.columns)
	}
}

// presenceMask appends the bit set of the columns, without trailing zeros, so
// that it does not change when the layout grows.
func presenceMask(mask []byte, columns []int32) []byte {
	for _, c := range columns {
		for len(mask) <= int(c/8) {
			mask = append(mask, 0)
		}
		mask[c/8] |= 1 << (c % 8)
	}
	return mask
}

// maskColumns inverts presenceMask.
func maskColumns(mask []byte) []int32 {
	var columns []int32
	for i, bits := range mask {
		for k := range 8 {
			if bits&(1<<k) != 0 {
				columns = append(columns, int32(8*i+k))
			}
		}
	}
	return columns
}
