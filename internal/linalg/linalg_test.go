package linalg

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// random returns an n by n matrix F'F of F with rank columns, and F scaled by
// units of many magnitudes.
func random(r *rand.Rand, n, rank int) []float64 {
	f := make([]float64, rank*n)
	for i := range f {
		f[i] = float64(r.IntN(19) - 9) // integers, so that F'F is exact
	}
	a := make([]float64, n*n)
	for i := range n {
		for j := range n {
			for k := range rank {
				a[i*n+j] += f[k*n+i] * f[k*n+j]
			}
		}
	}
	return a
}

func scaleBy(a []float64, n int, unit func(i int) float64) {
	for i := range n {
		for j := range n {
			a[i*n+j] *= unit(i) * unit(j)
		}
	}
}

func wide(a []float64) []dd.Number {
	out := make([]dd.Number, len(a))
	for i, x := range a {
		out[i] = dd.FromFloat(x)
	}
	return out
}

func narrow(a []dd.Number) []float64 {
	out := make([]float64, len(a))
	for i, x := range a {
		out[i] = x.Float()
	}
	return out
}

// farFromIdentity is the largest element of |AB - 1|, in the units of a.
func farFromIdentity(a, b []float64, n int) float64 {
	worst := 0.0
	for i := range n {
		for j := range n {
			sum := new(big.Float).SetPrec(200)
			for k := range n {
				sum.Add(sum, new(big.Float).Mul(big.NewFloat(a[i*n+k]), big.NewFloat(b[k*n+j])))
			}
			if i == j {
				sum.Sub(sum, big.NewFloat(1))
			}
			x, _ := sum.Float64()
			worst = max(worst, math.Abs(x)*math.Sqrt(a[j*n+j]/a[i*n+i]))
		}
	}
	return worst
}

func TestInverse(t *testing.T) {
	// of well-conditioned matrices of this size
	const close = 1e-9
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 3, 7, 20} {
		a := random(r, n, n+5)
		scaleBy(a, n, func(i int) float64 { return math.Ldexp(1, 5*(i%9)-20) })
		f, err := Factor(a, n, 1e-14)
		if err != nil || f.Rank() != n || f.n != n || len(f.Dependent()) != 0 {
			t.Fatalf("n %d: rank %d, %v", n, f.Rank(), err)
		}
		g, err := FactorDD(wide(a), n, 1e-14)
		if err != nil || g.Rank() != n || g.n != n || len(g.Dependent()) != 0 {
			t.Fatalf("n %d: rank %d, %v", n, g.Rank(), err)
		}
		for name, inverse := range map[string][]float64{"float64": f.Inverse(), "dd": narrow(g.inverse())} {
			if e := farFromIdentity(a, inverse, n); !(e <= close) {
				t.Errorf("n %d, %s: the inverse is off by %g", n, name, e)
			}
		}
		inverse, diagonal, wideDiagonal := f.Inverse(), f.InverseDiagonal(), g.InverseDiagonal()
		root, wideRoot := f.Root(), g.Root()
		b := make([]float64, n)
		for i := range b {
			b[i] = a[i*n] // so that x is the first unit vector
			if d := inverse[i*n+i]; math.Abs(diagonal[i]-d) > close*d || math.Abs(wideDiagonal[i].Float()-d) > close*d {
				t.Errorf("n %d: diagonal %d of the inverse is %v and %v, want %v", n, i, diagonal[i], wideDiagonal[i].Float(), d)
			}
			for _, w := range [][]float64{root, wideRoot} {
				sum := 0.0
				for k := range n {
					sum += w[k*n+i] * w[k*n+i]
				}
				if d := inverse[i*n+i]; math.Abs(sum-d) > close*d {
					t.Errorf("n %d: the root gives %v for diagonal %d, want %v", n, sum, i, d)
				}
			}
		}
		for name, x := range map[string][]float64{"float64": f.Solve(b), "dd": narrow(g.Solve(wide(b)))} {
			for i, v := range x {
				want := 0.0
				if i == 0 {
					want = 1
				}
				if e := math.Abs(v-want) * math.Sqrt(a[i*n+i]/a[0]); !(e <= close) {
					t.Errorf("n %d, %s: solution %d is %v, want %v", n, name, i, v, want)
				}
			}
		}
	}
}

