package special_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// agree reports that two small tails are equal to rounding.
func agree(a, b float64) bool {
	return a < 1e-300 && b < 1e-300 || math.Abs(a-b) <= 4*tailDigits*max(a, b)
}

// TestLaws draws statistics and degrees of freedom over many decades and
// compares each distribution with another way to the same probability.
func TestLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	decades := func(lo, hi float64) float64 { return math.Pow(10, lo+(hi-lo)*r.Float64()) }
	for range 2000 {
		x, d1, d2 := decades(-4, 3), decades(-1, 5), decades(-1, 5)
		student, fisher, chi := special.Student(x, d2), special.Fisher(x, d1, d2), special.ChiSquare(x, d1)
		for name, got := range map[string]special.Tails{"student": student, "fisher": fisher, "chi-square": chi} {
			if sum := got.Lower + got.Upper; !(math.Abs(sum-1) <= 1e-11) {
				t.Errorf("the tails of %s at %v, %v, %v add up to %v", name, x, d1, d2, sum)
			}
		}
		if mirrored := special.Student(-x, d2); mirrored.Lower != student.Upper || mirrored.Upper != student.Lower {
			t.Errorf("student(%v, %v) is not the mirror of its negative", x, d2)
		}
		if other := special.Fisher(1/x, d2, d1); !agree(other.Lower, fisher.Upper) || !agree(other.Upper, fisher.Lower) {
			t.Errorf("fisher(%v, %v, %v) is %v, its reciprocal %v", x, d1, d2, fisher, other)
		}
		if square := special.Fisher(x*x, 1, d2).Upper; !agree(square/2, student.Upper) {
			t.Errorf("fisher(%v^2, 1, %v) is %v, twice the tail of t is %v", x, d2, square, 2*student.Upper)
		}
		if got, want := special.ChiSquare(x, 2).Upper, math.Exp(-x/2); !agree(got, want) {
			t.Errorf("chi-square(%v, 2) is %v, want %v", x, got, want)
		}
		if got, want := special.Student(x, 1).Upper, math.Atan2(1, x)/math.Pi; !agree(got, want) {
			t.Errorf("student(%v, 1) is %v, want %v", x, got, want)
		}
	}
}

// TestQuantileInvertsTail draws probabilities down to 1e-200: the tail beyond
// the quantile is what was asked for.
func TestQuantileInvertsTail(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	for range 2000 {
		upper, df := 0.5*math.Pow(10, -200*math.Pow(r.Float64(), 4)), math.Pow(10, -1+10*r.Float64())
		x := special.StudentQuantile(upper, df)
		if math.IsInf(x, 1) {
			if tail := special.Student(math.MaxFloat64, df).Upper; tail <= upper {
				t.Errorf("the quantile of %v with %v is infinite, the tail beyond all numbers %v", upper, df, tail)
			}
			continue
		}
		// An error of the quantile is one of the tail times |d log tail / d log t|.
		slope := 1 + min(df, x*x)
		if off := math.Abs(special.Student(x, df).Upper/upper - 1); !(off <= tailDigits*slope) {
			t.Errorf("beyond the quantile %v of %v with %v degrees of freedom lies a tail off by %.2g", x, upper, df, off)
		}
	}
}

// edges are arguments at the ends of float64 and without meaning.
func edges() []float64 {
	return []float64{math.NaN(), math.Inf(-1), -math.MaxFloat64, -1, 0, 5e-324, 1e-300, 1e-10, 0.5, 1, 3, 1e10, 1e300, math.MaxFloat64, math.Inf(1)}
}

// TestEdges: whatever the arguments, a tail is a probability or NaN, a quantile
// a number or NaN, and nothing panics.
func TestEdges(t *testing.T) {
	check := func(name string, got special.Tails, args ...float64) {
		for _, p := range []float64{got.Lower, got.Upper} {
			if p < 0 || p > 1 {
				t.Errorf("%s%v is %v", name, args, got)
			}
		}
		if math.IsNaN(got.Lower) != math.IsNaN(got.Upper) {
			t.Errorf("%s%v is %v", name, args, got)
		}
	}
	for _, a := range edges() {
		check("normal", special.Normal(a), a)
		for _, b := range edges() {
			check("student", special.Student(a, b), a, b)
			check("chi-square", special.ChiSquare(a, b), a, b)
			if x := special.StudentQuantile(a, b); x < 0 && a <= 0.5 {
				t.Errorf("the quantile of the upper tail %v with %v is %v", a, b, x)
			}
			for _, c := range edges() {
				check("fisher", special.Fisher(a, b, c), a, b, c)
			}
		}
	}
}

// TestLimits are the values at the ends of the distributions.
func TestLimits(t *testing.T) {
	none, all := special.Tails{Upper: 1}, special.Tails{Lower: 1}
	for _, c := range []struct {
		name      string
		got, want special.Tails
	}{
		{name: "student at infinity", got: special.Student(math.Inf(1), 3), want: all},
		{name: "student at minus infinity", got: special.Student(math.Inf(-1), 3), want: none},
		{name: "student at 0", got: special.Student(0, 3), want: special.Tails{Lower: 0.5, Upper: 0.5}},
		{name: "student of infinite freedom", got: special.Student(1.3, math.Inf(1)), want: special.Normal(1.3)},
		{name: "fisher at infinity", got: special.Fisher(math.Inf(1), 1, 1), want: all},
		{name: "fisher at 0", got: special.Fisher(0, 1, 1), want: none},
		{name: "fisher below 0", got: special.Fisher(-1, 1, 1), want: none},
		{name: "chi-square at infinity", got: special.ChiSquare(math.Inf(1), 2), want: all},
		{name: "chi-square at 0", got: special.ChiSquare(0, 2), want: none},
		{name: "chi-square below 0", got: special.ChiSquare(-3, 2), want: none},
		{name: "chi-square of no freedom at 0", got: special.ChiSquare(0, 0), want: none},
		{name: "chi-square of no freedom", got: special.ChiSquare(1, 0), want: all},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
	for name, got := range map[string]float64{
		"no freedom": special.StudentQuantile(0.1, 0), "negative freedom": special.StudentQuantile(0.1, -1), "unknown freedom": special.StudentQuantile(0.1, math.NaN()),
		"probability 0": special.StudentQuantile(0, 3), "probability 1": special.StudentQuantile(1, 3), "unknown probability": special.StudentQuantile(math.NaN(), 3),
		"student of no freedom": special.Student(1, 0).Upper, "student of no number": special.Student(math.NaN(), 3).Upper,
		"fisher of no freedom": special.Fisher(1, 0, 1).Upper, "chi-square of no number": special.ChiSquare(math.NaN(), 1).Upper,
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s gives %v, want no number", name, got)
		}
	}
	if got := special.StudentQuantile(0.5, 7); got != 0 {
		t.Errorf("the median is %v, want 0", got)
	}
}
