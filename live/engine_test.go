package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// said reports whether a warning contains the text.
func (s *silent) said(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(strings.Join(s.warnings, "\n"), text)
}

// silent takes reports and remembers warnings.
type silent struct {
	mu       sync.Mutex
	warnings []string
	limits   []string
	learned  int
	replays  int
}

func (s *silent) Learned(_ string, rows, replays, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learned += rows
	s.replays += replays
}
func (s *silent) Built(string, string) {}
func (s *silent) Limited(_, limit, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = append(s.limits, limit)
}
func (s *silent) Warn(message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, message)
}

func settings(durable bool) live.Settings {
	return live.Settings{
		Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour,
		Learn: &live.LearnSettings{
			Durable: durable, Every: time.Hour,
			Models: []model.Definition{{Name: "m", Type: "hba", Options: map[string]any{"min_rows": 10}}},
		},
	}
}

// open opens a project of its own table, as a process would.
func open(t *testing.T, store state.Store, s live.Settings) (*live.Handle, *silent) {
	t.Helper()
	observer := &silent{}
	h, err := live.NewTable().Open(new(live.Scope), s, store, "root", observer)
	if err != nil {
		t.Fatal(err)
	}
	return h, observer
}

func batch(partition, from, to int) (out []live.Message) {
	for i := from; i < to; i++ {
		out = append(out, live.Message{
			Data:  fmt.Appendf(nil, `{"x":%d,"kind":"k%d"}`, i%10, i%3),
			Shard: fmt.Sprintf("t/%d", partition), Offset: int64(i), HasOffset: true,
		})
	}
	return out
}

func rows(t *testing.T, p *live.Project) float64 {
	t.Helper()
	info, err := p.Info(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return info.Rows
}

// TestRestart: what was learned durably is there after a crash, whichever
// shards the next process holds, and replays do not count.
func TestRestart(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	first, _ := open(t, store, settings(true))
	for partition := range 3 {
		if err := first.Project().Learn(ctx, batch(partition, 0, 100)); err != nil {
			t.Fatal(err)
		}
	}
	// No Close: the first process crashes.
	second, observer := open(t, store, settings(true))
	if got := rows(t, second.Project()); got != 300 {
		t.Fatalf("%v rows after the crash, want 300", got)
	}
	if err := second.Project().Learn(ctx, batch(1, 50, 120)); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, second.Project()); got != 320 || observer.learned != 20 || observer.replays != 50 {
		t.Errorf("%v rows, %d learned, %d replays, want 320, 20 and 50", got, observer.learned, observer.replays)
	}
	if err := second.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestTakenOver: a partition goes to another process and comes back; nobody
// is told, the offsets show it.
func TestTakenOver(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	a, _ := open(t, store, settings(true))
	b, _ := open(t, store, settings(true))
	for _, step := range []struct {
		by       *live.Handle
		from, to int
	}{{a, 0, 50}, {b, 40, 90}, {a, 90, 100}, {b, 95, 130}, {a, 40, 135}} {
		if err := step.by.Project().Learn(ctx, batch(0, step.from, step.to)); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := open(t, store, settings(true))
	if got := rows(t, c.Project()); got != 135 {
		t.Errorf("%v rows, want 135", got)
	}
	for _, h := range []*live.Handle{a, b, c} {
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestIntervalIsWrittenAtClose: with an interval the statistics are stored at
// the latest when the last component closes the project.
func TestIntervalIsWrittenAtClose(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	h, _ := open(t, store, settings(false))
	if err := h.Project().Learn(ctx, batch(0, 0, 100)); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	again, _ := open(t, store, settings(false))
	if got := rows(t, again.Project()); got != 100 {
		t.Errorf("%v rows, want 100", got)
	}
	if err := again.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestSchemaIsSettledOnce: two processes meet the same attribute with other
// types; the first decides, the other's rows are refused with advice.
func TestSchemaIsSettledOnce(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	a, _ := open(t, store, settings(true))
	b, _ := open(t, store, settings(true))
	number := []live.Message{{Data: []byte(`{"v":1}`), Shard: "a"}}
	text := []live.Message{{Data: []byte(`{"v":"one"}`), Shard: "b"}}
	if err := a.Project().Learn(ctx, number); err != nil {
		t.Fatal(err)
	}
	if err := b.Project().Learn(ctx, text); err != nil {
		t.Fatal(err)
	}
	if number[0].Err != nil {
		t.Errorf("the first is refused: %v", number[0].Err)
	}
	if err := text[0].Err; err == nil || !strings.Contains(err.Error(), `"v"`) || !strings.Contains(err.Error(), "one") {
		t.Errorf("error is %v, want one that names attribute and value", err)
	}
	for _, h := range []*live.Handle{a, b} {
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestScoreElsewhere(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	learner, _ := open(t, store, settings(true))
	if err := learner.Project().Learn(ctx, batch(0, 0, 500)); err != nil {
		t.Fatal(err)
	}
	reader := settings(true)
	reader.Learn = nil
	h, _ := open(t, store, reader)
	scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "m", Contributions: -1})
	if err != nil {
		t.Fatal(err)
	}
	messages := []live.Message{{Data: []byte(`{"x":3,"kind":"k1"}`)}, {Data: []byte(`{"x":900,"kind":"new"}`)}, {Data: []byte(`{"x":`)}}
	results, err := scorer.Score(ctx, messages)
	if err != nil {
		t.Fatal(err)
	}
	var scores [2]struct{ Score float64 }
	for i := range scores {
		if err := json.Unmarshal(results.JSON(i), &scores[i]); err != nil {
			t.Fatalf("%v: %s", err, results.JSON(i))
		}
	}
	if !(scores[1].Score > scores[0].Score+5) {
		t.Errorf("scores are %v, want the second far higher", scores)
	}
	if messages[2].Err == nil {
		t.Error("a damaged document has no error")
	}
	if err := h.Project().Learn(ctx, messages); err == nil {
		t.Error("a project that is opened for reading learns")
	}
	for _, h := range []*live.Handle{learner, h} {
		if err := h.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindNamesWhatIsOpen(t *testing.T) {
	table := live.NewTable()
	if _, err := table.Find("q"); !errors.Is(err, live.ErrNotOpen) {
		t.Errorf("error is %v, want ErrNotOpen", err)
	}
	h, err := table.Open(new(live.Scope), settings(true), state.NewMemory(), "root", &silent{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.Find("q"); err == nil || !strings.Contains(err.Error(), "open are p") {
		t.Errorf("error is %v, want one that names p", err)
	}
	if err := h.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Find("p"); !errors.Is(err, live.ErrNotOpen) {
		t.Errorf("error is %v after the last close, want ErrNotOpen", err)
	}
}

// TestConcurrentUse learns, scores and asks from many goroutines; the race
// detector watches.
func TestConcurrentUse(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	h, _ := open(t, store, settings(true))
	p := h.Project()
	scorer, err := p.NewScorer(live.ScorerSettings{Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for partition := range 4 {
		work.Go(func() {
			for from := 0; from < 400; from += 20 {
				messages := batch(partition, from, from+20)
				if _, err := scorer.Score(ctx, messages); err != nil {
					t.Error(err)
				}
				if err := p.Learn(ctx, messages); err != nil {
					t.Error(err)
				}
				if _, err := p.Info(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if got := rows(t, p); got != 1600 {
		t.Errorf("%v rows, want 1600", got)
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
}
