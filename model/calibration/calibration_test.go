package calibration_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
)

// drawnCurves draws curves of classes: of any number of bins and rows, some without rows,
// some separated, some falling.
func drawnCurves(r *rand.Rand, classes []string) []calibration.Curve {
	var out []calibration.Curve
	for _, class := range classes {
		c := calibration.Curve{Class: class}
		slope, rows := 3*r.NormFloat64(), math.Exp(8*r.Float64())
		for at := -32 + 64*r.Float64()*r.Float64(); at < 32; at += (1 + float64(r.IntN(40))) / 16 {
			n := rows * r.Float64()
			share := 1 / (1 + math.Exp(-slope*at))
			if r.IntN(4) == 0 {
				share = float64(r.IntN(2))
			}
			c.Bins = append(c.Bins, calibration.Bin{Odds: at, Own: n * share, Rest: n * (1 - share)})
		}
		out = append(out, c)
	}
	return out
}

// TestLaws: whatever the curves are, calibrated probabilities are probabilities, a higher
// one of two classes never becomes lower by isotonic or temperature, and no method is
// worse on its own rows, in log loss, than the probabilities as they were.
func TestLaws(t *testing.T) {
	fitted := 0
	for seed := range drawn.Seeds(300) {
		r := rand.New(rand.NewPCG(seed, 29))
		classes := []string{"a", "b", "c", "d"}[:2+r.IntN(3)]
		curves := drawnCurves(r, classes[min(1, len(classes)-2+r.IntN(2)):])
		for _, method := range calibration.Methods()[1:] {
			m, err := calibration.Fit(method, curves)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if m == nil {
				continue
			}
			fitted++
			if err := checkMap(r, m, classes, method != "platt"); err != nil {
				t.Fatalf("seed %d: %s %v", seed, method, err)
			}
			if len(curves) == 1 && len(classes) == 2 {
				before, after := losses(m, classes, &curves[0])
				const pulled = 2 // what one more row of each kind can cost rows that are separated
				if method != "platt" && after > before*(1+1e-9)+pulled {
					t.Fatalf("seed %d: %s has the log loss %v, %v before", seed, method, after, before)
				}
			}
		}
	}
	t.Logf("%d fits", fitted)
	if fitted < 30 {
		t.Errorf("%d fits only", fitted)
	}
}

// checkMap checks that drawn probabilities stay probabilities, and that of two classes the
// order of rows is kept where the method keeps it.
func checkMap(r *rand.Rand, m *calibration.Map, classes []string, rises bool) error {
	for range 20 {
		p, sum := make([]float64, len(classes)), 0.0
		for k := range p {
			p[k] = math.Exp(40 * r.NormFloat64())
			sum += p[k]
		}
		for k := range p {
			p[k] /= sum
		}
		given := slices.Clone(p)
		m.Apply(classes, p)
		sum = 0
		for _, x := range p {
			if !(x >= 0 && x <= 1) {
				return fmt.Errorf("makes %v of %v", p, given)
			}
			sum += x
		}
		if math.Abs(sum-1) > 1e-12 {
			return fmt.Errorf("makes %v of %v, with the sum %v", p, given, sum)
		}
	}
	before := -1.0
	for x := 0.0; x <= 1 && rises && len(classes) == 2; x += 1. / 64 {
		p := []float64{1 - x, x}
		m.Apply(classes, p)
		if p[1] < before-1e-12 {
			return fmt.Errorf("falls from %v to %v at %v", before, p[1], x)
		}
		before = p[1]
	}
	return nil
}

// losses are the log losses of the rows of a curve of the second class, before and after.
func losses(m *calibration.Map, classes []string, c *calibration.Curve) (before, after float64) {
	loss := func(p float64, b calibration.Bin) float64 {
		return -b.Own*math.Log(max(p, 1e-16)) - b.Rest*math.Log(max(1-p, 1e-16))
	}
	for _, b := range c.Bins {
		p := 1 / (1 + math.Exp(-b.Odds))
		q := []float64{1 - p, p}
		before += loss(p, b)
		m.Apply(classes, q)
		after += loss(q[1], b)
	}
	return before, after
}

// TestFew: a class without rows enough keeps its probability, and where none has enough
// there is no map.
func TestFew(t *testing.T) {
	few := calibration.Curve{Class: "a", Bins: []calibration.Bin{{Odds: -1, Own: 9, Rest: 500}}}
	enough := calibration.Curve{Class: "b", Bins: []calibration.Bin{{Odds: -2, Own: 1, Rest: 300}, {Odds: 2, Own: 50, Rest: 50}}}
	if m, err := calibration.Fit("platt", []calibration.Curve{few}); m != nil || err != nil {
		t.Errorf("of 9 rows there is %v, %v", m, err)
	}
	m, err := calibration.Fit("platt", []calibration.Curve{few, enough})
	if err != nil || m == nil {
		t.Fatal(m, err)
	}
	p := []float64{0.2, 0.7, 0.1}
	m.Apply([]string{"a", "b", "c"}, p)
	if math.Abs(p[0]/p[2]-2) > 1e-12 {
		t.Errorf("the classes without a map are %v, want 2 to 1", p)
	}
	if _, err := calibration.Fit("beta", nil); err == nil {
		t.Error("an unknown method is no error")
	}
}
