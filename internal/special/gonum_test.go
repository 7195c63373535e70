package special_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
)

// viaGonum asks gonum for the tails of a case, each tail by its own call.
func (r reference) viaGonum() special.Tails {
	if r.Distribution == "student" {
		t, df := r.Args[0], r.Args[1]
		half := mathext.RegIncBeta(df/2, 0.5, df/(df+t*t)) / 2
		if t > 0 {
			return special.Tails{Lower: 1 - half, Upper: half}
		}
		return special.Tails{Lower: half, Upper: 1 - half}
	}
	if r.Distribution == "chi-square" {
		x, df := r.Args[0], r.Args[1]
		return special.Tails{Lower: mathext.GammaIncReg(df/2, x/2), Upper: mathext.GammaIncRegComp(df/2, x/2)}
	}
	f, a, b := r.Args[0], r.Args[1], r.Args[2]
	return special.Tails{Lower: mathext.RegIncBeta(a/2, b/2, a*f/(b+a*f)), Upper: mathext.RegIncBeta(b/2, a/2, b/(b+a*f))}
}

// TestGonum is why the incomplete beta and gamma functions are our own: mathext is
// off by more than lost on reference values that have statistics and degrees of
// freedom which tests meet. A function that no longer is can take the place of
// ours.
func TestGonum(t *testing.T) {
	const lost = 1e-9
	for _, distribution := range []string{"student", "fisher", "chi-square"} {
		var gonum, ours float64
		for _, c := range references(t) {
			far := math.Abs(c.Args[0]) > 1e100 // where the argument of the function underflows
			if c.Distribution == distribution && !far {
				gonum = max(gonum, c.off(c.viaGonum()))
				ours = max(ours, c.off(c.tails()))
			}
		}
		t.Logf("%s: the largest relative error of gonum is %.2g, of ours %.2g", distribution, gonum, ours)
		if !(gonum > lost) {
			t.Errorf("%s: gonum is off by %.2g: it is exact enough to replace ours", distribution, gonum)
		}
		if !(ours <= tailDigits) {
			t.Errorf("%s: ours is off by %.2g", distribution, ours)
		}
	}
}
