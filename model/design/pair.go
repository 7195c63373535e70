package design

import (
	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// pair is what is known of two terms from the rows that have both.
type pair struct {
	weight float64
	cross  dd.Number // about the means of these rows
	// left and right are the sums of squares of each, in these rows too.
	left, right dd.Number
}

// correlation is 0 where one of the two does not vary.
func (p pair) correlation() dd.Number {
	spread := p.left.Mul(p.right).Sqrt()
	if !(spread.Hi > 0) {
		return dd.Number{}
	}
	return p.cross.Div(spread)
}

// pairReader reads pairs with a level off a summary. What two columns have in
// common is read once for all their levels.
type pairReader struct {
	s      *stats.Summary
	cells  map[[2]int]stats.Cell // by categorical and numeric column: all codes together
	tables map[[2]int]*margins   // by categorical columns, the lower one first
}

// margins are the weights of the codes of two categorical columns over the
// rows that have both.
type margins struct {
	total dd.Number
	a, b  []float64
}

func newPairReader(s *stats.Summary) pairReader {
	return pairReader{s: s, cells: map[[2]int]stats.Cell{}, tables: map[[2]int]*margins{}}
}

// levelAndNumber returns the cross product of the indicator of a level and a
// numeric column: w (m-M) for the level's weight w and mean m and the mean M
// of the rows that have both columns.
func (r *pairReader) levelAndNumber(level Factor, column int) pair {
	given, key := r.s.GivenCategory(level.Column), [2]int{level.Column, column}
	all, ok := r.cells[key]
	if !ok {
		for code := range int32(given.Codes()) {
			all = all.Merge(given.Cell(code, column))
		}
		r.cells[key] = all
	}
	c := given.Cell(level.Code, column)
	return pair{
		weight: all.Weight, cross: c.MeanDD().Sub(all.MeanDD()).Mul(c.WeightDD()),
		left: within(c.WeightDD(), all.WeightDD()), right: all.M2DD(),
	}
}

// twoLevels returns the cross product of two indicators: n ab - n a n b / n
// over the rows that have both columns.
func (r *pairReader) twoLevels(a, b Factor) pair {
	if a.Column == b.Column {
		return r.sameColumn(a, b)
	}
	if a.Column > b.Column {
		a, b = b, a
	}
	key := [2]int{a.Column, b.Column}
	table := r.s.Contingency(a.Column, b.Column)
	m, ok := r.tables[key]
	if !ok {
		m = &margins{}
		m.a, m.b = table.Margins()
		for _, w := range m.a {
			m.total = m.total.AddFloat(w)
		}
		r.tables[key] = m
	}
	if m.total.IsZero() {
		return pair{}
	}
	na, nb := weightAt(m.a, a.Code), weightAt(m.b, b.Code)
	return pair{
		weight: m.total.Float(), cross: dd.FromFloat(table.Count(a.Code, b.Code)).Sub(na.Mul(nb).Div(m.total)),
		left: within(na, m.total), right: within(nb, m.total),
	}
}

// sameColumn is twoLevels for levels of the same column, which exclude each
// other.
func (r *pairReader) sameColumn(a, b Factor) pair {
	present := dd.FromFloat(r.s.Present(a.Column))
	if present.IsZero() {
		return pair{}
	}
	counts := r.s.Categories(a.Column)
	na, nb := dd.FromFloat(counts.Count(a.Code)), dd.FromFloat(counts.Count(b.Code))
	cross := na.Mul(nb).Div(present).Neg()
	if a.Code == b.Code {
		cross = cross.Add(na)
	}
	return pair{weight: present.Float(), cross: cross, left: within(na, present), right: within(nb, present)}
}

// within is the sum of squares of an indicator that is 1 in n of all rows.
// Of an indicator n is its mean times all, so n - n²/all is its centred square.
func within(n, all dd.Number) dd.Number {
	if all.IsZero() {
		return dd.Number{}
	}
	return n.Sub(n.Mul(n).Div(all))
}

func weightAt(weights []float64, code int32) dd.Number {
	if int(code) >= len(weights) {
		return dd.Number{}
	}
	return dd.FromFloat(weights[code])
}
