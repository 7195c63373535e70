package glm

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// data are rows of a drawn model.
type data struct {
	layout *stats.Layout
	rows   stats.Rows
}

// drawnData draws n rows of d inputs, half of them skewed, one binary and a category, and
// a target that draw makes of the linear predictor.
func drawnData(r *rand.Rand, n, d int, strength float64, draw func(eta float64) float64) *data {
	out := &data{layout: &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "colour", Values: []string{"red", "green", "blue"}}}}}
	beta := make([]float64, d)
	for j := range d {
		out.layout.Numeric = append(out.layout.Numeric, stats.NumericColumn{Name: string(rune('a' + j))})
		beta[j] = strength * r.NormFloat64() / math.Sqrt(float64(d))
	}
	out.layout.Numeric = append(out.layout.Numeric, stats.NumericColumn{Name: "y"}, stats.NumericColumn{Name: "exposure"})
	out.rows.Reset(d+2, 1)
	for range n {
		eta, shared := 0.2, r.NormFloat64()
		for j := range d {
			x := 0.6*shared + 0.8*r.NormFloat64()
			switch {
			case j == 1:
				x = float64(r.IntN(2))
			case j%2 == 1:
				x = math.Exp(0.5*x) - 1
			}
			eta += beta[j] * x
			out.rows.Values = append(out.rows.Values, 3+2*x)
		}
		colour := int32(1 + []int{0, 0, 0, 0, 1, 1, 2}[r.IntN(7)])
		if colour == 2 {
			eta += 0.5
		}
		exposure := 0.3 * r.NormFloat64()
		out.rows.Values = append(out.rows.Values, draw(eta+exposure), exposure)
		out.rows.Codes = append(out.rows.Codes, colour)
		out.rows.N++
	}
	return out
}

// specFor is a likelihood of the target y.
func specFor(t *testing.T, family likelihood.Family, exact int) model.LikelihoodNeed {
	t.Helper()
	need, err := Need(&model.Definition{Name: "m", Target: "y"}, Options{Offset: "exposure", ExactRows: exact}, family, 0.7)
	if err != nil {
		t.Fatal(err)
	}
	return need
}

// learned learns the rows in batches, and settles the frame after each, as a project does.
func (d *data) learned(t *testing.T, need model.LikelihoodNeed, batch int) (*stats.Likelihood, int) {
	t.Helper()
	keep := func(string) bool { return false }
	use, points, next := stats.LikelihoodUse{LikelihoodSpec: need.LikelihoodSpec}, 0, 0
	l := (*stats.Likelihoods)(nil).Following([]stats.LikelihoodUse{use}, keep)
	for from := 0; from < d.rows.N; from += batch {
		part := d.rows.Select(from, min(from+batch, d.rows.N))
		l.Learn(d.layout, &part)
		if from < next {
			continue
		}
		next = from + from/10
		frame, err := need.Settle(context.Background(), l.Of(need.Key), use.Frame)
		if err != nil {
			t.Fatal(err)
		}
		if frame != nil {
			use.Frame = frame
			points++
			l = l.Following([]stats.LikelihoodUse{use}, keep)
		}
	}
	return l.Of(need.Key), points
}

// outcomes draw targets of a linear predictor.
func outcomes(r *rand.Rand) map[likelihood.Family]func(eta float64) float64 {
	poisson := func(mu float64) float64 {
		n, p := 0.0, math.Exp(-mu)
		for u := r.Float64(); u > p; n++ {
			u *= r.Float64()
		}
		return n
	}
	return map[likelihood.Family]func(eta float64) float64{
		likelihood.Logistic: func(eta float64) float64 {
			if r.Float64() < 1/(1+math.Exp(-eta)) {
				return 1
			}
			return 0
		},
		likelihood.Poisson:  func(eta float64) float64 { return poisson(math.Exp(min(eta, 5))) },
		likelihood.Quantile: func(eta float64) float64 { return eta + r.NormFloat64() + 0.5*r.ExpFloat64() },
		likelihood.Gamma:    func(eta float64) float64 { return math.Exp(eta) * (r.ExpFloat64() + r.ExpFloat64()) / 2 },
		likelihood.NegativeBinomial: func(eta float64) float64 {
			return poisson(math.Exp(min(eta, 4)) * (r.ExpFloat64() + r.ExpFloat64()) / 2)
		},
	}
}

