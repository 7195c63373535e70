package ui_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/ui"
)

// TestExactAnswers: after each of the batches that are drawn, whatever is asked of an
// exact project has every row that was learned, and answers say of when they are.
func TestExactAnswers(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 16))
			table := live.NewTable()
			h, err := table.Open(new(live.Scope), live.Settings{
				Project: "p", Cache: "c", Prefix: "sml", Exact: true,
				Learn: &live.LearnSettings{Durable: true, Models: []model.Definition{{Name: "m", Type: "hba"}}},
			}, state.NewMemory(), "root", quiet{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			})
			a, err := ui.New(ui.Options{Projects: &projects{table: table}})
			if err != nil {
				t.Fatal(err)
			}
			rows := 0
			for range 30 {
				messages := make([]live.Message, 1+r.IntN(50))
				for i := range messages {
					messages[i] = live.Message{Shard: "t/0", Data: fmt.Appendf(nil, `{"x":%g}`, r.NormFloat64())}
				}
				rows += len(messages)
				if err := h.Project().Learn(t.Context(), messages); err != nil {
					t.Fatal(err)
				}
				for i := range messages {
					if messages[i].Err != nil {
						t.Fatal(messages[i].Err)
					}
				}
				for target, want := range map[string]string{
					"explore/univariate": fmt.Sprintf(`"count":%d,`, rows), "models/m": fmt.Sprintf(`"built_from":%d,`, rows),
					"live": fmt.Sprintf(`"rows":%d,`, rows), "": fmt.Sprintf(`"rows":%d,`, rows),
				} {
					answer := a.Serve(t.Context(), &ui.Request{Verb: "GET", Path: strings.TrimSuffix("projects/p/"+target, "/"), Param: func(name string) string {
						return map[string]string{"attribute": "x"}[name]
					}})
					if answer.Status != 200 || !strings.Contains(string(answer.Body), want) {
						t.Fatalf("%s after %d rows: status %d, %.300s", target, rows, answer.Status, answer.Body)
					}
					if at, err := time.Parse(time.RFC3339, answer.Headers["Sml-As-Of"]); target == "explore/univariate" && (err != nil || time.Since(at) > time.Minute) {
						t.Errorf("as of %q, %v", answer.Headers["Sml-As-Of"], err)
					}
				}
			}
		})
	}
}
