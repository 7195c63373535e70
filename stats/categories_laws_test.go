package stats

import (
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// mergeable is what the laws are about, for statistics of one attribute or pair.
type mergeable[T any] interface {
	Encoder
	Merge(T) error
	Clone() T
}

// scalable adds what those can do that may forget and decay.
type scalable[T any] interface {
	mergeable[T]
	Subtract(T) error
	Scale(float64) error
}

func bytesOf(e Encoder) string {
	w := wire.NewWriter(nil)
	e.Encode(w)
	return string(w.Bytes())
}

func sameBytes[T Encoder](t *testing.T, what string, want, got T) {
	t.Helper()
	if bytesOf(want) != bytesOf(got) {
		t.Errorf("%s: the state differs", what)
	}
}

// mergeLaws describes a statistic for requireMergeLaws.
type mergeLaws[T mergeable[T]] struct {
	empty  func() T
	decode func(*wire.Reader) T
	// whole has seen what the parts have seen together.
	whole T
	parts [3]T
	// same compares two states that ought to be equal.
	same func(t *testing.T, what string, want, got T)
}

// sum merges parts into an empty statistic and checks that they stay as they are.
func (l mergeLaws[T]) sum(t *testing.T, parts ...T) T {
	t.Helper()
	sum := l.empty()
	for _, p := range parts {
		before := bytesOf(p)
		if err := sum.Merge(p); err != nil {
			t.Fatal(err)
		}
		if bytesOf(p) != before {
			t.Error("merge changed its operand")
		}
	}
	return sum
}

// requireMergeLaws checks neutral element, order, tree, round trip and clone.
func requireMergeLaws[T mergeable[T]](t *testing.T, l mergeLaws[T]) {
	t.Helper()
	a, b, c := l.parts[0], l.parts[1], l.parts[2]
	sameBytes(t, "empty on the left", a, l.sum(t, a))
	sameBytes(t, "empty on the right", a, l.sum(t, a, l.empty()))
	l.same(t, "split", l.whole, l.sum(t, a, b, c))
	l.same(t, "another order", l.whole, l.sum(t, c, a, b))
	l.same(t, "another tree", l.whole, l.sum(t, a, l.sum(t, b, c)))
	l.same(t, "after the round trip", l.whole, l.sum(t, l.requireRoundTrip(t, a), l.requireRoundTrip(t, b), c))
	l.requireRoundTrip(t, l.empty())

	before := bytesOf(a)
	clone := a.Clone()
	sameBytes(t, "clone", a, clone)
	if err := clone.Merge(b); err != nil {
		t.Fatal(err)
	}
	if bytesOf(a) != before {
		t.Error("changing a clone changed the original")
	}
	twice := a.Clone()
	if err := twice.Merge(twice); err != nil {
		t.Fatal(err)
	}
	l.same(t, "merged with itself", l.sum(t, a, a), twice)
}

// requireRoundTrip checks that decoding is exact and that no cut or extended
// bytes are taken, and returns what was decoded.
func (l mergeLaws[T]) requireRoundTrip(t *testing.T, a T) T {
	t.Helper()
	stored := bytesOf(a)
	r := wire.NewReader([]byte(stored))
	back := l.decode(r)
	if err := r.Close(); err != nil {
		t.Fatalf("decode: %v", err)
	}
	sameBytes(t, "round trip", a, back)
	for cut := 0; cut < len(stored); cut += 1 + len(stored)/200 {
		r := wire.NewReader([]byte(stored[:cut]))
		l.decode(r)
		if err := r.Close(); !errors.Is(err, wire.ErrCorrupt) {
			t.Fatalf("bytes cut at %d of %d: %v", cut, len(stored), err)
		}
	}
	r = wire.NewReader([]byte(stored + "\x00"))
	l.decode(r)
	if err := r.Close(); !errors.Is(err, wire.ErrCorrupt) {
		t.Fatalf("trailing byte: %v", err)
	}
	return back
}

// requireScaleLaws checks that Subtract undoes Merge, that it refuses what was
// not learned without effect, and that Scale distributes over Merge.
func requireScaleLaws[T scalable[T]](t *testing.T, l mergeLaws[T]) {
	t.Helper()
	a, b, c := l.parts[0], l.parts[1], l.parts[2]
	rest := l.whole.Clone()
	if err := rest.Subtract(c); err != nil {
		t.Fatal(err)
	}
	l.same(t, "subtract undoes merge", l.sum(t, a, b), rest)
	before := bytesOf(rest)
	if err := rest.Subtract(l.whole); !errors.Is(err, ErrNotLearned) {
		t.Errorf("subtracting too much: %v", err)
	}
	if err := rest.Subtract(l.empty()); err != nil {
		t.Error(err)
	}
	for _, f := range []float64{0, -1, inf, -inf, nan} {
		if rest.Scale(f) == nil {
			t.Errorf("scale factor %v was taken", f)
		}
	}
	if bytesOf(rest) != before {
		t.Error("a refused operation had an effect")
	}
	if err := rest.Subtract(rest.Clone()); err != nil {
		t.Fatal(err)
	}
	sameBytes(t, "nothing is left", l.empty(), rest)

	halfOf := func(x T) T {
		x = x.Clone()
		if err := x.Scale(0.5); err != nil {
			t.Fatal(err)
		}
		return x
	}
	l.same(t, "half of the whole", halfOf(l.whole), l.sum(t, halfOf(a), halfOf(b), halfOf(c)))
	l.requireRoundTrip(t, halfOf(a))
	back := halfOf(l.whole)
	if err := back.Scale(2); err != nil {
		t.Fatal(err)
	}
	l.same(t, "half and double", l.whole, back)
}
