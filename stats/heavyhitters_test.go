package stats

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func newHeavyHitters(t testing.TB, k int) *HeavyHitters {
	t.Helper()
	h, err := NewHeavyHitters(k)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func heavyHittersOf(t testing.TB, k int, values []string) *HeavyHitters {
	t.Helper()
	h := newHeavyHitters(t, k)
	for _, v := range values {
		if err := h.Add(v, 1); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// skewed returns n values of which number i has a share of about 1/i.
func skewed(seed uint64, n int) []string {
	zipf := rand.NewZipf(rand.New(rand.NewPCG(seed, 0)), 1.1, 1, 100_000)
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("v", zipf.Uint64())
	}
	return out
}

// requireBound checks every promise against the true weights.
func requireBound(t *testing.T, what string, h *HeavyHitters, values []string) {
	t.Helper()
	truth := map[string]float64{}
	for _, v := range values {
		truth[v]++
	}
	n := float64(len(values))
	if h.Weight() != n || h.dropped > n/float64(h.limit+1) {
		t.Errorf("%s: weight %v of %v, error %v with %d counters", what, h.Weight(), n, h.dropped, h.limit)
	}
	found := map[string]bool{}
	before := Infinity
	for _, top := range h.Top(len(values)) {
		if top.Estimate > truth[top.Value] || top.Estimate+top.Error < truth[top.Value] || top.Estimate > before {
			t.Errorf("%s: %q is estimated %v with error %v and is %v", what, top.Value, top.Estimate, top.Error, truth[top.Value])
		}
		found[top.Value], before = true, top.Estimate
	}
	for v, w := range truth {
		if w > h.dropped && !found[v] {
			t.Errorf("%s: %q of weight %v is missing, error is %v", what, v, w, h.dropped)
		}
	}
	if len(found) > 2*h.limit {
		t.Errorf("%s: %d counters in use of %d", what, len(found), h.limit)
	}
}

func TestHeavyHittersLaws(t *testing.T) {
	for name, k := range map[string]int{"cleared often": 20, "one counter": 1, "never cleared": 1 << 15} {
		t.Run(name, func(t *testing.T) {
			values := skewed(1, 20_000)
			RequireMergeLaws(t, MergeLaws[*HeavyHitters]{
				Empty:  func() *HeavyHitters { return newHeavyHitters(t, k) },
				Decode: decodeHeavyHitters,
				Whole:  heavyHittersOf(t, k, values),
				Parts:  [3]*HeavyHitters{heavyHittersOf(t, k, values[:7000]), heavyHittersOf(t, k, values[7000:7001]), heavyHittersOf(t, k, values[7001:])},
				Same: func(t *testing.T, what string, want, got *HeavyHitters) {
					t.Helper()
					if k > len(values) {
						SameBytes(t, what, want, got)
					} else if want.Weight() == float64(len(values)) {
						requireBound(t, what, got, values)
					}
				},
			})
		})
	}
}

func TestHeavyHittersBound(t *testing.T) {
	for _, k := range []int{1, 2, 10, 100, 1000} {
		for name, values := range map[string][]string{"skewed": skewed(2, 30_000), "all different": all(5000)} {
			t.Run(fmt.Sprint(name, " ", k), func(t *testing.T) {
				requireBound(t, "whole", heavyHittersOf(t, k, values), values)
				sum := newHeavyHitters(t, k)
				for from := 0; from < len(values); from += 1000 {
					if err := sum.merge(heavyHittersOf(t, k, values[from:from+1000])); err != nil {
						t.Fatal(err)
					}
				}
				requireBound(t, "merged", sum, values)
			})
		}
	}
}

func all(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i)
	}
	return out
}

func TestHeavyHittersTop(t *testing.T) {
	h := newHeavyHitters(t, 10)
	for v, w := range map[string]float64{"a": 2, "b": 3.5, "c": 2, "": 0.5} {
		if err := h.Add(v, w); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Scale(2); err != nil {
		t.Fatal(err)
	}
	want := []HeavyHitter{{Value: "b", Estimate: 7}, {Value: "a", Estimate: 4}, {Value: "c", Estimate: 4}, {Value: "", Estimate: 1}}
	for n := -1; n <= 5; n++ {
		got := h.Top(n)
		if len(got) != min(max(n, 0), 4) {
			t.Fatalf("%d of %d", len(got), n)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("place %d is %+v, want %+v", i, got[i], want[i])
			}
		}
	}
}

func TestHeavyHittersBadInput(t *testing.T) {
	for _, k := range []int{-1, 0, maxCounters + 1} {
		if _, err := NewHeavyHitters(k); err == nil {
			t.Errorf("%d counters were taken", k)
		}
	}
	h := heavyHittersOf(t, 5, []string{"a", "b", "a"})
	before := golden.Encoded(h)
	for _, w := range []float64{0, -1, Infinity, NotANumber} {
		if h.Add("a", w) == nil {
			t.Errorf("weight %v was taken", w)
		}
		if h.Scale(w) == nil {
			t.Errorf("scale factor %v was taken", w)
		}
	}
	if err := h.merge(newHeavyHitters(t, 6)); !errors.Is(err, ErrIncompatible) {
		t.Errorf("merge: %v", err)
	}
	if golden.Encoded(h) != before {
		t.Error("a refused operation had an effect")
	}
}

func TestHeavyHittersGolden(t *testing.T) {
	h := newHeavyHitters(t, 3)
	for i := range 40 {
		if err := h.Add(fmt.Sprint("v", i*i%11), 1); err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, "heavyhitters_v1_cleared.bin", []byte(golden.Encoded(h)))
}

// FuzzDecodeHeavyHitters: no panic; bytes that are taken are those that the
// result encodes to; adding and merging work on what was decoded.
func FuzzDecodeHeavyHitters(f *testing.F) {
	f.Add([]byte(golden.Encoded(newHeavyHitters(f, 3))))
	f.Add([]byte(golden.Encoded(heavyHittersOf(f, 2, skewed(3, 100)))))
	f.Add([]byte{1, 4, 0, 1, 1, 'a', 4})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		h := decodeHeavyHitters(r)
		if r.Close() != nil {
			return
		}
		if got := golden.Encoded(h); got != string(in) {
			t.Fatalf("% x encodes to % x", in, got)
		}
		clone := h.clone()
		_ = clone.merge(h) // may overflow
		_ = clone.Add("x", 1)
		if len(clone.Top(1<<30)) > 2*h.limit {
			t.Fatal("too many counters")
		}
	})
}

func BenchmarkHeavyHittersAdd(b *testing.B) {
	values := skewed(4, 1<<14)
	h := heavyHittersOf(b, 256, values)
	b.ReportAllocs()
	for i := range b.N {
		if err := h.Add(values[i&(1<<14-1)], 1); err != nil {
			b.Fatal(err)
		}
	}
}
