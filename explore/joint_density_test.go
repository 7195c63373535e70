package explore_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// pairsOf draws rows of two numbers with a correlation, of normal or of skewed
// marginals, in two groups that lie apart.
func pairsOf(t *testing.T, r *rand.Rand, n int, rho, apart float64, skewed bool) *stats.Summary {
	t.Helper()
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"left", "right"}}}}
	rows := &stats.Rows{N: n, Numeric: 2, Categorical: 1}
	for i := range n {
		a := r.NormFloat64()
		b := rho*a + math.Sqrt(1-rho*rho)*r.NormFloat64()
		if skewed {
			a, b = math.Exp(a), math.Exp(b/2)
		}
		shift := apart * float64(i%2)
		rows.Values = append(rows.Values, a+shift, b+shift)
		rows.Codes = append(rows.Codes, int32(1+i%2))
	}
	return learned(t, layout, rows)
}

// TestJointDensity: of drawn pairs the shares add up to those of each attribute, and
// have the correlation of the rows.
func TestJointDensity(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 5))
		rho, skewed := 1.8*r.Float64()-0.9, seed%3 == 0
		s := pairsOf(t, r, 3000, rho, 0, skewed)
		const cells = 20
		answer := ask(t, s, "joint_density", args{"a": "x", "b": "y", "bins": cells})
		var byA, byB [cells]float64
		var mean [2]float64
		for j := range cells {
			for i := range cells {
				share := numberAt(t, answer, fmt.Sprintf("shares.%d.%d", j, i))
				if share < -1e-12 {
					t.Fatalf("share of cell %d, %d is %v", i, j, share)
				}
				byA[i] += share
				byB[j] += share
			}
		}
		total := 0.0
		for i := range cells {
			mean[0] += byA[i] * float64(i)
			mean[1] += byB[i] * float64(i)
			total += byA[i]
		}
		closeTo(t, "total", total, 1, 1e-9)
		var covariance, varianceA, varianceB float64
		for j := range cells {
			for i := range cells {
				a, b, share := float64(i)-mean[0], float64(j)-mean[1], numberAt(t, answer, fmt.Sprintf("shares.%d.%d", j, i))
				covariance, varianceA, varianceB = covariance+share*a*b, varianceA+share*a*a, varianceB+share*b*b
			}
		}
		closeTo(t, "correlation of the shares", covariance/math.Sqrt(varianceA*varianceB), numberAt(t, answer, "correlation"), 1e-3)
		for _, side := range []struct {
			name   string
			shares [cells]float64
		}{{"a", byA}, {"b", byB}} {
			lo, hi := numberAt(t, answer, "min_"+side.name), numberAt(t, answer, "max_"+side.name)
			attribute := map[string]string{"a": "x", "b": "y"}[side.name]
			below, ok := ask(t, s, "cdf", args{"attribute": attribute, "x": lo + (hi-lo)/2}).(float64)
			if !ok {
				t.Fatal("cdf is no number")
			}
			sum := 0.0
			for i := range cells / 2 {
				sum += side.shares[i]
			}
			closeTo(t, "share of "+attribute+" below the middle", sum, below, 0.005)
		}
	}
}

// TestJointDensityByCategory: groups that lie apart are told apart, each with the
// correlation within and not that of both together.
func TestJointDensityByCategory(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 6))
		rho := 1.6*r.Float64() - 0.8
		s := pairsOf(t, r, 4000, rho, 8, false)
		answer := ask(t, s, "joint_density", args{"a": "x", "b": "y", "by": "k", "bins": 40})
		for k, want := range []struct {
			value string
			mean  float64
		}{{"left", 0}, {"right", 8}} {
			g := at(answer, fmt.Sprint("groups.", k))
			if at(g, "value") != want.value {
				t.Fatalf("group %d is %v", k, at(g, "value"))
			}
			const sampling = 0.06 // of 2000 rows
			closeTo(t, "mean of "+want.value, numberAt(t, g, "mean_a"), want.mean, sampling)
			closeTo(t, "correlation within "+want.value, numberAt(t, g, "correlation"), rho, sampling)
			// half of the shares of the left group are in the lower left of its mean
			lo, hi := numberAt(t, answer, "min_a"), numberAt(t, answer, "max_a")
			inside := 0.0
			for j := range 40 {
				for i := range 40 {
					if math.Abs(lo+(float64(i)+0.5)*(hi-lo)/40-want.mean) < 4 {
						inside += numberAt(t, g, fmt.Sprintf("shares.%d.%d", j, i))
					}
				}
			}
			if inside < 0.99 {
				t.Errorf("%v of the shares of %s are within 4 of its mean", inside, want.value)
			}
		}
		if both := numberAt(t, answer, "correlation"); both < 0.8 {
			t.Errorf("the correlation of both groups together is %v", both)
		}
	}
}

// TestJointDensityOfLittle: without rows, with one, and of a constant there is no error.
func TestJointDensityOfLittle(t *testing.T) {
	layout := &stats.Layout{Numeric: []stats.NumericColumn{{Name: "x"}, {Name: "y"}}, Categorical: []stats.CategoricalColumn{{Name: "k", Values: []string{"a"}}}}
	for _, c := range []struct {
		name   string
		values []float64
	}{
		{name: "nothing"}, {name: "one row", values: []float64{1, 2}}, {name: "constant", values: []float64{1, 2, 1, 3, 1, 4}},
		{name: "a line", values: []float64{1, 1, 2, 2, 3, 3, 4, 4}}, {name: "never together", values: []float64{1, math.NaN(), math.NaN(), 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := &stats.Rows{N: len(c.values) / 2, Numeric: 2, Categorical: 1, Values: c.values}
			for range rows.N {
				rows.Codes = append(rows.Codes, 1)
			}
			s := learned(t, layout, rows)
			for _, more := range []args{{}, {"by": "k"}} {
				asked := args{"a": "x", "b": "y"}
				for k, v := range more {
					asked[k] = v
				}
				ask(t, s, "joint_density", asked)
			}
		})
	}
}

// closeTo requires a number within a tolerance.
func closeTo(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}
