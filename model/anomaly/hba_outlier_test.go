package anomaly_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bodies are shapes of usual values from about 15 to 45.
func bodies() map[string]func(r *rand.Rand) float64 {
	return map[string]func(r *rand.Rand) float64{
		"normal":        func(r *rand.Rand) float64 { return 25 + 3*r.NormFloat64() },
		"uniform":       func(r *rand.Rand) float64 { return 20 + 10*r.Float64() },
		"whole numbers": func(r *rand.Rand) float64 { return math.Round(25 + 3*r.NormFloat64()) },
		"constant":      func(*rand.Rand) float64 { return 25 },
		"exponential":   func(r *rand.Rand) float64 { return 22 + 2*r.ExpFloat64() },
		"two modes":     func(r *rand.Rand) float64 { return 15 + 20*float64(r.IntN(2)) + r.NormFloat64() },
		"mostly one value": func(r *rand.Rand) float64 {
			if r.IntN(10) > 0 {
				return 25
			}
			return 25 + 3*r.NormFloat64()
		},
	}
}

// TestUnusualBesideHugeValues: beside sentinels, one or many of them, as near as
// 1e4 and as far as 1e15, what is unusual among the other values has a higher
// score than what is usual: with every kind of bins, in an ensemble, and once the
// sentinels are forgotten.
func TestUnusualBesideHugeValues(t *testing.T) {
	const n = 5000
	for name, draw := range bodies() {
		for _, sentinel := range []float64{65535, -9999, 1e15} {
			for _, times := range []int{1, 50, 500} {
				r := rand.New(rand.NewPCG(7, uint64(times)))
				values := make([]float64, n, n+times)
				for i := range values {
					values[i] = draw(r)
				}
				usual := append([]float64(nil), values[:200]...)
				for range times {
					values = append(values, sentinel)
				}
				all := modeltest.NumericSummary(t, 1, values)
				forgotten := modeltest.NumericSummary(t, 1, values)
				if err := forgotten.Subtract(modeltest.NumericSummary(t, 1, values[n:])); err != nil {
					t.Fatal(err)
				}
				for _, c := range []detectorCase{
					{name: "auto", typ: "hba"},
					{name: "dynamic", typ: "hba", options: map[string]any{"bins": "dynamic"}},
					{name: "ensemble", typ: "ensemble"},
				} {
					for state, s := range map[string]*stats.Summary{"held": all, "forgotten": forgotten} {
						t.Run(fmt.Sprintf("%s/%v times %v/%s/%s", name, times, sentinel, c.name, state), func(t *testing.T) {
							const strange = 60
							m := of(t, s, c.typ, c.options)
							got, above := scoreOf(m, []float64{strange}, nil), 0
							for _, x := range usual {
								if scoreOf(m, []float64{x}, nil) >= got {
									above++
								}
							}
							if above > 2 {
								t.Errorf("%v scores %v, not more than %d of %d usual values; 25 scores %v", strange, got, above, len(usual), scoreOf(m, []float64{25}, nil))
							}
						})
					}
				}
			}
		}
	}
}
