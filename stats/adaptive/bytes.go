package adaptive

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// version is that of the bytes of a pool.
const version = 1

// Encode appends the pool. Equal pools have equal bytes, and one that was read back learns on
// bit for bit as this one.
func (p *Pool) Encode(w *wire.Writer) {
	w.Byte(version)
	p.spec.encode(w)
	w.Byte(byte(p.target))
	w.Uvarint(uint64(len(p.inputs)))
	for i := range p.inputs {
		p.inputs[i].encode(w)
	}
	w.Uvarint(uint64(len(p.classes)))
	for _, c := range p.classes {
		w.String(c)
	}
	w.Float64(p.weight)
	w.Float64(p.recent)
	for _, l := range []*losses{&p.turn, &p.block} {
		l.encode(w)
	}
	p.ring.encode(w)
	p.encodeLinear(w)
	if p.target == number {
		p.encodeNumbers(w)
	}
	for _, f := range p.forests {
		for _, t := range f.trees {
			t.encode(w, f.splitRows, len(p.classes))
		}
	}
}

// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt or
// wire.ErrUnknownVersion.
func Decode(r *wire.Reader) (*Pool, error) {
	if v := r.Byte(); v != version && r.Err() == nil {
		r.Fail("version of an adaptive pool is %d, want %d", v, version)
	}
	p := &Pool{spec: decodeSpec(r)}
	if r.Err() != nil {
		return nil, r.Err()
	}
	p.prepare()
	p.decodeNames(r)
	p.weight, p.recent = r.Finite(), r.Finite()
	for _, l := range []*losses{&p.turn, &p.block} {
		l.decode(r)
	}
	p.ring = decodeRing(r, len(p.inputs))
	if r.Err() != nil {
		return nil, r.Err()
	}
	p.decodeMembers(r)
	for _, l := range []*losses{&p.turn, &p.block} {
		if n := len(l.sums[0]); n > 0 && n != p.members() {
			r.Fail("%d losses of %d members", n, p.members())
		}
	}
	if p.target == class {
		p.checkRing(r)
	}
	return p, r.Err()
}

func (p *Pool) decodeNames(r *wire.Reader) {
	if p.target = targetKind(r.Byte()); p.target > number {
		r.Fail("target of kind %d", p.target)
	}
	n := r.Count(2)
	if n > maxInputs {
		r.Fail("%d inputs", n)
		return
	}
	for range n {
		p.inputs = append(p.inputs, input{name: r.String(), nominal: r.Bool()})
	}
	if n = r.Count(1); n > maxClasses {
		r.Fail("%d classes", n)
		return
	}
	for range n {
		p.classes = append(p.classes, r.String())
	}
}

func (p *Pool) decodeMembers(r *wire.Reader) {
	p.decodeLinear(r)
	if p.target == number && r.Err() == nil {
		p.decodeNumbers(r)
		return
	}
	for _, s := range settingsOf(&p.spec) {
		f := newForest(s)
		for range p.spec.Trees {
			f.trees = append(f.trees, decodeTree(r, p, s))
			if r.Err() != nil {
				return
			}
		}
		p.forests = append(p.forests, f)
	}
}

// checkRing refuses targets that are no classes.
func (p *Pool) checkRing(r *wire.Reader) {
	for _, v := range p.ring.targets {
		if !(v >= 0 && v < float64(len(p.classes))) || v != math.Trunc(v) {
			r.Fail("class %v of %d", v, len(p.classes))
			return
		}
	}
	for _, w := range p.ring.weights {
		if !(w > 0) || math.IsInf(w, 0) {
			r.Fail("weight of a row is %v", w)
			return
		}
	}
}

// finite reads numbers that are neither NaN nor infinite.
func finite(r *wire.Reader, out []float64) {
	for i := range out {
		out[i] = r.Finite()
	}
}

