package engine_test

import (
	"context"
	"errors"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestFramesAreRefused: a detector whose counts the project does not keep says
// so, and does not wait for ever.
func TestFramesAreRefused(t *testing.T) {
	ctx := context.Background()
	h, _ := open(t, state.NewMemory(), settings(true))
	if err := h.Project().Learn(ctx, batch(0, 0, 100)); err != nil {
		t.Fatal(err)
	}
	for _, d := range []model.Definition{
		{Name: "a", Type: "half_space_trees"},
		{Name: "b", Type: "ensemble", Options: map[string]any{"combine": []any{"ecod", "loda"}}},
	} {
		if _, err := h.Project().TryModel(ctx, d); !errors.Is(err, model.ErrDefinition) {
			t.Errorf("%s: error is %v, want ErrDefinition", d.Type, err)
		}
	}
	if _, err := h.Project().TryModel(ctx, model.Definition{Name: "c", Type: "ensemble", Options: map[string]any{"combine": []any{"ecod", "hba"}}}); err != nil {
		t.Error(err)
	}
}
