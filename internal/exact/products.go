package exact

import (
	"math/big"
	"math/bits"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Products are the sums of w, w x_i and w x_i x_j of rows of Dim numbers x with
// weights w. Taking away more than was added leaves them negative.
type Products struct {
	dim    int
	weight sum
	first  []sum // by column
	cross  []sum // of columns i <= j, at j(j+1)/2+i
}

// NewProducts returns the sums of no rows.
func NewProducts(dim int) *Products {
	return &Products{dim: dim, first: make([]sum, dim), cross: make([]sum, dim*(dim+1)/2)}
}

// Dim returns the number of columns.
func (p *Products) Dim() int { return p.dim }

// factor is a number that is split for multiplication.
type factor struct {
	m        uint64
	e        int
	negative bool
}

func factorOf(x float64) factor {
	m, e := split(x)
	return factor{m: m, e: e, negative: x < 0}
}

func factorsOf(row []float64) []factor {
	out := make([]factor, len(row))
	for i, x := range row {
		out[i] = factorOf(x)
	}
	return out
}

// term is the product of a weight and a number.
type term struct {
	low, high uint64
	e         int
	negative  bool
}

func termOf(weight, x factor) term {
	high, low := bits.Mul64(weight.m, x.m)
	return term{low: low, high: high, e: weight.e + x.e, negative: x.negative}
}

// addTo adds the product with another number.
func (t *term) addTo(s *sum, x factor) {
	if x.m == 0 || t.low|t.high == 0 {
		return
	}
	high, low := bits.Mul64(t.low, x.m)
	negative := t.negative != x.negative
	if t.high == 0 {
		s.addTwo(low, high, t.e+x.e, negative)
		return
	}
	top, middle := bits.Mul64(t.high, x.m)
	middle, carry := bits.Add64(middle, high, 0)
	s.add([]uint64{low, middle, top + carry}, t.e+x.e, negative)
}

var one = factor{m: 1}

// Add adds a row of Dim numbers; all of them and w must be finite and w positive.
func (p *Products) Add(row []float64, w float64) {
	parts, weight := factorsOf(row[:p.dim]), factorOf(w)
	p.weight.add([]uint64{weight.m}, weight.e, false)
	for j := range parts {
		x := termOf(weight, parts[j])
		x.addTo(&p.first[j], one)
		cross := p.cross[j*(j+1)/2:]
		for i := range parts[:j+1] {
			x.addTo(&cross[i], parts[i])
		}
	}
}

// Exchange adds a row and takes away another one of the same weight that differs from it in the
// given columns alone, in ascending order. It takes the time of these columns times all.
func (p *Products) Exchange(row, away []float64, columns []int32, w float64) {
	parts, gone, weight := factorsOf(row[:p.dim]), factorsOf(away[:p.dim]), factorOf(w)
	for _, j := range columns {
		x, y := termOf(weight, parts[j]), termOf(weight, gone[j])
		y.negative = !y.negative
		x.addTo(&p.first[j], one)
		y.addTo(&p.first[j], one)
		next := 0
		for i := range p.dim {
			if next < len(columns) && int(columns[next]) == i {
				if next++; i > int(j) {
					continue // with that one
				}
			}
			s := p.at(i, int(j))
			x.addTo(s, parts[i])
			y.addTo(s, gone[i])
		}
	}
}

// each calls f for every sum and that at the same place of o, which has as many
// columns.
func (p *Products) each(o *Products, f func(a, b *sum)) {
	f(&p.weight, &o.weight)
	for i := range p.first {
		f(&p.first[i], &o.first[i])
	}
	for i := range p.cross {
		f(&p.cross[i], &o.cross[i])
	}
}

// Merge adds o, which has as many columns.
func (p *Products) Merge(o *Products) { p.each(o, func(a, b *sum) { a.addSum(b, false) }) }

// Subtract takes o away, which has as many columns.
func (p *Products) Subtract(o *Products) { p.each(o, func(a, b *sum) { a.addSum(b, true) }) }

// Scale multiplies the sums by a positive number. With a power of two it is exact
// while nothing is cut off.
func (p *Products) Scale(f float64) { p.each(p, func(s, _ *sum) { s.scale(f) }) }

// scale multiplies the sum by a number.
func (s *sum) scale(f float64) {
	if len(s.limbs) == 0 {
		return
	}
	m, e := split(f)
	product := s.integer()
	product.Mul(product, new(big.Int).SetUint64(m))
	if f < 0 {
		product.Neg(product)
	}
	s.set(product, 64*s.base+e)
}

// Set makes the numbers of a column x in all rows.
func (p *Products) Set(column int, x float64) {
	multiple := func(s *sum) sum {
		out := s.clone()
		if x == 0 {
			return sum{}
		}
		out.scale(x)
		return out
	}
	p.first[column] = multiple(&p.weight)
	for i := range p.first {
		*p.at(i, column) = multiple(&p.first[i])
	}
}

// at returns the sum of the products of two columns.
func (p *Products) at(i, j int) *sum {
	if i > j {
		i, j = j, i
	}
	return &p.cross[j*(j+1)/2+i]
}

// Select returns the sums of some columns, in that order.
func (p *Products) Select(columns []int32) *Products {
	out := NewProducts(len(columns))
	out.weight = p.weight.clone()
	for j, b := range columns {
		out.first[j] = p.first[b].clone()
		for i, a := range columns[:j+1] {
			*out.at(i, j) = p.at(int(a), int(b)).clone()
		}
	}
	return out
}

// AddBig adds sums that are given as numbers: the weight, and by functions of the
// columns the others.
func (p *Products) AddBig(weight *big.Float, first func(i int) *big.Float, cross func(i, j int) *big.Float) {
	p.weight.addBig(weight)
	for j := range p.first {
		p.first[j].addBig(first(j))
		for i := range j + 1 {
			p.at(i, j).addBig(cross(i, j))
		}
	}
}

// Weight returns the sum of weights.
func (p *Products) Weight() *big.Float { return p.weight.number() }

// First returns the sum of w x_i.
func (p *Products) First(i int) *big.Float { return p.first[i].number() }

// Cross returns the sum of w x_i x_j.
func (p *Products) Cross(i, j int) *big.Float { return p.at(i, j).number() }

// Exponent returns an exponent of two that no sum reaches.
func (p *Products) Exponent() int {
	most := lowest
	p.each(p, func(s, _ *sum) {
		if len(s.limbs) > 0 {
			most = max(most, s.exponent())
		}
	})
	return most
}

// IsZero reports whether all sums are 0.
func (p *Products) IsZero() bool {
	zero := true
	p.each(p, func(s, _ *sum) { zero = zero && s.IsZero() })
	return zero
}

// Clone returns a copy.
func (p *Products) Clone() *Products {
	out := NewProducts(p.dim)
	limbs := 0
	p.each(p, func(s, _ *sum) { limbs += len(s.limbs) })
	room := make([]uint64, 0, limbs)
	out.each(p, func(to, from *sum) {
		if len(from.limbs) == 0 {
			return
		}
		start := len(room)
		room = append(room, from.limbs...)
		*to = sum{limbs: room[start:len(room):len(room)], base: from.base}
	})
	return out
}

func (s *sum) clone() sum {
	return sum{limbs: append([]uint64(nil), s.limbs...), base: s.base}
}

// Encode appends the sums: of each how many limbs it has, the place of the first and
// the limbs. How many columns there are is not written.
func (p *Products) Encode(w *wire.Writer) { p.each(p, func(s, _ *sum) { s.encode(w) }) }

// DecodeProducts reads what Encode wrote of dim columns. Damage is recorded in r.
func DecodeProducts(r *wire.Reader, dim int) *Products {
	if size := 1 + dim + dim*(dim+1)/2; size > r.Remaining() {
		r.Fail("exact sums of %d columns in %d bytes", dim, r.Remaining())
		return NewProducts(0)
	}
	p := NewProducts(dim)
	p.each(p, func(s, _ *sum) {
		if r.Err() == nil {
			*s = decodeSum(r)
		}
	})
	if r.Err() != nil {
		return NewProducts(0)
	}
	return p
}
