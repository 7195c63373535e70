package nig

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rowsOf draws rows of d inputs whose target is linear in them with noise.
func rowsOf(r *rand.Rand, n, d int) (x [][]float64, y []float64) {
	for range n {
		row := make([]float64, d)
		sum := r.NormFloat64() / 2
		for i := range row {
			row[i] = r.NormFloat64()
			sum += float64(i+1) * row[i]
		}
		x, y = append(x, row), append(y, sum)
	}
	return x, y
}

func sumsOf(x [][]float64, y []float64, d int) Sums {
	s := make(Sums, Size(d))
	for i := range x {
		s.Add(y[i], x[i], 1)
	}
	return s
}

// TestEvidenceIsTheProductOfPredictions: the evidence of rows is the product of the densities of
// each given those before it, which are t distributions. That ties posterior, leverage and
// evidence to each other.
func TestEvidenceIsTheProductOfPredictions(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		d := r.IntN(6)
		x, y := rowsOf(r, 1+r.IntN(40), d)
		var prior, post Model
		prior.SetRidge(d, .3, 1.5, 2)
		want, now := 0.0, prior
		for i := range x {
			df, at := 2*now.Shape, now.Predict(x[i])
			scale := now.Variance() * (1 + now.Leverage(x[i], make([]float64, d+1)))
			u := (y[i] - at) * (y[i] - at) / scale
			want += lnGamma((df+1)/2) - lnGamma(df/2) - math.Log(df*math.Pi*scale)/2 - (df+1)/2*math.Log1p(u/df)
			var next Model
			next.SetPosterior(&now, sumsOf(x[i:i+1], y[i:i+1], d))
			now = next
		}
		got := post.SetPosterior(&prior, sumsOf(x, y, d))
		if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("seed %d: evidence %v, want %v", seed, got, want)
		}
		for i := range post.Mean {
			if math.Abs(post.Mean[i]-now.Mean[i]) > 1e-9 {
				t.Errorf("seed %d: coefficient %d is %v, want %v", seed, i, post.Mean[i], now.Mean[i])
			}
		}
		if math.Abs(post.Rate-now.Rate) > 1e-9*now.Rate || post.Shape != now.Shape {
			t.Errorf("seed %d: variance of %v and %v, want %v and %v", seed, post.Rate, post.Shape, now.Rate, now.Shape)
		}
	}
}

// TestAnySums: whatever the sums are, what comes of them are numbers.
func TestAnySums(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		d := r.IntN(5)
		s := make(Sums, Size(d))
		for i := range s {
			s[i] = r.NormFloat64() * math.Pow(10, float64(r.IntN(40)-20))
		}
		var prior, post, part, next Model
		prior.SetRidge(d, .3, 1, 1)
		evidence := post.SetPosterior(&prior, s)
		part.SetShare(&post, s, 3, .1, 1)
		evidence += next.SetPosterior(&part, s)
		x := make([]float64, d)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		for _, v := range []float64{evidence, post.Predict(x), post.Leverage(x, make([]float64, d+1)), next.Predict(x), next.Variance()} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("seed %d: %v of sums %v", seed, v, s)
			}
		}
	}
}
