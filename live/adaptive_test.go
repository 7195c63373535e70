package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// adaptiveSettings are those of a project with models that follow the stream, small ones.
func adaptiveSettings(durable bool) live.Settings {
	s := settings(durable)
	small := map[string]any{"trees": 3, "max_nodes": 64}
	s.Learn.Models = []model.Definition{
		{Name: "trees", Type: "adaptive", Target: "class", Options: small},
		{Name: "number", Type: "adaptive", Target: "x", Options: small},
		{Name: "forest", Type: "forest", Target: "class", Options: map[string]any{"trees": 2, "max_nodes": 64, "adapt": true}},
	}
	return s
}

// TestAdaptiveOfAProject: processes learn shards of one project at the same time, and a
// process that reads predicts by the pools of all of them what no line could.
func TestAdaptiveOfAProject(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	var work sync.WaitGroup
	for k := range 2 {
		work.Add(1)
		go func() {
			defer work.Done()
			r := rand.New(rand.NewPCG(uint64(k), 5))
			h, _ := open(t, store, adaptiveSettings(k%2 == 0))
			for from := 0; from < 1000; from += 50 {
				if err := h.Project().Learn(ctx, checkered(r, fmt.Sprint("t/", k), from, 50)); err != nil {
					t.Error(err)
				}
			}
			if err := h.Close(ctx); err != nil {
				t.Error(err)
			}
		}()
	}
	work.Wait()
	reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	if share := correct(t, reader.Project()); share < .85 {
		t.Errorf("%.3f of fresh points are predicted, want at least .85", share)
	}
	info, err := reader.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	shards := map[string]bool{}
	for _, p := range info.Pools {
		shards[p.Shard] = true
		if p.Rows != 1000 || len(p.Members) == 0 {
			t.Errorf("a pool of %q has %v rows and %d members", p.Shard, p.Rows, len(p.Members))
		}
	}
	if len(info.Pools) != 6 || len(shards) != 2 {
		t.Errorf("info lists %d pools of %d shards, want 6 of 2", len(info.Pools), len(shards))
	}
}

// answers are the results of a scorer or of tests as texts.
func answers(n int, result func(int) []byte) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = string(result(i))
	}
	return out
}

// TestPrequentialIsTestThenTrain: however a stream is cut into batches, each row gets what
// scoring it and then learning it, one row after another, gives it.
func TestPrequentialIsTestThenTrain(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(12) {
		r := rand.New(rand.NewPCG(seed, 31))
		name := []string{"trees", "number", "forest"}[seed%3]
		rows := checkered(rand.New(rand.NewPCG(seed, 32)), "t/0", 0, 150)
		s := adaptiveSettings(false)
		one, _ := open(t, state.NewMemory(), s)
		scorer, err := one.Project().NewScorer(live.ScorerSettings{Model: name, Contributions: -1})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range rows {
			results, err := scorer.Score(ctx, []live.Message{rows[i]})
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, string(results.JSON(0)))
			learnAll(t, one.Project(), []live.Message{rows[i]})
		}
		many, _ := open(t, state.NewMemory(), s)
		test, err := live.NewPrequential(many.Project(), name, "")
		if err != nil {
			t.Fatal(err)
		}
		for from := 0; from < len(rows); {
			to := min(len(rows), from+1+r.IntN(40))
			batch := append([]live.Message{}, rows[from:to]...)
			tests := test.Begin(len(batch))
			if err := many.LearnTested(ctx, batch, tests); err != nil {
				t.Fatal(err)
			}
			for i, got := range answers(len(batch), tests.JSON) {
				if got != want[from+i] {
					t.Fatalf("seed %d: row %d of %s is scored\n%s\nand, scored and learned by itself,\n%s", seed, from+i, name, got, want[from+i])
				}
			}
			from = to
		}
	}
}

