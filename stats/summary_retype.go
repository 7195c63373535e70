package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/exact"

// under returns the summary without the columns that the project has with another
// type by now: they begin anew. It is s itself where there is none. What is kept of
// all others, and of pairs of others, is as it was; rows that differ in nothing but
// a dropped column share a block of co-moments afterwards.
func (s *Summary) under(columns Columns) (*Summary, error) {
	layout, m, err := s.layout.retypedUnder(columns)
	if err != nil || layout == nil {
		return s, err
	}
	out, err := newSummary(s.options, s.table)
	if err != nil {
		return nil, err
	}
	out.extend(layout)
	for u := range s.table.units(s.layout) {
		if !m.keeps(u.kind, u.unit) {
			continue
		}
		if err := out.parts[u.row].merge(s.parts[u.row], u.kind.place(m, u.unit)); err != nil {
			return nil, u.kind.named(s.layout, u.unit, err)
		}
	}
	out.weight, out.peak = s.weight, s.peak
	return out, nil
}

// selected returns the statistic with the columns that columns keeps, in its order,
// and where these are in the target; s itself where none is left out.
func (c *Conditional) selected(columns []int32) (*Conditional, []int32) {
	kept, from := keptColumns(columns)
	if kept == nil {
		return c, columns
	}
	out := &Conditional{bins: c.bins, cells: make([][]cell, len(c.cells))}
	for code, row := range c.cells {
		for _, j := range from {
			if int(j) >= len(row) {
				break
			}
			out.cells[code] = append(out.cells[code], row[j])
		}
	}
	return out, kept
}

// selected returns the sums with the columns that columns keeps, in its order, and
// where these are in the target; p itself where none is left out.
func (p *Pairwise) selected(columns []int32) (*Pairwise, []int32) {
	kept, from := keptColumns(columns)
	if kept == nil {
		return p, columns
	}
	out := &Pairwise{}
	for j, cj := range from {
		if int(cj) >= p.dim() {
			break
		}
		out.extend(j + 1)
		out.pivot[j], out.pivoted[j] = p.pivot[cj], p.pivoted[cj]
		for i, ci := range from[:j+1] {
			out.pairs[pairIndex(i, j)] = p.pairs[pairIndex(int(ci), int(cj))]
			if own := p.apart[pairIndex(int(ci), int(cj))]; own != nil {
				if out.apart == nil {
					out.apart = map[int]*exact.Products{}
				}
				out.apart[pairIndex(i, j)] = own
			}
		}
	}
	return out, kept
}

// keptColumns returns the places of a map without those that are left out, and which
// columns of the source have them; nil where none is left out.
func keptColumns(columns []int32) (kept, from []int32) {
	dropped := false
	kept = []int32{}
	for i, to := range columns {
		if to == leftOut {
			dropped = true
			continue
		}
		kept, from = append(kept, to), append(from, int32(i))
	}
	if !dropped {
		return nil, nil
	}
	return kept, from
}
