package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// testThenLearn is one process that scores rows and then learns them.
type testThenLearn struct {
	handle  *live.Handle
	scorers []*live.Scorer
	watcher *live.Watcher
	ctx     context.Context // ends when it crashes
}

// warmRows are learned before any row is scored, so that no score waits for a model.
const warmRows = 200

func replaySettings(durable bool) live.Settings {
	s := settings(durable)
	s.Learn.Models = []model.Definition{
		{Name: "z", Type: "zscore", Inputs: []string{"x"}, Options: map[string]any{"min_rows": 10}},
		{Name: "line", Type: "ols", Target: "y", Inputs: []string{"x"}, Options: map[string]any{"min_rows": 10}},
		{Name: "kind", Type: "naive_bayes", Target: "kind", Inputs: []string{"x"}, Options: map[string]any{"min_rows": 10}},
	}
	return s
}

// newTestThenLearn opens a project over a store of which a share of the operations fails,
// and which crashes after some operations unless left is negative.
func newTestThenLearn(t *testing.T, store state.Store, s live.Settings, seed uint64, share float64, left int) *testThenLearn {
	t.Helper()
	ctx, crash := context.WithCancel(context.Background())
	t.Cleanup(crash)
	out := &testThenLearn{ctx: ctx}
	out.handle, _ = open(t, statetest.NewUnreliable(store, seed, share, left, crash), s)
	for _, one := range []live.ScorerSettings{
		{Model: "z"},
		{Model: "line", Evaluate: &evaluation.RunningOptions{}, Threshold: &threshold.ThresholdOptions{}},
		{Model: "kind", Evaluate: &evaluation.RunningOptions{}},
	} {
		scorer, err := out.handle.Project().NewScorer(one)
		if err != nil {
			t.Fatal(err)
		}
		out.scorers = append(out.scorers, scorer)
	}
	var err error
	if out.watcher, err = out.handle.Project().NewWatcher(live.WatcherSettings{Name: "w"}); err != nil {
		t.Fatal(err)
	}
	return out
}

// take scores and then learns a batch. An error means that nothing is acknowledged.
func (p *testThenLearn) take(t *testing.T, batch []live.Message) error {
	t.Helper()
	for _, scorer := range p.scorers {
		scored := append([]live.Message(nil), batch...)
		results, err := scorer.Score(p.ctx, scored)
		if err != nil {
			return err
		}
		for i := range scored {
			if scored[i].Err != nil && p.ctx.Err() == nil {
				t.Fatal(scored[i].Err)
			}
		}
		scorer.Release(results)
	}
	values := make([]float64, len(batch))
	if _, err := p.watcher.Watch(p.ctx, append([]live.Message(nil), batch...), values); err != nil {
		return err
	}
	return p.handle.Project().Learn(p.ctx, append([]live.Message(nil), batch...))
}

// newReplayed returns a delivery of rows that the models of replaySettings are for.
func newReplayed(seed uint64, each int) *delivery {
	d := newDelivery(seed, each)
	for partition := range d.messages {
		for i := range d.messages[partition] {
			x := (7*i + partition) % 50
			d.messages[partition][i].Data = fmt.Appendf(nil, `{"x":%d,"y":%d,"kind":"k%d"}`, x, 3*x+i%5, x/25)
		}
	}
	return d
}

// requireScoresOnce requires that a process that starts now finds the scores of each
// row once in whatever is derived of them.
func requireScoresOnce(t *testing.T, store state.Store, d *delivery) {
	t.Helper()
	ctx, want := context.Background(), float64(len(d.messages[0])+len(d.messages[1]))
	h, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	defer func() { _ = h.Close(ctx) }()
	if got := rows(t, h.Project()); got != want+warmRows {
		t.Errorf("%v rows are learned, want %v", got, want+warmRows)
	}
	scores := h.Project().Scores()
	for _, name := range []string{"line", "kind"} {
		report, err := scores.Evaluation(ctx, name)
		if err != nil || report == nil {
			t.Fatalf("evaluation of %s: %v, %v", name, report, err)
		}
		got := 0.0
		if report.Numbers != nil {
			got = report.Numbers.Rows
		} else {
			got = report.Classes.Rows
		}
		if got != want {
			t.Errorf("%s is evaluated on %v rows, want %v", name, got, want)
		}
	}
	for _, name := range []string{"z", "line", "watch.w"} {
		of, err := scores.Threshold(ctx, name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if of.Scores != want {
			t.Errorf("%s has %v scores, want %v", name, of.Scores, want)
		}
	}
}

// TestScoresCountOnce draws processes that score rows before they learn them, over
// stores that fail, with messages that are delivered again, partitions that go from one
// process to another, and crashes at any operation, such as between the write of the
// scores and that of the rows: whatever is derived of scores has each row once.
func TestScoresCountOnce(t *testing.T) {
	for seed := range drawn.Seeds(16) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store, d := rand.New(rand.NewPCG(seed, 61)), state.NewMemory(), newReplayed(seed, 150)
			durable, share := seed%2 == 0, 0.004*float64(seed%3)
			s := replaySettings(durable)
			warm(t, store, s)
			crashes := 0
			fresh := func() *testThenLearn {
				left := -1
				if crashes++; seed%4 < 2 && crashes < 8 {
					left = 150 + r.IntN(900)
				}
				return newTestThenLearn(t, store, s, r.Uint64(), share, left)
			}
			processes := []*testThenLearn{fresh()}
			if durable { // what is not stored may be lost to another process otherwise
				processes = append(processes, fresh(), fresh())
			}
			for !d.done() {
				i := r.IntN(len(processes))
				batch, until := d.next()
				err := processes[i].take(t, batch)
				if err == nil && r.IntN(4) == 0 {
					err = processes[i].handle.Project().Flush(processes[i].ctx)
					if errors.Is(err, state.ErrStore) && processes[i].ctx.Err() == nil {
						err = nil // it is tried again
					}
				}
				if err == nil {
					d.acked = until
					continue
				} else if processes[i].ctx.Err() == nil {
					t.Fatal(err)
				}
				processes[i] = fresh()
				if !durable || r.IntN(3) == 0 { // all is read once more
					d.acked = [2]int{}
				}
			}
			for _, p := range processes {
				_ = p.handle.Close(p.ctx) // those that crash meanwhile have stored what is acknowledged, if durable
			}
			if !durable { // and the others read all once more
				last := newTestThenLearn(t, store, s, seed, 0, -1)
				for _, all := range d.messages {
					if err := last.take(t, all); err != nil {
						t.Fatal(err)
					}
				}
				if err := last.handle.Close(last.ctx); err != nil {
					t.Fatal(err)
				}
			}
			requireScoresOnce(t, store, d)
		})
	}
}

