package exact

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// TestProductsAgreeWithRationals: sums of rows and of rows that are exchanged for others
// are those of math/big.
func TestProductsAgreeWithRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 100 {
		dim := 1 + r.IntN(5)
		p, want := NewProducts(dim), map[[2]int]*big.Rat{}
		add := func(row []float64, w float64, sign int64) {
			one := append([]float64{1}, row...)
			for j := range one {
				for i := range j + 1 {
					x := new(big.Rat).SetFloat64(w)
					x.Mul(x, new(big.Rat).SetFloat64(one[i])).Mul(x, new(big.Rat).SetFloat64(one[j])).Mul(x, big.NewRat(sign, 1))
					if want[[2]int{i, j}] == nil {
						want[[2]int{i, j}] = new(big.Rat)
					}
					want[[2]int{i, j}].Add(want[[2]int{i, j}], x)
				}
			}
		}
		for range 1 + r.IntN(40) {
			row, away, columns := make([]float64, dim), make([]float64, dim), []int32{}
			_, w := drawn(r)
			for i := range row {
				row[i], _ = drawn(r)
				if away[i] = row[i]; r.IntN(2) == 0 {
					away[i], _ = drawn(r)
					columns = append(columns, int32(i))
				}
			}
			if add(row, w, 1); r.IntN(2) == 0 {
				p.Add(row, w)
				continue
			}
			add(away, w, -1)
			p.Exchange(row, away, columns, w)
		}
		for at, x := range want {
			got := p.Weight()
			if i, j := at[0], at[1]; i > 0 {
				got = p.Cross(i-1, j-1)
			} else if j > 0 {
				got = p.First(j - 1)
			}
			if rat, _ := got.Rat(nil); rat.Cmp(x) != 0 {
				t.Fatalf("sum of %v of %d columns is %v, want %v", at, dim, got, x.FloatString(20))
			}
		}
	}
}

// TestProductsLeaveNothing: rows taken away in another order leave the bytes of those kept.
func TestProductsLeaveNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 100 {
		dim := 1 + r.IntN(4)
		p, kept, gone := NewProducts(dim), NewProducts(dim), NewProducts(dim)
		for range r.IntN(40) {
			row := make([]float64, dim)
			for i := range row {
				row[i], _ = drawn(r)
			}
			_, w := drawn(r)
			p.Add(row, w)
			if r.IntN(2) == 0 {
				kept.Add(row, w)
			} else {
				gone.Add(row, w)
			}
		}
		p.Subtract(gone)
		a, b := wire.NewWriter(nil), wire.NewWriter(nil)
		p.Encode(a)
		kept.Encode(b)
		if string(a.Bytes()) != string(b.Bytes()) {
			t.Fatalf("%x is left, want %x", a.Bytes(), b.Bytes())
		}
	}
}

func BenchmarkProductsAdd(b *testing.B) {
	for _, dim := range []int{9, 30, 64, 300} {
		b.Run(fmt.Sprint("d=", dim), func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 3))
			row := make([]float64, dim)
			p := NewProducts(dim)
			b.ReportAllocs()
			for b.Loop() {
				for i := range row {
					row[i] = 100 + r.NormFloat64()*1e9
				}
				p.Add(row, 1)
			}
		})
	}
}
