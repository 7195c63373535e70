package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// scan writes the first pass: sums about a pivot and extremes.
func scan(weighted bool) {
	s := begin("scan", "pivot *[4]float64, out *[12]float64", "stores sum, minimum and maximum per column.", weighted)
	pivot := build.YMM()
	build.VMOVUPD(pointer("pivot"), pivot)
	out := pointer("out")
	sum := vectors(2)
	low, high := vectors(2), vectors(2)
	for i := range low {
		build.VMASKMOVPD(operand.Mem{Base: s.x}, s.mask, low[i])
		build.VMOVAPD(low[i], high[i])
	}
	loop("scan", s.rows, 2, func(set int) {
		x, w := build.YMM(), build.YMM()
		s.row(x, w)
		build.VMINPD(x, low[set], low[set])
		build.VMAXPD(x, high[set], high[set])
		build.VSUBPD(pivot, x, x)
		if weighted {
			build.VFMADD231PD(w, x, sum[set])
			return
		}
		build.VADDPD(x, sum[set], sum[set])
	})
	build.VADDPD(sum[1], sum[0], sum[0])
	build.VMINPD(low[1], low[0], low[0])
	build.VMAXPD(high[1], high[0], high[0])
	finish(out, sum[0], low[0], high[0])
}

// centre writes the second pass: deviations and the sums of their powers.
func centre(weighted bool) {
	further := "centre *[4]float64, b *float64, out *[16]float64"
	if weighted {
		further = "centre *[4]float64, a, b *float64, out *[16]float64"
	}
	s := begin("centre", further, "stores e = x-centre in b, w e in a, and the sums of w e to w e^4.", weighted)
	mean := build.YMM()
	build.VMOVUPD(pointer("centre"), mean)
	b, out := build.Load(build.Param("b"), build.GP64()), pointer("out")
	var a reg.Register
	if weighted {
		a = build.Load(build.Param("a"), build.GP64())
	}
	sums := [][]reg.VecVirtual{vectors(4), vectors(4)}
	loop("centre", s.rows, 2, func(set int) {
		e, w, square := build.YMM(), build.YMM(), build.YMM()
		s.row(e, w)
		build.VSUBPD(mean, e, e)
		build.VMOVUPD(e, operand.Mem{Base: b})
		build.ADDQ(operand.Imm(lane), b)
		build.VMULPD(e, e, square)
		first, second := e, square
		if weighted {
			first, second = build.YMM(), build.YMM()
			build.VMULPD(w, e, first)
			build.VMOVUPD(first, operand.Mem{Base: a})
			build.ADDQ(operand.Imm(lane), a)
			build.VMULPD(first, e, second)
		}
		v := sums[set]
		build.VADDPD(first, v[0], v[0])
		build.VADDPD(second, v[1], v[1])
		build.VFMADD231PD(e, second, v[2])
		build.VFMADD231PD(square, second, v[3])
	})
	for i := range sums[0] {
		build.VADDPD(sums[1][i], sums[0][i], sums[0][i])
	}
	finish(out, sums[0]...)
}

// split writes the pass that keeps what a subtraction loses.
func split(weighted bool) {
	further := "pivot *[4]float64, bhi, blo *float64, out *[28]float64"
	if weighted {
		further = "pivot *[4]float64, ahi, alo, bhi, blo *float64, out *[28]float64"
	}
	s := begin("split", further, "stores both words of x-pivot in b, of w(x-pivot) in a, and what Splits holds.", weighted)
	pivot := build.YMM()
	build.VMOVUPD(pointer("pivot"), pivot)
	bhi, blo := build.Load(build.Param("bhi"), build.GP64()), build.Load(build.Param("blo"), build.GP64())
	var ahi, alo reg.Register
	if weighted {
		ahi, alo = build.Load(build.Param("ahi"), build.GP64()), build.Load(build.Param("alo"), build.GP64())
	}
	out := pointer("out")
	v := vectors(5)
	sum, sumLow, normA, normB, any := v[0], v[1], v[2], v[3], v[4]
	low, high := build.YMM(), build.YMM()
	build.VMASKMOVPD(operand.Mem{Base: s.x}, s.mask, low)
	build.VMOVAPD(low, high)
	at := build.GP64()
	build.XORQ(at, at)
	store := func(v reg.VecVirtual, base reg.Register) {
		build.VMOVUPD(v, operand.Mem{Base: base, Index: at, Scale: 1})
	}
	loop("split", s.rows, 1, func(int) {
		x, w := build.YMM(), build.YMM()
		s.row(x, w)
		build.VMINPD(x, low, low)
		build.VMAXPD(x, high, high)
		h, l := build.YMM(), build.YMM()
		build.VSUBPD(pivot, x, h)
		difference(x, pivot, h, l)
		store(h, bhi)
		store(l, blo)
		build.VFMADD231PD(h, h, normB)
		build.VORPD(l, any, any)
		if weighted {
			p, e := build.YMM(), build.YMM()
			build.VMULPD(w, h, p)
			build.VMOVAPD(h, e)
			build.VFMSUB213PD(p, w, e)
			build.VFMADD231PD(w, l, e)
			h, l = p, e
			store(h, ahi)
			store(l, alo)
			build.VFMADD231PD(h, h, normA)
			build.VORPD(l, any, any)
		}
		build.VADDPD(l, sumLow, sumLow)
		t, e := build.YMM(), build.YMM()
		build.VADDPD(h, sum, t)
		remainder(sum, h, t, e)
		build.VADDPD(e, sumLow, sumLow)
		build.VMOVAPD(t, sum)
		build.ADDQ(operand.Imm(lane), at)
	})
	finish(out, sum, sumLow, normA, normB, low, high, any)
}

// remainder sets e to what s = a+b lost: (a-(s-(s-a))) + (b-(s-a)).
func remainder(a, b, s, e reg.VecVirtual) {
	t := build.YMM()
	build.VSUBPD(a, s, t)
	build.VSUBPD(t, s, e)
	build.VSUBPD(e, a, e)
	build.VSUBPD(t, b, t)
	build.VADDPD(t, e, e)
}

// difference sets e to what s = a-b lost: (a-(s-(s-a))) - (b+(s-a)).
func difference(a, b, s, e reg.VecVirtual) {
	t := build.YMM()
	build.VSUBPD(a, s, t)
	build.VSUBPD(t, s, e)
	build.VSUBPD(e, a, e)
	build.VADDPD(t, b, t)
	build.VSUBPD(t, e, e)
}