// TestBatchIsScoredByWhatCameBefore: without prequential, all rows of a batch are scored by
// what was learned before it.
func TestBatchIsScoredByWhatCameBefore(t *testing.T) {
	ctx, r := context.Background(), rand.New(rand.NewPCG(3, 33))
	h, _ := open(t, state.NewMemory(), adaptiveSettings(true))
	p := h.Project()
	for _, name := range []string{"trees", "number"} {
		scorer, err := p.NewScorer(live.ScorerSettings{Model: name, Contributions: -1})
		if err != nil {
			t.Fatal(err)
		}
		for range 8 {
			batch := checkered(r, "t/"+name, r.IntN(1e6), 30)
			var single []string
			for i := range batch {
				results, err := scorer.Score(ctx, batch[i:i+1])
				if err != nil {
					t.Fatal(err)
				}
				single = append(single, string(results.JSON(0)))
			}
			results, err := scorer.Score(ctx, batch)
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range answers(len(batch), results.JSON) {
				if got != single[i] {
					t.Fatalf("%s: row %d of a batch is scored\n%s\nand by itself before the batch\n%s", name, i, got, single[i])
				}
			}
			for i := range batch {
				batch[i].Outcome = "" // it was scored, and is not learned yet
			}
			learnAll(t, p, batch)
		}
	}
}

// TestPrequentialOnReplays: what is delivered again is neither learned nor counted again, and
// has a result all the same.
func TestPrequentialOnReplays(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	h, _ := open(t, store, adaptiveSettings(true))
	test, err := live.NewPrequential(h.Project(), "trees", "")
	if err != nil {
		t.Fatal(err)
	}
	rows := checkered(rand.New(rand.NewPCG(1, 34)), "t/0", 0, 120)
	learn := func(messages []live.Message) []string {
		batch := append([]live.Message{}, messages...)
		tests := test.Begin(len(batch))
		if err := h.LearnTested(ctx, batch, tests); err != nil {
			t.Fatal(err)
		}
		return answers(len(batch), tests.JSON)
	}
	learn(rows)
	before, err := h.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range learn(rows) {
		if got == "" {
			t.Fatalf("replay %d has no result", i)
		}
	}
	after, err := h.Project().Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%+v", before.Pools), fmt.Sprintf("%+v", after.Pools); a != b {
		t.Errorf("pools after replays are\n%s\nbefore\n%s", b, a)
	}
	e, err := h.Project().Scores().Evaluation(ctx, "trees")
	if err != nil {
		t.Fatal(err)
	}
	if e == nil || e.Classes == nil || e.Classes.Rows != 120-32 {
		t.Errorf("evaluated is %+v, want the rows after min_rows: %d", e, 120-32)
	}
}

// TestPrequentialOfOtherTypesIsRefused: by the name of the field.
func TestPrequentialOfOtherTypesIsRefused(t *testing.T) {
	h, _ := open(t, state.NewMemory(), settings(true))
	if _, err := live.NewPrequential(h.Project(), "m", ""); err == nil || err.Error()[:len("score: ")] != "score: " {
		t.Errorf("hba says %v", err)
	}
}

// TestPoolsAfterCrashes: processes die after drawn batches, and the next one gets some of them
// again. What the pools say in the end is what they say of a stream without a crash.
func TestPoolsAfterCrashes(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(6) {
		r := rand.New(rand.NewPCG(seed, 37))
		rows := checkered(rand.New(rand.NewPCG(seed, 38)), "t/0", 0, 400)
		var batches [][]live.Message
		for from := 0; from < len(rows); {
			to := min(len(rows), from+1+r.IntN(60))
			batches, from = append(batches, rows[from:to]), to
		}
		says := func(crashes bool) (out []string) {
			store := state.NewMemory()
			h, _ := open(t, store, adaptiveSettings(true))
			for next := 0; next < len(batches); next++ {
				learnAll(t, h.Project(), append([]live.Message{}, batches[next]...))
				if crashes && r.IntN(3) == 0 {
					h, _ = open(t, store, adaptiveSettings(true)) // the one before is never closed
					next -= min(next+1, r.IntN(4))
				}
			}
			for _, name := range []string{"trees", "number", "forest"} {
				score, err := h.Project().ScoreValue(ctx, name, map[string]any{"x": 0.3, "y": 0.8})
				out = append(out, fmt.Sprintf("%s: %s %v", name, score, err))
			}
			return out
		}
		want := says(false)
		if got := says(true); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("seed %d: after crashes it says\n%q\nwant\n%q", seed, got, want)
		}
	}
}
