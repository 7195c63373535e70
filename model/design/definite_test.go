package design

import (
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
