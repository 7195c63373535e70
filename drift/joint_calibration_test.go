package drift_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// rates counts how often p-values are below 5 %.
type rates struct {
	draws float64
	below map[string]float64
}

// coarse is numbers with small histograms, which no joint test reads.
func coarse(t *testing.T, d int, values []float64) *stats.Summary {
	return learnedWith(t, stats.SummaryOptions{HistogramBins: stats.MinBins}, numbered(d), values, nil)
}

// count draws pairs of states without a change, or with one.
func count(t *testing.T, draws int, from source, d, n, m, tiles int, change func(row []float64)) rates {
	rng := rand.New(rand.NewPCG(uint64(d*n+m), 11))
	out := rates{draws: float64(draws), below: map[string]float64{}}
	for range draws {
		a, b := draw(rng, from, d, n), draw(rng, from, d, m)
		for i := 0; change != nil && i < len(b); i += d {
			change(b[i : i+d])
		}
		o := drift.JointOptions{}
		reference := coarse(t, d, a)
		for i := range tiles {
			size := n / tiles * d
			o.Tiles = append(o.Tiles, coarse(t, d, a[i*size:(i+1)*size]))
		}
		j := jointly(t, reference, coarse(t, d, b), o)
		for name, p := range map[string]drift.Number{
			"hotelling": j.Means.Hotelling.P, "unequal": j.Means.Unequal.P, "box": j.Covariances.BoxF.P, "elliptical": j.Covariances.Elliptical.P,
			"independent": j.Covariances.Independent.P, "covariances": j.Covariances.P, "means": j.Means.P, "all": j.P,
			"pca elliptical": j.PCA.Elliptical.P, "pca independent": j.PCA.Independent.P, "pca": j.PCA.P,
		} {
			if p < 0.05 {
				out.below[name]++
			}
		}
	}
	return out
}

// TestJointCalibration: without a change p-values are below 5 % in 3.3 to 7.5 % of the draws, where the test's model holds,
// and below 7.5 % where it is conservative.
func TestJointCalibration(t *testing.T) {
	drawn.Alone(t)
	for _, c := range []struct {
		name           string
		from           source
		d, n, m, tiles int
		exact, atMost  []string
	}{
		{"normal", normal, 2, 200, 200, 0, []string{"hotelling", "unequal", "box", "elliptical", "independent", "all", "pca independent"}, nil},
		{"normal", normal, 5, 300, 200, 0, []string{"hotelling", "unequal", "box", "independent", "all"}, []string{"elliptical"}},
		{"counts", counts, 3, 200, 200, 0, []string{"hotelling", "unequal", "independent", "pca independent"}, []string{"covariances", "all"}},
		{"heavy", heavy, 3, 240, 240, 8, []string{"hotelling", "unequal", "independent", "means", "covariances", "all"}, []string{"elliptical", "pca elliptical", "pca"}},
		{"together", together, 3, 240, 240, 8, []string{"hotelling", "unequal", "elliptical", "means", "covariances", "all"}, nil},
	} {
		t.Run(fmt.Sprint(c.name, " ", c.d), func(t *testing.T) {
			r := count(t, 1000, c.from, c.d, c.n, c.m, c.tiles, nil)
			t.Log(r.below)
			for _, name := range c.exact {
				if rate := r.below[name] / r.draws; !(rate >= 0.033 && rate <= 0.075) {
					t.Errorf("%s: %v of the p-values are below 0.05", name, rate)
				}
			}
			for _, name := range c.atMost {
				if rate := r.below[name] / r.draws; !(rate <= 0.075) {
					t.Errorf("%s: %v of the p-values are below 0.05", name, rate)
				}
			}
		})
	}
}

// TestJointPower: changes of means and of covariances alone are found by their tests and attributed.
func TestJointPower(t *testing.T) {
	drawn.Alone(t)
	shift := count(t, 100, heavy, 4, 400, 300, 0, func(row []float64) { row[2] += 0.6 })
	flipped := count(t, 100, normal, 4, 400, 300, 0, func(row []float64) { row[3] -= 0.7 * row[2] })
	wider := count(t, 100, normal, 4, 400, 300, 0, func(row []float64) { row[0] *= 1.3 })
	if shift.below["means"] < 95 || flipped.below["covariances"] < 95 || wider.below["covariances"] < 90 {
		t.Errorf("found %v shifts, %v lost correlations, %v wider attributes of 100", shift.below["means"], flipped.below["covariances"], wider.below["covariances"])
	}
	rng := rand.New(rand.NewPCG(1, 1))
	a, b := draw(rng, normal, 4, 3000), draw(rng, normal, 4, 2000)
	for i := 2; i < len(b); i += 4 {
		b[i]++
	}
	requireLargest(t, "x2", numbers(t, 4, a), numbers(t, 4, b))
}

// requireLargest wants one attribute to contribute most to the difference of means.
func requireLargest(t *testing.T, name string, a, b *stats.Summary) {
	t.Helper()
	j := jointly(t, a, b, drift.JointOptions{})
	for i := range j.Attributes {
		at := &j.Attributes[i]
		if at.Attribute != name && !(at.Mahalanobis < j.Classifier.Mahalanobis/4 && at.FrechetStandardised < j.Distances.FrechetStandardised/4) {
			t.Errorf("%s contributes %v of %v and %v of %v", at.Attribute, at.Mahalanobis, j.Classifier.Mahalanobis, at.FrechetStandardised, j.Distances.FrechetStandardised)
		}
	}
}

// TestJointDependent: where each row depends on the one before, tests that take rows for independent find changes that are
// not there; those that compare with tiles do not.
func TestJointDependent(t *testing.T) {
	drawn.Alone(t)
	const d, draws, size = 2, 200, 50
	rng, last := rand.New(rand.NewPCG(2, 2)), make([]float64, d)
	next := func(n int) []float64 {
		var out []float64
		for range n {
			for i := range last {
				last[i] = last[i]/2 + rng.NormFloat64()
			}
			out = append(out, last...)
		}
		return out
	}
	below := map[string]int{}
	for range draws {
		a, b := next(20*size), next(300)
		var o drift.JointOptions
		for i := 0; i < len(a); i += size * d {
			o.Tiles = append(o.Tiles, coarse(t, d, a[i:i+size*d]))
		}
		j := jointly(t, coarse(t, d, a), coarse(t, d, b), o)
		for name, p := range map[string]drift.Number{
			"unequal": j.Means.Unequal.P, "box": j.Covariances.BoxF.P, "means": j.Means.P, "covariances": j.Covariances.P, "pca": j.PCA.P,
		} {
			if p < 0.05 {
				below[name]++
			}
		}
	}
	t.Log(below)
	if below["unequal"] < draws/5 || below["box"] < draws/8 {
		t.Errorf("%v of %d: the rows should depend on each other", below, draws)
	}
	for _, name := range []string{"means", "covariances", "pca"} {
		if below[name] > draws/10 {
			t.Errorf("%s: %d of %d p-values are below 0.05", name, below[name], draws)
		}
	}
}
