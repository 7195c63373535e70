package adaptive

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Pool is what one shard has learned for a spec. Learning is not safe for concurrent use; while
// nothing is learned, Predict and Explain are, with a Prediction each.
type Pool struct {
	spec         Spec
	target       targetKind
	inputs       []input
	classes      []string
	ring         ring
	forests      []*forest
	linears      []*linear
	near         *neighbours // beside linear members, of classes
	features     *features   // of the linear members, nil before there are enough rows
	weight       float64     // of all rows
	recent       float64     // weight of all rows, faded
	turn         losses      // by predictions just before a row
	block        losses      // by predictions before the block of a row
	level        []level     // of numbers
	groves       []*grove
	lnStop, lnGo float64
	room         room
	reading      reading
	learned      Prediction // what members said of a row before it was learned
	ahead        []float64  // losses of the rows of a block
}

// targetKind says what the target is; it is settled by the first row that has it.
type targetKind byte

const (
	unsettled targetKind = iota
	class
	number
)

// New returns a pool that has learned nothing. Zeros in the spec stand for defaults.
func New(s Spec) (*Pool, error) {
	s = s.filled()
	if err := s.validate(); err != nil {
		return nil, err
	}
	p := &Pool{spec: s, ring: newRing(0)}
	p.prepare()
	for _, f := range settingsOf(&s) {
		p.forests = append(p.forests, p.emptyForest(f))
	}
	for _, l := range linearSettingsOf(&s) {
		p.linears = append(p.linears, newLinear(l))
	}
	p.near = nearOf(&s)
	return p, nil
}

// prepare works out what follows from the spec.
func (p *Pool) prepare() {
	p.lnStop, p.lnGo = math.Log(p.spec.Stop), math.Log1p(-p.spec.Stop)
}

func (p *Pool) emptyForest(s settings) *forest {
	f := newForest(s)
	for k := range p.spec.Trees {
		t := &tree{strength: p.spec.Strength}
		t.rng = random(p.spec.Seed*1000003 + uint64(len(p.forests))<<32 + uint64(k)<<16)
		t.reset(0, 0, s.splitRows)
		f.trees = append(f.trees, t)
	}
	return f
}

// Spec returns what the pool learns, with defaults in place of zeros.
func (p *Pool) Spec() Spec { return p.spec }

// Classes returns the classes in the order in which they came; none where the target is a
// number. That of values that have no name of their own is `(other)`. The caller does not change it.
func (p *Pool) Classes() []string { return p.classes }

// Inputs returns the names of the attributes that are used, in the order in which they came.
func (p *Pool) Inputs() []string {
	out := make([]string, len(p.inputs))
	for i := range p.inputs {
		out[i] = p.inputs[i].name
	}
	return out
}

// Weight returns the weight of the rows that were learned.
func (p *Pool) Weight() float64 { return p.weight }

// Learn learns the rows that have a target, one after another; attributes that selects
// chooses (nil: all) become inputs as they come. Before, all of them are predicted by what was
// learned before the block, which decides the weights by which Predict mixes the members: it
// is what predictions of such blocks cost.
func (p *Pool) Learn(layout *stats.Layout, rows *stats.Rows, selects func(attribute string) bool) {
	p.bind(layout, selects)
	first := p.weight == 0 && p.target == number // what nothing predicted costs nothing, which is no error of 0
	if !first {
		p.lookAhead(rows)
	}
	for i := range rows.N {
		place := i
		if first {
			place = none
		}
		p.learnRow(rows.Row(i), rows.RowCodes(i), rows.Weight(i), place)
	}
}

// TestThenTrain predicts a row and then learns it, when it has a target: what out says of it was
// learned before. Out may be nil.
func (p *Pool) TestThenTrain(layout *stats.Layout, values []float64, codes []int32, weight float64, selects func(attribute string) bool, out *Prediction) {
	p.bind(layout, selects)
	if !p.learnRow(values, codes, weight, none) {
		if out != nil {
			p.predict(layout, values, codes, out, &p.turn)
		}
		return
	}
	if out != nil {
		p.learned.say(out)
	}
}

