// Package drawn says how much a test does with and without the race detector.
package drawn

import "testing"

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

// Alone skips a test that has nothing going on at the same time under the race detector,
// which could find nothing and would take many minutes; the run without it has it.
func Alone(t *testing.T) {
	t.Helper()
	if race {
		t.Skip("one goroutine, and minutes under the race detector")
	}
}
