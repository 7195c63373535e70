package live

import (
	"strings"
	"sync"
	"testing"
)

// warnings keeps what an observer is warned of.
type warnings struct {
	quiet
	mu   sync.Mutex
	told []string
}

func (w *warnings) Warn(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, text)
}

// TestLastGoodBuildStays: when a model cannot be rebuilt the last one goes on
// answering, the failure is told once and shown.
func TestLastGoodBuildStays(t *testing.T) {
	g, told := newGate(), &warnings{}
	close(g.open)
	p := gated(t, g)
	p.home.observer = told
	document := map[string]any{"x": 3.0}
	first, err := p.ScoreValue(t.Context(), "slow", document)
	if err != nil {
		t.Fatal(err)
	}
	g.broken.Store(true)
	for range 3 {
		if _, err := p.models.Build(t.Context(), "slow"); err == nil {
			t.Fatal("a broken model is built")
		}
	}
	again, err := p.ScoreValue(t.Context(), "slow", document)
	if err != nil || string(again) != string(first) {
		t.Errorf("says %s, %v, said %s", again, err, first)
	}
	info, err := p.Info(t.Context())
	if err != nil || info.Models[1].Error == "" || info.Models[1].BuiltFrom != 100 {
		t.Errorf("%+v, %v", info.Models, err)
	}
	told.mu.Lock()
	defer told.mu.Unlock()
	if len(told.told) != 1 || !strings.Contains(told.told[0], "broken") {
		t.Errorf("told %q, want the failure once", told.told)
	}
}
