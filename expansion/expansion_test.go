package expansion_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// close is what a few roundings of numbers about 1 may come to.
const closeTo = 1e-12

const largest = 1e72

// draw returns an expansion of a drawn kind and how many values it is computed of.
func draw(t testing.TB, r *rand.Rand) (*expansion.Expansion, int) {
	t.Helper()
	values := make([]float64, 60)
	scale := math.Pow(10, float64(r.IntN(9)-4))
	for i := range values {
		if values[i] = r.NormFloat64() * scale; r.IntN(3) == 0 {
			values[i] = math.Round(values[i]/scale) * scale
		}
	}
	var e *expansion.Expansion
	var err error
	n := 1
	switch r.IntN(6) {
	case 4:
		e, err = expansion.New(expansion.Expansion{Kind: expansion.Copy, Sources: []string{"x"}})
	case 0:
		e, err = expansion.DrawSpline(expansion.Hats, "x", values, 3+r.IntN(10))
	case 1:
		e, err = expansion.DrawSpline(expansion.Natural, "x", values, 3+r.IntN(10))
	case 2:
		e, err = expansion.DrawBins("x", values, 2+r.IntN(10))
	case 3:
		n = 2
		e, err = expansion.New(expansion.Expansion{Kind: expansion.Product, Sources: []string{"x", "y"}})
	default:
		n = 1 + r.IntN(7)
		var names []string
		for i := range n {
			names = append(names, fmt.Sprint("x", i))
		}
		rows := make([][]float64, 50)
		for i := range rows {
			for range n {
				rows[i] = append(rows[i], r.NormFloat64()*scale)
			}
		}
		e, err = expansion.DrawFourier(names, rows, 2*(1+r.IntN(20)), 0.5+r.Float64(), r.Uint64())
	}
	if err != nil {
		t.Fatal(err)
	}
	return e, n
}

// naive computes a column by its definition.
func naive(e *expansion.Expansion, values []float64, column int) float64 {
	x, t := values[0], e.Knots
	switch e.Kind {
	case expansion.Hats:
		x = min(max(x, t[0]), t[len(t)-1])
		k := column + 1
		if x <= t[k] {
			return max(0, (x-t[k-1])/(t[k]-t[k-1]))
		}
		return max(0, (t[k+1]-x)/(t[k+1]-t[k]))
	case expansion.Bins:
		if x >= t[column] && (column+1 == len(t) || x < t[column+1]) {
			return 1
		}
		return 0
	case expansion.Product:
		return values[0] * values[1]
	case expansion.Copy:
		return x
	case expansion.Natural:
		return interpolated(t, column+1, x)
	}
	f, angle := e.Frame, 0.0
	n := len(f.Frequencies) / len(values)
	for i, v := range values {
		angle += f.Frequencies[i*n+column/2] * min(max((v-f.Centre[i])/f.Scale[i], -8), 8)
	}
	if column%2 == 0 {
		return math.Cos(angle)
	}
	return math.Sin(angle)
}

// interpolated is the natural cubic through 1 at knot k and 0 at all others, by the
// second derivatives that solve the tridiagonal system (W. Press and others, Numerical
// Recipes, 3rd ed., 2007, section 3.3), and straight beyond the outer knots.
func interpolated(t []float64, k int, x float64) float64 {
	n := len(t)
	y, second, u := make([]float64, n), make([]float64, n), make([]float64, n)
	y[k] = 1
	for i := 1; i < n-1; i++ {
		sig := (t[i] - t[i-1]) / (t[i+1] - t[i-1])
		p := sig*second[i-1] + 2
		second[i] = (sig - 1) / p
		u[i] = (y[i+1]-y[i])/(t[i+1]-t[i]) - (y[i]-y[i-1])/(t[i]-t[i-1])
		u[i] = (6*u[i]/(t[i+1]-t[i-1]) - sig*u[i-1]) / p
	}
	second[n-1] = 0
	for i := n - 2; i >= 0; i-- {
		second[i] = second[i]*second[i+1] + u[i]
	}
	second[0] = 0
	at := 0
	for at < n-2 && x >= t[at+1] {
		at++
	}
	h := t[at+1] - t[at]
	value := func(x float64) float64 {
		a, b := (t[at+1]-x)/h, (x-t[at])/h
		return a*y[at] + b*y[at+1] + ((a*a*a-a)*second[at]+(b*b*b-b)*second[at+1])*h*h/6
	}
	switch {
	case x < t[0]:
		return value(t[0]) + (x-t[0])*((y[1]-y[0])/h-h/6*second[1])
	case x > t[n-1]:
		return value(t[n-1]) + (x-t[n-1])*((y[n-1]-y[n-2])/h+h/6*second[n-2])
	}
	return value(x)
}

