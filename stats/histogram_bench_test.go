package stats

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Normals returns n values of N(mean, sd).
func Normals(seed uint64, n int, mean, sd float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	out := make([]float64, n)
	for i := range out {
		out[i] = mean + sd*rng.NormFloat64()
	}
	return out
}

func histogramOf(tb testing.TB, bins int, values []float64) *Histogram {
	tb.Helper()
	h, err := NewHistogram(bins)
	if err != nil {
		tb.Fatal(err)
	}
	h.AddColumn(values, 0, 1, len(values), nil)
	return h
}

func BenchmarkHistogramAdd(b *testing.B) {
	for _, columns := range []int{1, 9, 100} {
		b.Run(fmt.Sprintf("columns=%d", columns), func(b *testing.B) {
			const rows = 128
			values := Normals(1, 1<<20/columns*columns, 0, 1)
			hs := make([]*Histogram, columns)
			for j := range hs {
				hs[j] = histogramOf(b, DefaultBins, nil)
				hs[j].AddColumn(values, j, columns, len(values)/columns, nil)
			}
			b.ReportAllocs()
			b.ResetTimer()
			blocks := len(values) / columns / rows
			for i := range b.N {
				block := values[i%blocks*rows*columns:]
				for j, h := range hs {
					h.AddColumn(block, j, columns, rows, nil)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows/float64(columns), "ns/value")
		})
	}
}

// BenchmarkHistogramMerge merges 64 shards of 100 attributes, which is more
// than fits in the caches.
func BenchmarkHistogramMerge(b *testing.B) {
	const shards, attributes = 64, 100
	for _, form := range []string{"stored", "live"} {
		b.Run(form, func(b *testing.B) {
			parts := make([]*Histogram, shards*attributes)
			bins := 0
			for i := range parts {
				parts[i] = histogramOf(b, DefaultBins, Normals(uint64(i), 20000, 0, 1))
				bins += parts[i].used()
				if form == "stored" {
					parts[i] = parts[i].Clone()
				}
			}
			into := make([]*Histogram, attributes)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				for j := range into {
					into[j] = histogramOf(b, DefaultBins, nil)
				}
				for i, part := range parts {
					if err := into[i%attributes].Merge(part); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bins), "ns/bin")
		})
	}
}

func BenchmarkHistogramEncode(b *testing.B) {
	for _, form := range []string{"stored", "live"} {
		b.Run(form, func(b *testing.B) {
			h := histogramOf(b, DefaultBins, Normals(1, 1<<20, 0, 1))
			w := wire.NewWriter(nil)
			h.Encode(w)
			room := w.Bytes()
			b.ReportAllocs()
			b.ReportMetric(float64(len(room)), "bytes")
			for b.Loop() {
				h.Encode(wire.NewWriter(room[:0]))
			}
		})
	}
}

func BenchmarkHistogramDecode(b *testing.B) {
	w := wire.NewWriter(nil)
	histogramOf(b, DefaultBins, Normals(1, 1<<20, 0, 1)).Encode(w)
	b.ReportAllocs()
	for b.Loop() {
		if DecodeHistogram(wire.NewReader(w.Bytes())) == nil {
			b.Fatal("not decoded")
		}
	}
}