// warm learns rows without positions, of a shard of their own.
func warm(t *testing.T, store state.Store, s live.Settings) {
	t.Helper()
	h, _ := open(t, store, s)
	var messages []live.Message
	for i := range warmRows {
		messages = append(messages, live.Message{Data: fmt.Appendf(nil, `{"x":%d,"y":%d,"kind":"k%d"}`, i%50, 3*(i%50)+i%5, i%50/25), Shard: "warm"})
	}
	learnAll(t, h.Project(), messages)
	if err := h.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestReplaysAreNoActivity: rows that are scored once more, in the same process and in
// the next, are in no step of the timeline, and not among the last scores; the account
// has them as replayed.
func TestReplaysAreNoActivity(t *testing.T) {
	store, s, d := state.NewMemory(), replaySettings(true), newReplayed(1, 100)
	warm(t, store, s)
	for run := range 2 {
		p := newTestThenLearn(t, store, s, 1, 0, -1)
		for range 2 {
			for _, all := range d.messages {
				if err := p.take(t, all); err != nil {
					t.Fatal(err)
				}
			}
		}
		line, err := p.handle.Project().Scores().Timeline(p.ctx, "z", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		scores := 0
		for _, step := range line.Steps {
			scores += step.Scores
		}
		if want := 200 * (1 - run); scores != want {
			t.Errorf("run %d: the timeline has %d scores, want %d", run, scores, want)
		}
		recent, err := p.handle.Project().Scores().Recent(p.ctx, "z")
		if err != nil || run == 1 && len(recent.Recent)+len(recent.Top) > 0 {
			t.Errorf("run %d: the last scores are %v, %v", run, recent, err)
		}
		again := append([]live.Message(nil), d.messages[0][:3]...)
		if _, err := p.scorers[0].Score(p.ctx, again); err != nil || again[2].Outcome != live.ReasonReplayed {
			t.Errorf("run %d: a replay is %q, %v", run, again[2].Outcome, err)
		}
		if err := p.handle.Close(p.ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneSourceTwice: two processes score and learn the same source at the same time,
// each ahead of the other in turn, as when a consumer that was thought dead goes on: each
// row counts once, whoever writes first.
func TestOneSourceTwice(t *testing.T) {
	for seed := range drawn.Seeds(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store, s, d := rand.New(rand.NewPCG(seed, 62)), state.NewMemory(), replaySettings(true), newReplayed(seed, 200)
			warm(t, store, s)
			processes := []*testThenLearn{newTestThenLearn(t, store, s, 1, 0, -1), newTestThenLearn(t, store, s, 2, 0, -1)}
			at := [2][2]int{} // by process and partition
			for at[0][0]+at[0][1]+at[1][0]+at[1][1] < 800 {
				i, partition := r.IntN(2), r.IntN(2)
				from := at[i][partition]
				to := min(200, from+1+r.IntN(25))
				if from == to {
					continue
				}
				if err := processes[i].take(t, d.messages[partition][from:to]); err != nil {
					t.Fatal(err)
				}
				at[i][partition] = to
				if r.IntN(6) == 0 {
					if err := processes[r.IntN(2)].handle.Project().Flush(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, p := range processes {
				if err := p.handle.Close(p.ctx); err != nil {
					t.Fatal(err)
				}
			}
			requireScoresOnce(t, store, d)
		})
	}
}