// TestHilbert holds the promise of double-double: the Hilbert matrix of order
// 12, condition 1.7e16, is solved to 12 digits, and refused in float64.
func TestHilbert(t *testing.T) {
	const n = 12
	a, b := make([]dd.Number, n*n), make([]dd.Number, n)
	for i := range n {
		for j := range n {
			a[i*n+j] = dd.FromFloat(1).Div(dd.FromFloat(float64(i + j + 1)))
			b[i] = b[i].Add(a[i*n+j])
		}
	}
	f, err := FactorDD(a, n, 1e-26)
	if err != nil || f.Rank() != n {
		t.Fatalf("rank %d, %v", f.Rank(), err)
	}
	for i, x := range f.Solve(b) {
		if e := math.Abs(x.AddFloat(-1).Float()); !(e <= 1e-12) {
			t.Errorf("solution %d is off by %g", i, e)
		}
	}
	// scaled to a unit diagonal its condition is some orders less
	if r := f.RCond(); !(r < 1e-14 && r > 1e-18) {
		t.Errorf("reciprocal condition is %g", r)
	}
	g, err := Factor(narrow(a), n, 1e-14)
	if err != nil || g.Rank() == n {
		t.Errorf("rank is %d in float64, %v", g.Rank(), err)
	}
	if c := g.Combination(g.Dependent()[0]); len(c) != n || slices.Max(c) == 0 {
		t.Errorf("combination is %v", c)
	}
	if c := g.Combination(g.pivot[0]); slices.Max(c) != 0 {
		t.Errorf("combination of an independent column is %v", c)
	}
}

// TestRCond compares the estimate with the true condition in the 1-norm, of
// which it is a lower bound and usually a close one.
func TestRCond(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for n := range 16 {
		a := random(r, n, n+3)
		for i := range n { // to a unit diagonal
			d := math.Sqrt(a[i*n+i])
			for j := range n {
				a[i*n+j] /= d
				a[j*n+i] /= d
			}
		}
		f, err := Factor(a, n, 1e-14)
		if err != nil {
			t.Fatal(err)
		}
		g, err := FactorDD(wide(a), n, 1e-14)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			if f.RCond() != 0 || g.RCond() != 0 {
				t.Error("the empty matrix has a condition")
			}
			continue
		}
		want := 1 / (norm1(a, n) * norm1(f.Inverse(), n))
		for name, got := range map[string]float64{"float64": f.RCond(), "dd": g.RCond()} {
			if !(got >= want*(1-1e-9) && got <= 3*want) {
				t.Errorf("n %d, %s: reciprocal condition is %g, truly %g", n, name, got, want)
			}
		}
	}
}

func norm1(a []float64, n int) float64 {
	largest := 0.0
	for j := range n {
		sum := 0.0
		for i := range n {
			sum += math.Abs(a[i*n+j])
		}
		largest = max(largest, sum)
	}
	return largest
}

// TestPseudoInverse checks the four conditions of Penrose, of matrices of a
// rank below n and a diagonal of 1 to 4 times a power of four.
func TestPseudoInverse(t *testing.T) {
	const close = 1e-8
	r := rand.New(rand.NewPCG(3, 3))
	for _, c := range []struct{ n, rank int }{{3, 3}, {4, 2}, {9, 6}, {5, 1}} {
		a := random(r, c.n, c.rank)
		d := make([]float64, c.n)
		for i := range d {
			d[i] = powerScale(a[i*c.n+i])
		}
		scaleBy(a, c.n, func(i int) float64 { return d[i] })
		f, err := Factor(a, c.n, 1e-12)
		if err != nil || f.Rank() != c.rank || len(f.Dependent()) != c.n-c.rank {
			t.Fatalf("%v: rank %d, %v", c, f.Rank(), err)
		}
		g, err := FactorDD(wide(a), c.n, 1e-12)
		if err != nil || g.Rank() != c.rank {
			t.Fatalf("%v: rank %d, %v", c, g.Rank(), err)
		}
		x, err := f.PseudoInverse()
		if err != nil {
			t.Fatal(err)
		}
		y, err := g.PseudoInverse()
		if err != nil {
			t.Fatal(err)
		}
		for name, p := range map[string][]float64{"float64": x, "dd": narrow(y)} {
			ap, pa := product(a, p, c.n), product(p, a, c.n)
			apa, pap := product(ap, a, c.n), product(pa, p, c.n)
			for i := range c.n {
				for j := range c.n {
					k, m := i*c.n+j, j*c.n+i
					if math.Abs(apa[k]-a[k]) > close || math.Abs(pap[k]-p[k]) > close || math.Abs(ap[k]-ap[m]) > close || math.Abs(pa[k]-pa[m]) > close {
						t.Fatalf("%v, %s: a condition of Penrose fails at %d, %d", c, name, i, j)
					}
				}
			}
		}
		// a dependent column is what the combination says
		for _, k := range f.Dependent() {
			sum := append([]float64(nil), a[k*c.n:(k+1)*c.n]...)
			for i, w := range f.Combination(k) {
				for j := range sum {
					sum[j] -= w * a[i*c.n+j]
				}
			}
			wideCombination := g.Combination(k)
			for j := range sum {
				if math.Abs(sum[j]) > close || len(wideCombination) != c.n {
					t.Errorf("%v: column %d is off by %g", c, k, sum[j])
				}
			}
		}
	}
}

