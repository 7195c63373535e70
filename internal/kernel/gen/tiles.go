package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile writes the update of 1 to 3 neighbouring tiles in float64. One tile
// alone has too few sums to hide the latency of a fused operation, so it takes
// two rows at a time.
func tile(width int) {
	build.TEXT(fmt.Sprintf("tile%dAVX2", width), build.NOSPLIT, "func(c, a, b *float64, rows, stride uint64)")
	build.Doc(fmt.Sprintf("tile%dAVX2 adds a'b to %d tiles; the panels of b are stride bytes apart.", width, width))
	build.Pragma("noescape")
	c := build.Load(build.Param("c"), build.GP64())
	a := build.Load(build.Param("a"), build.GP64())
	first := build.Load(build.Param("b"), build.GP64())
	rows := build.Load(build.Param("rows"), build.GP64())
	stride := build.Load(build.Param("stride"), build.GP64())
	b := []operand.Mem{
		{Base: first},
		{Base: first, Index: stride, Scale: 1},
		{Base: first, Index: stride, Scale: 2},
	}
	sets := 1
	if width == 1 {
		sets = 2
	}
	sums := vectors(sets * width * 4)
	loop("tile", rows, sets, func(set int) {
		y := make([]reg.VecVirtual, width)
		for k := range y {
			y[k] = build.YMM()
			build.VMOVUPD(b[k], y[k])
		}
		for i := range 4 {
			x := build.YMM()
			build.VBROADCASTSD(operand.Mem{Base: a, Disp: i * word}, x)
			for k := range y {
				build.VFMADD231PD(y[k], x, sums[(set*width+k)*4+i])
			}
		}
		build.ADDQ(operand.Imm(lane), a)
		build.ADDQ(operand.Imm(lane), first)
	})
	for i := range width * 4 {
		if sets == 2 {
			build.VADDPD(sums[width*4+i], sums[i], sums[i])
		}
		at := operand.Mem{Base: c, Disp: i * lane}
		build.VADDPD(at, sums[i], sums[i])
		build.VMOVUPD(sums[i], at)
	}
	build.VZEROUPPER()
	build.RET()
}

// exactTile writes the update of a tile in twice the precision: per product
// the new sum s = ab + sum, its exact difference q to the old one, and the
// rest ab - q.
func exactTile() {
	build.TEXT("exactTileAVX2", build.NOSPLIT, "func(hi, lo, a, b, scaleA, scaleB *float64, rows uint64)")
	build.Doc("exactTileAVX2 adds a'b to a tile that is hi+lo.")
	build.Pragma("noescape")
	hi, lo := build.Load(build.Param("hi"), build.GP64()), build.Load(build.Param("lo"), build.GP64())
	a, b := build.Load(build.Param("a"), build.GP64()), build.Load(build.Param("b"), build.GP64())
	scaleA, scaleB := build.Load(build.Param("scaleA"), build.GP64()), pointer("scaleB")
	rows := build.Load(build.Param("rows"), build.GP64())
	sigma := func(i int, v reg.VecVirtual) {
		t := build.YMM()
		build.VBROADCASTSD(operand.Mem{Base: scaleA, Disp: i * word}, t)
		build.VMULPD(scaleB, t, t)
		build.VADDPD(t, t, v)
		build.VADDPD(t, v, v)
	}
	sums, rest := vectors(4), vectors(4)
	for i := range sums {
		sigma(i, sums[i])
	}
	loop("exact", rows, 1, func(int) {
		y := build.YMM()
		build.VMOVUPD(operand.Mem{Base: b}, y)
		for i := range 4 {
			x, q := build.YMM(), build.YMM()
			build.VBROADCASTSD(operand.Mem{Base: a, Disp: i * word}, x)
			build.VMOVAPD(sums[i], q)
			build.VFMADD231PD(y, x, sums[i])
			build.VSUBPD(q, sums[i], q)
			build.VFMSUB213PD(q, y, x)
			build.VADDPD(x, rest[i], rest[i])
		}
		build.ADDQ(operand.Imm(lane), a)
		build.ADDQ(operand.Imm(lane), b)
	})
	for i := range sums {
		s, h, t, e := build.YMM(), build.YMM(), build.YMM(), build.YMM()
		sigma(i, t)
		build.VSUBPD(t, sums[i], s)
		build.VMOVUPD(operand.Mem{Base: hi, Disp: i * lane}, h)
		build.VADDPD(s, h, t)
		remainder(h, s, t, e)
		build.VADDPD(operand.Mem{Base: lo, Disp: i * lane}, rest[i], rest[i])
		build.VADDPD(rest[i], e, e)
		build.VADDPD(e, t, s)
		build.VMOVUPD(s, operand.Mem{Base: hi, Disp: i * lane})
		build.VSUBPD(t, s, s)
		build.VSUBPD(s, e, e)
		build.VMOVUPD(e, operand.Mem{Base: lo, Disp: i * lane})
	}
	build.VZEROUPPER()
	build.RET()
}
