package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func score(t *testing.T, p *live.Project, name string, doc any) float64 {
	t.Helper()
	out, err := p.ScoreValue(context.Background(), name, doc)
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		Score float64 `json:"score"`
	}
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	return result.Score
}

// TestFrozenVersion: a frozen model answers as it did, whatever is learned
// later, in this process and in the next; it can be put in the model's place
// and taken back.
func TestFrozenVersion(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	h, _ := open(t, store, settings(true))
	p := h.Project()
	if err := p.Learn(ctx, batch(0, 0, 100)); err != nil {
		t.Fatal(err)
	}
	doc := map[string]any{"x": 42.0}
	if err := p.Models().Freeze(ctx, "m", "v1"); err != nil {
		t.Fatal(err)
	}
	before := score(t, p, "m@v1", doc)
	var later []live.Message
	for i := range 900 {
		later = append(later, live.Message{Data: []byte(`{"x":42,"kind":"k7"}`), Shard: "t/0", Offset: int64(100 + i), HasOffset: true})
	}
	if err := p.Learn(ctx, later); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Models().Build(ctx, "m"); err != nil {
		t.Fatal(err)
	}
	if now := score(t, p, "m", doc); now >= before {
		t.Fatalf("the living model gives %v after, %v before", now, before)
	}
	if err := p.Models().Freeze(ctx, "m", "v1"); !errors.Is(err, state.ErrExists) {
		t.Errorf("freezing twice: %v, want ErrExists", err)
	}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	next, _ := open(t, store, settings(true))
	p = next.Project()
	if got := rows(t, p); got != 1000 {
		t.Errorf("%v rows, want 1000: a frozen version is no rows", got)
	}
	if got := score(t, p, "m@v1", doc); got != before {
		t.Errorf("m@v1 gives %v, gave %v", got, before)
	}
	living := score(t, p, "m", doc)
	if err := p.Models().Serve(ctx, "m", "v1"); err != nil {
		t.Fatal(err)
	}
	if got := score(t, p, "m", doc); got != before {
		t.Errorf("rolled back: %v, want %v", got, before)
	}
	if err := p.Models().Serve(ctx, "m", ""); err != nil {
		t.Fatal(err)
	}
	if got := score(t, p, "m", doc); got != living {
		t.Errorf("taken back: %v, want %v", got, living)
	}
	if err := p.Models().Serve(ctx, "m", "v9"); !errors.Is(err, live.ErrNoModel) {
		t.Errorf("an unknown version: %v", err)
	}
}

// TestRefreshByRows: a model with a bound is not rebuilt before, save on demand.
func TestRefreshByRows(t *testing.T) {
	ctx := context.Background()
	s := settings(true)
	s.Learn.Models = []model.Definition{{Name: "m", Type: "hba", Options: map[string]any{"min_rows": 10}, Refresh: &model.Refresh{Manual: true}}}
	h, _ := open(t, state.NewMemory(), s)
	p := h.Project()
	built := func() float64 {
		info, err := p.Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return info.Models[0].BuiltFrom
	}
	if err := p.Learn(ctx, batch(0, 0, 100)); err != nil {
		t.Fatal(err)
	}
	doc := map[string]any{"x": 4.0}
	score(t, p, "m", doc)
	if err := p.Learn(ctx, batch(0, 100, 300)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		score(t, p, "m", doc)
	}
	if got := built(); got != 100 {
		t.Errorf("built from %v rows, want 100", got)
	}
	if _, err := p.Models().Build(ctx, "m"); err != nil {
		t.Fatal(err)
	}
	if got := built(); got != 300 {
		t.Errorf("built from %v rows on demand, want 300", got)
	}
}
