package design

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/dd"
)

// TestDefiniteLeavesNoPerfectFit: drawn correlations that no rows can have become such of
// which the least eigenvalue is above 0, with the variances that they had.
func TestDefiniteLeavesNoPerfectFit(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	projected := 0
	for range 200 {
		m := NewMoments(3 + r.IntN(6))
		m.Weight = dd.FromFloat(100)
		for i := range m.N {
			m.set(i, i, dd.FromFloat(1))
			for j := range i {
				m.set(i, j, dd.FromFloat(2*r.Float64()-1))
			}
		}
		near, lowest, err := m.Definite()
		if err != nil {
			t.Fatal(err)
		}
		if !near.Projected {
			continue
		}
		projected++
		again, after, err := near.Definite()
		if err != nil || again != near {
			t.Fatalf("the moments still have an eigenvalue of %v: %v", after, err)
		}
		if want := -lowest / (1 - 2*lowest); after < want*(1-1e-9) {
			t.Errorf("the least eigenvalue is %v, want %v from %v", after, want, lowest)
		}
		for i := range m.N {
			if near.At(i, i) != m.At(i, i) {
				t.Errorf("the variance of term %d has changed", i)
			}
		}
	}
	if projected == 0 {
		t.Error("no draw has a negative eigenvalue")
	}
}

// TestLeastShare: of moments of which one combination of terms has a share of the variance that it has in
// others, the least share is that; of the same moments it is 1.
func TestLeastShare(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	for range 100 {
		m := NewMoments(2 + r.IntN(5))
		m.Weight = dd.FromFloat(50)
		rows := make([]float64, 3*m.N*m.N)
		for i := range rows {
			rows[i] = r.NormFloat64()
		}
		for i := range m.N {
			for j := range m.N {
				sum := 0.0
				for k := range 3 * m.N {
					sum += rows[k*m.N+i] * rows[k*m.N+j]
				}
				m.set(i, j, dd.FromFloat(sum))
			}
		}
		if got, err := m.LeastShare(m); err != nil || math.Abs(got-1) > 1e-9 {
			t.Errorf("of the same it is %v: %v", got, err)
		}
		less, share := m.Clone(), r.Float64()
		less.Weight = dd.FromFloat(100) // twice the rows, so that equal products are half per row
		for i := range m.N {
			for j := range m.N {
				less.set(i, j, m.At(i, j).MulFloat(2).Sub(m.At(i, 0).Mul(m.At(j, 0)).Div(m.At(0, 0)).MulFloat(2*(1-share))))
			}
		}
		if got, err := m.LeastShare(less); err != nil || math.Abs(got-share) > 1e-9 {
			t.Errorf("it is %v, want %v: %v", got, share, err)
		}
	}
}
