//go:build !noasm

package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// accelerated says that the assembly can run on this machine. It is set once.
var accelerated = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// masks select the first 0 to 4 columns of a row.
var masks = [Width + 1][Width]uint64{
	{},
	{1 << 63},
	{1 << 63, 1 << 63},
	{1 << 63, 1 << 63, 1 << 63},
	{1 << 63, 1 << 63, 1 << 63, 1 << 63},
}

const floatBytes = 8

// check panics where the assembly would read outside of its arguments.
func (s *Source) check() {
	_ = s.Values[(s.Rows-1)*s.Stride+s.Columns-1]
	if s.Weights != nil {
		_ = s.Weights[s.Rows-1]
	}
}

func scanAccelerated(s *Source, pivot *Lane, out *Sums) {
	s.check()
	mask, result := &masks[s.Columns], (*[3 * Width]float64)(unsafe.Pointer(out))
	if s.Weights == nil {
		scanAVX2(&s.Values[0], uint64(s.Stride*floatBytes), uint64(s.Rows), mask, pivot, result)
		return
	}
	scanWeightedAVX2(&s.Values[0], uint64(s.Stride*floatBytes), uint64(s.Rows), mask, &s.Weights[0], pivot, result)
}

func centreAccelerated(s *Source, centre *Lane, a, b []float64, out *Powers) {
	s.check()
	mask, result := &masks[s.Columns], (*[4 * Width]float64)(unsafe.Pointer(out))
	if s.Weights == nil {
		centreAVX2(&s.Values[0], uint64(s.Stride*floatBytes), uint64(s.Rows), mask, centre, &b[0], result)
		return
	}
	centreWeightedAVX2(&s.Values[0], uint64(s.Stride*floatBytes), uint64(s.Rows), mask, &s.Weights[0], centre, &a[0], &b[0], result)
}

func splitAccelerated(s *Source, pivot *Lane, to *Exact, out *Splits) {
	s.check()
	mask, result := &masks[s.Columns], (*[7 * Width]float64)(unsafe.Pointer(out))
	if s.Weights == nil {
		splitAVX2(&s.Values[0], uint64(s.Stride*floatBytes), uint64(s.Rows), mask, pivot, &to.BHi[0], &to.BLo[0], result)
	} else {
		splitWeightedAVX2(&s.Values[0], uint64(s.Stride*floatBytes), uint64(s.Rows), mask, &s.Weights[0], pivot,
			&to.AHi[0], &to.ALo[0], &to.BHi[0], &to.BLo[0], result)
	}
	for c := range out.Low {
		out.Low[c] <<= 1 // a zero may carry a sign
	}
}

func mulAddAccelerated(c, a, b []float64, panels, stride, rows int) {
	n, apart := uint64(rows), uint64(stride*floatBytes)
	for j := 0; j < panels; j += 3 {
		group := min(panels-j, 3)
		for i := range j + group {
			first := max(i, j)
			t, x, y := &c[tileIndex(panels, i, first)*TileFloats], &a[i*stride], &b[first*stride]
			switch group - first + j {
			case 3:
				tile3AVX2(t, x, y, n, apart)
			case 2:
				tile2AVX2(t, x, y, n, apart)
			default:
				tile1AVX2(t, x, y, n, apart)
			}
		}
	}
}

func mulAddExactAccelerated(hi, lo, a, b, scaleA, scaleB []float64, panels, stride, rows int) {
	for j := range panels {
		for i := range j + 1 {
			at := tileIndex(panels, i, j) * TileFloats
			exactTileAVX2(&hi[at], &lo[at], &a[i*stride], &b[j*stride], &scaleA[i*Width], &scaleB[j*Width], uint64(rows))
		}
	}
}
