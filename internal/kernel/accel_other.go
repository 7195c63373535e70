//go:build !amd64 || noasm

package kernel

// accelerated says that the assembly can run on this machine.
const accelerated = false

// The following are never called where there is no assembly.

func scanAccelerated(*Source, *Lane, *Sums)                           {}
func centreAccelerated(*Source, *Lane, []float64, []float64, *Powers) {}
func splitAccelerated(*Source, *Lane, *Exact, *Splits)                {}
func mulAddAccelerated(_, _, _ []float64, _, _, _ int)                {}
func mulAddExactAccelerated(_, _, _, _, _, _ []float64, _, _, _ int)  {}