// TestCompute: each column of drawn expansions is what its definition says, at drawn
// values, at the knots and far away.
func TestCompute(t *testing.T) {
	for seed := range drawn.Seeds(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		e, n := draw(t, r)
		points := slices.Clone(e.Knots)
		for range 30 {
			points = append(points, r.NormFloat64()*math.Pow(10, float64(r.IntN(9)-4)))
		}
		out := make([]float64, e.Columns())
		if len(e.Names()) != len(out) {
			t.Fatalf("seed %d: %d names of %d columns", seed, len(e.Names()), len(out))
		}
		for _, x := range points {
			values := []float64{x}
			for len(values) < n {
				values = append(values, points[r.IntN(len(points))])
			}
			e.Compute(values, out, largest)
			for i, got := range out {
				want := naive(e, values, i)
				if !(math.Abs(got-want) <= closeTo*max(1, math.Abs(want))) {
					t.Errorf("seed %d: %s of %v is %v, want %v", seed, e.Names()[i], values, got, want)
				}
			}
		}
	}
}

// TestMissing: a missing value leaves all columns missing, and so does what is too large.
func TestMissing(t *testing.T) {
	for seed := range drawn.Seeds(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		e, n := draw(t, r)
		values, out := make([]float64, n), make([]float64, e.Columns())
		values[r.IntN(n)] = math.NaN()
		e.Compute(values, out, largest)
		for i, x := range out {
			if !math.IsNaN(x) {
				t.Errorf("seed %d: %s is %v of a missing value", seed, e.Names()[i], x)
			}
		}
		for i := range values {
			values[i] = 1e71
		}
		e.Compute(values, out, largest)
		for i, x := range out {
			if math.Abs(x) > largest {
				t.Errorf("seed %d: %s is %v", seed, e.Names()[i], x)
			}
		}
	}
}

