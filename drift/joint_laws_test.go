package drift_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// drawnPair is two states of d attributes, with a drawn change.
type drawnPair struct {
	d    int
	a, b []float64
}

func drawPair(seed uint64) (drawnPair, *rand.Rand) {
	rng := rand.New(rand.NewPCG(seed, 15))
	d := 1 + rng.IntN(6)
	from := []source{normal, heavy, together, counts}[rng.IntN(4)]
	p := drawnPair{d: d, a: draw(rng, from, d, 10*d+rng.IntN(100)), b: draw(rng, from, d, 10*d+rng.IntN(100))}
	size, at := rng.NormFloat64(), rng.IntN(d)
	for i := at; i < len(p.b); i += d {
		p.b[i] = size + p.b[i]*math.Exp(size)
	}
	return p, rng
}

func (p drawnPair) jointly(t *testing.T) *drift.Joint {
	t.Helper()
	return jointly(t, numbers(t, p.d, p.a), numbers(t, p.d, p.b), drift.JointOptions{})
}

// TestJointAddsUp: what the attributes contribute adds up to each number.
func TestJointAddsUp(t *testing.T) {
	for seed := range drawn.Seeds(100) {
		p, _ := drawPair(seed)
		j := p.jointly(t)
		if len(j.LeftOut) > 0 {
			t.Fatalf("seed %d: left out %v", seed, j.LeftOut)
		}
		for _, x := range []struct {
			name string
			sum  drift.Number
			of   func(a *drift.JointAttribute) drift.Number
		}{
			{"bhattacharyya", j.Distances.Bhattacharyya, func(a *drift.JointAttribute) drift.Number { return a.Bhattacharyya }},
			{"kullback_leibler", j.Distances.KullbackLeibler, func(a *drift.JointAttribute) drift.Number { return a.KullbackLeibler }},
			{"stein", j.Distances.Stein, func(a *drift.JointAttribute) drift.Number { return a.Stein }},
			{"frechet", j.Distances.Frechet, func(a *drift.JointAttribute) drift.Number { return a.Frechet }},
			{"frechet_standardised", j.Distances.FrechetStandardised, func(a *drift.JointAttribute) drift.Number { return a.FrechetStandardised }},
			{"box_m", j.Covariances.M, func(a *drift.JointAttribute) drift.Number { return a.BoxM }},
			{"mahalanobis", j.Classifier.Mahalanobis, func(a *drift.JointAttribute) drift.Number { return a.Mahalanobis }},
			{"error_reference", j.PCA.ErrorReference, func(a *drift.JointAttribute) drift.Number { return a.ErrorReference }},
			{"error_recent", j.PCA.ErrorRecent, func(a *drift.JointAttribute) drift.Number { return a.ErrorRecent }},
		} {
			sum, size := 0.0, math.Abs(float64(x.sum))
			for i := range j.Attributes {
				v := float64(x.of(&j.Attributes[i]))
				sum, size = sum+v, size+math.Abs(v)
			}
			if !(math.Abs(sum-float64(x.sum)) <= 1e-10*size) {
				t.Errorf("seed %d: %s adds up to %v, want %v", seed, x.name, sum, x.sum)
			}
		}
		for name, m := range j.Metrics(numbers(t, p.d, p.a), numbers(t, p.d, p.b)) {
			if s := m["driftScore"]; !(s >= -1) || name != "pca_reconstruction_error" && !(s >= 0 && s <= 1) {
				t.Errorf("seed %d: %s is %v", seed, name, s)
			}
			if len(m) != p.d+1 {
				t.Errorf("seed %d: %s has %d keys, want %d", seed, name, len(m), p.d+1)
			}
		}
	}
}

// invariant are the numbers that do not depend on the basis of the attributes.
func invariant(j *drift.Joint) []float64 {
	return floats(j.Distances.Hellinger, j.Distances.KullbackLeibler, j.Distances.Stein, j.Covariances.M, j.Covariances.BoxF.P, j.Means.T2, j.Means.UnequalT2, j.Means.Unequal.P, j.Classifier.Mahalanobis)
}

func floats(x ...drift.Number) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func requireNear(t *testing.T, seed uint64, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !near(got[i], want[i], tolerance) {
			t.Errorf("seed %d: %s: number %d is %v, want %v", seed, what, i, got[i], want[i])
		}
	}
}

// TestJointAffine: a change of basis and origin changes no number that should not depend on it.
func TestJointAffine(t *testing.T) {
	for seed := range drawn.Seeds(100) {
		p, rng := drawPair(seed)
		want := invariant(p.jointly(t))
		q := drawnPair{d: p.d}
		basis, origin := make([]float64, p.d*p.d), make([]float64, p.d)
		for i := range basis {
			basis[i] = rng.NormFloat64() / 2
		}
		for i := range origin {
			basis[i*p.d+i] += 3
			origin[i] = 100 * rng.NormFloat64()
		}
		through := func(x []float64) []float64 {
			var out []float64
			for r := 0; r < len(x); r += p.d {
				for i := range p.d {
					v := origin[i]
					for k := range p.d {
						v += basis[i*p.d+k] * x[r+k]
					}
					out = append(out, v)
				}
			}
			return out
		}
		q.a, q.b = through(p.a), through(p.b)
		requireNear(t, seed, "another basis", invariant(q.jointly(t)), want, 1e-8)
	}
}

