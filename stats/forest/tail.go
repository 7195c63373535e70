package forest

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// A thousand rows change the sums of nearly all nodes of a forest of a number, megabytes of floats that
// cannot be told by what has changed. So a shard's record has the sums as of some records ago and the
// rows since, with the leaves in which they were counted: adding them in the same order gives the same
// sums, bit for bit. Whatever else happens to sums ends the tail, and the next record has them all.

// tail is what was counted in a forest of a number since its sums were written as a whole.
type tail struct {
	base    []byte  // the sums then, as part.encode writes them
	scales  []scale // of the target and the linear inputs
	trees   int
	blocks  []byte // of rows
	rows    int
	records int // that were written since
}

const (
	// tailFrom is from how many bytes of sums on a tail is worth it.
	tailFrom = 32 << 10
	// mostRecords is how many records one base serves: the journal writes as many deltas behind a
	// whole payload.
	mostRecords = 63
	// mostTailRows bounds the work of reading a record.
	mostTailRows = 100_000
	// missing stands for a number that a row lacks, among whole numbers.
	missing = 1 << 60
	// mostDecimals is how many decimals are tried.
	mostDecimals = 6
	asBits       = mostDecimals + 1
)

// scalesOf are those of the target and the linear inputs.
func scalesOf(f *Forest) []scale {
	out := []scale{f.target}
	for _, i := range f.linear() {
		out = append(out, f.inputs[i].scale)
	}
	return out
}

// clone returns a copy that appending to t leaves as it is.
func (t *tail) clone() *tail {
	if t == nil {
		return nil
	}
	out := *t
	out.blocks = slices.Clip(out.blocks)
	return &out
}

// fits reports whether rows that are counted in a forest may follow.
func (t *tail) fits(f *Forest) bool {
	return t.trees == len(f.trees) && slices.Equal(t.scales, scalesOf(f))
}

// isFull reports whether the sums are to be written as a whole again.
func (t *tail) isFull() bool {
	return t.records >= mostRecords || t.rows > mostTailRows || len(t.blocks) > 2*len(t.base)
}

// counted are rows as they were counted: column by column the target and the linear inputs, the weights,
// and tree by tree the leaves.
type counted struct {
	columns [][]float64
	weights []float64
	leaves  [][]int32
}

// reset makes room for rows with so many columns, in so many trees.
func (c *counted) reset(columns, trees int) {
	c.columns, c.leaves = resizedLists(c.columns, columns), resizedLists(c.leaves, trees)
	c.weights = c.weights[:0]
}

// add notes a row of which the leaves have been noted.
func (c *counted) add(target, weight float64, u *unitRow, row []float64) {
	c.weights = append(c.weights, weight)
	c.columns[0] = append(c.columns[0], target)
	for k, i := range u.linear {
		c.columns[k+1] = append(c.columns[k+1], at(row, i))
	}
}

func resizedLists[T any](lists [][]T, n int) [][]T {
	for len(lists) < n {
		lists = append(lists, nil)
	}
	lists = lists[:n]
	for i := range lists {
		lists[i] = lists[i][:0]
	}
	return lists
}

// note appends rows to the tail.
func (t *tail) note(c *counted) {
	if len(c.weights) == 0 {
		return
	}
	w := wire.NewWriter(t.blocks)
	w.Uvarint(uint64(len(c.weights)))
	for _, column := range c.columns {
		encodeColumn(w, column)
	}
	encodeColumn(w, c.weights)
	for _, leaves := range c.leaves {
		for _, leaf := range leaves {
			w.Uvarint(uint64(leaf))
		}
	}
	t.blocks = w.Bytes()
	t.rows += len(c.weights)
}

// encodeColumn appends how many decimals the numbers have and the numbers without the point, or that they
// have more and their bits.
func encodeColumn(w *wire.Writer, column []float64) {
	decimals := decimalsOf(column)
	w.Byte(byte(decimals))
	if decimals == asBits {
		w.Float64s(column)
		return
	}
	for _, v := range column {
		if math.IsNaN(v) {
			w.Varint(missing)
			continue
		}
		w.Varint(int64(math.RoundToEven(v * powersOfTen[decimals])))
	}
}

