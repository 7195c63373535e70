package regression_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/model/regression"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// curved are rows of inputs a, b, ... with their splines, and a target y.
type curved struct {
	layout     *stats.Layout
	rows       *stats.Rows
	expansions []*expansion.Expansion
}

// curvedRows computes the splines of inputs, which are given column by column.
func curvedRows(t testing.TB, kind expansion.Kind, knots int, y []float64, inputs ...[]float64) *curved {
	t.Helper()
	out := &curved{layout: &stats.Layout{}, rows: &stats.Rows{N: len(y)}}
	for i, values := range inputs {
		name := string(rune('a' + i))
		e, err := expansion.DrawSpline(kind, name, values, knots)
		if err != nil {
			t.Fatal(err)
		}
		out.expansions = append(out.expansions, e)
		out.layout.Numeric = append(out.layout.Numeric, stats.NumericColumn{Name: name})
	}
	out.layout.Numeric = append(out.layout.Numeric, stats.NumericColumn{Name: "y"})
	for _, e := range out.expansions {
		for _, name := range e.Names() {
			out.layout.Numeric = append(out.layout.Numeric, stats.NumericColumn{Name: name})
		}
	}
	out.rows.Numeric = len(out.layout.Numeric)
	for i := range y {
		row := []float64{}
		for _, values := range inputs {
			row = append(row, values[i])
		}
		out.rows.Values = append(out.rows.Values, out.row(append(row, y[i]))...)
	}
	return out
}

// row returns the columns of a row of the inputs and the target.
func (c *curved) row(values []float64) []float64 {
	out := append([]float64(nil), values...)
	for i, e := range c.expansions {
		columns := make([]float64, e.Columns())
		e.Compute(values[i:i+1], columns, 1e72)
		out = append(out, columns...)
	}
	return out
}

func (c *curved) evidence(t testing.TB) *model.Evidence {
	return &model.Evidence{Summary: modeltest.SummaryOf(t, c.layout, c.rows), Expansions: c.expansions}
}

// aboutGAM is what the tests read of a description.
type aboutGAM struct {
	DF, GCV, Sigma, RMSE, Rows float64
	Curves                     []struct {
		Input      string
		Lambda, DF float64
		Points     []struct{ X, Y, Low, High float64 }
	}
}

func gamOf(t testing.TB, e *model.Evidence, options map[string]any) (aboutGAM, model.Model) {
	t.Helper()
	m, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "gam", Target: "y", Options: options}, e)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m.Describe())
	var about aboutGAM
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		t.Fatal(err)
	}
	return about, m
}

// wavyRows are rows of a wave, a line and an input that does not matter.
func wavyRows(r *rand.Rand, n int) (y []float64, inputs [][]float64) {
	inputs = make([][]float64, 3)
	for range n {
		a, b, c := r.Float64()*6, r.NormFloat64(), r.Float64()
		inputs[0], inputs[1], inputs[2] = append(inputs[0], a), append(inputs[1], b), append(inputs[2], c)
		y = append(y, 2*math.Sin(a)+b+0.5*r.NormFloat64())
	}
	return y, inputs
}

// TestGAM: a wave is a curve, a line stays a line, what does not matter is flat, and the
// bands hold the truth about as often as they say.
func TestGAM(t *testing.T) {
	for _, kind := range []expansion.Kind{expansion.Hats, expansion.Natural} {
		inside, points, straight := 0, 0, 0.0
		for seed := range drawn.Seeds(12) {
			y, inputs := wavyRows(rand.New(rand.NewPCG(seed, 41)), 600)
			c := curvedRows(t, kind, 12, y, inputs...)
			about, _ := gamOf(t, c.evidence(t), nil)
			if a, b := about.Curves[0], about.Curves[1]; a.DF < 4 || math.Abs(about.Sigma-0.5) > 0.06 {
				t.Errorf("seed %d: df %v, sigma %v, want a curve and 0.5", seed, a.DF, about.Sigma)
			} else {
				straight += b.DF / float64(drawn.Seeds(12))
			}
			mean := 0.0
			for _, a := range inputs[0] {
				mean += 2 * math.Sin(a) / float64(len(y))
			}
			for _, p := range about.Curves[0].Points {
				truth := 2*math.Sin(p.X) - mean
				if math.Abs(p.Y-truth) > 0.35 {
					t.Errorf("seed %d: the curve at %v is %v, want about %v", seed, p.X, p.Y, truth)
				}
				if points++; p.Low <= truth && truth <= p.High {
					inside++
				}
			}
		}
		if straight > 4 { // now and then generalised cross-validation follows the noise
			t.Errorf("kind %d: a line has %v degrees of freedom on average", kind, straight)
		}
		if share := float64(inside) / float64(points); share < 0.8 {
			t.Errorf("kind %d: bands of 95 %% hold the truth at %.0f %% of the points", kind, 100*share)
		}
	}
}

