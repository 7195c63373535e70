package stats_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func contingencyOf(t testing.TB, a, b []int32) *stats.Contingency {
	t.Helper()
	c := stats.NewContingency()
	for i := range a {
		if err := c.Add(a[i], b[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestContingencyLaws(t *testing.T) {
	for name, codes := range map[string]int32{"few codes": 5, "many codes": 257, "sparse codes": stats.MaxCode} {
		t.Run(name, func(t *testing.T) {
			a, b := stats.RandomCodes(1, 3000, codes), stats.RandomCodes(2, 3000, codes)
			l := stats.MergeLaws[*stats.Contingency]{
				Empty: stats.NewContingency, Decode: stats.DecodeContingency, Whole: contingencyOf(t, a, b),
				Parts: [3]*stats.Contingency{contingencyOf(t, a[:900], b[:900]), contingencyOf(t, a[900:901], b[900:901]), contingencyOf(t, a[901:], b[901:])},
				Same:  stats.SameBytes[*stats.Contingency],
			}
			stats.RequireMergeLaws(t, l)
			stats.RequireScaleLaws(t, l)
		})
	}
}

func TestContingencyReadOuts(t *testing.T) {
	c := contingencyOf(t, []int32{0, 1, 1, 3, 1}, []int32{2, 0, 0, 1, 2})
	if err := c.Add(3, 1, 0.5); err != nil {
		t.Fatal(err)
	}
	want := []stats.CodePair{{A: 0, B: 2, Weight: 1}, {A: 1, B: 0, Weight: 2}, {A: 1, B: 2, Weight: 1}, {A: 3, B: 1, Weight: 1.5}}
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
	stats.SameBytes(t, "transposed twice", c, transposed.Transposed())
}

func TestContingencyMapped(t *testing.T) {
	a, b := []int32{0, 1, 2, 2}, []int32{1, 1, 0, 1}
	o, c := contingencyOf(t, a, b), contingencyOf(t, []int32{5}, []int32{4})
	before := golden.Encoded(c)
	ma, mb := []int32{0, 5, 3}, []int32{0, 4}
	if err := c.MergeMapped(o, ma, mb); err != nil {
		t.Fatal(err)
	}
	for _, p := range []stats.CodePair{{A: 0, B: 4, Weight: 1}, {A: 5, B: 4, Weight: 2}, {A: 3, B: 0, Weight: 1}, {A: 3, B: 4, Weight: 1}} {
		if got := c.Count(p.A, p.B); got != p.Weight {
			t.Errorf("count of %d and %d is %v, want %v", p.A, p.B, got, p.Weight)
		}
	}
	if err := c.SubtractMapped(o, ma, mb); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][2][]int32{{{0}, nil}, {nil, {0}}, {{0, 1, -1}, mb}, {ma, {0, stats.MaxCode + 1}}} {
		if err := c.MergeMapped(o, bad[0], bad[1]); !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
		if err := c.SubtractMapped(o, bad[0], bad[1]); !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
	}
	if golden.Encoded(c) != before {
		t.Error("mapped and back, the state differs")
	}
}

func TestContingencyGolden(t *testing.T) {
	c := contingencyOf(t, []int32{0, 1, 300, 1}, []int32{2, 0, 70000, 0})
	if err := c.Add(2, 2, 0.75); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "contingency_v1_mixed.bin", []byte(golden.Encoded(c)))
}

// FuzzDecodeContingency: no panic; bytes that are taken are those that the
// result encodes to; all pairs can be found again.
func FuzzDecodeContingency(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte(golden.Encoded(contingencyOf(f, []int32{0, 1, 2, 2}, []int32{1, 1, 0, 1}))))
	f.Add([]byte{2, 1, 1, 2, 1, 1, 2})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		c := stats.DecodeContingency(r)
		if r.Close() != nil {
			return
		}
		if got := golden.Encoded(c); got != string(in) {
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
	x, y := stats.RandomCodes(1, 1024, 50), stats.RandomCodes(2, 1024, 50)
	c := contingencyOf(b, x, y)
	b.ReportAllocs()
	for i := range b.N {
		if err := c.Add(x[i&1023], y[i&1023], 1); err != nil {
			b.Fatal(err)
		}
	}
}
