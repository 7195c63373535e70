package stats

import (
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
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

func SameBytes[T Encoder](t *testing.T, what string, want, got T) {
	t.Helper()
	if golden.Encoded(want) != golden.Encoded(got) {
		t.Errorf("%s: the state differs", what)
	}
}

// MergeLaws describes a statistic for requireMergeLaws.
type MergeLaws[T mergeable[T]] struct {
	Empty  func() T
	Decode func(*wire.Reader) T
	// whole has seen what the parts have seen together.
	Whole T
	Parts [3]T
	// same compares two states that ought to be equal.
	Same func(t *testing.T, what string, want, got T)
}

// sum merges parts into an empty statistic and checks that they stay as they are.
func (l MergeLaws[T]) sum(t *testing.T, parts ...T) T {
	t.Helper()
	sum := l.Empty()
	for _, p := range parts {
		before := golden.Encoded(p)
		if err := sum.Merge(p); err != nil {
			t.Fatal(err)
		}
		if golden.Encoded(p) != before {
			t.Error("merge changed its operand")
		}
	}
	return sum
}

// RequireMergeLaws checks neutral element, order, tree, round trip and clone.
func RequireMergeLaws[T mergeable[T]](t *testing.T, l MergeLaws[T]) {
	t.Helper()
	a, b, c := l.Parts[0], l.Parts[1], l.Parts[2]
	SameBytes(t, "empty on the left", a, l.sum(t, a))
	SameBytes(t, "empty on the right", a, l.sum(t, a, l.Empty()))
	l.Same(t, "split", l.Whole, l.sum(t, a, b, c))
	l.Same(t, "another order", l.Whole, l.sum(t, c, a, b))
	l.Same(t, "another tree", l.Whole, l.sum(t, a, l.sum(t, b, c)))
	l.Same(t, "after the round trip", l.Whole, l.sum(t, l.requireRoundTrip(t, a), l.requireRoundTrip(t, b), c))
	l.requireRoundTrip(t, l.Empty())

	before := golden.Encoded(a)
	clone := a.Clone()
	SameBytes(t, "clone", a, clone)
	if err := clone.Merge(b); err != nil {
		t.Fatal(err)
	}
	if golden.Encoded(a) != before {
		t.Error("changing a clone changed the original")
	}
	twice := a.Clone()
	if err := twice.Merge(twice); err != nil {
		t.Fatal(err)
	}
	l.Same(t, "merged with itself", l.sum(t, a, a), twice)
}

// requireRoundTrip checks that decoding is exact and that no cut or extended
// bytes are taken, and returns what was decoded.
func (l MergeLaws[T]) requireRoundTrip(t *testing.T, a T) T {
	t.Helper()
	stored := golden.Encoded(a)
	r := wire.NewReader([]byte(stored))
	back := l.Decode(r)
	if err := r.Close(); err != nil {
		t.Fatalf("decode: %v", err)
	}
	SameBytes(t, "round trip", a, back)
	for cut := 0; cut < len(stored); cut += 1 + len(stored)/200 {
		r := wire.NewReader([]byte(stored[:cut]))
		l.Decode(r)
		if err := r.Close(); !errors.Is(err, wire.ErrCorrupt) {
			t.Fatalf("bytes cut at %d of %d: %v", cut, len(stored), err)
		}
	}
	r = wire.NewReader([]byte(stored + "\x00"))
	l.Decode(r)
	if err := r.Close(); !errors.Is(err, wire.ErrCorrupt) {
		t.Fatalf("trailing byte: %v", err)
	}
	return back
}

// RequireScaleLaws checks that Subtract undoes Merge, that it refuses what was
// not learned without effect, and that Scale distributes over Merge.
func RequireScaleLaws[T scalable[T]](t *testing.T, l MergeLaws[T]) {
	t.Helper()
	a, b, c := l.Parts[0], l.Parts[1], l.Parts[2]
	rest := l.Whole.Clone()
	if err := rest.Subtract(c); err != nil {
		t.Fatal(err)
	}
	l.Same(t, "subtract undoes merge", l.sum(t, a, b), rest)
	before := golden.Encoded(rest)
	if err := rest.Subtract(l.Whole); !errors.Is(err, ErrNotLearned) {
		t.Errorf("subtracting too much: %v", err)
	}
	if err := rest.Subtract(l.Empty()); err != nil {
		t.Error(err)
	}
	for _, f := range []float64{0, -1, Infinity, -Infinity, NotANumber} {
		if rest.Scale(f) == nil {
			t.Errorf("scale factor %v was taken", f)
		}
	}
	if golden.Encoded(rest) != before {
		t.Error("a refused operation had an effect")
	}
	if err := rest.Subtract(rest.Clone()); err != nil {
		t.Fatal(err)
	}
	SameBytes(t, "nothing is left", l.Empty(), rest)

	halfOf := func(x T) T {
		x = x.Clone()
		if err := x.Scale(0.5); err != nil {
			t.Fatal(err)
		}
		return x
	}
	l.Same(t, "half of the whole", halfOf(l.Whole), l.sum(t, halfOf(a), halfOf(b), halfOf(c)))
	l.requireRoundTrip(t, halfOf(a))
	back := halfOf(l.Whole)
	if err := back.Scale(2); err != nil {
		t.Fatal(err)
	}
	l.Same(t, "half and double", l.Whole, back)
}