// decimalsOf returns the number of decimals with which every number of a column is read back, bit for bit,
// or asBits. A large number may not have as many decimals as a small one needs.
func decimalsOf(column []float64) int {
	decimals := 0
	for _, v := range column {
		for decimals < asBits && !hasDecimals(v, decimals) {
			decimals++
		}
	}
	if decimals < asBits && slices.ContainsFunc(column, func(v float64) bool { return !hasDecimals(v, decimals) }) {
		return asBits
	}
	return decimals
}

var powersOfTen = [mostDecimals + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}

// hasDecimals reports whether a number is what is read of it with so many decimals.
func hasDecimals(v float64, decimals int) bool {
	if math.IsNaN(v) {
		return true
	}
	m := math.RoundToEven(v * powersOfTen[decimals])
	return math.Abs(m) < wholeWeights && math.Float64bits(float64(int64(m))/powersOfTen[decimals]) == math.Float64bits(v)
}

func decodeColumn(r *wire.Reader, column []float64) {
	decimals := r.Byte()
	if decimals > asBits {
		r.Fail("numbers with %d decimals", decimals)
		return
	}
	for i := range column {
		if decimals == asBits {
			column[i] = math.Float64frombits(r.Uint64())
			continue
		}
		if m := r.Varint(); m == missing {
			column[i] = math.NaN()
		} else {
			column[i] = float64(m) / powersOfTen[decimals]
		}
	}
}

// encode appends the tail: the sums, the number of trees, the scales, and the rows.
func (t *tail) encode(w *wire.Writer) {
	w.Blob(t.base)
	w.Uvarint(uint64(t.trees))
	w.Uvarint(uint64(len(t.scales)))
	for i := range t.scales {
		t.scales[i].encode(w)
	}
	w.Blob(t.blocks)
}

// decodeTail reads what encode wrote, and counts its rows in p.
func decodeTail(r *wire.Reader, p *part) {
	t := &tail{base: r.Blob(), trees: int(min(r.Uvarint(), MaxTrees+1))}
	for range r.Count(1) {
		t.scales = append(t.scales, decodeScale(r))
	}
	t.blocks = slices.Clip(r.Blob())
	if r.Err() == nil && (len(t.scales) == 0 || len(t.scales) > MaxLinear+1 || t.trees < 1 || t.trees > MaxTrees) {
		r.Fail("rows with %d numbers in %d trees", len(t.scales), t.trees)
	}
	if r.Err() != nil {
		return
	}
	own := wire.NewReader(t.base)
	p.decode(own)
	if err := own.Close(); err != nil {
		r.Fail("sums before a tail: %v", err)
		return
	}
	own = wire.NewReader(t.blocks)
	p.widen(t.trees)
	for own.Err() == nil && own.Remaining() > 0 {
		t.replay(own, p)
	}
	if err := own.Err(); err != nil {
		r.Fail("rows of a tail: %v", err)
		return
	}
	p.tail = t
}

// replay counts the next block of rows.
func (t *tail) replay(r *wire.Reader, p *part) {
	n := r.Count(len(t.scales) + 1 + t.trees)
	columns := make([][]float64, len(t.scales)+1)
	for i := range columns {
		columns[i] = make([]float64, n)
		decodeColumn(r, columns[i])
	}
	leaves := make([][]int32, t.trees)
	for k := range leaves {
		leaves[k] = make([]int32, n)
		for i := range leaves[k] {
			at := r.Uvarint()
			if at >= maxNodes {
				r.Fail("row in node %d", at)
				return
			}
			leaves[k][i] = int32(at)
		}
	}
	if r.Err() != nil {
		return
	}
	t.rows += n
	d := len(t.scales) - 1
	x, sums := make([]float64, d), make(nig.Sums, nig.Size(d))
	for i := range n {
		for k := range x {
			x[k] = t.scales[k+1].of(columns[k+1][i])
		}
		w, y := columns[d+1][i], t.scales[0].of(columns[0][i])
		if math.IsNaN(w) || math.IsInf(w, 0) || math.IsNaN(columns[0][i]) || math.IsInf(columns[0][i], 0) {
			r.Fail("row with the weight %v and the target %v", w, columns[0][i])
			return
		}
		p.weight += w
		clear(sums)
		sums.Add(y, x, w)
		for k := range leaves {
			p.trees[k].addAll(leaves[k][i], sums)
		}
	}
}
