package stats

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
)

// Bounds of the joint cells of a summary. They are no settings: beyond them columns are
// left out, those with the most values first, and the cells of the others stay exact.
const (
	// maxJointCells is how many combinations of values are kept.
	maxJointCells = 1024
	// maxJointValues is how many different numbers a column may have had.
	maxJointValues = 32
	// maxJointColumns is how many columns of each kind can be looked at: continuous,
	// binary and categorical ones.
	maxJointColumns = 32
)

// jointCells keeps the weight of each combination of values that rows have of the columns
// that have few: categorical and binary ones, and numeric ones with at most
// maxJointValues different numbers. A number that has more and counts something has sums
// in each cell. So each likelihood of such columns can be maximised exactly, of any target
// and of rows from before a model was defined. It has one unit.
//
// Which columns have too many values depends on the rows only, and what leaves never comes
// back. Where there are more combinations than maxJointCells, the columns with the most
// values leave; which these are depends on the rows so far.
type jointCells struct {
	layout               *Layout
	numeric, categorical []jointUse // by column
	table                map[string]*jointCell

	values []map[uint64]struct{} // different numbers of each column in the cells; nil where to be looked up
	keyed  jointColumns          // by use
	key    []byte                // scratch
}

// jointCell is the rows of one combination.
type jointCell struct {
	weight float64
	counts map[int32]*countSums // of the columns that are counted; nil for none
}

// countSums are what a Poisson likelihood is made of.
type countSums struct {
	weight, sum  float64 // of the rows that have the column, and of its values
	logFactorial float64 // sum of log y!
	yLogY        float64
}

// jointUse says what the cells have of a column. Merging takes the larger of two.
type jointUse byte

const (
	jointKeyed     jointUse = iota // its values are part of the combination
	jointCounted                   // sums in each cell
	jointMany                      // nothing: it has had too many different numbers
	jointCrowded                   // nothing: there were too many combinations
	jointUnwatched                 // nothing: there are more columns than are looked at, or it is a list
	jointBefore                    // nothing: rows were learned by an earlier version
	jointUses
)

// jointColumns are the columns of each use that learning needs.
type jointColumns struct {
	known                         bool
	numeric, categorical, counted []int32
}

var _ part = (*jointCells)(nil)

func newJointCells(SummaryOptions) part {
	return &jointCells{layout: &Layout{}, table: map[string]*jointCell{}}
}

func (p *jointCells) bind(s *Summary) { s.joint = p }

func (p *jointCells) clone() part {
	out := &jointCells{
		layout: p.layout, numeric: slices.Clone(p.numeric), categorical: slices.Clone(p.categorical),
		table: make(map[string]*jointCell, len(p.table)),
	}
	room := make([]jointCell, len(p.table))
	for key, c := range p.table {
		at := &room[0]
		room = room[1:]
		at.weight = c.weight
		for column, sums := range c.counts {
			*at.of(column) = *sums
		}
		out.table[key] = at
	}
	return out
}

// of returns the sums of a column, which begin at 0.
func (c *jointCell) of(column int32) *countSums {
	if c.counts == nil {
		c.counts = map[int32]*countSums{}
	}
	sums := c.counts[column]
	if sums == nil {
		sums = &countSums{}
		c.counts[column] = sums
	}
	return sums
}

// extend begins with columns that no row has had. Computed columns and lists have no part
// in the cells, and of each kind the first maxJointColumns.
func (p *jointCells) extend(l *Layout) {
	continuous, binary := 0, 0
	for j := range l.Numeric {
		c := &l.Numeric[j]
		use := jointKeyed
		seen := &continuous
		if c.Binary {
			seen = &binary
		}
		if expansion.IsColumn(c.Name) {
			use = jointUnwatched
		} else if *seen++; *seen > maxJointColumns {
			use = jointUnwatched
		}
		if j >= len(p.numeric) {
			p.numeric = append(p.numeric, use)
		}
	}
	for j := len(p.categorical); j < len(l.Categorical); j++ {
		use := jointKeyed
		if l.Categorical[j].List || j >= maxJointColumns {
			use = jointUnwatched
		}
		p.categorical = append(p.categorical, use)
	}
	p.layout = l
	p.changed()
}

