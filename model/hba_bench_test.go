package model_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// normalRows is n seeded normal rows, row by row.
func normalRows(n, columns int) []float64 {
	r := rand.New(rand.NewPCG(7, 7))
	values := make([]float64, n*columns)
	for i := range values {
		values[i] = r.NormFloat64()
	}
	return values
}

func BenchmarkHBAPredict(b *testing.B) {
	for _, bins := range []string{"auto", "static", "dynamic"} {
		for _, columns := range []int{9, 24} {
			b.Run(fmt.Sprintf("%s/d=%d", bins, columns), func(b *testing.B) {
				const n = 4096
				values := normalRows(n, columns)
				m := built(b, summaryOf(b, columns, values), map[string]any{"bins": bins})
				var result model.Result
				b.ReportAllocs()
				at := 0
				for b.Loop() {
					m.Predict(values[at:at+columns], nil, &result)
					if at += columns; at == len(values) {
						at = 0
					}
				}
			})
		}
	}
}

func BenchmarkHBABuild(b *testing.B) {
	for _, bins := range []string{"auto", "static", "dynamic"} {
		b.Run(bins+"/d=9", func(b *testing.B) {
			s := summaryOf(b, 9, normalRows(4096, 9))
			d := model.Definition{Name: "m", Type: "hba", Options: map[string]any{"bins": bins}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := model.Build(d, &model.Evidence{Summary: s}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