// TestGAMIsLeast: drawn coefficients near those of the model have a larger sum of squares
// and penalties, where the penalty is the integral of the squared second derivative, worked
// out here by differences of the curve.
func TestGAMIsLeast(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		r := rand.New(rand.NewPCG(seed, 42))
		y, inputs := wavyRows(r, 200)
		c := curvedRows(t, expansion.Natural, 6, y, inputs[0])
		lambda := math.Pow(10, float64(r.IntN(4)-2))
		about, m := gamOf(t, c.evidence(t), map[string]any{"lambda": lambda})
		text, err := json.Marshal(m.Describe())
		if err != nil {
			t.Fatal(err)
		}
		var coefficients struct{ Coefficients []struct{ Estimate float64 } }
		if err := json.Unmarshal(text, &coefficients); err != nil {
			t.Fatal(err)
		}
		e := c.expansions[0]
		beta := []float64{}
		for _, b := range coefficients.Coefficients {
			beta = append(beta, b.Estimate)
		}
		loss := func(beta []float64, scale float64) float64 {
			columns, sum := make([]float64, e.Columns()), 0.0
			value := func(x float64) float64 {
				e.Compute([]float64{x}, columns, 1e72)
				f := beta[0]
				for i, b := range columns {
					f += beta[i+1] * b
				}
				return f
			}
			for i := range y {
				d := y[i] - value(inputs[0][i])
				sum += d * d
			}
			low, high := e.Knots[0], e.Knots[len(e.Knots)-1]
			const steps = 4000
			h := (high - low) / steps
			for k := range steps {
				x := low + (float64(k)+0.5)*h
				second := (value(x+h/4) - 2*value(x) + value(x-h/4)) / (h * h / 16)
				sum += lambda * scale * second * second * h
			}
			return sum
		}
		scale := penaltyScale(c)
		at := loss(beta, scale)
		for range 10 {
			other := append([]float64(nil), beta...)
			for i := range other {
				other[i] += 0.05 * r.NormFloat64()
			}
			if loss(other, scale) < at {
				t.Errorf("seed %d: other coefficients have a smaller loss (df %v)", seed, about.DF)
			}
		}
	}
}

// penaltyScale is the trace of the centred squares of the columns over that of the
// penalty, in which lambda is measured.
func penaltyScale(c *curved) float64 {
	e := c.expansions[0]
	p, n := e.Columns(), float64(c.rows.N)
	rough, squares := 0.0, 0.0
	for i := range p {
		rough += e.Roughness()[i*p+i]
		mean := 0.0
		for k := range c.rows.N {
			mean += c.rows.Row(k)[2+i] / n
		}
		for k := range c.rows.N {
			d := c.rows.Row(k)[2+i] - mean
			squares += d * d
		}
	}
	return squares / rough
}

// TestGAMByGCV: no other weight of a curve has less generalised cross-validation by more
// than the search stops at.
func TestGAMByGCV(t *testing.T) {
	for seed := range drawn.Seeds(6) {
		y, inputs := wavyRows(rand.New(rand.NewPCG(seed, 43)), 300)
		c := curvedRows(t, expansion.Natural, 8, y, inputs[0])
		e := c.evidence(t)
		about, _ := gamOf(t, e, nil)
		for x := 1e-8; x < 1e8; x *= 3 {
			if other, _ := gamOf(t, e, map[string]any{"lambda": x}); other.GCV < about.GCV*(1-1e-5) {
				t.Errorf("seed %d: lambda %v has %v, and %v %v", seed, about.Curves[0].Lambda, about.GCV, x, other.GCV)
			}
		}
	}
}

// TestGAMPredicts: the prediction is the level and the sum of the curves, and contributions
// are by input.
func TestGAMPredicts(t *testing.T) {
	y, inputs := wavyRows(rand.New(rand.NewPCG(5, 44)), 400)
	c := curvedRows(t, expansion.Hats, 9, y, inputs...)
	about, m := gamOf(t, c.evidence(t), nil)
	if got := fmt.Sprint(m.Inputs()); got != "[a b c]" {
		t.Fatalf("inputs are %s", got)
	}
	mean := 0.0
	for _, v := range y {
		mean += v / float64(len(y))
	}
	var result model.Result
	row := []float64{}
	want := mean
	for _, curve := range about.Curves {
		p := curve.Points[4] // a knot, at which the curve is known
		row, want = append(row, p.X), want+p.Y
	}
	m.Predict(c.row(append(row, math.NaN())), nil, &result)
	if math.Abs(result.Prediction-want) > 1e-9 {
		t.Errorf("prediction is %v, want %v", result.Prediction, want)
	}
	for i, curve := range about.Curves {
		if math.Abs(result.Contributions[i]-curve.Points[4].Y) > 1e-9 {
			t.Errorf("contribution of %s is %v, want %v", curve.Input, result.Contributions[i], curve.Points[4].Y)
		}
	}
}

// TestGAMRefuses: what is no additive model of curves is refused or waits, and says why.
func TestGAMRefuses(t *testing.T) {
	y, inputs := wavyRows(rand.New(rand.NewPCG(6, 45)), 100)
	c := curvedRows(t, expansion.Hats, 5, y, inputs...)
	plain := c.evidence(t)
	plain.Expansions = nil
	for _, x := range []struct {
		name     string
		features []string
		evidence *model.Evidence
		want     string
	}{
		{"straight lines", []string{"linear", "splines"}, c.evidence(t), "leave \"linear\" out"},
		{"no splines", nil, plain, "list them under expand.splines"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := model.NewCatalogue(regression.Entries()).Build(context.Background(), model.Definition{Name: "m", Type: "gam", Target: "y", Features: x.features}, x.evidence)
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("error is %v, want it to contain %q", err, x.want)
			}
		})
	}
}
