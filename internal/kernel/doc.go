// Package kernel holds the inner loops of moments and co-moments over a block
// of rows: AVX2 and FMA where the processor has them, plain Go elsewhere.
//
// A block is read four columns at a time. [Scan], [Centre] and [Split] take
// four columns of row-major values and store them, minus a pivot, as a panel
// ([row][4], padded with zeros), while they compute the sums that moments
// need. [MulAdd] and [MulAddExact] then add A'B of all panels to the upper
// triangle of a symmetric matrix that is stored in tiles of 4 x 4:
//
//	sums := kernel.Scan(&src, &pivot)              // first pass: sums, extremes
//	kernel.Centre(&src, &mean, nil, panel, &powers) // second: e, sums of e to e^4
//	kernel.MulAdd(c, panels, panels, p, stride, n)  // c += e e'
//
// The assembly is generated: `go generate` runs the program in folder gen,
// which is a module of its own. The build tag noasm leaves it out. Both forms
// give the same results but for rounding, as fused operations round once.
//
// The package trusts its callers with shapes: it slices what it is given, so a
// wrong length is an index out of range, never a read outside.
package kernel

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg kernel"