// encode appends a tree: of leaves the rows, of other nodes the split, and behind each node what
// of appends.
func (t *skeleton) encode(w *wire.Writer, splitRows int, of func(i int32)) {
	w.Uvarint(uint64(len(t.nodes)))
	for i := range t.nodes {
		n := &t.nodes[i]
		w.Varint(int64(n.input))
		w.Uvarint(uint64(n.left))
		w.Uvarint(uint64(n.last))
		w.Float64(n.own)
		w.Float64(n.whole)
		w.Float64(n.stop)
		w.Float64(n.later)
		if n.input == none {
			w.Uvarint(uint64(n.seen))
			for _, row := range t.leaves[int(n.left)*splitRows:][:splitRows] {
				w.Uint32(row)
			}
		} else {
			w.Uint64(math.Float64bits(n.cut))
			w.Byte(n.shift)
			w.Bool(n.nominal)
			w.Bool(n.missing)
		}
		of(int32(i))
	}
}

// decode reads what encode wrote. Children come after their parents, and each node but the
// root is the child of one, so that every way down ends. Behind each node of reads what is of it, at
// least so many bytes.
func (t *skeleton) decode(r *wire.Reader, p *Pool, s settings, least int, of func(i int32)) {
	n := r.Count(32 + least)
	if n < 1 || n > s.maxNodes || n%2 == 0 {
		r.Fail("tree of %d nodes", n)
		return
	}
	t.free = int32(n+1) / 2
	t.nodes, t.leaves = make([]node, n), make([]uint32, int(t.free)*s.splitRows)
	child, taken := 1, make([]bool, t.free)
	parents := make([]bool, n)
	for i := range t.nodes {
		t.decodeNode(r, p, s, int32(i), taken, parents)
		if t.nodes[i].input != none {
			child += 2
		}
		of(int32(i))
	}
	if child != n {
		r.Fail("tree of %d nodes, %d of them children", n, child-1)
	}
}

func (t *skeleton) decodeNode(r *wire.Reader, p *Pool, s settings, i int32, taken, parents []bool) {
	n := &t.nodes[i]
	input, left, last := r.Varint(), r.Uvarint(), r.Uvarint()
	n.own, n.whole, n.stop, n.later = r.Finite(), r.Finite(), r.Finite(), r.Finite()
	if input < none || input >= int64(len(p.inputs)) || last > uint64(p.ring.next) || !(n.stop >= 0 && n.stop <= 1) || n.later < 0 {
		r.Fail("node %d of a tree", i)
		n.input = none
		return
	}
	n.input, n.last = int32(input), int64(last)
	if n.input == none {
		seen := r.Uvarint()
		if left >= uint64(t.free) || taken[left] || seen > math.MaxUint32 {
			r.Fail("leaf %d of a tree", i)
			return
		}
		taken[left], n.left, n.seen = true, int32(left), uint32(seen)
		for k := range s.splitRows {
			t.leaves[int(left)*s.splitRows+k] = r.Uint32()
		}
		return
	}
	if left <= uint64(i) || left+1 >= uint64(len(t.nodes)) || left%2 == 0 || parents[left] {
		r.Fail("node %d of a tree has the children %d", i, left)
		n.input = none
		return
	}
	parents[left], n.left = true, int32(left)
	n.cut = math.Float64frombits(r.Uint64())
	n.shift, n.nominal, n.missing = r.Byte(), r.Bool(), r.Bool()
}

func (t *tree) encode(w *wire.Writer, splitRows, classes int) {
	w.Uint64(uint64(t.rng))
	t.skeleton.encode(w, splitRows, func(i int32) {
		for _, of := range [][]float64{t.count(i), t.before(i), t.prior(i)} {
			w.Float64s(of[:classes])
		}
	})
}

func decodeTree(r *wire.Reader, p *Pool, s settings) *tree {
	t := &tree{strength: p.spec.Strength}
	t.rng = random(r.Uint64())
	classes := len(p.classes)
	t.stride = strideOf(classes)
	t.skeleton.decode(r, p, s, 24*classes, func(i int32) {
		for range 3 * t.stride {
			t.counts = append(t.counts, 0)
		}
		if !(t.nodes[i].later > 0) {
			r.Fail("prior of later classes is %v", t.nodes[i].later)
		}
		for k, of := range [][]float64{t.count(i), t.before(i), t.prior(i)} {
			for c := range classes {
				if of[c] = r.Finite(); of[c] < 0 || k == 2 && of[c] == 0 {
					r.Fail("count of a node is %v", of[c])
				}
			}
		}
	})
	return t
}

// strideOf is the room for so many classes that adding one after another leaves.
func strideOf(classes int) int {
	n := 0
	for n < classes {
		n = max(2, 2*n)
	}
	return n
}
