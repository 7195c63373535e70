package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

var (
	Infinity   = math.Inf(1)
	NotANumber = math.NaN()
)

func categoriesOf(t *testing.T, codes ...int32) *Categories {
	t.Helper()
	c := newCategories()
	for _, code := range codes {
		if err := c.Add(code, 1); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func RandomCodes(seed uint64, n int, codes int32) []int32 {
	rng := rand.New(rand.NewPCG(seed, 0))
	out := make([]int32, n)
	for i := range out {
		out[i] = rng.Int32N(codes)
	}
	return out
}

func TestCategoriesLaws(t *testing.T) {
	codes := RandomCodes(1, 1000, 20)
	l := MergeLaws[*Categories]{
		Empty: newCategories, Decode: decodeCategories, Whole: categoriesOf(t, codes...),
		Parts: [3]*Categories{categoriesOf(t, codes[:300]...), categoriesOf(t, codes[300:301]...), categoriesOf(t, codes[301:]...)},
		Same:  SameBytes[*Categories],
	}
	RequireMergeLaws(t, l)
	RequireScaleLaws(t, l)
}

func TestCategoriesCounts(t *testing.T) {
	c := categoriesOf(t, 0, 2, 2, 5)
	if err := c.Add(5, 0.25); err != nil {
		t.Fatal(err)
	}
	for code, want := range []float64{1, 0, 2, 0, 0, 1.25, 0} {
		if got := c.Count(int32(code)); got != want {
			t.Errorf("count of %d is %v, want %v", code, got, want)
		}
	}
	if c.Count(-1) != 0 || c.Total() != 4.25 || c.codes() != 6 {
		t.Errorf("count of -1 is %v, total %v, length %d", c.Count(-1), c.Total(), c.codes())
	}
}

func TestCategoriesBadInput(t *testing.T) {
	cases := []struct {
		name string
		code int32
		w    float64
	}{
		{name: "missing", code: Missing, w: 1},
		{name: "code too large", code: maxCode + 1, w: 1},
		{name: "no weight", code: 1, w: 0},
		{name: "negative weight", code: 1, w: -1},
		{name: "infinite weight", code: 1, w: Infinity},
		{name: "weight not a number", code: 1, w: NotANumber},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			counts, table, cells := newCategories(), newContingency(), NewConditional()
			if counts.Add(c.code, c.w) == nil || table.Add(1, c.code, c.w) == nil || table.Add(c.code, 1, c.w) == nil ||
				cells.AddRow(c.code, []float64{1}, c.w) == nil {
				t.Error("it was taken")
			}
			if counts.codes() != 0 || table.size() != 0 || cells.Codes() != 0 {
				t.Error("the receiver changed")
			}
		})
	}
}

func TestCategoriesMapped(t *testing.T) {
	c, o := categoriesOf(t, 1, 2, 2), categoriesOf(t, 0, 1, 1, 2)
	if err := c.mergeMapped(o, []int32{0, 3, 1, 9}); err != nil {
		t.Fatal(err)
	}
	want := []float64{1, 2, 2, 2}
	for code, w := range want {
		if got := c.Count(int32(code)); got != w {
			t.Errorf("count of %d is %v, want %v", code, got, w)
		}
	}
	if err := c.subtractMapped(o, []int32{0, 3, 1, 9}, 0); err != nil {
		t.Fatal(err)
	}
	SameBytes(t, "mapped back", categoriesOf(t, 1, 2, 2), c)
	for _, bad := range [][]int32{{}, {0, 3}, {0, -1, 2}, {0, 1, maxCode + 1}} {
		if err := c.mergeMapped(o, bad); !errors.Is(err, ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
		if err := c.subtractMapped(o, bad, 0); !errors.Is(err, ErrIncompatible) {
			t.Errorf("mapping %v: %v", bad, err)
		}
	}
	SameBytes(t, "after refusals", categoriesOf(t, 1, 2, 2), c)
}

// Rounding of weights that are no integers must not leave a trace, nor make
// what was learned seem not to be.
func TestSubtractWeight(t *testing.T) {
	cases := []struct {
		name               string
		whole, part, slack float64
		rest               float64
		ok                 bool
	}{
		{name: "integers", whole: 5, part: 3, rest: 2, ok: true},
		{name: "equal integers", whole: 5, part: 5, rest: 0, ok: true},
		{name: "too many", whole: 5, part: 6, rest: -1},
		{name: "large integers", whole: 1 << 52, part: 1<<52 - 1, rest: 1, ok: true},
		{name: "large integers, one too many", whole: 1<<52 - 1, part: 1 << 52, rest: -1},
		{name: "a trace", whole: 0.1 + 0.2, part: 0.3, rest: 0, ok: true},
		{name: "a trace below", whole: 0.3, part: 0.1 + 0.2, rest: 0, ok: true},
		{name: "a small rest", whole: 1.5, part: 1, rest: 0.5, ok: true},
		{name: "a little too much", whole: 1, part: 1.5, rest: -0.5},
		{name: "from nothing", whole: 0, part: 1e-300, rest: -1e-300},
		{name: "a trace of a larger weight", whole: 0.001 - 1e-10, part: 0.001, slack: 1e-9, rest: 0, ok: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rest, ok := subtractWeight(c.whole, c.part, c.slack)
			if rest != c.rest || ok != c.ok {
				t.Errorf("%v and %v, want %v and %v", rest, ok, c.rest, c.ok)
			}
		})
	}
}

func TestCategoriesGolden(t *testing.T) {
	c := categoriesOf(t, 0, 3, 3, 3, 7)
	if err := c.Add(7, 0.5); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "categories_v1_mixed.bin", []byte(golden.Encoded(c)))
}

// FuzzDecodeCategories: no panic; bytes that are taken are those that the
// result encodes to; weights are finite and not negative.
func FuzzDecodeCategories(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte{3, 2, 0, 4})
	f.Add([]byte{1, 1, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f})
	f.Add([]byte{2, 4, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		c := decodeCategories(r)
		if r.Close() != nil {
			return
		}
		if got := golden.Encoded(c); got != string(in) {
			t.Errorf("% x encodes to % x", in, got)
		}
		if slices.ContainsFunc(c.weights, func(w float64) bool { return !(w >= 0) || w == Infinity }) {
			t.Errorf("weights %v", c.weights)
		}
	})
}
