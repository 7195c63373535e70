package stats

import (
	"errors"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func contingencyOf(t testing.TB, a, b []int32) *Contingency {
	t.Helper()
	c := NewContingency()
	for i := range a {
		if err := c.Add(a[i], b[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestContingencyLaws(t *testing.T) {
	for name, codes := range map[string]int32{"few codes": 5, "many codes": 257, "sparse codes": MaxCode} {
		t.Run(name, func(t *testing.T) {
			a, b := randomCodes(1, 3000, codes), randomCodes(2, 3000, codes)
			l := mergeLaws[*Contingency]{
				empty: NewContingency, decode: DecodeContingency, whole: contingencyOf(t, a, b),
				parts: [3]*Contingency{contingencyOf(t, a[:900], b[:900]), contingencyOf(t, a[900:901], b[900:901]), contingencyOf(t, a[901:], b[901:])},
				same:  sameBytes[*Contingency],
			}
			requireMergeLaws(t, l)
			requireScaleLaws(t, l)
		})
	}
}

func TestContingencyReadOuts(t *testing.T) {
	c := contingencyOf(t, []int32{0, 1, 1, 3, 1}, []int32{2, 0, 0, 1, 2})
	if err := c.Add(3, 1, 0.5); err != nil {
		t.Fatal(err)
	}
	want := []CodePair{{A: 0, B: 2, Weight: 1}, {A: 1, B: 0, Weight: 2}, {A: 1, B: 2, Weight: 1}, {A: 3, B: 1, Weight: 1.5}}
	if got := slices.Collect(c.Pairs()); !slices.Equal(got, want) {
		t.Errorf("pairs %v, want %v", got, want)
	}
	a, b := c.Margins()
	if !slices.Equal(a, []float64{1, 3, 0, 1.5}) || !slices.Equal(b, []float64{2, 1.5, 2}) {
		t.Errorf("margins %v and %v", a, b)
	}
	if c.Total() != 5.5 || c.Len() != 4 || c.Count(1, 0) != 2 || c.Count(0, 0) != 0 || c.Count(-1, 0) != 0 || c.Count(0, -1) != 0 {
		t.Errorf("total %v, %d pairs, count %v", c.Total(), c.Len(), c.Count(1, 0))
	}
	transposed := c.Transposed()
	for _, p := range want {
		if transposed.Count(p.B, p.A) != p.Weight {
			t.Errorf("transposed count of %d and %d is %v, want %v", p.B, p.A, transposed.Count(p.B, p.A), p.Weight)
		}
	}
	sameBytes(t, "transposed twice", c, transposed.Transposed())
}

func TestContingencyMapped(t *testing.T) {
	a, b := []int32{0, 1, 2, 2}, []int32{1, 1, 0, 1}
	o, c := contingencyOf(t, a, b), contingencyOf(t, []int32{5}, []int32{4})
	before := bytesOf(c)
	ma, mb := []int32{0, 5, 3}, []int32{0, 4}
	if err := c.MergeMapped(o, ma, mb); err != nil {
		t.Fatal(err)
	}
	for _, p := range []CodePair{{A: 0, B: 4, Weight: 1}, {A: 5, B: 4, Weight: 2}, {A: 3, B: 0, Weight: 1}, {A: 3, B: 4, Weight: 1}} {
		if got := c.Count(p.A, p.B); got != p.Weight {
			t.Errorf("count of %d and %d is %v, want %v", p.A, p.B, got, p.Weight)
		}
	}
	if err := c.SubtractMapped(o, ma, mb); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][2][]int32{{{0}, nil}, {nil, {0}}, {{0, 1, -1}, mb}, {ma, {0, MaxCode + 1}}} {
		if err := c.MergeMapped(o, bad[0], bad[1]); !errors.Is(err, ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
		if err := c.SubtractMapped(o, bad[0], bad[1]); !errors.Is(err, ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
	}
	if bytesOf(c) != before {
		t.Error("mapped and back, the state differs")
	}
}

func TestContingencyGolden(t *testing.T) {
	c := contingencyOf(t, []int32{0, 1, 300, 1}, []int32{2, 0, 70000, 0})
	if err := c.Add(2, 2, 0.75); err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "contingency_v1_mixed.bin", []byte(bytesOf(c)))
}

// FuzzDecodeContingency: no panic; bytes that are taken are those that the
// result encodes to; all pairs can be found again.
func FuzzDecodeContingency(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte(bytesOf(contingencyOf(f, []int32{0, 1, 2, 2}, []int32{1, 1, 0, 1}))))
	f.Add([]byte{2, 1, 1, 2, 1, 1, 2})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		c := DecodeContingency(r)
		if r.Close() != nil {
			return
		}
		if got := bytesOf(c); got != string(in) {
			t.Fatalf("% x encodes to % x", in, got)
		}
		for p := range c.Pairs() {
			if c.Count(p.A, p.B) != p.Weight {
				t.Fatalf("pair %+v is not found", p)
			}
		}
	})
}

func BenchmarkContingencyAdd(b *testing.B) {
	x, y := randomCodes(1, 1024, 50), randomCodes(2, 1024, 50)
	c := contingencyOf(b, x, y)
	b.ReportAllocs()
	for i := range b.N {
		if err := c.Add(x[i&1023], y[i&1023], 1); err != nil {
			b.Fatal(err)
		}
	}
}
