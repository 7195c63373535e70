package live_test

import (
	"context"
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestRecentScoresAreBoundedAndRanked: of many scores some are kept, the
// highest among them, and documents beside.
func TestRecentScoresAreBoundedAndRanked(t *testing.T) {
	ctx := context.Background()
	h, _ := open(t, state.NewMemory(), settings(false))
	defer func() { _ = h.Close(ctx) }()
	p := h.Project()
	if err := p.Learn(ctx, batch(0, 0, 2000)); err != nil {
		t.Fatal(err)
	}
	scorer, err := p.NewScorer(live.ScorerSettings{Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for k := range 60 {
		in := batch(0, 2000+50*k, 2050+50*k)
		if k == 30 {
			in[7].Data = []byte(`{"x":900,"kind":"k1"}`)
		}
		if _, err := scorer.Score(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	got, err := p.Scores().Recent(ctx, "m")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Recent) != 512 || len(got.Top) != 20 {
		t.Errorf("%d recent and %d top scores, want 512 and 20", len(got.Recent), len(got.Top))
	}
	if want := `{"x":900,"kind":"k1"}`; string(got.Top[0].Document) != want {
		t.Errorf("the highest is %s, want %s", got.Top[0].Document, want)
	}
	if _, err := p.Scores().Recent(ctx, "none"); !errors.Is(err, live.ErrNoModel) {
		t.Errorf("unknown model says %v", err)
	}
}
