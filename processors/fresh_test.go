package processors_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRefreshOfZeroLacksNothing: with `refresh: 0s` functions and models have every row
// that the process has learned, after each of the batches that are drawn.
func TestRefreshOfZeroLacksNothing(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 15))
			var batches [][]document
			var want []float64 // per message, the rows with its batch
			rows := 0
			for range 30 {
				var batch []document
				for range 1 + r.IntN(1+r.IntN(60)) {
					batch = append(batch, document{content: fmt.Sprintf(`{"x":%g}`, r.NormFloat64())})
				}
				rows += len(batch)
				for range batch {
					want = append(want, float64(rows))
				}
				batches = append(batches, batch)
			}
			b := builder(t, environment(t), "sml_learn: { project: p, cache: sml_state, refresh: 0s, models: [ { name: m, type: hba } ] }")
			if err := b.AddProcessorYAML(`mapping: |
  root.univariate = sml_univariate("p", "x").count
  root.info = sml_info("p").rows
  root.model = sml_model("p", "m").built_from
  root.quantile = sml_quantile("p", "x", 1)`); err != nil {
				t.Fatal(err)
			}
			for i, o := range run(t, b, batches...) {
				var got map[string]float64
				if err := json.Unmarshal([]byte(o.content), &got); o.err != nil || err != nil {
					t.Fatalf("%s: %v, %v", o.content, o.err, err)
				}
				for _, of := range []string{"univariate", "info", "model"} {
					if got[of] != want[i] {
						t.Fatalf("message %d: %s is of %v rows, want %v", i, of, got[of], want[i])
					}
				}
			}
		})
	}
}
