//go:build linux

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
)

// unit is the denominator of all numbers in rows: they are whole multiples of
// 1/unit, so that sums and sums of products over them are exact integers.
const unit = 1024

// Shares of the rows that are bad or lack an attribute.
const (
	badShare     = 0.005
	missingShare = 0.1
)

// lateFrom is the share of all rows after which the attribute "late" appears.
const lateFrom = 0.3

// Values of the two categorical attributes; those of machine appear one by one
// over the whole run, so that the schema grows while processes are killed.
const (
	states   = 5
	machines = 48
)

// rows makes the rows of a run; each depends on the seed and its number only.
type rows struct {
	seed  uint64
	total int64
	pcg   *rand.PCG
	rng   *rand.Rand
}

func newRows(seed uint64, total int64) *rows {
	pcg := rand.NewPCG(seed, 0)
	return &rows{seed: seed, total: total, pcg: pcg, rng: rand.New(pcg)}
}

// row returns the partition and the content of row i.
func (r *rows) row(i int64, partitions int32) (partition int32, doc []byte) {
	r.pcg.Seed(r.seed, uint64(i))
	partition = r.rng.Int32N(partitions)
	if r.rng.Float64() < badShare {
		return partition, r.bad(i)
	}
	base := r.rng.NormFloat64()
	b := make([]byte, 0, 192)
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, i, 10)
	b = number(b, "x0", 20*base)
	b = number(b, "x1", 1e6+r.rng.NormFloat64())
	b = number(b, "x2", 5*base+3*r.rng.NormFloat64())
	b = number(b, "x3", math.Floor(r.rng.ExpFloat64()*40))
	if r.rng.Float64() >= missingShare {
		b = number(b, "x4", float64(r.rng.IntN(100)))
	}
	b = append(b, `,"flag":`...)
	b = strconv.AppendBool(b, base > 0.7)
	b = append(b, `,"state":"s`...)
	b = strconv.AppendInt(b, int64(r.rng.IntN(states)), 10)
	b = append(b, `","machine":"m`...)
	known := 1 + i*machines/r.total
	b = strconv.AppendInt(b, r.rng.Int64N(known), 10)
	b = append(b, '"')
	if float64(i) >= lateFrom*float64(r.total) {
		b = number(b, "late", 100*r.rng.Float64())
	}
	return partition, append(b, '}')
}

// number appends an attribute, its value rounded to a multiple of 1/unit.
func number(b []byte, name string, v float64) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	b = append(b, `":`...)
	return strconv.AppendFloat(b, math.Round(v*unit)/unit, 'f', -1, 64)
}

// bad returns a document that must not be learned.
func (r *rows) bad(i int64) []byte {
	switch r.rng.IntN(5) {
	case 0:
		return []byte("not JSON")
	case 1:
		return fmt.Appendf(nil, `{"seq":%d,"x0":1`, i)
	case 2:
		return fmt.Appendf(nil, `[%d]`, i)
	case 3:
		return fmt.Appendf(nil, `{"seq":%d,"x0":"high"}`, i)
	default:
		return nil
	}
}
