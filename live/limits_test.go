package live_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestLimitsAreToldOnce learns more categories and more presence patterns than
// the settings allow: each limit is told once, and every row counts.
func TestLimitsAreToldOnce(t *testing.T) {
	s := settings(true)
	s.Learn.Schema.MaxCategories = 3
	s.Learn.Composition.Summary.MaxPatterns = 2
	h, observer := open(t, state.NewMemory(), s)
	for range 2 {
		var messages []live.Message
		for i := range 40 {
			messages = append(messages, live.Message{Shard: "s", Data: fmt.Appendf(nil, `{"k":"v%d","x%d":1,"x%d":2}`, i%9, i%4, (i+1)%4)})
		}
		if err := h.Project().Learn(context.Background(), messages); err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(messages, func(m live.Message) bool { return m.Err != nil }); i >= 0 {
			t.Fatal(messages[i].Err)
		}
	}
	if got := rows(t, h.Project()); got != 80 {
		t.Errorf("%v rows, want 80", got)
	}
	want := []string{live.LimitCategories, live.LimitPatterns}
	if !slices.Equal(observer.limits, want) {
		t.Errorf("told of %v, want %v", observer.limits, want)
	}
	if err := h.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}
