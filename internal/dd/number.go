package dd

import "math"

// Number is Hi+Lo, not evaluated. It is normalised when Hi is the float64
// nearest to the sum; every function here returns normalised numbers and
// expects them. The zero value is 0.
type Number struct {
	Hi, Lo float64
}

// FromFloat returns x.
func FromFloat(x float64) Number { return Number{Hi: x} }

// Sum returns a+b exactly.
func Sum(a, b float64) Number {
	s, e := TwoSum(a, b)
	return Number{s, e}
}

// Diff returns a-b exactly.
func Diff(a, b float64) Number {
	s, e := TwoDiff(a, b)
	return Number{s, e}
}

// Prod returns a*b exactly.
func Prod(a, b float64) Number {
	p, e := TwoProd(a, b)
	return Number{p, e}
}

// Normalise returns hi+lo with |lo| of any size up to about that of hi.
func Normalise(hi, lo float64) Number { return Sum(hi, lo) }

// Float returns the nearest float64.
func (a Number) Float() float64 { return a.Hi + a.Lo }

// Neg returns -a.
func (a Number) Neg() Number { return Number{-a.Hi, -a.Lo} }

// Abs returns |a|.
func (a Number) Abs() Number {
	if a.Hi < 0 {
		return a.Neg()
	}
	return a
}

// IsZero reports whether a is 0.
func (a Number) IsZero() bool { return a.Hi == 0 && a.Lo == 0 }

// IsFinite reports whether both words are neither NaN nor infinite.
func (a Number) IsFinite() bool {
	s := a.Hi*0 + a.Lo*0
	return s == 0
}

// IsNormal reports whether a is normalised and finite, as every result is.
func (a Number) IsNormal() bool { return a.IsFinite() && a.Hi+a.Lo == a.Hi }

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b.
func (a Number) Cmp(b Number) int {
	switch {
	case a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	case a.Hi == b.Hi && a.Lo == b.Lo:
		return 0
	default:
		return 1
	}
}

// Add returns a+b with a relative error of at most 3*2^-106
// (AccurateDWPlusDW of Joldes, Muller, Popescu).
func (a Number) Add(b Number) Number {
	s, e := TwoSum(a.Hi, b.Hi)
	t, f := TwoSum(a.Lo, b.Lo)
	s, e = FastTwoSum(s, e+t)
	s, e = FastTwoSum(s, e+f)
	return Number{s, e}
}

// Sub returns a-b with the error of Add.
func (a Number) Sub(b Number) Number { return a.Add(b.Neg()) }

// AddFloat returns a+x with a relative error of at most 2^-105.
func (a Number) AddFloat(x float64) Number {
	s, e := TwoSum(a.Hi, x)
	s, e = FastTwoSum(s, e+a.Lo)
	return Number{s, e}
}

// MulFloat returns a*x with a relative error of at most 2^-104.
func (a Number) MulFloat(x float64) Number {
	p, e := TwoProd(a.Hi, x)
	p, e = FastTwoSum(p, math.FMA(a.Lo, x, e))
	return Number{p, e}
}

// MulPow2 returns a*f for f a power of two, exactly.
func (a Number) MulPow2(f float64) Number { return Number{a.Hi * f, a.Lo * f} }

// Mul returns a*b with a relative error of at most 5*2^-106.
func (a Number) Mul(b Number) Number {
	p, e := TwoProd(a.Hi, b.Hi)
	e += math.FMA(a.Hi, b.Lo, a.Lo*b.Hi)
	p, e = FastTwoSum(p, e)
	return Number{p, e}
}

// Square returns a*a.
func (a Number) Square() Number { return a.Mul(a) }

// Div returns a/b with a relative error of at most 15*2^-106 (DWDivDW2 of
// Joldes, Muller, Popescu). Division by 0 gives NaN or an infinity in Hi.
func (a Number) Div(b Number) Number {
	q := a.Hi / b.Hi
	if q == 0 || !Finite(q) {
		return Number{Hi: q}
	}
	r := b.MulFloat(q)
	q, e := FastTwoSum(q, ((a.Hi-r.Hi)+(a.Lo-r.Lo))/b.Hi)
	return Number{q, e}
}

// Sqrt returns the square root of a with a relative error of about 2^-104
// (Karp's step on the float64 root), 0 for 0 and NaN for a negative number.
func (a Number) Sqrt() Number {
	if a.Hi <= 0 || math.IsNaN(a.Hi) || math.IsInf(a.Hi, 1) {
		return Number{Hi: math.Sqrt(a.Hi)}
	}
	x := math.Sqrt(a.Hi)
	r := a.Sub(Prod(x, x))
	x, e := FastTwoSum(x, r.Hi/(2*x))
	return Number{x, e}
}
