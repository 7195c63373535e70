package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// binned are settings with the detectors that count, and an ensemble of them.
func binned() live.Settings {
	s := settings(true)
	s.Learn.Models = []model.Definition{
		{Name: "trees", Type: "half_space_trees"},
		{Name: "loda", Type: "loda"},
		{Name: "hash", Type: "rs_hash"},
		{Name: "density", Type: "density_forest"},
		{Name: "local", Type: "local_density"},
		{Name: "all", Type: "ensemble", Options: map[string]any{"combine": []any{"hba", "half_space_trees"}}},
	}
	return s
}

// cloud returns rows around two centres, and one message far from both where
// odd says so.
func cloud(partition, from, to int, odd bool) (out []live.Message) {
	for i := from; i < to; i++ {
		r := rand.New(rand.NewPCG(uint64(partition), uint64(i))) // the same row each time
		centre := float64(i%2) * 4
		x, y := centre+r.NormFloat64(), centre+r.NormFloat64()
		if odd && i == to-1 {
			x, y = 9, -6
		}
		out = append(out, live.Message{Data: fmt.Appendf(nil, `{"x":%g,"y":%g}`, x, y), Shard: fmt.Sprint("t/", partition), Offset: int64(i), HasOffset: true})
	}
	return out
}

func learnAll(t *testing.T, p *live.Project, messages []live.Message) {
	t.Helper()
	if err := p.Learn(context.Background(), messages); err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
	}
}

// lastScore scores the messages and returns the score of the last and the
// largest of the others; ok is false while the model warms up.
func lastScore(t *testing.T, p *live.Project, name string, messages []live.Message) (last, others float64, ok bool) {
	t.Helper()
	s, err := p.NewScorer(live.ScorerSettings{Model: name})
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Score(context.Background(), messages)
	if err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
		var r struct {
			Score     *float64 `json:"score"`
			WarmingUp bool     `json:"warming_up"`
		}
		if err := json.Unmarshal(results.JSON(i), &r); err != nil {
			t.Fatal(err)
		}
		if r.WarmingUp {
			return 0, 0, false
		}
		if r.Score == nil {
			t.Fatalf("no score in %s", results.JSON(i))
		}
		if i == len(messages)-1 {
			last = *r.Score
		} else {
			others = max(others, *r.Score)
		}
	}
	return last, others, true
}

