package regression

import (
	"math"
	"testing"
)

// tailDigits is what the continued fractions of the beta function promise.
const tailDigits = 1e-11

// TestTails has expected values from R 4.2.2: 2*pt(-t, df), qt(1-p/2, df) and
// pf(f, d1, d2, lower.tail = FALSE).
func TestTails(t *testing.T) {
	close := func(name string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tailDigits*math.Abs(want)) {
			t.Errorf("%s is %.16g, want %.16g", name, got, want)
		}
	}
	close("t 0.5, 1", tTwoSided(0.5, 1), 0.70483276469913358)
	close("t 2.3, 7", tTwoSided(2.3, 7), 0.054991095204371537)
	close("t 12, 30", tTwoSided(12, 30), 5.5801854151992606e-13)
	close("t 1.97, 10000", tTwoSided(1.97, 10000), 0.048865921542871928)
	close("t 40, 3", tTwoSided(40, 3), 3.438068078915854e-05)
	close("t 0.001, 5", tTwoSided(0.001, 5), 0.99924078677219763)
	close("quantile 0.05, 1", tQuantile(0.05, 1), 12.706204736174707)
	close("quantile 0.05, 2.5", tQuantile(0.05, 2.5), 3.5746548420036932)
	close("quantile 0.01, 25", tQuantile(0.01, 25), 2.7874358136769706)
	close("quantile 0.1, 29769", tQuantile(0.1, 29769), 1.6449048149946091)
	close("quantile 1e-06, 1", tQuantile(1e-06, 1), 636619.77236705786)
	close("quantile 0.5, 9", tQuantile(0.5, 9), 0.70272214675132627)
	close("quantile 1e-06, 400", tQuantile(1e-06, 400), 4.9688956703358711)
	close("F 0.3, 2, 9", fUpper(0.3, 2, 9), 0.74794686089229767)
	close("F 4, 1, 30", fUpper(4, 1, 30), 0.054625044962983101)
	close("F 25, 6, 9", fUpper(25, 6, 9), 3.9709806362457372e-05)
	close("F 200, 13, 392", fUpper(200, 13, 392), 7.0695349573600479e-164)
	for _, x := range []float64{tTwoSided(1, 0), tTwoSided(math.NaN(), 3), tQuantile(0, 3), tQuantile(1, 3), tQuantile(0.1, -1), fUpper(1, 0, 1), fUpper(math.NaN(), 1, 1)} {
		if x == x {
			t.Errorf("%v, want no number", x)
		}
	}
	if tTwoSided(math.Inf(1), 3) != 0 || fUpper(math.Inf(1), 1, 1) != 0 || fUpper(0, 1, 1) != 1 {
		t.Error("limits are wrong")
	}
}
