package ui

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestTicks: round numbers within the range, in order, not many, whatever the
// range is.
func TestTicks(t *testing.T) {
	for name, c := range map[string]struct {
		lo, hi float64
		n      int
		want   string
	}{
		"ten":           {0, 10, 6, "[0 2 4 6 8 10]"},
		"about nothing": {-1, 1, 4, "[-1 -0.5 0 0.5 1]"},
		"thousands":     {0, 49097, 6, "[0 10000 20000 30000 40000]"},
		"one value":     {3, 3, 6, "[3]"},
		"turned round":  {3, 2, 6, "[3]"},
		"no number":     {math.NaN(), 2, 6, "[NaN]"},
		"infinite":      {0, math.Inf(1), 6, "[0]"},
		"of one ulp":    {1, math.Nextafter(1, 2), 6, "[1]"},
		// Where adding 1 changes nothing: counting on from a tick would not end.
		"beyond 2 to 53": {1e16 + 2, 1e16 + 8, 7, "[1.0000000000000002e+16 1.0000000000000004e+16 1.0000000000000006e+16 1.0000000000000008e+16]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fmt.Sprint(ticks(c.lo, c.hi, c.n)); got != c.want {
				t.Errorf("ticks are %s, want %s", got, c.want)
			}
		})
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		lo := math.Ldexp(r.NormFloat64(), r.IntN(240)-120)
		hi := lo + math.Abs(lo)*math.Ldexp(r.Float64(), -r.IntN(60))
		n := 3 + r.IntN(7)
		got := ticks(lo, hi, n)
		if len(got) < 1 && hi-lo > 0 || len(got) > n+1 {
			t.Fatalf("%d ticks of %v to %v, want at most %d", len(got), lo, hi, n+1)
		}
		for i, at := range got {
			slack := 1e-6*(hi-lo) + 1e-15*math.Abs(hi)
			if i > 0 && at <= got[i-1] || len(got) > 1 && (at < lo-slack || at > hi+slack) {
				t.Fatalf("ticks of %v to %v are %v", lo, hi, got)
			}
		}
	}
}

// TestScale: what lies in the range is mapped into the place, the rest to its
// ends, and nothing to no number.
func TestScale(t *testing.T) {
	for name, c := range map[string]struct{ lo, hi, x, want float64 }{
		"middle":    {0, 10, 5, 150},
		"begin":     {0, 10, 0, 100},
		"end":       {0, 10, 10, 200},
		"below":     {0, 10, -1e300, 100},
		"above":     {0, 10, math.Inf(1), 200},
		"no range":  {3, 3, 3, 150},
		"no number": {0, 10, math.NaN(), 150},
		"NaN range": {math.NaN(), 10, 3, 150},
		"negative":  {-4, -2, -3.5, 125},
	} {
		t.Run(name, func(t *testing.T) {
			if got := scale(c.lo, c.hi, 100, 200)(c.x); got != c.want {
				t.Errorf("%v in %v to %v is at %v, want %v", c.x, c.lo, c.hi, got, c.want)
			}
			if got := scale(c.lo, c.hi, 200, 100)(c.x); got != 300-c.want {
				t.Errorf("turned round it is at %v, want %v", got, 300-c.want)
			}
		})
	}
}

// TestNumber: as people read them.
func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 1: "1", -1.5: "−1.5", 0.00012345: "0.0001234", 123.456: "123.5", 9999: "9999", 10000: "10,000", -1234567: "−1,234,567",
		1e15: "1e+15", 999999999999999: "999,999,999,999,999", 1e-9: "1e−09", math.Inf(1): "–", math.Inf(-1): "–", 12345.5: "1.235e+04",
	} {
		if got := number(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
	if got := number(math.NaN()); got != "–" {
		t.Errorf("NaN is written %s", got)
	}
	r := rand.New(rand.NewPCG(2, 1))
	for range 1000 {
		n := r.Int64N(1e14) - 5e13
		if got, err := strconv.ParseInt(strings.NewReplacer(",", "", "−", "-").Replace(grouped(n)), 10, 64); err != nil || got != n {
			t.Fatalf("%d is written %s", n, grouped(n))
		}
	}
}

// TestEscaped: no text ends an element, or is no XML.
func TestEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", "<b>&\"'": "&lt;b&gt;&amp;&#34;&#39;", "a\x00b\x07": "a\ufffdb\ufffd", "\xff": "\ufffd", "温度": "温度", "\ufffe": "\ufffd", "]]>": "]]&gt;",
	} {
		if got := escaped(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}

// TestShort: labels are cut by letters, and say that they are.
func TestShort(t *testing.T) {
	for text, want := range map[string]string{"": "", "short": "short", strings.Repeat("a", 18): strings.Repeat("a", 18), strings.Repeat("ä", 19): strings.Repeat("ä", 17) + "…"} {
		if got := short(text); got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
}
