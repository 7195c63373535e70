package live_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestWhatKeysCover draws which of window, decay and keys a project has: where the
// statistics of a key are of other rows than those of the population, and nowhere else, the
// log of the start, the information and each result say so, in another process too.
func TestWhatKeysCover(t *testing.T) {
	for n := range 8 {
		keys, window, decay := n&1 != 0, n&2 != 0, n&4 != 0
		if window && decay {
			continue
		}
		t.Run(fmt.Sprintf("keys %v, window %v, decay %v", keys, window, decay), func(t *testing.T) {
			s, store, want := settings(true), state.NewMemory(), keys && (window || decay)
			if keys {
				s.Learn.Composition = s.Learn.Composition.With(project.Entities{On: true, Resident: 10, HistogramBins: 16})
			}
			if window {
				s.Learn.Composition = s.Learn.Composition.With(project.Window{Rows: 50, Tiles: 5})
			}
			if decay {
				s.Learn.Composition = s.Learn.Composition.With(project.Decay{HalfLife: time.Hour})
			}
			h, said := open(t, store, s)
			var messages []live.Message
			for i := range 200 {
				messages = append(messages, live.Message{Data: fmt.Appendf(nil, `{"x":%d}`, i%20), Shard: "s", Key: fmt.Sprint("k", i%2), Time: time.Now().Add(time.Duration(i-200) * time.Second).UnixNano()})
			}
			learnAll(t, h.Project(), messages)
			reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
			for _, p := range []*live.Project{h.Project(), reader.Project()} {
				info, err := p.Info(context.Background())
				if err != nil || (info.KeysCover != "") != want {
					t.Errorf("info says %q, %v", info.KeysCover, err)
				}
			}
			if got := strings.Contains(strings.Join(said.warnings, " "), "per key"); got != want {
				t.Errorf("the log says %q", said.warnings)
			}
			if !keys {
				return
			}
			scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "m", Entities: &live.EntityScoring{}})
			if err != nil {
				t.Fatal(err)
			}
			one := []live.Message{{Data: []byte(`{"x":3}`), Shard: "s", Key: "k0"}}
			out, err := scorer.Score(context.Background(), one)
			if err != nil || one[0].Err != nil {
				t.Fatal(err, one[0].Err)
			}
			if got := string(out.JSON(0)); strings.Contains(got, `"entity_part":"history"`) != want {
				t.Errorf("the result is %s", got)
			}
		})
	}
}