// counted returns how many rows each binning of the project has counted.
func counted(t *testing.T, p *live.Project) map[string]float64 {
	t.Helper()
	info, err := p.Info(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range info.Binnings {
		out[f.ID] = f.Rows
	}
	return out
}

// failing is a store that can be broken.
type failing struct {
	state.Store
	broken atomic.Bool
}

var errBroken = errors.New("store is broken")

func (f *failing) Get(ctx context.Context, key string) ([]byte, error) {
	if f.broken.Load() {
		return nil, errBroken
	}
	return f.Store.Get(ctx, key)
}

func (f *failing) Add(ctx context.Context, key string, value []byte) error {
	if f.broken.Load() {
		return errBroken
	}
	return f.Store.Add(ctx, key, value)
}

func (f *failing) Set(ctx context.Context, key string, value []byte) error {
	if f.broken.Load() {
		return errBroken
	}
	return f.Store.Set(ctx, key, value)
}

// TestBinnings: the ranges are read off the first rows, later rows are counted,
// by all processes in the same cells and once each, whatever restarts.
func TestBinnings(t *testing.T) {
	store := state.NewMemory()
	first, _ := open(t, store, binned())
	learnAll(t, first.Project(), cloud(0, 0, 100, false))
	if got := counted(t, first.Project()); len(got) != 0 {
		t.Errorf("after 100 rows there are binnings: %v", got)
	}
	for _, name := range []string{"trees", "all"} {
		if _, _, ok := lastScore(t, first.Project(), name, cloud(0, 9000, 9002, true)); ok {
			t.Errorf("%s scores before it has counted", name)
		}
	}
	learnAll(t, first.Project(), cloud(0, 100, 400, false)) // draws the binnings
	learnAll(t, first.Project(), cloud(0, 400, 2400, false))

	second, _ := open(t, store, binned())
	learnAll(t, second.Project(), cloud(1, 0, 1000, false))
	learnAll(t, second.Project(), cloud(1, 500, 1500, false)) // half of it again

	third, _ := open(t, store, binned()) // after a crash of both
	learnAll(t, third.Project(), cloud(0, 1000, 2401, false))
	learnAll(t, third.Project(), cloud(1, 1499, 1500, false))
	got := counted(t, third.Project())
	if len(got) != 5 { // the ensemble's trees are those of the model trees
		t.Fatalf("binnings are %v, want 5", got)
	}
	for id, weight := range got {
		if weight != 2001+1500 {
			t.Errorf("binning %s has counted %v rows, want 2001 and 1500", id, weight)
		}
	}
	for _, name := range []string{"trees", "loda", "hash", "density", "all"} {
		last, others, ok := lastScore(t, third.Project(), name, cloud(0, 9000, 9200, true))
		if !ok || last <= others {
			t.Errorf("%s scores what is odd %v, others up to %v (scores: %v)", name, last, others, ok)
		}
	}

	reading := settings(true)
	reading.Learn = nil
	reader, _ := open(t, store, reading)
	if again := counted(t, reader.Project()); !maps.Equal(got, again) {
		t.Errorf("a process that only reads has %v, want %v", again, got)
	}
	forgotten := cloud(0, 400, 500, false)
	if err := third.Project().Forget(context.Background(), forgotten); err != nil {
		t.Fatal(err)
	}
	for id, weight := range counted(t, third.Project()) {
		if weight != 2001+1500-100 {
			t.Errorf("after forgetting 100 rows, binning %s has %v", id, weight)
		}
	}
}

// TestBinningsRace: two processes that draw at the same time agree.
func TestBinningsRace(t *testing.T) {
	store := state.NewMemory()
	a, _ := open(t, store, binned())
	b, _ := open(t, store, binned())
	done := make(chan error, 2)
	for i, p := range []*live.Project{a.Project(), b.Project()} {
		go func() { done <- p.Learn(context.Background(), cloud(i, 0, 300, false)) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	learnAll(t, a.Project(), cloud(0, 300, 400, false))
	learnAll(t, b.Project(), cloud(1, 300, 400, false))
	one, two := counted(t, a.Project()), counted(t, b.Project())
	if !slices.Equal(slices.Sorted(maps.Keys(one)), slices.Sorted(maps.Keys(two))) || len(one) != 5 {
		t.Errorf("binnings are %v and %v", one, two)
	}
}

// TestBinningsOfAWindow: old rows leave the counts with their tile.
func TestBinningsOfAWindow(t *testing.T) {
	s := binned()
	s.Learn.Composition = s.Learn.Composition.With(project.Window{Rows: 1000, Tiles: 10})
	h, _ := open(t, state.NewMemory(), s)
	for from := 0; from < 5000; from += 250 {
		learnAll(t, h.Project(), cloud(0, from, from+250, false))
	}
	for id, weight := range counted(t, h.Project()) {
		if weight < 900 || weight > 1100 {
			t.Errorf("binning %s counts %v rows of a window of 1000", id, weight)
		}
	}
}

// TestBinningsAfterwards: a project that has run without detectors that count
// takes one on, keeps what it has, and drops the counts with the definition.
func TestBinningsAfterwards(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	before, _ := open(t, store, settings(true))
	learnAll(t, before.Project(), cloud(0, 0, 1000, false))
	if _, err := before.Project().Models().Try(ctx, model.Definition{Name: "t", Type: "ensemble", Options: map[string]any{"combine": []any{"ecod", "loda"}}}); !errors.Is(err, model.ErrDefinition) || !strings.Contains(err.Error(), "define it") {
		t.Errorf("trying out a model that counts says %v", err)
	}
	after, _ := open(t, store, binned())
	learnAll(t, after.Project(), cloud(0, 1000, 1001, false))
	learnAll(t, after.Project(), cloud(0, 1001, 3001, false))
	if got := rows(t, after.Project()); got != 3001 {
		t.Errorf("%v rows, want 3001", got)
	}
	if got := counted(t, after.Project()); len(got) != 5 || !slices.Equal(slices.Collect(maps.Values(got)), []float64{2000, 2000, 2000, 2000, 2000}) {
		t.Errorf("counted %v, want 2000 rows of each binning", got)
	}
	if _, err := after.Project().Models().Try(ctx, model.Definition{Name: "t", Type: "loda"}); err != nil {
		t.Errorf("trying out what is counted already: %v", err)
	}
}

// TestBinningsOfAStoreThatFails: learning goes on, and binnings are fixed when
// the store is back.
func TestBinningsOfAStoreThatFails(t *testing.T) {
	store := &failing{Store: state.NewMemory()}
	s := binned()
	s.Learn.Durable = false
	h, observer := open(t, store, s)
	learnAll(t, h.Project(), cloud(0, 0, 10, false))
	store.broken.Store(true)
	learnAll(t, h.Project(), cloud(0, 10, 400, false))
	observer.mu.Lock()
	if told := strings.Join(observer.warnings, "\n"); !strings.Contains(told, "broken") {
		t.Errorf("told %q", told)
	}
	observer.mu.Unlock()
	store.broken.Store(false)
	learnAll(t, h.Project(), cloud(0, 400, 401, false))
	learnAll(t, h.Project(), cloud(0, 401, 501, false))
	for id, weight := range counted(t, h.Project()) {
		if weight != 100 {
			t.Errorf("binning %s has counted %v rows, want 100", id, weight)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
}
