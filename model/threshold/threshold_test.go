package threshold_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// asked is by how much the rate may be off: the goal.
const asked = 0.2

// tailCase is a distribution of known tail: its quantile function and P(X > x).
type tailCase struct {
	name   string
	draw   func(r *rand.Rand) float64
	tail   func(x float64) float64
	within float64 // of the asked rate, as a share
}

func tailCases() []tailCase {
	return []tailCase{
		{name: "exponential", within: asked, draw: func(r *rand.Rand) float64 { return r.ExpFloat64() }, tail: func(x float64) float64 { return math.Exp(-x) }},
		{name: "pareto 3", within: asked, draw: func(r *rand.Rand) float64 { return math.Pow(1-r.Float64(), -1./3) }, tail: func(x float64) float64 { return math.Pow(x, -3) }},
		{name: "uniform", within: asked, draw: func(r *rand.Rand) float64 { return r.Float64() }, tail: func(x float64) float64 { return max(0, 1-x) }},
		// the tail of the normal is only slowly like a Pareto one
		{name: "normal", within: 0.3, draw: func(r *rand.Rand) float64 { return r.NormFloat64() }, tail: func(x float64) float64 { return 0.5 * math.Erfc(x/math.Sqrt2) }},
	}
}

// scores learns values into both statistics of a threshold.
func scores(t testing.TB, values []float64) (*stats.Histogram, *stats.Exceedances) {
	t.Helper()
	h, err := stats.NewHistogram(stats.DefaultBins)
	if err != nil {
		t.Fatal(err)
	}
	e, err := stats.NewExceedances(stats.DefaultExceedances)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range values {
		if err := errors.Join(h.Add(x, 1), e.Add(x, 1)); err != nil {
			t.Fatal(err)
		}
	}
	return h, e
}

// TestThresholdRate: the alarm rate, averaged over seeded runs, is within 20 %
// of the asked one. The rate of a run is the true probability beyond its
// threshold, so nothing is added by counting alarms.
func TestThresholdRate(t *testing.T) {
	const runs, n = 200, 20000
	for _, c := range tailCases() {
		rates := map[float64]float64{}
		r := rand.New(rand.NewPCG(17, 4))
		values := make([]float64, n)
		for range runs {
			for i := range values {
				values[i] = c.draw(r)
			}
			h, e := scores(t, values)
			for _, alpha := range []float64{1e-2, 1e-3, 1e-4} {
				th, err := threshold.NewThreshold(threshold.ThresholdOptions{Alpha: alpha}, h, e)
				if err != nil {
					t.Fatal(err)
				}
				rates[alpha] += c.tail(th.Upper()) / runs
			}
		}
		for _, alpha := range []float64{1e-2, 1e-3, 1e-4} {
			t.Run(fmt.Sprint(c.name, " ", alpha), func(t *testing.T) {
				t.Logf("rate is %.3f of the asked one", rates[alpha]/alpha)
				if !(math.Abs(rates[alpha]/alpha-1) <= c.within) {
					t.Errorf("rate is %v, asked for %v", rates[alpha], alpha)
				}
			})
		}
	}
}

// TestThresholdTails: probabilities fall along the tail, are near the true ones
// and meet alpha at the threshold; both sides of a symmetric distribution have
// thresholds of opposite sign.
func TestThresholdTails(t *testing.T) {
	const n, alpha = 50000, 1e-3
	for _, c := range tailCases() {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 3))
			values := make([]float64, n)
			for i := range values {
				values[i] = c.draw(r)
			}
			h, e := scores(t, values)
			th, err := threshold.NewThreshold(threshold.ThresholdOptions{Alpha: alpha}, h, e)
			if err != nil {
				t.Fatal(err)
			}
			before := 1.0
			for k := range 400 {
				x := th.Upper() * float64(k) / 200
				p := th.PValue(x)
				if !(p <= before && p >= 0) {
					t.Fatalf("probability of %v is %v after %v", x, p, before)
				}
				if want := c.tail(x); c.name != "normal" && want > 1e-4 && want < 0.9 && !(math.Abs(p/want-1) <= 0.5) {
					t.Errorf("probability of %v is %v, want %v", x, p, want)
				}
				before = p
			}
			if p := th.PValue(th.Upper()); !(math.Abs(p/alpha-1) <= 1e-6) {
				t.Errorf("probability at the threshold is %v, want %v", p, alpha)
			}
			if th.IsAnomaly(th.Upper()) || !th.IsAnomaly(math.Nextafter(th.Upper(), 1e300)) || th.IsAnomaly(math.NaN()) {
				t.Error("the threshold is not where alarms begin")
			}
		})
	}
	t.Run("two-sided", func(t *testing.T) {
		values := modeltest.NormalRows(n, 1)
		h, e := scores(t, values)
		th, err := threshold.NewThreshold(threshold.ThresholdOptions{Alpha: 0.01, TwoSided: true}, h, e)
		if err != nil {
			t.Fatal(err)
		}
		// the 0.995 quantile of the normal, R: qnorm(0.995)
		const want, near = 2.5758, 0.1
		if math.Abs(th.Upper()-want) > near || math.Abs(th.Lower()+want) > near {
			t.Errorf("thresholds are %v and %v, want -+%v", th.Lower(), th.Upper(), want)
		}
		if p := th.PValue(th.Lower()); math.Abs(p/0.01-1) > 1e-6 {
			t.Errorf("probability at the lower threshold is %v", p)
		}
	})
}

