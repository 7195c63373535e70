package forest

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/nig"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// The rules by which trees of a number are split, in turns: by the variance of the target, or by
// that of what the linear model of the node leaves of it. Neither alone is safe, and
// their trees must not be averaged: see Numbers.choose.
const (
	byVariance = iota
	byResidual
	rules
)

func ruleOf(tree int) int { return tree % rules }

// numberLeaf is what a leaf of a tree of a number has seen beside its last rows: sums about the
// origins, and the prior, both for the rule of residuals.
type numberLeaf struct {
	sums  nig.Sums
	prior *nig.Model // standard, nil for that of a root
}

// growNumbers lets rows that have the target pass the trees.
func (g *Grower) growNumbers(rows *stats.Rows) {
	if g.reading.settle(rows) {
		g.settled++
	}
	if g.isFull() || !g.forest.target.known {
		return
	}
	u := newUnitRow(g.forest)
	for i := range rows.N {
		y, ok := g.reading.numberOfTarget(rows.Row(i))
		if !ok {
			continue
		}
		g.row = g.reading.rowOf(rows.Row(i), rows.RowCodes(i), g.row)
		s := sample{row: g.row, target: y, weight: rows.Weight(i), units: u.read(g.row)}
		g.pass(&s, func(t *treeGrower, tree int, leaf, row int32) { t.growNumber(leaf, row, ruleOf(tree)) })
	}
}

// settle fixes the scales that are not known, and reports whether there are more.
func (r *reading) settle(rows *stats.Rows) bool {
	changed := r.target.at != none && r.forest.target.settle(rows, r.target.at)
	for i := range r.inputs {
		if c := &r.inputs[i]; !c.nominal && r.forest.inputs[i].scale.settle(rows, c.at) {
			changed = true
		}
	}
	return changed
}

// growNumber lets a row pass a leaf, and splits that where it is time.
func (t *treeGrower) growNumber(at, row int32, rule int) {
	l := t.leaf(at)
	t.addNumber(l, row, rule)
	if l.seen < t.forest.SplitRows || l.isLevel(t.kept) {
		return
	}
	var prior *nig.Model
	if rule == byResidual {
		prior = t.residuals(l)
	} else {
		t.choice.deviations(t.kept, l.last)
	}
	by, ok := t.best(l.last, t.choice.spread)
	if !ok {
		return
	}
	by.node = at
	t.frame.add(by)
	t.handOn(at, &by, func(to, row int32) {
		next := t.leaf(to)
		next.number.prior = prior
		t.addNumber(next, row, rule)
	})
}

func (t *treeGrower) addNumber(l *leafRows, row int32, rule int) {
	l.keep(t.kept, row, t.forest.SplitRows)
	if rule != byResidual {
		return
	}
	units := t.kept.unitsOf(row)
	if len(units) == 0 && len(l.number.sums) == 0 {
		l.number.sums = make(nig.Sums, nig.Size(0))
	}
	for len(l.number.sums) < nig.Size(len(units)) {
		l.number.sums = append(l.number.sums, 0)
	}
	r := &t.kept.rows[row]
	l.number.sums.Add(r.target, units, r.weight)
}

// isLevel reports whether the target of the last rows does not vary.
func (l *leafRows) isLevel(k *kept) bool {
	for _, row := range l.last {
		if k.rows[row].target != k.rows[l.last[0]].target {
			return false
		}
	}
	return true
}

// deviations are those of the target from its mean.
func (c *choice) deviations(k *kept, rows []int32) {
	c.rest = c.rest[:0]
	mean := 0.0
	for _, row := range rows {
		mean += k.rows[row].target / float64(len(rows))
	}
	for _, row := range rows {
		c.rest = append(c.rest, k.rows[row].target-mean)
	}
}

// residuals are what the linear model of a leaf leaves of the target. It returns the prior of the
// nodes that the leaf is split into.
func (t *treeGrower) residuals(l *leafRows) *nig.Model {
	d := len(t.forest.linear())
	x := make([]float64, d)
	if t.standard == nil || len(t.standard.mean) != d+2 {
		t.standard = standardOf(l.number.sums, d)
	}
	sums := make(nig.Sums, nig.Size(d))
	t.standard.apply(l.number.sums, sums)
	prior := l.number.prior
	if prior == nil || prior.Inputs() != d {
		prior = &nig.Model{}
		prior.SetRidge(d, rootRidge, nodeShape, 1)
	}
	var post nig.Model
	post.SetPosterior(prior, sums)
	t.choice.rest = t.choice.rest[:0]
	for _, row := range l.last {
		clear(x[copy(x, t.kept.unitsOf(row)):])
		t.standard.inputs(x)
		t.choice.rest = append(t.choice.rest, t.standard.target(t.kept.rows[row].target)-post.Predict(x))
	}
	next := &nig.Model{}
	next.SetShare(&post, sums, numberStrength*t.forest.Strength, nodeRidge, nodeShape)
	return next
}

// leastSide is how many rows each side of a cut must have.
const leastSide = 2

// spread is the sum over both sides of the squared sum of the deviations, divided by the rows of
// the side: the larger, the less is left of their variance. It is not valid where a
// side has fewer than two rows.
func (c *choice) spread(values []float64, s *split) (float64, bool) {
	var n, sum [2]float64
	for i, x := range values {
		side := 0
		if s.goesRight(x) {
			side = 1
		}
		n[side]++
		sum[side] += c.rest[i]
	}
	if n[0] < leastSide || n[1] < leastSide {
		return 0, false
	}
	v := sum[0]*sum[0]/n[0] + sum[1]*sum[1]/n[1]
	return v, !math.IsNaN(v)
}