// changed forgets what follows from the uses and cells.
func (p *jointCells) changed() { p.keyed, p.values = jointColumns{}, nil }

// columns returns those that learning needs.
func (p *jointCells) columns() *jointColumns {
	if !p.keyed.known {
		p.keyed = jointColumns{known: true, numeric: columnsOf(p.numeric, jointKeyed), categorical: columnsOf(p.categorical, jointKeyed), counted: columnsOf(p.numeric, jointCounted)}
	}
	return &p.keyed
}

// columnsOf returns the columns that have a use.
func columnsOf(uses []jointUse, use jointUse) (out []int32) {
	for j := range uses {
		if uses[j] == use {
			out = append(out, int32(j))
		}
	}
	return out
}

func (p *jointCells) learn(rows *Rows) {
	for i := range rows.N {
		w, values, columns := rows.Weight(i), rows.Row(i), p.columns()
		if columns.none() {
			p.learnAlike(rows, i)
			return
		}
		key := p.key[:0]
		for _, j := range columns.numeric {
			if x := values[j]; !math.IsNaN(x) {
				key = appendJointNumber(key, j, x)
			}
		}
		if codes := rows.RowCodes(i); len(codes) > 0 {
			for _, j := range columns.categorical {
				if codes[j] >= 0 {
					key = appendJointCode(key, j, codes[j])
				}
			}
		}
		p.key = key
		c := p.table[string(key)]
		isNew := c == nil
		if isNew {
			c = &jointCell{}
			p.table[string(key)] = c
		}
		c.weight += w
		for _, j := range columns.counted {
			if y := values[j]; !math.IsNaN(y) {
				p.count(c, j, y, w)
			}
		}
		if isNew {
			p.note(key)
			p.settle()
		}
	}
}

// none says that all rows are alike.
func (c *jointColumns) none() bool { return len(c.numeric)+len(c.categorical)+len(c.counted) == 0 }

// learnAlike adds the rows from one on to the one cell that there is.
func (p *jointCells) learnAlike(rows *Rows, from int) {
	c := p.table[""]
	if c == nil {
		c = &jointCell{}
		p.table[""] = c
	}
	for i := from; i < rows.N; i++ {
		c.weight += rows.Weight(i)
	}
}

// largestCount bounds what is taken for a count, so that no sum leaves the range of
// numbers.
const largestCount = 1e9

func isCount(y float64) bool { return y >= 0 && y <= largestCount && y == math.Trunc(y) }

// count adds a value to the sums of a column; one that is no count ends them.
func (p *jointCells) count(c *jointCell, column int32, y, w float64) {
	if p.numeric[column] != jointCounted {
		return // another row of the batch has ended them
	}
	if !isCount(y) {
		p.uncount(column)
		return
	}
	c.of(column).add(y, w)
}

// uncount drops the sums of a column.
func (p *jointCells) uncount(column int32) {
	p.numeric[column] = jointMany
	for _, c := range p.table {
		delete(c.counts, column)
	}
	p.keyed.known = false
}

// add adds a count w times.
func (s *countSums) add(y, w float64) {
	s.weight += w
	s.sum += w * y
	if y > 1 {
		l, _ := math.Lgamma(y + 1) // the sign is + above 0
		s.logFactorial += w * l
		s.yLogY += w * y * math.Log(y)
	}
}

// addAll adds the sums of another one.
func (s *countSums) addAll(o *countSums) {
	s.weight += o.weight
	s.sum += o.sum
	s.logFactorial += o.logFactorial
	s.yLogY += o.yLogY
}

// takeAway subtracts all sums of another one but the weight. None of them can be below 0
// but by rounding.
func (s *countSums) takeAway(o *countSums) {
	s.sum = max(s.sum-o.sum, 0)
	s.logFactorial = max(s.logFactorial-o.logFactorial, 0)
	s.yLogY = max(s.yLogY-o.yLogY, 0)
}
