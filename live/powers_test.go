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

// TestPowersWithoutRoom: powers for which the schema has no room are told of once.
func TestPowersWithoutRoom(t *testing.T) {
	for limit, told := range map[int]bool{0: false, 3: true, 6: false} {
		s := settings(true)
		s.Learn.Powers = live.Powers{Attributes: []string{"y"}, From: -1, To: 1, Steps: 3}
		s.Learn.Models, s.Learn.Schema.MaxAttributes = nil, limit
		h, o := open(t, state.NewMemory(), s)
		learnAll(t, h.Project(), batchOf(`{"x":1,"y":2}`, `{"x":2,"y":3}`))
		learnAll(t, h.Project(), batchOf(`{"x":3,"y":4}`))
		if got := strings.Count(strings.Join(o.limits, " "), "max_attributes"); (got == 1) != told || got > 1 {
			t.Errorf("max_attributes %d: told %d times", limit, got)
		}
	}
}

// batchOf makes messages of documents, without positions.
func batchOf(documents ...string) (out []live.Message) {
	for _, d := range documents {
		out = append(out, live.Message{Data: []byte(d), Shard: "t/0"})
	}
	return out
}

// TestPowersThatAreGiven: a document cannot set what is computed, whenever it comes.
func TestPowersThatAreGiven(t *testing.T) {
	for _, documents := range [][]string{
		{`{"y":2}`, `{"y":3,"pt_y^log":500}`, `{"y":4}`}, {`{"pt_y^log":500,"y":3}`, `{"y":2}`, `{"y":4}`},
	} {
		s := settings(true)
		s.Learn.Powers = live.Powers{Attributes: []string{"y"}, From: 0, To: 1, Steps: 2}
		s.Learn.Models = nil
		for _, together := range []bool{true, false} {
			h, _ := open(t, state.NewMemory(), s)
			messages, refused := batchOf(documents...), 0
			for i := range messages {
				batch := messages
				if !together {
					batch = messages[i : i+1]
				} else if i > 0 {
					break
				}
				if err := h.Project().Learn(context.Background(), batch); err != nil {
					t.Fatal(err)
				}
			}
			for i := range messages {
				if messages[i].Err != nil && strings.Contains(messages[i].Err.Error(), "computes the attribute") {
					refused++
				}
			}
			if refused != 1 {
				t.Errorf("%v, together %v: %d rows refused", documents, together, refused)
			}
		}
	}
}
