package exact

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// drawn draws numbers of all magnitudes and signs, integers among them.
func drawn(r *rand.Rand) (x, w float64) {
	switch r.IntN(4) {
	case 0:
		x = float64(r.IntN(100) - 50)
	case 1:
		x = r.NormFloat64()
	default:
		x = math.Ldexp(r.NormFloat64(), r.IntN(440)-220)
	}
	w = 1
	if r.IntN(3) == 0 {
		w = math.Ldexp(r.Float64()+0.1, r.IntN(20)-10)
	}
	return x, w
}

// TestPowersAgreeWithRationals: the sums are those of math/big.
func TestPowersAgreeWithRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var p Powers
		var want [5]*big.Rat
		for k := range want {
			want[k] = new(big.Rat)
		}
		for range 1 + r.IntN(40) {
			x, w := drawn(r)
			p.Add(x, w)
			term, factor := new(big.Rat).SetFloat64(w), new(big.Rat).SetFloat64(x)
			for k := range want {
				want[k].Add(want[k], term)
				term = new(big.Rat).Mul(term, factor)
			}
		}
		for k, got := range p.Big() {
			if rat, _ := got.Rat(nil); rat.Cmp(want[k]) != 0 {
				t.Fatalf("sum of order %d is %v, want %v", k, got, want[k].FloatString(20))
			}
		}
	}
}

// TestWhatIsTakenAwayLeavesNothing: in any order, merged or not, with scales and bytes
// in between.
func TestWhatIsTakenAwayLeavesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		var p, other, kept Powers
		var gone [][2]float64
		for range r.IntN(40) {
			x, w := drawn(r)
			switch r.IntN(3) {
			case 0:
				kept.Add(x, w)
				p.Add(x, w)
			case 1:
				p.Add(x, w)
				gone = append(gone, [2]float64{x, w})
			default:
				p.Add(x, w)
				other.Add(x, w)
			}
		}
		p.Scale(0x1p-7)
		p.Scale(0x1p7)
		out := wire.NewWriter(nil)
		p.Encode(out)
		in := wire.NewReader(out.Bytes())
		p = Decode(in)
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
		r.Shuffle(len(gone), func(i, j int) { gone[i], gone[j] = gone[j], gone[i] })
		for _, g := range gone {
			var one Powers
			one.Add(g[0], g[1])
			p.Subtract(&one)
		}
		p.Subtract(&other)
		want, got := wire.NewWriter(nil), wire.NewWriter(nil)
		kept.Encode(want)
		p.Encode(got)
		if string(want.Bytes()) != string(got.Bytes()) {
			t.Fatalf("%x is left, want %x", got.Bytes(), want.Bytes())
		}
		p.Subtract(&kept)
		if !p.IsZero() {
			t.Fatal("something is left")
		}
		var transferred Powers
		sums := kept.Big()
		transferred.AddBig(&sums)
		transferred.Subtract(&kept)
		if !transferred.IsZero() {
			t.Fatal("sums that were given as numbers differ")
		}
	}
}

func BenchmarkPowersAdd(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 3))
	values := make([]float64, 1024)
	for i := range values {
		values[i] = 100 + r.NormFloat64()
	}
	var p Powers
	b.ReportAllocs()
	for i := range b.N {
		p.Add(values[i%1024], 1)
	}
}