// near is by how much coefficients may differ from the maximum, and in standard errors.
// That of a quantile, whose loss has no second derivative, falls more slowly than they do.
func near(family likelihood.Family) (of, inErrors float64) {
	if family == likelihood.Quantile {
		return 0.05, 0.7
	}
	return 2e-3, 0.1
}

// sameErrors is by which share standard errors may differ.
func sameErrors(family likelihood.Family) float64 {
	if family == likelihood.Quantile {
		return 0.15
	}
	return 0.03
}

// likelihoodOf returns the log-likelihood of all rows under the coefficients of a report.
func (d *data) likelihoodOf(r *Report) float64 {
	k := likelihood.Kernel{Family: likelihood.Family(r.Family), Level: deref(r.Level), Bandwidth: 1, Sharp: true}
	if k.Family == likelihood.Logistic {
		k.Classes = 2
	}
	by := map[string]float64{}
	for _, c := range r.Coefficients {
		by[c.Name] = c.Estimate
	}
	eta, at, sum := make([]float64, k.Predictors()), k.NewDerivatives(), 0.0
	if r.Alpha != nil {
		eta[1] = math.Log(*r.Alpha)
	}
	for i := range d.rows.N {
		row := d.rows.Row(i)
		n := len(row) - 2
		eta[0] = by["(intercept)"] + by["colour="+d.layout.Categorical[0].Label(d.rows.RowCodes(i)[0])] + row[n+1]
		for j, x := range row[:n] {
			eta[0] += by[d.layout.Numeric[j].Name] * x
		}
		k.Row(row[n], eta, at)
		sum += at.Value
	}
	return sum
}

// TestSinglePass: of 10,000 rows a single pass gives the maximum that a batch gives.
func TestSinglePass(t *testing.T) {
	for family := range outcomes(nil) {
		t.Run(string(family), func(t *testing.T) {
			for seed := range drawn.Seeds(3) {
				r := rand.New(rand.NewPCG(seed, 3))
				d := drawnData(r, 10_000, 8, 1, outcomes(r)[family])
				batch := specFor(t, family, 100_000)
				all, _ := d.learned(t, batch, 10_000)
				want, err := fitRows(context.Background(), &batch.LikelihoodSpec, all, 0)
				if err != nil {
					t.Fatal(err)
				}
				pass := specFor(t, family, defaultExactRows)
				of, points := d.learned(t, pass, 100)
				got, err := fitRows(context.Background(), &pass.LikelihoodSpec, of, 0)
				if err != nil {
					t.Fatal(err)
				}
				if got.Weight != 10_000 || want.Weight != 10_000 || points == 0 {
					t.Errorf("%v of %v rows counted, %d points", got.Weight, want.Weight, points)
				}
				a, b := got.Report(0.95), want.Report(0.95)
				worst, inErrors := 0.0, 0.0
				if len(a.Coefficients) != len(b.Coefficients) {
					t.Fatalf("%d and %d coefficients", len(a.Coefficients), len(b.Coefficients))
				}
				for i := range b.Coefficients {
					off := math.Abs(a.Coefficients[i].Estimate - b.Coefficients[i].Estimate)
					worst, inErrors = max(worst, off), max(inErrors, off / *b.Coefficients[i].StdError)
					if ratio := *a.Coefficients[i].StdError / *b.Coefficients[i].StdError; math.Abs(ratio-1) > sameErrors(family) {
						t.Errorf("seed %d: the error of %s is %v times that of the batch", seed, b.Coefficients[i].Name, ratio)
					}
				}
				if of, in := near(family); worst > of || inErrors > in {
					t.Errorf("seed %d: coefficients are off by up to %.2g, in standard errors %.2g", seed, worst, inErrors)
				}
				if family == likelihood.Poisson || family == likelihood.Gamma {
					if !(math.Abs(got.Null-want.Null) <= 1e-9*math.Abs(want.Null)) {
						t.Errorf("seed %d: the log-likelihood without inputs is %v, want %v", seed, got.Null, want.Null)
					}
				}
				most := d.likelihoodOf(b)
				if less := (most - d.likelihoodOf(a)) / math.Abs(most); !(less <= 2e-4) || family != likelihood.Quantile && !(less <= 5e-6) {
					t.Errorf("seed %d: the log-likelihood %v is less than the largest by %.2g of it", seed, most, less)
				}
				t.Logf("seed %d: %d points, worst coefficient off by %.2g, in standard errors %.2g", seed, points, worst, inErrors)
			}
		})
	}
}
