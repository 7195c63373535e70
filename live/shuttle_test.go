package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/shuttle/shuttletest"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// shuttleMessages returns the rows as documents, the class left out, from an offset on.
func shuttleMessages(t *testing.T, rows []shuttletest.Row, from int) []live.Message {
	t.Helper()
	messages := make([]live.Message, len(rows))
	for i, row := range rows {
		doc := map[string]float64{}
		for k, x := range row.S {
			doc[fmt.Sprint("s", k+1)] = x
		}
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		messages[i] = live.Message{Data: data, Shard: "t/0", Offset: int64(from + i), HasOffset: true}
	}
	return messages
}

// TestShuttleInOnePass scores each batch of Statlog (Shuttle) and then learns
// it, as a pipeline does, with models that are built and rebuilt on the way.
// The first four bounds are what the product promises; the others hold what was
// measured, over the rows after the 256 that fix the binnings and min_rows
// more.
func TestShuttleInOnePass(t *testing.T) {
	drawn.Alone(t)
	const batchSize = 500
	bounds := map[string]float64{
		"hba": 0.985, "ecod": 0.99, "mahalanobis": 0.98, "ensemble": 0.993,
		"half_space_trees": 0.985, "loda": 0.985, "rs_hash": 0.975, "density_forest": 0.975,
	}
	all, err := shuttletest.Rows()
	if err != nil {
		t.Fatal(err)
	}
	s := settings(false)
	s.Learn.Models = nil
	for typ := range bounds {
		s.Learn.Models = append(s.Learn.Models, model.Definition{Name: typ, Type: typ})
	}
	h, _ := open(t, state.NewMemory(), s)
	ctx := context.Background()
	scorers := map[string]*live.Scorer{}
	for typ := range bounds {
		if scorers[typ], err = h.Project().NewScorer(live.ScorerSettings{Model: typ}); err != nil {
			t.Fatal(err)
		}
	}
	scores, positive, skipped := map[string][]float64{}, map[string][]bool{}, map[string]int{}
	for from := 0; from < len(all); from += batchSize {
		rows := all[from:min(from+batchSize, len(all))]
		messages := shuttleMessages(t, rows, from)
		for typ, scorer := range scorers {
			results, err := scorer.Score(ctx, messages)
			if err != nil {
				t.Fatal(err)
			}
			for i := range messages {
				var r struct {
					Score *float64 `json:"score"`
				}
				if err := json.Unmarshal(results.JSON(i), &r); err != nil {
					t.Fatal(err)
				}
				if r.Score == nil {
					skipped[typ]++
					continue
				}
				scores[typ], positive[typ] = append(scores[typ], *r.Score), append(positive[typ], rows[i].Anomalous())
			}
		}
		learnAll(t, h.Project(), messages)
	}
	for typ, least := range bounds {
		auc := evaluation.ROCAUC(scores[typ], positive[typ])
		t.Logf("%s: ROC AUC %.4f, average precision %.4f of %d rows after %d of warming up", typ, auc, evaluation.AveragePrecision(scores[typ], positive[typ]), len(scores[typ]), skipped[typ])
		if !(auc >= least) {
			t.Errorf("%s: ROC AUC is %.4f, want at least %v", typ, auc, least)
		}
		if skipped[typ] > 3*batchSize {
			t.Errorf("%s: no score for %d rows", typ, skipped[typ])
		}
	}
}
