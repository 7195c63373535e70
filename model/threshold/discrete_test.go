package threshold_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
)

// drawn is a distribution of values that a threshold may meet, with P(X > x).
type drawn struct {
	name string
	draw func(r *rand.Rand) float64
	// tail is the probability of more than x, and step the distance of the least
	// value above x from it, 0 for continuous ones.
	tail func(x float64) float64
	step float64
}

// poisson draws by multiplying uniform numbers (Knuth), in parts that do not
// underflow.
func poisson(r *rand.Rand, mean float64) float64 {
	k, p := 0.0, math.Exp(-mean)
	for u := r.Float64(); u > p; u *= r.Float64() {
		k++
	}
	return k
}

func poissonTail(mean float64) func(float64) float64 {
	return func(x float64) float64 {
		sum, term := 0.0, math.Exp(-mean)
		for k := 0.0; k <= x; k++ {
			sum, term = sum+term, term*mean/(k+1)
		}
		return max(0, 1-sum)
	}
}

// drawnDistributions draws settings: whole numbers, values of which most rows have
// one, and rounded normal ones.
func drawnDistributions(r *rand.Rand) []drawn {
	out := slices.Concat(drawnCounts(r), drawnFewValues(r))
	for _, digits := range []float64{1, 0.25, 0.01} {
		out = append(out, drawn{name: fmt.Sprintf("normal in steps of %v", digits), step: digits,
			draw: func(r *rand.Rand) float64 { return math.Round(r.NormFloat64()/digits) * digits },
			tail: func(x float64) float64 { return 0.5 * math.Erfc((math.Floor(x/digits+1e-9)+0.5)*digits/math.Sqrt2) }})
	}
	return out
}

// drawnCounts draws settings of whole numbers: with means from 0.01 to 300, geometric
// ones and dice.
func drawnCounts(r *rand.Rand) []drawn {
	var out []drawn
	for range 12 {
		mean := math.Exp(math.Log(0.01) + r.Float64()*math.Log(3e4))
		out = append(out, drawn{name: fmt.Sprintf("poisson %.3g", mean), step: 1, draw: func(r *rand.Rand) float64 { return poisson(r, mean) }, tail: poissonTail(mean)})
	}
	for range 6 {
		p := 0.05 + 0.9*r.Float64()
		out = append(out, drawn{name: fmt.Sprintf("geometric %.3g", p), step: 1,
			draw: func(r *rand.Rand) float64 { return math.Floor(math.Log(1-r.Float64()) / math.Log(1-p)) },
			tail: func(x float64) float64 { return math.Pow(1-p, math.Floor(x)+1) }})
	}
	for _, faces := range []float64{2, 6, 20, 100} {
		out = append(out, drawn{name: fmt.Sprintf("die of %v", faces), step: 1,
			draw: func(r *rand.Rand) float64 { return math.Floor(faces * r.Float64()) },
			tail: func(x float64) float64 { return max(0, 1-(math.Floor(x)+1)/faces) }})
	}
	return out
}

// drawnFewValues draws settings in which most rows have one value: constants, two
// values, and exponential ones among zeros.
func drawnFewValues(r *rand.Rand) []drawn {
	var out []drawn
	for _, level := range []float64{0, -7.25, 65535, 1e12} {
		out = append(out, drawn{name: fmt.Sprintf("constant %v", level), step: 1, draw: func(*rand.Rand) float64 { return level },
			tail: func(x float64) float64 {
				if x < level {
					return 1
				}
				return 0
			}})
	}
	for range 4 {
		p := math.Pow(10, -4+3.5*r.Float64())
		out = append(out, drawn{name: fmt.Sprintf("one in %.0f", 1/p), step: 1, draw: func(r *rand.Rand) float64 {
			if r.Float64() < p {
				return 1
			}
			return 0
		}, tail: func(x float64) float64 {
			switch {
			case x < 0:
				return 1
			case x < 1:
				return p
			}
			return 0
		}})
	}
	for range 4 {
		same := 0.5 + 0.499*r.Float64()
		out = append(out, drawn{name: fmt.Sprintf("%.3f zeros, else exponential", same), draw: func(r *rand.Rand) float64 {
			if r.Float64() < same {
				return 0
			}
			return r.ExpFloat64()
		}, tail: func(x float64) float64 {
			if x < 0 {
				return 1
			}
			return (1 - same) * math.Exp(-x)
		}})
	}
	return out
}

// TestThresholdOfAnyDistribution: whatever the values, continuous or not, there
// is a threshold after the warm-up; the share of usual values beyond it is not
// above alpha by more than chance, and the least value below the threshold would
// not have been a better one; what lies far out is an alarm, and is not learned
// where the tail has a width that says what far is.
func TestThresholdOfAnyDistribution(t *testing.T) {
	const runs, n, alpha = 20, 6000, 1e-3
	for i, d := range drawnDistributions(rand.New(rand.NewPCG(12, 7))) {
		t.Run(d.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(99, uint64(i)))
			values := make([]float64, n)
			rate, below, method := 0.0, 0.0, map[string]int{}
			for range runs {
				highest := math.Inf(-1)
				for k := range values {
					values[k] = d.draw(r)
					highest = max(highest, values[k])
				}
				h, e := scores(t, values)
				th, err := threshold.NewThreshold(threshold.ThresholdOptions{Alpha: alpha}, h, e)
				if err != nil {
					t.Fatal(err)
				}
				method[th.Method()]++
				rate += d.tail(th.Upper()) / runs
				below += d.tail(th.Upper()-d.step) / runs
				far := highest + 1000*max(1, math.Abs(highest))
				if !th.IsAnomaly(far) {
					t.Errorf("%v is no alarm, the threshold is %v", far, th.Upper())
				}
				if p := th.PValue(far); !(p >= 0 && p <= alpha) {
					t.Errorf("probability of %v is %v", far, p)
				}
				if h.Quantile(0.94) < th.Upper() && th.IsUsual(far) {
					t.Errorf("%v is learned beside values up to %v", far, highest)
				}
			}
			t.Logf("rate %.3f of alpha, %.3f one step below, by %v", rate/alpha, below/alpha, method)
			if rate > 1.4*alpha {
				t.Errorf("rate is %v, asked for %v", rate, alpha)
			}
			if d.step > 0 && below < 0.6*alpha {
				t.Errorf("rate is %v, though %v would be one step below", rate, below)
			}
		})
	}
}
