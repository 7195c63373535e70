package glm

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/likelihood"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// TestMergedProjects: sums of two projects, which have centred, scaled and expanded their
// rows each in its own way, give the fit of all rows.
func TestMergedProjects(t *testing.T) {
	const near = 0.1 // of a standard error
	for seed := range drawn.Seeds(4) {
		for _, family := range []likelihood.Family{likelihood.Logistic, likelihood.Poisson, likelihood.NegativeBinomial} {
			r := rand.New(rand.NewPCG(seed, 4))
			d := drawnData(r, 6000, 5, 1, outcomes(r)[family])
			batch := specFor(t, family, 100_000)
			all, _ := d.learned(t, batch, 6000)
			want, err := fitRows(context.Background(), &batch.LikelihoodSpec, all, 0)
			if err != nil {
				t.Fatal(err)
			}
			pass := specFor(t, family, 1000)
			first, second := &data{layout: d.layout, rows: d.rows.Select(0, 2500)}, &data{layout: d.layout, rows: d.rows.Select(2500, 6000)}
			a, _ := first.learned(t, pass, 250)
			b, _ := second.learned(t, pass, 250)
			if len(a.Sums) != 1 || len(b.Sums) != 1 || a.Sums[0].Frame.ID() == b.Sums[0].Frame.ID() {
				t.Fatalf("seed %d: %d and %d sums, want one of another frame each", seed, len(a.Sums), len(b.Sums))
			}
			got, err := fitRows(context.Background(), &pass.LikelihoodSpec, &stats.Likelihood{Rows: a.Rows, Sums: slices.Concat(a.Sums, b.Sums)}, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got.Weight != want.Weight || got.Left != 0 {
				t.Errorf("seed %d, %s: %v rows and %v left out, want %v", seed, family, got.Weight, got.Left, want.Weight)
			}
			for i, c := range want.Report(0.95).Coefficients {
				if off := math.Abs(got.Report(0.95).Coefficients[i].Estimate-c.Estimate) / *c.StdError; !(off <= near) {
					t.Errorf("seed %d, %s: %s is %.2g standard errors off", seed, family, c.Name, off)
				}
			}
		}
	}
}
