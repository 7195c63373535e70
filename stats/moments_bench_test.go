package stats_test

import (
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func BenchmarkMomentsAdd(b *testing.B) {
	r := rand.New(rand.NewPCG(31, 32))
	values := make([]float64, 1024)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	m := stats.NewMoments()
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Add(values[i%len(values)], 1); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkMomentsMerge(b *testing.B) {
	for _, c := range []struct {
		name   string
		offset float64
	}{{name: "near", offset: 0}, {name: "far", offset: 100}} {
		b.Run(c.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(33, 34))
			x, y := stats.NewMoments(), stats.NewMoments()
			for range 128 {
				_, _ = x.Add(r.NormFloat64(), 1), y.Add(c.offset+r.NormFloat64(), 1)
			}
			b.ReportAllocs()
			for b.Loop() {
				sum := *x
				if err := sum.Merge(y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMomentsEncode(b *testing.B) {
	m := stats.NewMoments()
	addAll(b, m, []float64{1, 2, 4}, nil)
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		w := wire.NewWriter(buffer[:0])
		m.Encode(w)
		buffer = w.Bytes()
	}
}
