package stats

import (
	"math"
	"math/bits"

	"github.com/rpconnect-sml/rpconnect-sml/internal/hash"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// distinctPrecision is the number of bits of the hash that choose a register
// of [Distinct]: 4,096 registers, for a standard error of 1.6 %.
const distinctPrecision = 12

const registers = 1 << distinctPrecision

// Distinct estimates how many different values there are, in 4 KB: a
// HyperLogLog (Flajolet, Fusy, Gandouet, Meunier, HyperLogLog: the analysis of
// a near-optimal cardinality estimation algorithm, AofA 2007) over a 64-bit
// hash, read off with the improved estimator of O. Ertl, New cardinality
// estimation algorithms for HyperLogLog sketches, arXiv:1702.01284 (2017),
// algorithm 6, which needs no tables against bias at any size.
//
// The registers depend on the set of values only, so merging is exact. Values
// cannot be taken away: after rows are forgotten elsewhere the estimate is an
// upper bound. There are no weights, as a value counts once. The zero value is
// the empty statistic.
type Distinct struct {
	// registers hold the largest number of leading zeros, plus 1, of the hash
	// bits after the register's; nil while there are no values.
	registers []byte
}

// newDistinct returns the empty statistic.
func newDistinct() *Distinct { return &Distinct{} }

// add takes a value. Its hash is 64-bit FNV-1a, finished by SplitMix64, over
// its bytes; it is part of the stored format.
func (d *Distinct) add(value string) {
	if d.registers == nil {
		d.registers = make([]byte, registers)
	}
	h := hash.Mix(hash.String(hash.Offset, value))
	at := h >> (64 - distinctPrecision)
	rank := byte(min(bits.LeadingZeros64(h<<distinctPrecision), 64-distinctPrecision) + 1)
	d.registers[at] = max(d.registers[at], rank)
}

func (d *Distinct) merge(o *Distinct) {
	if d.registers == nil {
		*d = *o.clone()
		return
	}
	for i, r := range o.registers {
		d.registers[i] = max(d.registers[i], r)
	}
}

// clone returns a copy.
func (d *Distinct) clone() *Distinct {
	return &Distinct{registers: append([]byte(nil), d.registers...)}
}

// Estimate returns about how many different values there are, with a relative
// standard error of [Distinct.StandardError]; 0 while there are none.
func (d *Distinct) Estimate() float64 {
	if d.registers == nil {
		return 0
	}
	const q = 64 - distinctPrecision
	var counts [q + 2]float64
	for _, r := range d.registers {
		counts[r]++
	}
	z := registers * tau(1-counts[q+1]/registers)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + counts[k])
	}
	z += registers * sigma(counts[0]/registers)
	return registers * registers / (2 * math.Ln2) / z
}

// sigma is x plus the sum over k of x^(2^k) 2^(k-1) (Ertl, equation 14).
func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for before := math.NaN(); z != before; {
		x *= x
		before = z
		z += x * y
		y += y
	}
	return z
}

// tau is a third of 1-x minus the sum over k of (1-x^(2^-k))^2 2^-k (Ertl,
// equation 17).
func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for before := math.NaN(); z != before; {
		x = math.Sqrt(x)
		before = z
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
	}
	return z / 3
}

// Encode appends the precision, a byte that says whether there are values and,
// if so, the registers.
func (d *Distinct) Encode(w *wire.Writer) {
	w.Byte(distinctPrecision)
	w.Bool(d.registers != nil)
	w.Raw(d.registers)
}

// decodeDistinct reads what Encode wrote. Values that no statistic has leave
// an error in r.
func decodeDistinct(r *wire.Reader) *Distinct {
	d := &Distinct{}
	if p := r.Byte(); r.Err() == nil && p != distinctPrecision {
		r.Fail("precision is %d, not %d", p, distinctPrecision)
	}
	if !r.Bool() {
		return d
	}
	if r.Remaining() < registers {
		r.Fail("%d registers wanted, %d bytes left", registers, r.Remaining())
		return d
	}
	d.registers = make([]byte, registers)
	seen := false
	for i := range d.registers {
		d.registers[i] = r.Byte()
		seen = seen || d.registers[i] > 0
		if d.registers[i] > 64-distinctPrecision+1 {
			r.Fail("register %d is %d", i, d.registers[i])
		}
	}
	if !seen {
		r.Fail("no register is set")
	}
	if r.Err() != nil {
		return &Distinct{}
	}
	return d
}
