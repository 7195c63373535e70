// Package hash has the hashes that stored bytes depend on: they must never
// change.
package hash

// Offset is the state of [String] before any byte: FNV-1a's offset basis for
// 64 bits (Fowler, Noll, Vo).
const Offset uint64 = 14695981039346656037

const prime = 1099511628211

// String continues the FNV-1a hash h (Fowler, Noll, Vo) with the bytes of s.
func String(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}

// Mix spreads the bits of x over all of the result: the finaliser of
// SplitMix64 (Steele, Lea, Flood 2014).
func Mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
