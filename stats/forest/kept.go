package forest

import "math"

// kept are the rows by which leaves choose cuts, each once however many leaves hold it. What no leaf
// holds gives its place to another row, so a row that passes needs no memory of its own.
type kept struct {
	width, units int       // numbers of a row, and of its units
	values       []float64 // row by row; NaN for inputs that came later
	inUnits      []float64 // row by row
	rows         []keptRow
	free         []int32
}

// keptRow is what there is of a row beside its inputs.
type keptRow struct {
	target, weight float64
	class          int32
	units          int32 // how many inputs were terms of linear models
	holders        int32
}

// sample is a row with its class, or with a number and the inputs that are terms of linear models,
// both in units.
type sample struct {
	row    []float64
	class  int32
	target float64
	units  []float64
	weight float64
}

// put keeps a row that nothing holds yet, and returns its place.
func (k *kept) put(s *sample) int32 {
	k.widen(len(s.row), len(s.units))
	var at int32
	if n := len(k.free); n > 0 {
		at, k.free = k.free[n-1], k.free[:n-1]
	} else {
		at = int32(len(k.rows))
		k.rows = append(k.rows, keptRow{})
		k.values = append(k.values, make([]float64, k.width)...)
		k.inUnits = append(k.inUnits, make([]float64, k.units)...)
	}
	k.rows[at] = keptRow{target: s.target, weight: s.weight, class: s.class, units: int32(len(s.units))}
	row := k.row(at)
	for i := copy(row, s.row); i < len(row); i++ {
		row[i] = math.NaN()
	}
	copy(k.inUnits[int(at)*k.units:], s.units)
	return at
}

// row returns the inputs of a row.
func (k *kept) row(at int32) []float64 { return k.values[int(at)*k.width:][:k.width] }

// unitsOf returns the inputs of a row that were terms of linear models.
func (k *kept) unitsOf(at int32) []float64 {
	return k.inUnits[int(at)*k.units:][:k.rows[at].units]
}

// release says that one holder less has a row.
func (k *kept) release(at int32) {
	r := &k.rows[at]
	if r.holders--; r.holders <= 0 {
		k.free = append(k.free, at)
	}
}

// hold says that one holder more has a row.
func (k *kept) hold(at int32) { k.rows[at].holders++ }

// widen makes room for rows with more inputs.
func (k *kept) widen(width, units int) {
	if width > k.width {
		wide := make([]float64, len(k.rows)*width)
		for i := range wide {
			wide[i] = math.NaN()
		}
		for at := range k.rows {
			copy(wide[at*width:], k.row(int32(at)))
		}
		k.width, k.values = width, wide
	}
	if units > k.units {
		wide := make([]float64, len(k.rows)*units)
		for at := range k.rows {
			copy(wide[at*units:], k.inUnits[at*k.units:(at+1)*k.units])
		}
		k.units, k.inUnits = units, wide
	}
}

// leafRows are what a leaf has seen: the weights by class, and the last rows in a ring.
type leafRows struct {
	weights []float64
	last    []int32 // places of rows
	seen    int
	number  numberLeaf
}

// keep puts a row among the last ones.
func (l *leafRows) keep(k *kept, at int32, most int) {
	k.hold(at)
	if len(l.last) < most {
		l.last = append(l.last, at)
	} else {
		k.release(l.last[l.seen%most])
		l.last[l.seen%most] = at
	}
	l.seen++
}

func (l *leafRows) add(k *kept, at int32, most int) {
	r := &k.rows[at]
	for len(l.weights) <= int(r.class) {
		l.weights = append(l.weights, 0)
	}
	l.weights[r.class] += r.weight
	l.keep(k, at, most)
}

func (l *leafRows) isPure(k *kept) bool {
	first := k.rows[l.last[0]].class
	for _, at := range l.last {
		if k.rows[at].class != first {
			return false
		}
	}
	return true
}

// clear lets go of all rows.
func (l *leafRows) clear(k *kept) {
	for _, at := range l.last {
		k.release(at)
	}
	*l = leafRows{weights: l.weights[:0], last: l.last[:0], number: numberLeaf{sums: l.number.sums[:0]}}
}

// leaf returns what a leaf has seen.
func (t *treeGrower) leaf(at int32) *leafRows {
	for len(t.leaves) <= int(at) {
		t.leaves = append(t.leaves, nil)
	}
	l := t.leaves[at]
	if l == nil {
		if n := len(t.spare); n > 0 {
			l, t.spare = t.spare[n-1], t.spare[:n-1]
		} else {
			l = &leafRows{}
		}
		t.leaves[at] = l
	}
	return l
}

// drop lets go of what a leaf has seen.
func (t *treeGrower) drop(at int32) {
	if l := t.leaves[at]; l != nil {
		l.clear(t.kept)
		t.leaves[at], t.spare = nil, append(t.spare, l)
	}
}

// dropAll lets go of what all leaves have seen: the tree has room for no other split.
func (t *treeGrower) dropAll() {
	for at := range t.leaves {
		t.drop(int32(at))
	}
	t.leaves, t.spare = nil, nil
}

// handOn lets the rows of a leaf that has been split, oldest first, go on to its children by pass.
func (t *treeGrower) handOn(at int32, by *split, pass func(to int32, row int32)) {
	l := t.leaves[at]
	first := int32(2*len(t.frame.splits) - 1)
	for i := range l.last {
		row := l.last[(l.seen+i)%len(l.last)]
		to := first
		if by.right(t.kept.row(row)) {
			to++
		}
		pass(to, row)
	}
	t.drop(at)
}