func product(a, b []float64, n int) []float64 {
	out := make([]float64, n*n)
	for i := range n {
		for j := range n {
			for k := range n {
				out[i*n+j] += a[i*n+k] * b[k*n+j]
			}
		}
	}
	return out
}

func TestEigen(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	const n = 6
	a := random(r, n, n)
	values, vectors, err := Eigen(a, n)
	if err != nil {
		t.Fatal(err)
	}
	sum := make([]float64, n*n)
	for k, v := range values {
		if k > 0 && v > values[k-1] {
			t.Errorf("values are %v, want them descending", values)
		}
		for i := range n {
			for j := range n {
				sum[i*n+j] += v * vectors[k*n+i] * vectors[k*n+j]
			}
		}
	}
	for i := range a {
		if !(math.Abs(sum[i]-a[i]) <= 1e-9*values[0]) {
			t.Errorf("element %d is %v, want %v", i, sum[i], a[i])
		}
	}
	f, err := Factor(a, n, 1e-14)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, v := range values {
		want += math.Log(v)
	}
	if got := f.LogDet(); !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
		t.Errorf("log determinant is %v, want %v", got, want)
	}
}

func TestRefuses(t *testing.T) {
	nan := []float64{1, math.NaN(), 0, 1}
	if _, err := Factor(nan[:3], 2, 0); !errors.Is(err, errShape) {
		t.Error(err)
	}
	if _, err := FactorDD(wide(nan)[:3], 2, 0); !errors.Is(err, errShape) {
		t.Error(err)
	}
	if _, _, err := Eigen(nan[:3], 2); !errors.Is(err, errShape) {
		t.Error(err)
	}
	if _, err := Factor(nan, 2, 0); !errors.Is(err, errNotFinite) {
		t.Error(err)
	}
	if _, err := FactorDD(wide(nan), 2, 0); !errors.Is(err, errNotFinite) {
		t.Error(err)
	}
	if _, _, err := Eigen(nan, 2); !errors.Is(err, errNotFinite) {
		t.Error(err)
	}
	if v, _, err := Eigen(nil, 0); err != nil || len(v) != 0 {
		t.Error(v, err)
	}
	// zero and negative columns are dependent, of nothing
	f, err := Factor([]float64{0, 1, 1, 0, 4, 1, 0, 0, -2}, 3, 1e-14)
	if err != nil || f.Rank() != 1 || f.pivot[0] != 1 {
		t.Errorf("rank %d, %v", f.Rank(), err)
	}
}

func BenchmarkFactor(b *testing.B) {
	const n = 100
	a := random(rand.New(rand.NewPCG(5, 5)), n, 2*n)
	w := wide(a)
	b.Run("float64", func(b *testing.B) {
		for b.Loop() {
			f, err := Factor(a, n, 1e-14)
			if err != nil {
				b.Fatal(err)
			}
			f.InverseDiagonal()
		}
	})
	b.Run("dd", func(b *testing.B) {
		for b.Loop() {
			f, err := FactorDD(w, n, 1e-14)
			if err != nil {
				b.Fatal(err)
			}
			f.InverseDiagonal()
		}
	})
}
