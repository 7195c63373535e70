package bloblang_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	host "github.com/redpanda-data/benthos/v4/public/bloblang"

	"github.com/rpconnect-sml/rpconnect-sml/bloblang"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// scoredPool opens project p with a mixture, best, of a model that knows and of one that does
// not, and lets it score and learn rows.
func scoredPool(t *testing.T) (*host.Environment, *live.Project) {
	t.Helper()
	ctx, r, env, table := context.Background(), rand.New(rand.NewPCG(1, 91)), host.NewEnvironment(), live.NewTable()
	if err := bloblang.Register(env, table); err != nil {
		t.Fatal(err)
	}
	h, err := table.Open(new(live.Scope), live.Settings{
		Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Exact: true,
		Learn: &live.LearnSettings{Models: []model.Definition{
			{Name: "good", Type: "lda", Target: "kind", Inputs: []string{"x"}}, {Name: "poor", Type: "lda", Target: "kind", Inputs: []string{"z"}},
			{Name: "best", Type: "pool", Target: "kind"},
		}},
	}, state.NewMemory(), "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(context.Background()) }) // nothing is written
	scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "best"})
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		var rows []live.Message
		for range 100 {
			x := r.NormFloat64()
			rows = append(rows, live.Message{Shard: "s", Data: fmt.Appendf(nil, `{"x":%g,"z":%g,"kind":"%t"}`, x, r.NormFloat64(), x > 0)})
		}
		if _, err := scorer.Score(ctx, rows); err != nil {
			t.Fatal(err)
		}
		if err := h.Project().Learn(ctx, rows); err != nil {
			t.Fatal(err)
		}
	}
	return env, h.Project()
}

// TestPool: a mixture of models answers in mappings as it does everywhere else, with the
// weights that the rows which a pipeline scored have given its members.
func TestPool(t *testing.T) {
	env, p := scoredPool(t)
	query := func(mapping string) any {
		t.Helper()
		exec, err := env.Parse("root = " + mapping)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Query(map[string]any{})
		if err != nil {
			t.Fatalf("%s: %v", mapping, err)
		}
		return out
	}
	text, err := p.ScoreValue(context.Background(), "best", map[string]any{"x": 2, "z": 0})
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sml_score", "sml_predict"} {
		if got := query(name + `("p", "best", {"x": 2, "z": 0})`); !reflect.DeepEqual(got, want) {
			t.Errorf("%s says %v, want %v", name, got, want)
		}
	}
	good, _ := query(`sml_score("p", "best", {"x": 2, "z": 0}).members.good`).(float64)
	told, _ := query(`sml_model("p", "best").model.members.filter(m -> m.name == "good").index(0).weight`).(float64)
	if good < 0.9 || math.Abs(told-good) > 1e-6 {
		t.Errorf("the member that knows weighs %v and is told to weigh %v, want nearly all", good, told)
	}
}
