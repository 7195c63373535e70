package wrap

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/statstest"
)

// TestForgettingEqualsNeverLearned deals drawn rows to parts that are merged, and
// forgets some of them in batches of drawn sizes and in another order, by themselves or
// by a statistic that is subtracted: what is left is that of the rows that are left.
func TestForgettingEqualsNeverLearned(t *testing.T) {
	for _, c := range lawTable() {
		for seed := range uint64(10) {
			t.Run(fmt.Sprint(c.name, "/seed ", seed), func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 99))
				rows := statstest.LawRows(seed, 20+r.IntN(200))
				split := statstest.Dealt(rows, 2, func(i int) int {
					if i == rows.N-1 {
						return 0 // the newest stays, as time does not go back
					}
					return r.IntN(2)
				})
				var parts []stats.Additive
				for _, part := range statstest.Dealt(rows, 3, func(int) int { return r.IntN(3) }) {
					parts = append(parts, statstest.Learned(t, c.maker, part))
				}
				got := statstest.MergedTree(t, parts, r.IntN)
				batches := 1 + r.IntN(4)
				for _, gone := range statstest.Dealt(split[1], batches, func(int) int { return r.IntN(batches) }) {
					var err error
					if r.IntN(2) == 0 {
						err = got.Forget(statstest.LawLayout(), gone)
					} else {
						err = got.Subtract(statstest.Learned(t, c.maker, gone))
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				requireSame(t, "forgotten", statstest.Learned(t, c.maker, split[0]), got, 100*c.tolerance)
			})
		}
	}
}
