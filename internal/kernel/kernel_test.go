package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

const (
	// sumTolerance is the rounding of a float64 sum over MaxRows terms,
	// relative to the sum of their magnitudes.
	sumTolerance = MaxRows * 0x1p-53
	// exactTolerance is what MulAddExact promises for MaxRows rows, relative
	// to the product of the norms.
	exactTolerance = 0x1p-91
	// splitTolerance is the error of a double-double sum over MaxRows terms,
	// relative to the sum of their magnitudes.
	splitTolerance = MaxRows * MaxRows * 0x1p-106
	// prec is the precision of the reference.
	prec = 300
)

// implementations are the forms of the kernels that this machine runs.
type implementation struct {
	name     string
	scan     func(*Source, *Lane, *Sums)
	centre   func(*Source, *Lane, []float64, []float64, *Powers)
	split    func(*Source, *Lane, *Exact, *Splits)
	multiply func(c, a, b []float64, panels, stride, rows int)
	exact    func(hi, lo, a, b, scaleA, scaleB []float64, panels, stride, rows int)
}

func implementations() []implementation {
	all := []implementation{{name: "go", scan: scanGo, centre: centreGo, split: splitGo, multiply: mulAddGo, exact: mulAddExactGo}}
	if accelerated {
		all = append(all, implementation{name: "avx2", scan: scanAccelerated, centre: centreAccelerated,
			split: splitAccelerated, multiply: mulAddAccelerated, exact: mulAddExactAccelerated})
	}
	return all
}

// random returns numbers around offset with tails of very different size.
func random(r *rand.Rand, n int, offset float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = offset + math.Ldexp(r.NormFloat64(), r.IntN(8)-4)
	}
	return out
}

func weights(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 0.1 + r.Float64()
	}
	return out
}

func bigOf(x float64) *big.Float { return new(big.Float).SetPrec(prec).SetFloat64(x) }

func bigAdd(a *big.Float, x *big.Float) { a.Add(a, x) }

func bigMul(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(prec).Mul(a, b) }

func float(x *big.Float) float64 {
	f, _ := x.Float64()
	return f
}

// off returns |hi+lo-want| over scale, 0 where both are 0.
func off(hi, lo float64, want *big.Float, scale float64) float64 {
	diff := bigOf(hi)
	bigAdd(diff, bigOf(lo))
	d := math.Abs(float(diff.Sub(diff, want)))
	if d == 0 {
		return 0
	}
	return d / scale
}

// passCase is a source that the passes are tried on.
type passCase struct {
	name    string
	rows    int
	columns int
	stride  int
	offset  float64
	weights bool
}

func passCases() []passCase {
	var cases []passCase
	for _, rows := range []int{1, 2, 3, 7, 64, 127, 128} {
		for columns := 1; columns <= Width; columns++ {
			for _, weighted := range []bool{false, true} {
				cases = append(cases, passCase{
					name: fmt.Sprintf("%d rows of %d columns, weights %v", rows, columns, weighted),
					rows: rows, columns: columns, stride: columns + rows%3, offset: float64(rows%2) * 1e6, weights: weighted,
				})
			}
		}
	}
	return cases
}

func (c *passCase) source(r *rand.Rand) *Source {
	// the last row ends where the slice ends: a read beyond would be outside
	s := &Source{Values: random(r, (c.rows-1)*c.stride+c.columns, c.offset), Stride: c.stride, Rows: c.rows, Columns: c.columns}
	if c.weights {
		s.Weights = weights(r, c.rows)
	}
	return s
}

func (s *Source) weight(r int) float64 {
	if s.Weights == nil {
		return 1
	}
	return s.Weights[r]
}

func TestScan(t *testing.T) {
	for _, impl := range implementations() {
		for _, c := range passCases() {
			t.Run(impl.name+"/"+c.name, func(t *testing.T) {
				s := c.source(rand.New(rand.NewPCG(1, uint64(c.rows))))
				pivot := Lane{c.offset, c.offset + 1, c.offset - 1, c.offset}
				for i := c.columns; i < Width; i++ {
					pivot[i] = 0
				}
				var got Sums
				impl.scan(s, &pivot, &got)
				for i := range c.columns {
					want, scale := bigOf(0), 0.0
					low, high := math.Inf(1), math.Inf(-1)
					for r := range c.rows {
						x := s.Values[r*c.stride+i]
						low, high = min(low, x), max(high, x)
						e := bigOf(x)
						e.Sub(e, bigOf(pivot[i]))
						bigAdd(want, bigMul(e, bigOf(s.weight(r))))
						scale += math.Abs(float(e)) * s.weight(r)
					}
					if got.Min[i] != low || got.Max[i] != high {
						t.Errorf("column %d from %v to %v, want %v to %v", i, got.Min[i], got.Max[i], low, high)
					}
					if e := off(got.Sum[i], 0, want, scale); e > sumTolerance {
						t.Errorf("sum of column %d is off by %g", i, e)
					}
				}
			})
		}
	}
}

