package dd

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bits is the precision of the reference arithmetic.
const bits = 400

// operationTolerance is the loosest relative bound that the operations promise.
const operationTolerance = 16.0 / (1 << 53) / (1 << 53)

func exact(a Number) *big.Float {
	s := new(big.Float).SetPrec(bits).SetFloat64(a.Hi)
	return s.Add(s, new(big.Float).SetFloat64(a.Lo))
}

func random(r *rand.Rand) Number {
	hi := math.Ldexp(r.Float64()*2-1, r.IntN(40)-20)
	return Sum(hi, hi*math.Ldexp(r.Float64()-0.5, -53))
}

// relative returns |got-want|/|want|, or |got| where want is 0.
func relative(got Number, want *big.Float) float64 {
	diff := new(big.Float).SetPrec(bits).Sub(exact(got), want)
	if want.Sign() != 0 {
		diff.Quo(diff, want)
	}
	f, _ := diff.Abs(diff).Float64()
	return f
}

func TestOperationsAgainstBig(t *testing.T) {
	apply := func(f func(z, x, y *big.Float) *big.Float) func(a, b Number) *big.Float {
		return func(a, b Number) *big.Float { return f(new(big.Float).SetPrec(bits), exact(a), exact(b)) }
	}
	add, sub := apply((*big.Float).Add), apply((*big.Float).Sub)
	mul, quo := apply((*big.Float).Mul), apply((*big.Float).Quo)
	cases := []struct {
		name string
		got  func(a, b Number) Number
		want func(a, b Number) *big.Float
	}{
		{name: "add", got: Number.Add, want: add},
		{name: "sub", got: Number.Sub, want: sub},
		{name: "mul", got: Number.Mul, want: mul},
		{name: "div", got: Number.Div, want: quo},
		{name: "add float", got: func(a, b Number) Number { return a.AddFloat(b.Hi) }, want: func(a, b Number) *big.Float { return add(a, FromFloat(b.Hi)) }},
		{name: "mul float", got: func(a, b Number) Number { return a.MulFloat(b.Hi) }, want: func(a, b Number) *big.Float { return mul(a, FromFloat(b.Hi)) }},
		{name: "mul power of two", got: func(a, _ Number) Number { return a.MulPow2(0.125) }, want: func(a, _ Number) *big.Float { return mul(a, FromFloat(0.125)) }},
		{name: "square", got: func(a, _ Number) Number { return a.Square() }, want: func(a, _ Number) *big.Float { return mul(a, a) }},
		{name: "sqrt", got: func(a, _ Number) Number { return a.Abs().Sqrt() }, want: func(a, _ Number) *big.Float {
			return new(big.Float).SetPrec(bits).Sqrt(exact(a.Abs()))
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for range 20000 {
				a, b := random(r), random(r)
				got, want := c.got(a, b), c.want(a, b)
				if e := relative(got, want); e > operationTolerance {
					t.Fatalf("%v, %v: %v, relative error %g", a, b, got, e)
				}
				if !got.IsNormal() {
					t.Fatalf("%v, %v: %v is not normalised", a, b, got)
				}
			}
		})
	}
}

func TestTransformationsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		a, b := math.Ldexp(r.NormFloat64(), r.IntN(80)-40), math.Ldexp(r.NormFloat64(), r.IntN(80)-40)
		x, y := new(big.Float).SetPrec(bits).SetFloat64(a), new(big.Float).SetPrec(bits).SetFloat64(b)
		z := func() *big.Float { return new(big.Float).SetPrec(bits) }
		if exact(Sum(a, b)).Cmp(z().Add(x, y)) != 0 {
			t.Fatalf("sum of %v and %v is not exact", a, b)
		}
		if exact(Diff(a, b)).Cmp(z().Sub(x, y)) != 0 {
			t.Fatalf("difference of %v and %v is not exact", a, b)
		}
		if exact(Prod(a, b)).Cmp(z().Mul(x, y)) != 0 {
			t.Fatalf("product of %v and %v is not exact", a, b)
		}
	}
}

func TestSpecialValues(t *testing.T) {
	if got := FromFloat(1).Div(FromFloat(0)); !math.IsInf(got.Hi, 1) {
		t.Errorf("1/0 = %v", got)
	}
	if got := FromFloat(0).Div(FromFloat(3)); !got.IsZero() {
		t.Errorf("0/3 = %v", got)
	}
	if got := FromFloat(0).Sqrt(); !got.IsZero() {
		t.Errorf("sqrt 0 = %v", got)
	}
	if got := FromFloat(-1).Sqrt(); !math.IsNaN(got.Hi) || got.IsFinite() {
		t.Errorf("sqrt -1 = %v", got)
	}
	third := FromFloat(1).Div(FromFloat(3))
	if third.Cmp(FromFloat(third.Hi)) != 1 || third.Neg().Cmp(third) != -1 || third.Cmp(third) != 0 {
		t.Errorf("order of %v", third)
	}
}

func BenchmarkMul(b *testing.B) {
	x, y := Sum(1, 1e-17), Sum(0.9999999, 1e-18)
	for b.Loop() {
		x = x.Mul(y)
	}
}

func BenchmarkAdd(b *testing.B) {
	x, y := Sum(1, 1e-17), Sum(0.9999999, 1e-18)
	for b.Loop() {
		x = x.Add(y)
	}
}
