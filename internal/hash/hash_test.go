package hash_test

import (
	"hash/fnv"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
)

// TestStringIsFNV1a compares with the standard library, in one piece and in two.
func TestStringIsFNV1a(t *testing.T) {
	for _, s := range []string{"", "a", "kind=b", "größe/°C"} {
		h := fnv.New64a()
		if _, err := h.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if got := hash.String(hash.Offset, s); got != h.Sum64() {
			t.Errorf("String(%q) is %x, want %x", s, got, h.Sum64())
		}
		cut := len(s) / 2
		if got := hash.String(hash.String(hash.Offset, s[:cut]), s[cut:]); got != h.Sum64() {
			t.Errorf("String(%q) in two pieces is %x, want %x", s, got, h.Sum64())
		}
	}
}

// TestMixIsSplitMix64 compares with the first outputs of SplitMix64 from seed
// 1234567, as published with the generator (Vigna, splitmix64.c).
func TestMixIsSplitMix64(t *testing.T) {
	const step = 0x9e3779b97f4a7c15
	seed := uint64(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := hash.Mix(seed + uint64(i)*step); got != want {
			t.Errorf("output %d is %d, want %d", i, got, want)
		}
	}
}