// TestThresholdRefused: without enough values, or with bad options, there is an
// error and no threshold.
func TestThresholdRefused(t *testing.T) {
	few, extremes := scores(t, modeltest.NormalRows(999, 1))
	for _, c := range []struct {
		name      string
		options   threshold.ThresholdOptions
		histogram *stats.Histogram
		extremes  *stats.Exceedances
		want      error
	}{
		{name: "warming up", histogram: few, extremes: extremes, want: stats.ErrTooFew},
		{name: "method", options: threshold.ThresholdOptions{Method: "magic", WarmUp: 1}, histogram: few, extremes: extremes},
		{name: "alpha", options: threshold.ThresholdOptions{Alpha: 0.7, WarmUp: 1}, histogram: few, extremes: extremes},
		{name: "quantile", options: threshold.ThresholdOptions{Quantile: 98, WarmUp: 1}, histogram: few, extremes: extremes},
		{name: "warm-up", options: threshold.ThresholdOptions{WarmUp: math.Inf(1)}, histogram: few, extremes: extremes},
		{name: "no extremes", options: threshold.ThresholdOptions{WarmUp: 1}, histogram: few},
	} {
		t.Run(c.name, func(t *testing.T) {
			th, err := threshold.NewThreshold(c.options, c.histogram, c.extremes)
			if err == nil || th != nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
}

// TestDriftReturns: after a change of level the alarm rate returns to the asked
// one within the window, and single outliers do not move the level.
func TestDriftReturns(t *testing.T) {
	const alpha, window, n, jump = 1e-2, 200, 20000, 50
	r := rand.New(rand.NewPCG(8, 8))
	drift, err := threshold.NewDrift(window)
	if err != nil {
		t.Fatal(err)
	}
	h, e := scores(t, nil)
	var th *threshold.Threshold
	alarms := map[string]int{}
	for i := range 3 * n {
		x, part := r.NormFloat64(), "before"
		if i%997 == 996 {
			x += 1000 // an outlier
		}
		if i >= n {
			x, part = x+jump, "during"
		}
		if i >= n+window {
			part = "after"
		}
		distance := x - drift.Level()
		alarm := th != nil && th.IsAnomaly(distance)
		if alarm && i%997 != 996 {
			alarms[part]++
		}
		if drift.Ready() && (th == nil || th.IsUsual(distance)) {
			if err := errors.Join(h.Add(distance, 1), e.Add(distance, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := drift.Add(x, alarm); err != nil {
			t.Fatal(err)
		}
		if i%500 == 0 && h.Weight() >= 1000 {
			if th, err = threshold.NewThreshold(threshold.ThresholdOptions{Alpha: alpha}, h, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	rate := float64(alarms["after"]) / (2*n - window)
	t.Logf("alarms %v, rate after the change %.4f", alarms, rate)
	if alarms["during"] < window/2 || !(math.Abs(rate/alpha-1) <= 0.5) {
		t.Errorf("%d alarms at the change, rate after it %v, asked for %v", alarms["during"], rate, alpha)
	}
	if math.Abs(drift.Level()-jump) > 1 {
		t.Errorf("level is %v, want %v", drift.Level(), jump)
	}
}

// TestThresholdFollowsAnEndThatMoves: the tail of uniform values ends, and when
// the end moves out by less than the tail's length, values beyond it must not be
// taken for another kind for ever.
func TestThresholdFollowsAnEndThatMoves(t *testing.T) {
	const alpha, n = 1e-2, 20000
	r := rand.New(rand.NewPCG(9, 9))
	h, e := scores(t, nil)
	var th *threshold.Threshold
	alarms := 0
	for i := range 3 * n {
		x := r.Float64()
		if i >= n/10 {
			x = 1.03*r.Float64() - 0.015
		}
		if i%997 == 996 {
			x = 1000 // of another kind
		}
		if th != nil && x < 1000 && th.IsAnomaly(x) && i >= 2*n {
			alarms++
		}
		if th == nil || th.IsUsual(x) {
			if err := errors.Join(h.Add(x, 1), e.Add(x, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if i%500 == 0 && h.Weight() >= 1000 {
			var err error
			if th, err = threshold.NewThreshold(threshold.ThresholdOptions{Alpha: alpha, TwoSided: true}, h, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	rate := float64(alarms) / n
	t.Logf("rate %.4f, thresholds %v and %v", rate, th.Lower(), th.Upper())
	if !(math.Abs(rate/alpha-1) <= 0.2) {
		t.Errorf("rate is %v, asked for %v", rate, alpha)
	}
}
