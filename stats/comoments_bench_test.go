package stats_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// benchmarkRows returns n rows of dim values with offsets.
func benchmarkRows(n, dim int) []float64 {
	r := rand.New(rand.NewPCG(41, 42))
	values := make([]float64, n*dim)
	for i := range values {
		values[i] = float64(i%dim%7)*10 + r.NormFloat64()
	}
	return values
}

// BenchmarkComomentsAdd reports the time per row, with and without moments.
func BenchmarkComomentsAdd(b *testing.B) {
	const rows = 2048
	for _, dim := range []int{9, 30, 100} {
		values := benchmarkRows(rows, dim)
		columns := make([]int32, dim)
		moments := make([]*stats.Moments, dim)
		for i := range columns {
			columns[i], moments[i] = int32(i), stats.NewMoments()
		}
		for _, p := range precisions() {
			for _, block := range []int{1, 128} {
				for _, m := range [][]*stats.Moments{nil, moments} {
					b.Run(fmt.Sprintf("%v/d=%d/block=%d/moments=%v", p, dim, block, m != nil), func(b *testing.B) {
						c := stats.NewComoments(dim, p)
						from := 0
						b.ReportAllocs()
						for b.Loop() {
							err := c.AddColumns(values[from*dim:(from+block)*dim], dim, columns, nil, block, nil, m)
							if err != nil {
								b.Fatal(err)
							}
							from = (from + block) % rows
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*block), "ns/row")
					})
				}
			}
		}
	}
}

func BenchmarkComomentsMerge(b *testing.B) {
	for _, dim := range []int{9, 30, 100} {
		for _, p := range precisions() {
			x := learnComoments(b, p, dim, benchmarkRows(256, dim), nil, 128)
			far := benchmarkRows(256, dim)
			for i := range far {
				far[i] += 1e6
			}
			y := learnComoments(b, p, dim, far, nil, 128)
			for name, o := range map[string]*stats.Comoments{"same pivot": x.Clone(), "other pivot": y} {
				b.Run(fmt.Sprintf("%v/d=%d/%s", p, dim, name), func(b *testing.B) {
					sum := x.Clone()
					b.ReportAllocs()
					for b.Loop() {
						if err := sum.Merge(o); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

func BenchmarkComomentsEncode(b *testing.B) {
	for _, dim := range []int{9, 100} {
		for _, p := range precisions() {
			x := learnComoments(b, p, dim, benchmarkRows(256, dim), nil, 128)
			b.Run(fmt.Sprintf("%v/d=%d", p, dim), func(b *testing.B) {
				var buffer []byte
				for b.Loop() {
					w := wire.NewWriter(buffer[:0])
					x.Encode(w)
					buffer = w.Bytes()
				}
				b.SetBytes(int64(len(buffer)))
			})
			b.Run(fmt.Sprintf("decode/%v/d=%d", p, dim), func(b *testing.B) {
				data := []byte(encodeComoments(x))
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					r := wire.NewReader(data)
					if stats.DecodeComoments(r); r.Err() != nil {
						b.Fatal(r.Err())
					}
				}
			})
		}
	}
}
