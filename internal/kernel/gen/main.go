// Command gen writes the assembly of package kernel and its Go declarations.
// It is a module of its own, so that the product does not depend on the
// assembler; `go generate` in package kernel runs it.
package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	word = 8        // bytes of a float64
	lane = 4 * word // bytes of a row of a panel, and of a vector register
)

func main() {
	build.ConstraintExpr("amd64,!noasm")
	for _, weighted := range []bool{false, true} {
		scan(weighted)
		centre(weighted)
		split(weighted)
	}
	for width := 1; width <= 3; width++ {
		tile(width)
	}
	exactTile()
	build.Generate()
}

// source is the row-major columns that a pass reads.
type source struct {
	x, stride, rows reg.Register
	mask            reg.VecVirtual
	weights         reg.Register // nil when there are none
}

// begin declares a function over a source, with further arguments, and loads
// the source.
func begin(name, further, doc string, weighted bool) source {
	signature := "func(x *float64, stride, rows uint64, mask *[4]uint64, "
	if weighted {
		name += "Weighted"
		signature += "weights *float64, "
	}
	build.TEXT(name+"AVX2", build.NOSPLIT, signature+further+")")
	build.Doc(name + "AVX2 " + doc)
	build.Pragma("noescape")
	s := source{
		x:      build.Load(build.Param("x"), build.GP64()),
		stride: build.Load(build.Param("stride"), build.GP64()),
		rows:   build.Load(build.Param("rows"), build.GP64()),
		mask:   build.YMM(),
	}
	build.VMOVUPD(pointer("mask"), s.mask)
	if weighted {
		s.weights = build.Load(build.Param("weights"), build.GP64())
	}
	return s
}

// row loads a row into v and, where there are weights, its weight into w, and
// goes on to the next.
func (s *source) row(v, w reg.VecVirtual) {
	build.VMASKMOVPD(operand.Mem{Base: s.x}, s.mask, v)
	build.ADDQ(s.stride, s.x)
	if s.weights != nil {
		build.VBROADCASTSD(operand.Mem{Base: s.weights}, w)
		build.ADDQ(operand.Imm(word), s.weights)
	}
}

// pointer returns the memory that a pointer argument points to.
func pointer(name string) operand.Mem {
	return operand.Mem{Base: build.Load(build.Param(name), build.GP64())}
}

// vectors returns n registers that hold 0.
func vectors(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = build.YMM()
		build.VXORPD(v[i], v[i], v[i])
	}
	return v
}

// loop repeats body rows times. With sets > 1 the body is written out as often,
// once per set of accumulators; what is left over goes to the first.
func loop(name string, rows reg.Register, sets int, body func(set int)) {
	if sets > 1 {
		build.Label(name + "_blocks")
		build.CMPQ(rows, operand.Imm(uint64(sets)))
		build.JLT(operand.LabelRef(name + "_rest"))
		for set := range sets {
			body(set)
		}
		build.SUBQ(operand.Imm(uint64(sets)), rows)
		build.JMP(operand.LabelRef(name + "_blocks"))
		build.Label(name + "_rest")
	}
	build.TESTQ(rows, rows)
	build.JZ(operand.LabelRef(name + "_done"))
	build.Label(name + "_single")
	body(0)
	build.DECQ(rows)
	build.JNZ(operand.LabelRef(name + "_single"))
	build.Label(name + "_done")
}

// finish stores the vectors one after the other and returns.
func finish(out operand.Mem, v ...reg.VecVirtual) {
	for i, x := range v {
		build.VMOVUPD(x, out.Offset(i*lane))
	}
	build.VZEROUPPER()
	build.RET()
}
