package drift_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/drift"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// flags learns n rows of 20 yes-or-no attributes, each yes with a probability, or missing instead of yes.
func flags(t *testing.T, r *rand.Rand, n int, p float64, missing bool) *stats.Summary {
	t.Helper()
	l := &stats.Layout{}
	for i := range 20 {
		l.Categorical = append(l.Categorical, stats.CategoricalColumn{Name: string(rune('a' + i)), Values: []string{"no", "yes"}})
	}
	rows := &stats.Rows{N: n, Categorical: 20}
	for range n * 20 {
		code := int32(1)
		if r.Float64() < p {
			if code = 2; missing {
				code = stats.Missing
			}
		}
		rows.Codes = append(rows.Codes, code)
	}
	return learnedRows(t, l, rows)
}

// TestRareValues: values of which hardly any are expected, and few missing ones, are not taken for changes more often than asked for.
func TestRareValues(t *testing.T) {
	const alpha = 0.01
	for _, missing := range []bool{false, true} {
		for _, p := range []float64{0.0002, 0.001, 0.01, 0.03} {
			r, hits, all := rand.New(rand.NewPCG(5, uint64(p*1e6))), 0, 0
			for range drawn.Seeds(20) {
				report, err := drift.Compare(context.Background(), flags(t, r, 3000, p, missing), flags(t, r, 100, p, missing), drift.Options{Alpha: alpha})
				if err != nil {
					t.Fatal(err)
				}
				for i := range report.Attributes {
					if all++; float64(report.Attributes[i].P) < alpha {
						hits++
					}
				}
			}
			// of 400 tests 4 are expected, and with a probability of 1 in 1000 more than 11
			if most := 4 + all/50; hits > most {
				t.Errorf("missing %v, share %v: %d of %d are taken for changes, want at most %d", missing, p, hits, all, most)
			}
		}
	}
}
