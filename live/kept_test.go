package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestForgettingSaysWhatKeepsRows: of drawn models, those that follow the stream are named when
// rows are forgotten, once in the log, by the process and by what is stored. Others are not.
func TestForgettingSaysWhatKeepsRows(t *testing.T) {
	ctx := context.Background()
	small := map[string]any{"trees": 2, "max_nodes": 64}
	for seed := range drawn.Seeds(8) {
		r := rand.New(rand.NewPCG(seed, 51))
		var want []string
		s := settings(true)
		for i := range 4 {
			d := model.Definition{Name: fmt.Sprint("m", i), Type: "lda", Target: "class"}
			switch r.IntN(5) {
			case 0:
				d.Type, d.Options = "adaptive", small
			case 1:
				d.Type, d.Options = "forest", map[string]any{"trees": 2, "adapt": true}
			case 2:
				d.Type = "forest"
			case 3:
				d.Type = "pool"
			}
			if d.Type == "adaptive" || d.Options["adapt"] != nil {
				want = append(want, d.Name)
			}
			s.Learn.Models = append(s.Learn.Models, d)
		}
		store := state.NewMemory()
		h, observer := open(t, store, s)
		rows := checkered(r, "t/0", 0, 60)
		learnAll(t, h.Project(), rows)
		for from := range 2 {
			gone := append([]live.Message{}, rows[10*from:10*from+5]...)
			for i := range gone {
				gone[i].Outcome, gone[i].Shard = "", "gone"
			}
			if err := h.Project().Forget(ctx, gone); err != nil {
				t.Fatal(err)
			}
		}
		told := 0
		for _, w := range observer.warnings {
			if strings.Contains(w, "what it has learned of the rows that are forgotten") || strings.Contains(w, "what they have learned of the rows that are forgotten") {
				told++
				for _, name := range want {
					if !strings.Contains(w, name) {
						t.Errorf("seed %d: %s is not named: %s", seed, name, w)
					}
				}
			}
		}
		p, err := project.Open(ctx, store, "sml", "p")
		if err != nil {
			t.Fatal(err)
		}
		if told != min(len(want), 1) || !slices.Equal(live.KeptBy(h.Project()), want) || !slices.Equal(live.KeptByStored(p.Definitions), want) {
			t.Errorf("seed %d: told %d times, kept by %q and stored %q, want %q: %q", seed, told, live.KeptBy(h.Project()), live.KeptByStored(p.Definitions), want, observer.warnings)
		}
	}
}
