package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestPowers: a model of a power is built of what was learned without naming a
// model before; the powers are no inputs of other models.
func TestPowers(t *testing.T) {
	ctx, rng := context.Background(), rand.New(rand.NewPCG(1, 9))
	s := settings(true)
	s.Learn.Powers = live.Powers{Attributes: []string{"y"}, From: -1, To: 2, Steps: 7}
	s.Learn.Models = nil
	h, _ := open(t, state.NewMemory(), s)
	p := h.Project()
	var messages []live.Message
	for i := range 2000 {
		x := rng.NormFloat64()
		y := math.Exp(1+0.5*x+0.2*rng.NormFloat64()) - 1 // power 0
		messages = append(messages, live.Message{Data: fmt.Appendf(nil, `{"x":%g,"y":%g}`, x, y), Shard: "t/0", Offset: int64(i), HasOffset: true})
	}
	if err := p.Learn(ctx, messages); err != nil {
		t.Fatal(err)
	}
	for _, d := range []model.Definition{{Name: "p", Type: "power", Target: "y"}, {Name: "o", Type: "ols", Target: "y"}} {
		if err := p.Models().Define(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	out, err := p.ScoreValue(ctx, "p", map[string]any{"x": 0.0})
	if err != nil {
		t.Fatal(err)
	}
	var result struct{ Prediction float64 }
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	if want := math.E - 1; math.Abs(result.Prediction-want) > 0.05 {
		t.Errorf("prediction %v, want about %v", result.Prediction, want)
	}
	info, err := p.Models().Describe(ctx, "p")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(info)
	if err != nil || !strings.Contains(string(text), `"lambda":0,`) {
		t.Errorf("model is %s, %v, want the power 0", text, err)
	}
	if info, err = p.Models().Describe(ctx, "o"); err != nil || fmt.Sprint(info.Inputs) != "[x]" {
		t.Errorf("inputs of another model: %+v, %v", info, err)
	}
}
