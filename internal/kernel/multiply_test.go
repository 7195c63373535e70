package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// product is A'B of random panels, with what the tests compare to.
type product struct {
	dim, panels, stride, rows int
	a, b                      []float64
}

func newProduct(r *rand.Rand, dim, rows int, same bool) *product {
	p := &product{dim: dim, panels: Panels(dim), stride: (rows + 2) * Width, rows: rows}
	fill := func() []float64 {
		v := make([]float64, p.panels*p.stride)
		for i := range dim {
			for k := range rows {
				v[i/Width*p.stride+k*Width+i%Width] = math.Ldexp(r.NormFloat64(), i%7*5)
			}
		}
		return v
	}
	p.a = fill()
	p.b = p.a
	if !same {
		p.b = fill()
	}
	return p
}

func (p *product) at(v []float64, i, row int) float64 {
	return v[i/Width*p.stride+row*Width+i%Width]
}

func (p *product) norm2(v []float64, i int) (sum float64) {
	for k := range p.rows {
		x := p.at(v, i, k)
		sum += x * x
	}
	return sum
}

func (p *product) scales(v []float64) []float64 {
	out := make([]float64, p.panels*Width)
	for i := range p.dim {
		out[i] = Scale(p.norm2(v, i))
	}
	return out
}

// worst returns the largest error of hi+lo less start, which the sums held
// before, relative to the product of the norms.
func (p *product) worst(hi, lo []float64, start float64) float64 {
	worst := 0.0
	for i := range p.dim {
		for j := i; j < p.dim; j++ {
			want := bigOf(start)
			for k := range p.rows {
				bigAdd(want, bigMul(bigOf(p.at(p.a, i, k)), bigOf(p.at(p.b, j, k))))
			}
			at := Offset(p.panels, i, j)
			low := 0.0
			if lo != nil {
				low = lo[at]
			}
			scale := math.Abs(start) + math.Sqrt(p.norm2(p.a, i)*p.norm2(p.b, j))
			worst = max(worst, off(hi[at], low, want, scale))
		}
	}
	return worst
}

func TestMultiply(t *testing.T) {
	for _, impl := range implementations() {
		for _, dim := range []int{1, 3, 4, 5, 9, 12, 13, 17, 24, 30} {
			for _, rows := range []int{1, 2, 5, 128, 130} {
				for _, same := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%d columns, %d rows, same %v", impl.name, dim, rows, same), func(t *testing.T) {
						p := newProduct(rand.New(rand.NewPCG(4, uint64(dim))), dim, rows, same)
						size := Tiles(dim) * TileFloats
						c, hi, lo := make([]float64, size), make([]float64, size), make([]float64, size)
						const start = 0.75
						for i := range c {
							c[i], hi[i] = start, start
						}
						impl.multiply(c, p.a, p.b, p.panels, p.stride, p.rows)
						if e := p.worst(c, nil, start); e > sumTolerance {
							t.Errorf("float64: off by %g", e)
						}
						impl.exact(hi, lo, p.a, p.b, p.scales(p.a), p.scales(p.b), p.panels, p.stride, p.rows)
						if e := p.worst(hi, lo, start); e > exactTolerance {
							t.Errorf("exact: off by %g", e)
						}
						for i := range hi {
							if hi[i]+lo[i] != hi[i] {
								t.Fatalf("%v + %v is not normalised", hi[i], lo[i])
							}
						}
					})
				}
			}
		}
	}
}

func TestScaleIsAbove(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		x := math.Ldexp(r.Float64()+0.5, r.IntN(600)-300)
		s := Scale(x * x)
		if s < x || s > 4*x {
			t.Fatalf("scale of %v is %v", x, s)
		}
		if f, _ := math.Frexp(s); f != 0.5 {
			t.Fatalf("scale %v is no power of two", s)
		}
		if s := ScaleOf(-x); s < x || s > 2*x {
			t.Fatalf("scale of the number %v is %v", x, s)
		}
	}
	if Scale(0) != 0 || ScaleOf(0) != 0 {
		t.Error("scale of 0 is not 0")
	}
}

func TestOffsetsAreDistinct(t *testing.T) {
	for dim := 1; dim < 30; dim++ {
		seen := make(map[int]bool)
		for i := range dim {
			for j := i; j < dim; j++ {
				at := Offset(Panels(dim), i, j)
				if at != Offset(Panels(dim), j, i) || seen[at] || at >= Tiles(dim)*TileFloats {
					t.Fatalf("dim %d: element %d, %d at %d", dim, i, j, at)
				}
				seen[at] = true
			}
		}
	}
}

func BenchmarkMultiply(b *testing.B) {
	for _, dim := range []int{9, 30, 100} {
		p := newProduct(rand.New(rand.NewPCG(7, 8)), dim, MaxRows, true)
		size := Tiles(dim) * TileFloats
		c, hi, lo := make([]float64, size), make([]float64, size), make([]float64, size)
		scales := p.scales(p.a)
		for _, impl := range implementations() {
			b.Run(fmt.Sprintf("float64/%s/d=%d", impl.name, dim), func(b *testing.B) {
				for b.Loop() {
					impl.multiply(c, p.a, p.a, p.panels, p.stride, p.rows)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*MaxRows), "ns/row")
			})
			b.Run(fmt.Sprintf("exact/%s/d=%d", impl.name, dim), func(b *testing.B) {
				for b.Loop() {
					impl.exact(hi, lo, p.a, p.a, scales, scales, p.panels, p.stride, p.rows)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*MaxRows), "ns/row")
			})
		}
	}
}

func BenchmarkPasses(b *testing.B) {
	const columns = Width
	r := rand.New(rand.NewPCG(9, 10))
	s := &Source{Values: random(r, MaxRows*columns, 0), Stride: columns, Rows: MaxRows, Columns: columns}
	var pivot Lane
	n := MaxRows * Width
	to := &Exact{BHi: make([]float64, n), BLo: make([]float64, n)}
	perValue := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
	}
	for _, impl := range implementations() {
		b.Run("scan/"+impl.name, func(b *testing.B) {
			var out Sums
			for b.Loop() {
				impl.scan(s, &pivot, &out)
			}
			perValue(b)
		})
		b.Run("centre/"+impl.name, func(b *testing.B) {
			var out Powers
			for b.Loop() {
				impl.centre(s, &pivot, nil, to.BHi, &out)
			}
			perValue(b)
		})
		b.Run("split/"+impl.name, func(b *testing.B) {
			var out Splits
			for b.Loop() {
				impl.split(s, &pivot, to, &out)
			}
			perValue(b)
		})
	}
}