func TestCentre(t *testing.T) {
	for _, impl := range implementations() {
		for _, c := range passCases() {
			t.Run(impl.name+"/"+c.name, func(t *testing.T) {
				s := c.source(rand.New(rand.NewPCG(2, uint64(c.rows))))
				centre := Lane{c.offset, c.offset, c.offset, c.offset}
				for i := c.columns; i < Width; i++ {
					centre[i] = 0
				}
				a, b := make([]float64, c.rows*Width), make([]float64, c.rows*Width)
				var got Powers
				impl.centre(s, &centre, a, b, &got)
				for i := range Width {
					var want [4]*big.Float
					var scale [4]float64
					for k := range want {
						want[k] = bigOf(0)
					}
					for r := range c.rows {
						e := 0.0
						if i < c.columns {
							e = s.Values[r*c.stride+i] - centre[i]
						}
						if b[r*Width+i] != e || c.weights && a[r*Width+i] != s.weight(r)*e {
							t.Fatalf("row %d of column %d is %v and %v, want %v", r, i, a[r*Width+i], b[r*Width+i], e)
						}
						power := bigOf(s.weight(r))
						for k := range want {
							power = bigMul(power, bigOf(e))
							bigAdd(want[k], power)
							scale[k] += math.Abs(float(power))
						}
					}
					for k := range want {
						if e := off(got[k][i], 0, want[k], scale[k]); e > sumTolerance {
							t.Errorf("power %d of column %d is off by %g", k+1, i, e)
						}
					}
				}
			})
		}
	}
}

func TestSplit(t *testing.T) {
	for _, impl := range implementations() {
		for _, c := range passCases() {
			t.Run(impl.name+"/"+c.name, func(t *testing.T) {
				testSplit(t, &impl, &c)
			})
		}
	}
}

func testSplit(t *testing.T, impl *implementation, c *passCase) {
	s := c.source(rand.New(rand.NewPCG(3, uint64(c.rows))))
	pivot := Lane{0.1, 0.1, 0.1, 0.1}
	for i := c.columns; i < Width; i++ {
		pivot[i] = 0
	}
	n := c.rows * Width
	to := &Exact{AHi: make([]float64, n), ALo: make([]float64, n), BHi: make([]float64, n), BLo: make([]float64, n)}
	var got Splits
	impl.split(s, &pivot, to, &got)
	for i := range c.columns {
		sum, normA, normB := bigOf(0), bigOf(0), bigOf(0)
		scale, low := 0.0, false
		for r := range c.rows {
			at := r*Width + i
			e := bigOf(s.Values[r*c.stride+i])
			e.Sub(e, bigOf(pivot[i]))
			if off(to.BHi[at], to.BLo[at], e, 1) != 0 {
				t.Fatalf("row %d of column %d is %v + %v", r, i, to.BHi[at], to.BLo[at])
			}
			low = low || to.BLo[at] != 0
			bigAdd(normB, bigMul(bigOf(to.BHi[at]), bigOf(to.BHi[at])))
			if c.weights {
				e = bigMul(e, bigOf(s.weight(r)))
				if off(to.AHi[at], to.ALo[at], e, math.Abs(float(e))) > 0x1p-104 {
					t.Fatalf("row %d of weighted column %d is %v + %v", r, i, to.AHi[at], to.ALo[at])
				}
				low = low || to.ALo[at] != 0
				bigAdd(normA, bigMul(bigOf(to.AHi[at]), bigOf(to.AHi[at])))
			}
			bigAdd(sum, e)
			scale += math.Abs(float(e))
		}
		if e := off(got.SumHi[i], got.SumLo[i], sum, scale); e > splitTolerance {
			t.Errorf("sum of column %d is off by %g", i, e)
		}
		if e := off(got.NormB[i], 0, normB, float(normB)); e > sumTolerance {
			t.Errorf("norm of column %d is off by %g", i, e)
		}
		if e := off(got.NormA[i], 0, normA, float(normA)); e > sumTolerance {
			t.Errorf("norm of weighted column %d is off by %g", i, e)
		}
		if (got.Low[i] != 0) != low {
			t.Errorf("low words of column %d: %v, want %v", i, got.Low[i] != 0, low)
		}
	}
}
