package stats

import (
	"fmt"
	"math"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/golden"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// distinctOf has seen the values number from to to-1.
func distinctOf(from, to int) *Distinct {
	d := newDistinct()
	for i := from; i < to; i++ {
		d.add(fmt.Sprint("value ", i))
	}
	return d
}

func TestDistinctLaws(t *testing.T) {
	RequireMergeLaws(t, MergeLaws[*Distinct]{
		Empty: newDistinct, Decode: decodeDistinct, Whole: distinctOf(0, 5000),
		Parts: [3]*Distinct{distinctOf(0, 3000), distinctOf(2999, 3000), distinctOf(2000, 5000)},
		Same:  SameBytes[*Distinct],
	})
}

// distinctTolerance is four standard errors of 4,096 registers; below that
// many values the error is smaller still.
const distinctTolerance = 4 * 1.04 / 64

func TestDistinctEstimate(t *testing.T) {
	for _, n := range []int{0, 1, 2, 10, 100, 1000, 4096, 10_000, 20_480, 100_000, 500_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			d := distinctOf(0, n)
			got := d.Estimate()
			if math.Abs(got-float64(n)) > distinctTolerance*float64(n) || n <= 10 && math.Round(got) != float64(n) {
				t.Errorf("%v", got)
			}
			before := golden.Encoded(d)
			for i := range min(n, 100) {
				d.add(fmt.Sprint("value ", i))
			}
			if golden.Encoded(d) != before {
				t.Error("seeing a value again changed the state")
			}
		})
	}
}

// The error over many disjoint sets has no bias at sizes where the original
// estimator of HyperLogLog has one (2.5 to 5 times the registers).
func TestDistinctHasNoBias(t *testing.T) {
	const n, sets = 12_000, 60
	sum, squares := 0.0, 0.0
	for s := range sets {
		e := distinctOf(s*n, (s+1)*n).Estimate()/n - 1
		sum += e
		squares += e * e
	}
	// four standard errors of the mean of 60
	limit := 4 * newDistinct().StandardError() / math.Sqrt(sets)
	if mean := sum / sets; math.Abs(mean) > limit {
		t.Errorf("mean error %v, want at most %v", mean, limit)
	}
	if rms := math.Sqrt(squares / sets); rms > 1.3*newDistinct().StandardError() {
		t.Errorf("standard error %v, want about %v", rms, newDistinct().StandardError())
	}
}

func TestDistinctFull(t *testing.T) {
	d := distinctOf(0, 1)
	for i := range d.registers {
		d.registers[i] = 64 - distinctPrecision + 1
	}
	if got := d.Estimate(); math.IsNaN(got) || got < 1e15 {
		t.Errorf("estimate of full registers is %v", got)
	}
}

func TestDistinctGolden(t *testing.T) {
	golden.Check(t, "distinct_v1_empty.bin", []byte(golden.Encoded(newDistinct())))
	golden.Check(t, "distinct_v1_100.bin", []byte(golden.Encoded(distinctOf(0, 100))))
}

// FuzzDecodeDistinct: no panic; bytes that are taken are those that the result
// encodes to; the estimate is a number and not negative.
func FuzzDecodeDistinct(f *testing.F) {
	f.Add([]byte(golden.Encoded(newDistinct())))
	f.Add([]byte(golden.Encoded(distinctOf(0, 50))))
	f.Add([]byte{12, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := wire.NewReader(in)
		d := decodeDistinct(r)
		if r.Close() != nil {
			return
		}
		if got := golden.Encoded(d); got != string(in) {
			t.Fatalf("% x encodes to % x", in, got)
		}
		if e := d.Estimate(); !(e >= 0) {
			t.Fatalf("estimate %v", e)
		}
	})
}

func BenchmarkDistinctAdd(b *testing.B) {
	d := newDistinct()
	b.ReportAllocs()
	for b.Loop() {
		d.add("192.168.0.117")
	}
}
