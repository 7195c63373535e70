package anomaly_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
)

func BenchmarkHBAPredict(b *testing.B) {
	for _, bins := range []string{"auto", "static", "dynamic"} {
		for _, columns := range []int{9, 24} {
			b.Run(fmt.Sprintf("%s/d=%d", bins, columns), func(b *testing.B) {
				const n = 4096
				values := modeltest.NormalRows(n, columns)
				m := built(b, modeltest.NumericSummary(b, columns, values), map[string]any{"bins": bins})
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
			s := modeltest.NumericSummary(b, 9, modeltest.NormalRows(4096, 9))
			d := model.Definition{Name: "m", Type: "hba", Options: map[string]any{"bins": bins}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: s}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
