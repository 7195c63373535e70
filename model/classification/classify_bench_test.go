package classification_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/model/modeltest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// classEvidence is n seeded normal rows of some columns and a class that
// depends on the first, the second class of two being a binary column.
func classEvidence(b testing.TB, columns, n int, extendedUpTo int) (*model.Evidence, []float64) {
	b.Helper()
	values := modeltest.NormalRows(n, columns)
	layout := &stats.Layout{Categorical: []stats.CategoricalColumn{{Name: "kind", Values: []string{"a", "b", "c"}}}}
	for i := range columns {
		layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: fmt.Sprint("x", i)})
	}
	layout.Numeric = append(layout.Numeric, stats.NumericColumn{Name: "flag", Binary: true})
	rows := &stats.Rows{N: n, Numeric: columns + 1, Categorical: 1}
	for i := range n {
		row := values[i*columns : (i+1)*columns]
		flag, kind := 0.0, int32(1)
		if row[0]+row[1] > 0 {
			flag, kind = 1, 2
		}
		if row[2] > 1 {
			kind = 3
		}
		rows.Values = append(append(rows.Values, row...), flag)
		rows.Codes = append(rows.Codes, kind)
	}
	s, err := stats.NewSummary(stats.SummaryOptions{ExtendedUpTo: extendedUpTo})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Learn(layout, rows); err != nil {
		b.Fatal(err)
	}
	return &model.Evidence{Summary: s}, rows.Values
}

func BenchmarkClassifierBuild(b *testing.B) {
	for _, c := range []struct {
		name, target string
		extendedUpTo int
	}{
		{name: "lda/binary/double", target: "flag", extendedUpTo: -1},
		{name: "lda/binary/extended", target: "flag", extendedUpTo: 200},
		{name: "lda/three classes/double", target: "kind", extendedUpTo: -1},
	} {
		b.Run(c.name+"/d=100", func(b *testing.B) {
			e, _ := classEvidence(b, 100, 4096, c.extendedUpTo)
			d := model.Definition{Name: "m", Type: "lda", Target: c.target, Inputs: []string{"x*"}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := catalogue.All().Build(context.Background(), d, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkClassifierPredict(b *testing.B) {
	e, values := classEvidence(b, 100, 1024, -1)
	for _, kind := range []string{"lda", "naive_bayes", "svm"} {
		for _, target := range []string{"flag", "kind"} {
			b.Run(kind+"/"+target+"/d=100", func(b *testing.B) {
				m := classifier(b, e, kind, target, nil, "x*")
				var r model.Result
				m.Predict(values[:101], nil, &r)
				b.ReportAllocs()
				at := 0
				for b.Loop() {
					m.Predict(values[at:at+101], nil, &r)
					if at += 101; at == len(values) {
						at = 0
					}
				}
			})
		}
	}
}
