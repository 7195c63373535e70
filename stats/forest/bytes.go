package forest

import (
	"fmt"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// formatVersion is the first byte of a forest of classes and of a tally, numbersVersion that of a
// forest of a number.
const (
	formatVersion  = 1
	numbersVersion = 2
)

// version returns the first byte.
func (f *Forest) version() byte {
	if f.Numeric {
		return numbersVersion
	}
	return formatVersion
}

// Encode appends the forest: version, spec, names, and of each tree its splits. That of a number
// has scales where the other has classes.
func (f *Forest) Encode(w *wire.Writer) {
	w.Byte(f.version())
	w.String(f.ID)
	w.String(f.Key)
	w.String(f.Target)
	w.Uint64(f.Seed)
	w.Float64(f.Strength)
	for _, n := range []int{f.Trees, f.SplitRows, f.Candidates, f.MaxNodes} {
		w.Uvarint(uint64(n))
	}
	if f.Numeric {
		w.Uvarint(uint64(f.MaxLinear))
		f.target.encode(w)
	} else {
		encodeNames(w, f.classes.list)
	}
	w.Uvarint(uint64(len(f.inputs)))
	for i := range f.inputs {
		in := &f.inputs[i]
		w.String(in.name)
		w.Bool(in.nominal)
		encodeNames(w, in.values.list)
		if f.Numeric && !in.nominal {
			in.scale.encode(w)
		}
	}
	for _, t := range f.trees {
		w.Uvarint(uint64(len(t.splits)))
		for i := range int32(len(t.splits)) {
			s := t.split(i)
			s.encode(w, f.Numeric)
		}
	}
}

func encodeNames(w *wire.Writer, list []string) {
	w.Uvarint(uint64(len(list)))
	for _, name := range list {
		w.String(name)
	}
}

// The flags of a split.
const (
	isNominal = 1 << iota
	missingRight
)

func (s *split) encode(w *wire.Writer, numeric bool) {
	w.Uvarint(uint64(s.node))
	w.Uvarint(uint64(s.input))
	flags := byte(0)
	if s.nominal {
		flags |= isNominal
	}
	if s.missing {
		flags |= missingRight
	}
	w.Byte(flags)
	if s.nominal {
		w.Uvarint(uint64(len(s.set)))
		for _, word := range s.set {
			w.Uint64(word)
		}
	} else {
		w.Float64(s.cut)
	}
	if numeric {
		return
	}
	encodeWeights(w, s.seen)
	w.Uvarint(uint64(len(s.seen)))
}

// encodeWeights appends those that are not 0: their number, and of each its distance from
// the one before and its value.
func encodeWeights(w *wire.Writer, list []float64) {
	used := 0
	for _, v := range list {
		if v != 0 {
			used++
		}
	}
	w.Uvarint(uint64(used))
	next := 0
	for i, v := range list {
		if v == 0 {
			continue
		}
		w.Uvarint(uint64(i - next))
		next = i + 1
		encodeWeight(w, v)
	}
}

// wholeWeights bounds the whole numbers that are written as such.
const wholeWeights = 1 << 50

// encodeWeight appends a whole number times 2, or 1 and the bits of any other.
func encodeWeight(w *wire.Writer, v float64) {
	if v == math.Trunc(v) && math.Abs(v) < wholeWeights {
		w.Varint(int64(v) * 2)
		return
	}
	w.Varint(1)
	w.Float64(v)
}

func decodeWeight(r *wire.Reader) float64 {
	n := r.Varint()
	switch {
	case n&1 == 0:
		return float64(n / 2)
	case n == 1:
		return r.Finite()
	}
	r.Fail("weight begins with %d", n)
	return 0
}

// decodeWeights reads what encodeWeights wrote into a list of at most n.
func decodeWeights(r *wire.Reader, n int) []float64 {
	var out []float64
	for range r.Count(2) {
		skip := r.Uvarint()
		v := decodeWeight(r)
		if skip >= uint64(n-len(out)) {
			r.Fail("weight %d beyond %d, of %d", skip, len(out), n)
			return nil
		}
		for range skip {
			out = append(out, 0)
		}
		out = append(out, v)
	}
	return out
}

// Decode reads what Encode wrote. The error wraps wire.ErrCorrupt or wire.ErrUnknownVersion.
func Decode(r *wire.Reader) (*Forest, error) {
	version, err := decodeVersion(r, numbersVersion)
	if err != nil {
		return nil, err
	}
	s := Spec{ID: r.String(), Key: r.String(), Target: r.String(), Seed: r.Uint64(), Strength: r.Finite()}
	for _, n := range []*int{&s.Trees, &s.SplitRows, &s.Candidates, &s.MaxNodes} {
		*n = int(min(r.Uvarint(), math.MaxInt32))
	}
	if s.Numeric = version == numbersVersion; s.Numeric {
		s.MaxLinear = int(min(r.Uvarint(), math.MaxInt32))
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	f, err := New(s)
	if err != nil {
		r.Fail("%v", err)
		return nil, r.Err()
	}
	if s.Numeric {
		f.target = decodeScale(r)
	} else {
		f.classes = decodeNames(r)
	}
	for range r.Count(3) {
		in := input{name: r.String(), nominal: r.Bool(), values: decodeNames(r)}
		if s.Numeric && !in.nominal {
			in.scale = decodeScale(r)
		}
		f.inputs = append(f.inputs, in)
	}
	for _, t := range f.trees {
		for range r.Count(4) {
			s, ok := f.decodeSplit(r, t)
			if !ok {
				return nil, r.Err()
			}
			t.add(s)
		}
	}
	return f, r.Err()
}

// decodeVersion reads the first byte, which is at most newest.
func decodeVersion(r *wire.Reader, newest byte) (byte, error) {
	v := r.Byte()
	if r.Err() == nil && (v < formatVersion || v > newest) {
		return v, fmt.Errorf("%w: %d, this build reads forests of %d to %d", wire.ErrUnknownVersion, v, formatVersion, newest)
	}
	return v, r.Err()
}

func decodeNames(r *wire.Reader) names {
	n := names{}
	for range r.Count(1) {
		name := r.String()
		if n.of(name) != unknown || n.add(name) == unknown {
			r.Fail("name %.40q twice, or too many", name)
			break
		}
	}
	return n
}

// decodeSplit reads a split of a leaf of t.
func (f *Forest) decodeSplit(r *wire.Reader, t *frame) (s split, ok bool) {
	node, in, flags := r.Uvarint(), r.Uvarint(), r.Byte()
	if r.Err() == nil && (node >= uint64(t.nodes()) || t.of(int32(node)) != leaf || in >= uint64(len(f.inputs)) || t.nodes()+2 > maxNodes) {
		r.Fail("split of node %d of %d by input %d of %d", node, t.nodes(), in, len(f.inputs))
	}
	if r.Err() != nil {
		return s, false
	}
	s = split{node: int32(node), input: int32(in), nominal: flags&isNominal != 0, missing: flags&missingRight != 0}
	if s.nominal {
		for range r.Count(8) {
			s.set = append(s.set, r.Uint64())
		}
	} else {
		s.cut = r.Finite()
	}
	if f.Numeric {
		return s, r.Err() == nil
	}
	seen := decodeWeights(r, len(f.classes.list))
	classes := r.Uvarint()
	if r.Err() == nil && (classes > uint64(len(f.classes.list)) || len(seen) > int(classes)) {
		r.Fail("split by %d classes of %d", classes, len(f.classes.list))
	}
	if len(t.shares)+2*int(classes) > mostShares {
		r.Fail("splits by more than %d weights of classes", mostShares)
	}
	for _, v := range seen {
		if v < 0 {
			r.Fail("split by a weight of %v", v)
		}
	}
	if r.Err() != nil {
		return s, false
	}
	s.seen = make([]float64, classes)
	copy(s.seen, seen)
	return s, true
}

// tailVersion is the first byte of a tally with tails.
const tailVersion = 2

// Encode appends the tally: version, number of forests with counts, and of each its ID, the
// weight of its rows, and by tree the number of classes that have rows and the counts. Equal
// counts have equal bytes.
//
// In a record that the one before it is at hand of (wire.Writer.Tails), large sums of a number may be
// those of an earlier record with the rows since; behind the ID there is then whether they are. The
// tally is changed by that, but not what it holds.
func (t *Tally) Encode(w *wire.Writer) {
	tails := w.Tails && slices.ContainsFunc(t.parts, func(p part) bool { return p.isNumeric() })
	if tails {
		w.Byte(tailVersion)
	} else {
		w.Byte(formatVersion)
	}
	n := 0
	for i := range t.parts {
		if !t.parts[i].isEmpty() {
			n++
		}
	}
	w.Uvarint(uint64(n))
	for i := range t.parts {
		p := &t.parts[i]
		if p.isEmpty() {
			continue
		}
		w.String(p.id)
		if !tails {
			p.encode(w)
			continue
		}
		own := p.tailed()
		w.Bool(own != nil)
		if own != nil {
			own.encode(w)
		} else {
			p.encode(w)
		}
	}
}

// isNumeric reports whether the part is known to be of a forest of a number.
func (p *part) isNumeric() bool {
	return p.tail != nil || p.reading != nil && p.reading.forest.Numeric
}

// tailed returns the tail of a part, which begins anew where it is time; nil for none.
func (p *part) tailed() *tail {
	if p.tail != nil && !p.tail.isFull() {
		p.tail.records++
		return p.tail
	}
	p.tail = nil
	if p.reading == nil || !p.reading.forest.Numeric {
		return nil
	}
	w := wire.NewWriter(nil)
	if p.encode(w); len(w.Bytes()) < tailFrom {
		return nil
	}
	f := p.reading.forest
	p.tail = &tail{base: w.Bytes(), scales: scalesOf(f), trees: len(f.trees)}
	return p.tail
}

// encode appends the weight of the rows and the counts.
func (p *part) encode(w *wire.Writer) {
	encodeWeight(w, p.weight)
	w.Uvarint(uint64(len(p.trees)))
	for k := range p.trees {
		c := p.trees[k].narrow()
		w.Uvarint(uint64(c.classes))
		encodeWeights(w, c.own)
	}
}

// decode reads what encode wrote.
func (p *part) decode(r *wire.Reader) {
	p.weight = decodeWeight(r)
	trees := r.Count(2)
	if trees > MaxTrees {
		r.Fail("forest %.40q of %d trees", p.id, trees)
		return
	}
	for range trees {
		c := counts{classes: int(min(r.Uvarint(), maxNames))}
		c.own = decodeWeights(r, min(maxNodes*c.classes, maxCounts))
		if c.classes > 0 {
			c.widen((len(c.own)+c.classes-1)/c.classes, c.classes)
		}
		p.trees = append(p.trees, c)
	}
}

// DecodeTally reads what Encode wrote. The error wraps wire.ErrCorrupt or
// wire.ErrUnknownVersion.
func DecodeTally(r *wire.Reader) (*Tally, error) {
	version, err := decodeVersion(r, tailVersion)
	if err != nil {
		return nil, err
	}
	t := &Tally{}
	for range r.Count(3) {
		p := part{id: r.String()}
		if version == tailVersion && r.Bool() {
			decodeTail(r, &p)
		} else {
			p.decode(r)
		}
		if len(t.parts) > 0 && t.parts[len(t.parts)-1].id >= p.id {
			r.Fail("forest %.40q is out of order", p.id)
		}
		if r.Err() != nil {
			return nil, r.Err()
		}
		t.parts = append(t.parts, p)
	}
	return t, r.Err()
}