// TestPartition: hats, cubics and bins with the first one, which has no column, add up to 1.
func TestPartition(t *testing.T) {
	e, err := expansion.New(expansion.Expansion{Kind: expansion.Natural, Sources: []string{"x"}, Knots: []float64{-1, 0, 2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, 3)
	for _, x := range []float64{-5, -1, 0.3, 2, 9} {
		e.Compute([]float64{x}, out, largest)
		// Values of a straight line at the knots give the line: x = -1 + 1 b1 + 3 b2 + 4 b3.
		if got := -1 + out[0] + 3*out[1] + 4*out[2]; math.Abs(got-x) > closeTo*10 {
			t.Errorf("the line through the knots is %v at %v", got, x)
		}
	}
}

// TestBytes: what is decoded computes the same, bit for bit, and damage is told.
func TestBytes(t *testing.T) {
	for seed := range drawn.Seeds(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		e, n := draw(t, r)
		var w wire.Writer
		e.Encode(&w)
		reader := wire.NewReader(w.Bytes())
		again := expansion.Decode(reader)
		if err := reader.Close(); err != nil || !e.Equal(again) {
			t.Fatalf("seed %d: %v, equal %v", seed, err, err == nil && e.Equal(again))
		}
		values, a, b := make([]float64, n), make([]float64, e.Columns()), make([]float64, e.Columns())
		for i := range values {
			values[i] = r.NormFloat64()
		}
		e.Compute(values, a, largest)
		again.Compute(values, b, largest)
		if !slices.Equal(a, b) {
			t.Errorf("seed %d: %v and %v", seed, a, b)
		}
		cut := wire.NewReader(w.Bytes()[:r.IntN(len(w.Bytes()))])
		if expansion.Decode(cut); cut.Err() == nil {
			t.Errorf("seed %d: bytes that end early are read", seed)
		}
	}
}

// TestNames: every name has the form of a computed column, and only such.
func TestNames(t *testing.T) {
	for seed := range drawn.Seeds(40) {
		e, _ := draw(t, rand.New(rand.NewPCG(seed, 4)))
		for _, name := range e.Names() {
			if !expansion.IsColumn(name) || expansion.IsBounded(name) == (e.Kind == expansion.Product || e.Kind == expansion.Copy) {
				t.Errorf("%q: column %v, bounded %v", name, expansion.IsColumn(name), expansion.IsBounded(name))
			}
		}
	}
	for _, name := range []string{"x", "spline(x)", "spline(x,0)", "spline(x,01)", "splines(x,1)", "product(x)", "fourier(tan,1)", "bin(,1)", "f(x,1)", ""} {
		if expansion.IsColumn(name) {
			t.Errorf("%q has the form of a computed column", name)
		}
	}
}

// TestConstant: what does not vary settles nothing; two values do, however rare one is.
func TestConstant(t *testing.T) {
	same := slices.Repeat([]float64{3}, 100)
	rare := append(slices.Clone(same), 4)
	for _, c := range []struct {
		name   string
		values []float64
		want   error
	}{{"one value", same, expansion.ErrConstant}, {"two values", rare, nil}} {
		t.Run(c.name, func(t *testing.T) {
			_, spline := expansion.DrawSpline(expansion.Hats, "x", c.values, 9)
			_, bins := expansion.DrawBins("x", c.values, 8)
			rows := make([][]float64, len(c.values))
			for i, x := range c.values {
				rows[i] = []float64{x}
			}
			_, fourier := expansion.DrawFourier([]string{"x"}, rows, 8, 1, 0)
			for _, err := range []error{spline, bins, fourier} {
				if !errors.Is(err, c.want) {
					t.Errorf("error is %v, want %v", err, c.want)
				}
			}
		})
	}
}

// TestRefused: what no function draws is refused, and said.
func TestRefused(t *testing.T) {
	x := []string{"x"}
	frame := func() *expansion.FourierFrame {
		return &expansion.FourierFrame{Bandwidth: 1, Centre: []float64{0}, Scale: []float64{1}, Frequencies: []float64{1}}
	}
	spoilt := frame()
	spoilt.Scale[0] = 0
	for _, c := range []struct {
		name string
		e    expansion.Expansion
		want string
	}{
		{"no kind", expansion.Expansion{}, "kind of expansion is 0"},
		{"one knot", expansion.Expansion{Kind: expansion.Hats, Sources: x, Knots: []float64{1}}, "1 knots"},
		{"descending", expansion.Expansion{Kind: expansion.Natural, Sources: x, Knots: []float64{1, 0}}, "ascending"},
		{"no number", expansion.Expansion{Kind: expansion.Bins, Sources: x, Knots: []float64{math.NaN()}}, "finite"},
		{"no attribute", expansion.Expansion{Kind: expansion.Hats, Sources: []string{""}, Knots: []float64{0, 1}}, "empty"},
		{"product of one", expansion.Expansion{Kind: expansion.Product, Sources: x}, "want 2"},
		{"no frame", expansion.Expansion{Kind: expansion.Fourier, Sources: x}, "centre or scale"},
		{"no scale", expansion.Expansion{Kind: expansion.Fourier, Sources: x, Frame: spoilt}, "scale 0"},
		{"twice", expansion.Expansion{Kind: expansion.Fourier, Sources: []string{"x", "x"}, Frame: &expansion.FourierFrame{Bandwidth: 1, Centre: []float64{0, 0}, Scale: []float64{1, 1}, Frequencies: []float64{1, 1}}}, "twice"},
		{"frame of hats", expansion.Expansion{Kind: expansion.Hats, Sources: x, Knots: []float64{0, 1}, Frame: frame()}, "frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := expansion.New(c.e); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want it to contain %q", err, c.want)
			}
		})
	}
}
