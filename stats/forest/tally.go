package forest

import (
	"cmp"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Tally counts, for each forest that it is told of, the rows of every class in the nodes
// where they end. A row counts in the leaf that it reaches when it is learned. Given the
// forests at that moment, a tally is a sum over rows: it does not depend on their order,
// and tallies of shards, tiles and folds add, subtract and scale. The zero value is empty.
type Tally struct {
	parts []part // by ID
}

// part is what is counted in one forest.
type part struct {
	id     string
	weight float64 // of the rows that were counted
	trees  []counts
	// reading is of the forest that rows were learned in last; clones have none.
	reading *reading
	row     []float64
	// tail is that of a forest of a number, nil for none: see Encode.
	tail    *tail
	counted counted
}

func (t *Tally) find(id string) (int, bool) {
	return slices.BinarySearchFunc(t.parts, id, func(p part, id string) int { return cmp.Compare(p.id, id) })
}

// part returns the counts of a forest, which are empty where there are none yet.
func (t *Tally) part(id string) *part {
	at, found := t.find(id)
	if !found {
		t.parts = slices.Insert(t.parts, at, part{id: id})
	}
	return &t.parts[at]
}

// Learn counts the rows in the forests. A row without a class, or of one that the forest
// does not have, is not counted.
func (t *Tally) Learn(forests []*Forest, layout *stats.Layout, rows *stats.Rows) {
	for _, f := range forests {
		t.part(f.ID).learn(f, layout, rows)
	}
}

func (p *part) learn(f *Forest, layout *stats.Layout, rows *stats.Rows) {
	if p.reading == nil || p.reading.forest != f {
		p.reading = f.read(layout)
	}
	p.reading.bind(layout)
	p.widen(len(f.trees))
	for k, tree := range f.trees {
		p.trees[k].reserve(tree.nodes())
	}
	if f.Numeric {
		p.learnNumbers(f, rows)
		return
	}
	for i := range rows.N {
		values, codes := rows.Row(i), rows.RowCodes(i)
		class := p.reading.classOf(values, codes)
		if class == unknown {
			continue
		}
		w := rows.Weight(i)
		p.weight += w
		p.row = p.reading.rowOf(values, codes, p.row)
		f.inLeaves(p.row, func(tree int, at int32) { p.trees[tree].add(at, class, w) })
	}
}

func (p *part) widen(trees int) {
	for len(p.trees) < trees {
		p.trees = append(p.trees, counts{})
	}
}

// Merge adds the counts of o.
func (t *Tally) Merge(o *Tally) { t.add(o, 1) }

// Reduce takes the counts of o away. Of a row that was learned before there was a forest,
// or in a smaller one, that leaves less than nothing in some nodes; what it was counted as
// above these is taken off there when it is read ([Tally.Read]).
func (t *Tally) Reduce(o *Tally) { t.add(o, -1) }

func (t *Tally) add(o *Tally, share float64) {
	for i := range o.parts {
		from := &o.parts[i]
		to := t.part(from.id)
		to.weight += share * from.weight
		to.tail = nil
		to.widen(len(from.trees))
		for k := range from.trees {
			to.trees[k].merge(&from.trees[k], share)
		}
	}
}

// Scale multiplies every weight by x.
func (t *Tally) Scale(x float64) {
	for i := range t.parts {
		t.parts[i].weight *= x
		t.parts[i].tail = nil
		for k := range t.parts[i].trees {
			own := t.parts[i].trees[k].own
			for n := range own {
				own[n] *= x
			}
		}
	}
}

// Clone returns a deep copy.
func (t *Tally) Clone() *Tally {
	out := &Tally{parts: make([]part, len(t.parts))}
	for i := range t.parts {
		p := &t.parts[i]
		out.parts[i] = part{id: p.id, weight: p.weight, trees: make([]counts, len(p.trees)), tail: p.tail.clone()}
		for k := range p.trees {
			out.parts[i].trees[k] = p.trees[k].clone()
		}
	}
	return out
}

// Retain drops the counts of forests whose ID keep refuses.
func (t *Tally) Retain(keep func(id string) bool) {
	t.parts = slices.DeleteFunc(t.parts, func(p part) bool { return !keep(p.id) })
}

// IsEmpty reports whether there are no counts of any forest.
func (t *Tally) IsEmpty() bool {
	return !slices.ContainsFunc(t.parts, func(p part) bool { return !p.isEmpty() })
}

func (p *part) isEmpty() bool {
	return p.weight == 0 && !slices.ContainsFunc(p.trees, func(c counts) bool {
		return slices.ContainsFunc(c.own, func(w float64) bool { return w != 0 })
	})
}

// Weight returns the weight of the rows that were counted in a forest, 0 where it is below
// that.
func (t *Tally) Weight(id string) float64 {
	at, found := t.find(id)
	if !found {
		return 0
	}
	return max(t.parts[at].weight, 0)
}

// Tallying is a wrapper of statistics that counts rows in forests.
type Tallying interface {
	// Tally returns the counts, nil when there are none, and the forests that are known
	// now. Neither must be changed.
	Tally() (*Tally, []*Forest)
}

// Rename keeps the counts of forests under other IDs, by the present one.
func (t *Tally) Rename(ids map[string]string) {
	for i := range t.parts {
		if id, ok := ids[t.parts[i].id]; ok {
			t.parts[i].id = id
		}
	}
	slices.SortFunc(t.parts, func(a, b part) int { return cmp.Compare(a.id, b.id) })
}