// bind reads the layout when it is another one than before.
func (p *Pool) bind(layout *stats.Layout, selects func(attribute string) bool) {
	if p.reading.layout == layout {
		return
	}
	p.addInputs(layout, selects)
	p.reading.bind(p, layout)
	if p.target == unsettled {
		if at := p.reading.target.at; at != none {
			p.target = class
			p.turn, p.block = losses{}, losses{}
			if !p.reading.target.nominal && !layout.Numeric[at].Binary {
				p.target, p.level, p.groves, p.forests = number, make([]level, len(levelFades)), grovesOf(&p.spec), nil
				p.near = nil
			}
		}
	}
}

// learnRow learns a row, if it has a target. Of a block it has a place, by which its losses
// are found.
func (p *Pool) learnRow(values []float64, codes []int32, weight float64, place int) bool {
	target, ok := p.targetOf(values, codes, true)
	if !ok || !(weight > 0) || math.IsInf(weight, 0) {
		return false
	}
	weight = min(max(weight, leastWeight), mostWeight)
	at := p.ring.next
	row := p.ring.add(target, weight)
	p.reading.row(values, codes, row)
	p.room.row = append(p.room.row[:0], row...)
	l := lesson{pool: p, number: at, row: row, class: int32(target), weight: weight}
	out := &p.learned
	out.prepare(p)
	p.sharesBy(&p.turn, out)
	if p.target == class {
		p.learnClass(&l, out)
	} else {
		p.learnNumber(&l, target, out)
	}
	p.turn.freeze(len(out.losses))
	p.turn.add(out.losses, out.squared, p.target)
	if place == none {
		p.block.freeze(len(out.losses))
		p.block.add(out.losses, out.squared, p.target)
	} else {
		members := p.members()
		ahead := p.ahead[place*(members+1) : (place+1)*(members+1)]
		p.block.add(ahead[:members], ahead[members], p.target)
	}
	p.weight += weight
	p.recent = p.recent*recentFade + weight
	p.renewFeatures()
	return true
}

// Weights of rows are taken as within these, so that no sum of them overflows.
const (
	leastWeight = 1e-9
	mostWeight  = 1e9
)

// recentFade is by what the weight of a pool among others fades with each row: a half-life of
// 1000 rows.
var recentFade = math.Exp2(-1. / 1000)

// targetOf returns the class or number of a row.
func (p *Pool) targetOf(values []float64, codes []int32, adds bool) (float64, bool) {
	switch p.target {
	case class:
		c := p.classOf(&p.reading, values, codes, adds)
		return float64(c), c != none
	case number:
		at := p.reading.target.at
		if at == none || p.reading.target.nominal || at >= len(values) || math.IsNaN(values[at]) || math.IsInf(values[at], 0) {
			return 0, false
		}
		return values[at], true
	}
	return 0, false
}

// learnClass lets all members predict and learn a row with a class.
func (p *Pool) learnClass(l *lesson, out *Prediction) {
	for j, f := range p.forests {
		of := out.of(j)
		share := 1 / float64(len(f.trees))
		for k, t := range f.trees {
			if f.renewed > 0 && l.number > 0 && (l.number+int64(k)*f.renewed/int64(len(f.trees)))%f.renewed == 0 {
				p.renew(f, t, l.number)
			}
		}
		p.routeAll(f, l.row)
		from := 0
		for k, t := range f.trees {
			t.learn(f, l, p.room.path[from:p.room.ends[k]], share, of)
			from = p.room.ends[k]
		}
		out.losses[j] = lossOf(of, int(l.class))
	}
	copy(out.row, l.row)
	p.expand(out)
	for j, m := range p.linears {
		of := out.of(len(p.forests) + j)
		m.predictClasses(out.columns, of)
		out.losses[len(p.forests)+j] = lossOf(of, int(l.class))
		if p.features != nil {
			p.room.scores = resized(p.room.scores, len(of))
			m.calibrate(out.columns, int(l.class), p.room.scores)
			m.learn(out.columns, int(l.class), 1, l.weight)
			if m.isDue() {
				m.fitClasses()
			}
		}
	}
	p.learnNear(l, out)
	out.mix()
}

