// Package exact holds sums of powers of float64 numbers without any rounding, so
// that what is added can be taken away again as if it had never been there:
//
//	var p, gone exact.Powers
//	p.Add(20, 1)
//	p.Add(1e15, 1)
//	gone.Add(1e15, 1)
//	p.Subtract(&gone) // p is that of the 20 alone, bit for bit
//
// Adding a number takes some ten times as long as in float64, so callers do this
// for the numbers for which float64 is not enough.
package exact
