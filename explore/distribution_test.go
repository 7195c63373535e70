package explore

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// tailDigits is the relative error of the smaller tail: the exponent of a tail
// of 1e-300 is about 700 and good to 16 digits,
// in a few terms.
const tailDigits = 5e-13

// TestTails compares with mpmath in 470 digits, see
// tools/reference/explore_tails.py, down to the smallest numbers there are.
func TestTails(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("testdata", "tails.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Distribution string
		Args         []float64
		Lower, Upper float64
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Distribution, c.Args), func(t *testing.T) {
			var got tails
			switch c.Distribution {
			case "student":
				got = studentTails(c.Args[0], c.Args[1])
			case "fisher":
				got = fisherTails(c.Args[0], c.Args[1], c.Args[2])
			case "chi-square":
				got = chiSquareTails(c.Args[0], c.Args[1])
			}
			for _, p := range [][2]float64{{got.lower, c.Lower}, {got.upper, c.Upper}} {
				if p[1] < 1e-300 { // may be subnormal, or below
					if !(p[0] >= 0 && p[0] < 1.1e-300) {
						t.Errorf("tail is %v, want %v", p[0], p[1])
					}
					continue
				}
				off := math.Abs(p[0]-p[1]) / p[1]
				if worst = max(worst, off); !(off <= tailDigits) {
					t.Errorf("tail is %.17g, want %.17g: off by %.2g", p[0], p[1], off)
				}
			}
		})
	}
	t.Logf("%d points, the largest relative error is %.2g", len(cases), worst)
}

// TestStudentQuantile: the tail beyond the quantile is what was asked for.
func TestStudentQuantile(t *testing.T) {
	for _, df := range []float64{0.3, 0.99, 1, 1.4, 2, 2.9, 3, 17.5, 149, 57999, 1e9, 1e15} {
		for _, p := range []float64{0.500001, 0.6, 0.9, 0.975, 0.99999} {
			x := studentT(p, df)
			if off := math.Abs(studentTails(x, df).upper/(1-p) - 1); !(off <= tailDigits) {
				t.Errorf("the %v-quantile of %v degrees of freedom is %v, off by %.2g", p, df, x, off)
			}
		}
	}
	// SciPy 1.17.1: stats.t.ppf(0.975, df).
	for df, want := range map[float64]float64{1: 12.706204736174694, 10: 2.228138851986274} {
		if got := studentT(0.975, df); math.Abs(got-want) > tailDigits*want {
			t.Errorf("studentT(0.975, %v) is %v, want %v", df, got, want)
		}
	}
	for _, df := range []float64{0, -1, math.NaN()} {
		if got := studentT(0.975, df); !math.IsNaN(got) {
			t.Errorf("studentT(0.975, %v) is %v, want NaN", df, got)
		}
	}
}

// TestTailsNeverPanic: whatever the arguments, a tail is a probability or NaN.
func TestTailsNeverPanic(t *testing.T) {
	edge := []float64{math.NaN(), math.Inf(-1), -1, 0, 5e-324, 1e-300, 1e-10, 0.5, 1, 3, 1e10, 1e300, math.MaxFloat64, math.Inf(1)}
	check := func(name string, got tails, args ...float64) {
		for _, p := range []float64{got.lower, got.upper} {
			if p < 0 || p > 1 {
				t.Errorf("%s%v is %v", name, args, got)
			}
		}
	}
	for _, a := range edge {
		check("normal", normalTails(a), a)
		for _, b := range edge {
			check("student", studentTails(a, b), a, b)
			check("chi-square", chiSquareTails(a, b), a, b)
			for _, c := range edge {
				check("fisher", fisherTails(a, b, c), a, b, c)
			}
		}
	}
}