// learnNear lets the neighbours predict and learn a row.
func (p *Pool) learnNear(l *lesson, out *Prediction) {
	if p.near == nil {
		return
	}
	last := p.members() - 1
	of := out.of(last)
	p.near.score(out.columns, of)
	p.room.scores = append(p.room.scores[:0], of...)
	p.near.calibration.apply(of)
	out.losses[last] = lossOf(of, int(l.class))
	if p.features != nil {
		p.near.calibration.learn(p.room.scores, int(l.class))
		p.near.learn(l.number, out.columns, l.class, l.weight)
	}
}

// routeAll finds the nodes that a row passes in the trees of a forest, and reads something of each of
// them: what is far away in memory then comes for all trees at once, and not for one after another.
func (p *Pool) routeAll(f *forest, row []float64) {
	r := &p.room
	r.path, r.ends = r.path[:0], r.ends[:0]
	for _, t := range f.trees {
		from := len(r.path)
		r.path = t.route(row, r.path)
		for _, at := range r.path[from:] {
			r.touched += t.counts[int(at)*3*t.stride]
		}
		r.ends = append(r.ends, len(r.path))
	}
}

// renew grows a tree anew from the last rows before now.
func (p *Pool) renew(f *forest, t *tree, now int64) {
	t.reset(len(p.classes), now, f.splitRows)
	// the row that is learned now has taken the place of the oldest
	for row := max(now-f.from, p.ring.oldest(), 0); row < now; row++ {
		slot := p.ring.slot(row)
		t.relearn(f, &lesson{pool: p, number: row, row: p.ring.row(row), class: int32(p.ring.targets[slot]), weight: p.ring.weights[slot]}, now)
	}
	t.rebuild(f, &lesson{pool: p, number: now})
}

// shrunkFrom is how many rows a tree that has shrunk knows at least, as far as the ring has them.
const shrunkFrom = 1000

// shrink grows a tree anew within the bound that the classes of now set.
func (p *Pool) shrink(f *forest, t *tree) {
	*t = tree{strength: t.strength, stride: strideOf(len(p.classes)), skeleton: skeleton{rng: t.rng}}
	last := *f
	last.from = max(f.from, shrunkFrom)
	p.renew(&last, t, p.ring.next)
}

// members returns the number of models.
func (p *Pool) members() int {
	n := len(p.level) + len(p.groves) + len(p.forests) + len(p.linears)
	if p.near != nil {
		n++
	}
	return n
}

// Clone returns a copy that learning from p leaves as it is.
func (p *Pool) Clone() *Pool {
	out := *p
	out.inputs, out.classes = slices.Clone(p.inputs), slices.Clone(p.classes)
	out.ring.values, out.ring.targets, out.ring.weights = slices.Clone(p.ring.values), slices.Clone(p.ring.targets), slices.Clone(p.ring.weights)
	out.forests = nil
	for _, f := range p.forests {
		out.forests = append(out.forests, f.clone())
	}
	out.groves = nil
	for _, g := range p.groves {
		out.groves = append(out.groves, g.clone())
	}
	out.linears = nil
	for _, l := range p.linears {
		out.linears = append(out.linears, l.clone())
	}
	out.near, out.level = p.near.clone(), slices.Clone(p.level)
	out.turn, out.block = p.turn.clone(), p.block.clone()
	out.room, out.reading, out.learned, out.ahead = room{}, reading{}, Prediction{}, nil
	return &out
}

func (f *forest) clone() *forest {
	out := *f
	out.trees = nil
	for _, t := range f.trees {
		c := *t
		c.nodes, c.counts, c.leaves = slices.Clone(t.nodes), slices.Clone(t.counts), slices.Clone(t.leaves)
		out.trees = append(out.trees, &c)
	}
	return &out
}

func (g *grove) clone() *grove {
	out := *g
	out.trees = nil
	for _, t := range g.trees {
		c := *t
		c.nodes, c.leaves, c.models = slices.Clone(t.nodes), slices.Clone(t.leaves), slices.Clone(t.models)
		for i := range c.models {
			m := &c.models[i]
			m.sums, m.mean = slices.Clone(m.sums), slices.Clone(m.mean) // a prior never changes
		}
		out.trees = append(out.trees, &c)
	}
	return &out
}
