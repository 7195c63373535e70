//go:build !(arm64 || ppc64 || ppc64le || s390x || riscv64 || loong64 || amd64.v3)

package kernel

// fastFMA says that math.FMA compiles to one instruction. Here it may be a
// check of the processor, or a call.
const fastFMA = false
