// Package drawn says how many generated cases a test draws.
package drawn

// Seeds returns how many seeds a test of n generated cases takes: all n, and under the
// race detector a quarter, at least one. The detector looks for what goes on at the same
// time, which is alike in all of them, and makes each ten times slower; the run
// without it draws all.
func Seeds(n uint64) uint64 {
	if race {
		return max(1, n/4)
	}
	return n
}