// TestJointSymmetric: exchanging the states changes no number that is symmetric.
func TestJointSymmetric(t *testing.T) {
	numbers := func(j *drift.Joint) []float64 {
		return floats(j.Distances.Hellinger, j.Distances.KullbackLeibler, j.Distances.Frechet, j.Distances.FrechetStandardised, j.Covariances.M, j.Covariances.P,
			j.Means.P, j.Classifier.AUC, j.Attributes[0].Bhattacharyya, j.Attributes[0].Frechet)
	}
	for seed := range drawn.Seeds(100) {
		p, _ := drawPair(seed)
		q := drawnPair{d: p.d, a: p.b, b: p.a}
		requireNear(t, seed, "exchanged", numbers(q.jointly(t)), numbers(p.jointly(t)), 1e-7)
	}
}

// TestJointMerge: how rows were split and merged changes nothing, nor does the order of attributes.
func TestJointMerge(t *testing.T) {
	for seed := range drawn.Seeds(50) {
		p, rng := drawPair(seed)
		whole := p.jointly(t)
		at := p.d * (1 + rng.IntN(len(p.a)/p.d-2))
		parts := numbers(t, p.d, p.a[at:])
		if err := parts.Merge(numbers(t, p.d, p.a[:at])); err != nil {
			t.Fatal(err)
		}
		recent := numbers(t, p.d, p.b)
		j := jointly(t, parts, recent, drift.JointOptions{})
		all := func(j *drift.Joint) []float64 {
			return append(invariant(j), floats(j.P, j.Covariances.P, j.PCA.P, j.PCA.ErrorRecent, j.Distances.Frechet)...)
		}
		requireNear(t, seed, "merged", all(j), all(whole), 1e-8)
		var names []string
		for _, i := range rng.Perm(p.d) {
			names = append(names, numbered(p.d).Numeric[i].Name)
		}
		j = jointly(t, parts, recent, drift.JointOptions{Attributes: names})
		requireNear(t, seed, "other order", all(j), all(whole), 1e-8)
	}
}

// TestJointIdentical: a state does not differ from itself.
func TestJointIdentical(t *testing.T) {
	for seed := range drawn.Seeds(50) {
		p, _ := drawPair(seed)
		p.b = p.a
		j := p.jointly(t)
		d := &j.Distances
		for i, x := range floats(d.Hellinger, d.Bhattacharyya, d.KullbackLeibler, d.Stein, j.Covariances.M, j.Means.T2, j.Classifier.Mahalanobis, j.PCA.ErrorMeans) {
			if x != 0 {
				t.Errorf("seed %d: distance %d is %v, want 0", seed, i, x)
			}
		}
		if !(d.Frechet < 1e-20 && d.FrechetStandardised < 1e-20) {
			t.Errorf("seed %d: Fréchet %v and %v, want 0", seed, d.Frechet, d.FrechetStandardised)
		}
		for i, x := range floats(j.P, j.Means.P, j.Covariances.P, j.Covariances.BoxChiSquare.P, j.Covariances.BoxF.P, j.PCA.P, j.PCA.Ratio) {
			if !near(x, 1, 1e-9) && !(p.d == 1 && i == 6) {
				t.Errorf("seed %d: p-value %d is %v, want 1", seed, i, x)
			}
		}
		for name, m := range j.Metrics(numbers(t, p.d, p.a), numbers(t, p.d, p.a)) {
			if !(math.Abs(float64(m["driftScore"])) < 1e-9) {
				t.Errorf("seed %d: %s is %v, want 0", seed, name, m["driftScore"])
			}
		}
	}
}

// TestJointEffective: weights that have decayed alike are worth as many rows as before, and change nothing; a row of weight 2
// is two rows.
func TestJointEffective(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	a, b := draw(rng, normal, 3, 400), draw(rng, normal, 3, 300)
	full := jointly(t, numbers(t, 3, a), numbers(t, 3, b), drift.JointOptions{})
	scaled := func(values []float64) *stats.Summary {
		s, err := numbers(t, 3, values).Scaled(0.5)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	half := jointly(t, scaled(a), scaled(b), drift.JointOptions{})
	requireNear(t, 7, "scaled", append(invariant(half), float64(half.Reference), float64(half.P)), append(invariant(full), 400, float64(full.P)), 1e-10)
	weights := make([]float64, 400)
	for i := range weights {
		weights[i] = 2
	}
	double := jointly(t, numbers(t, 3, a, weights...), numbers(t, 3, append(b[:len(b):len(b)], b...)), drift.JointOptions{})
	if double.Reference != 800 || double.Recent != 600 {
		t.Errorf("%v and %v rows, want 800 and 600", double.Reference, double.Recent)
	}
}
