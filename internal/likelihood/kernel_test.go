package likelihood

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawnKernels are one of each family, and targets that it takes.
func drawnKernels(r *rand.Rand) map[string]struct {
	kernel Kernel
	y      float64
} {
	return map[string]struct {
		kernel Kernel
		y      float64
	}{
		"binary":            {Kernel{Family: Logistic, Classes: 2}, float64(r.IntN(2))},
		"multinomial":       {Kernel{Family: Logistic, Classes: 4}, float64(r.IntN(4))},
		"poisson":           {Kernel{Family: Poisson}, float64(r.IntN(9))},
		"gamma":             {Kernel{Family: Gamma}, r.ExpFloat64() + 0.01},
		"negative binomial": {Kernel{Family: NegativeBinomial}, float64(r.IntN(100))},
		"of fractions":      {Kernel{Family: NegativeBinomial}, 5 * r.Float64()},
		"quantile":          {Kernel{Family: Quantile, Level: 0.1 + 0.8*r.Float64(), Bandwidth: 0.2 + r.Float64()}, r.NormFloat64()},
	}
}

// TestDerivatives: every derivative is that of the value, by central differences.
func TestDerivatives(t *testing.T) {
	const step, near = 1e-5, 2e-5
	r := rand.New(rand.NewPCG(5, 1))
	for range 200 {
		for name, c := range drawnKernels(r) {
			k := c.kernel
			if err := k.Validate(); err != nil || !k.Takes(c.y) {
				t.Fatalf("%s: %v of %v: %v", name, k, c.y, err)
			}
			m := k.Predictors()
			eta := make([]float64, m)
			for a := range eta {
				eta[a] = 1.5 * r.NormFloat64()
			}
			at := func(a int, by float64) *Derivatives {
				moved := append([]float64(nil), eta...)
				moved[a] += by
				out := k.NewDerivatives()
				k.Row(c.y, moved, out)
				return out
			}
			here := at(0, 0)
			same := func(what string, got, want float64) {
				if math.Abs(got-want) > near*(1+math.Abs(want)) {
					t.Errorf("%s of %v at %v: %s is %v, want %v", name, c.y, eta, what, got, want)
				}
			}
			for a := range m {
				up, down := at(a, step), at(a, -step)
				same("first", here.First[a], (up.Value-down.Value)/(2*step))
				for b := range m {
					same("second", here.Second[a*m+b], (up.First[b]-down.First[b])/(2*step))
				}
				if k.HasThird() {
					same("third", here.Third, (up.Second[0]-down.Second[0])/(2*step))
				}
			}
		}
	}
}

// TestFarPredictors: no predictor gives a number that is not finite.
func TestFarPredictors(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for _, far := range []float64{-1e9, -800, -40, 40, 800, 1e9} {
		for name, c := range drawnKernels(r) {
			k := c.kernel
			eta := make([]float64, k.Predictors())
			for a := range eta {
				eta[a] = far
			}
			out := k.NewDerivatives()
			k.Row(c.y, eta, out)
			for _, x := range append(append([]float64{out.Value, out.Third}, out.First...), out.Second...) {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Errorf("%s of %v at %v: %+v", name, c.y, far, out)
					break
				}
			}
		}
	}
}

// TestValidate names what is out of range.
func TestValidate(t *testing.T) {
	for name, k := range map[string]Kernel{
		"no family":    {},
		"one class":    {Family: Logistic, Classes: 1},
		"many classes": {Family: Logistic, Classes: MaxClasses + 1},
		"quantile 1":   {Family: Quantile, Level: 1, Bandwidth: 1},
		"no bandwidth": {Family: Quantile, Level: 0.5},
	} {
		if k.Validate() == nil {
			t.Errorf("%s is taken: %+v", name, k)
		}
	}
}
