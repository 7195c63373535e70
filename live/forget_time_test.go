package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestForgetAtAnotherTime: in a project that keeps rows by their time a row is forgotten
// with its time; with another one it is refused, and the error says that the time may be why.
// Other projects take no notice of the time.
func TestForgetAtAnotherTime(t *testing.T) {
	for seed := range drawn.Seeds(24) {
		r := rand.New(rand.NewPCG(seed, 67))
		s, decays := settings(true), r.IntN(2) == 0
		if decays {
			s.Learn.Composition = s.Learn.Composition.With(project.Decay{HalfLife: time.Hour})
		}
		h, _ := open(t, state.NewMemory(), s)
		at := time.Now().Add(-time.Duration(40+r.IntN(50)) * time.Minute)
		row := func(i int, late time.Duration) live.Message {
			return live.Message{Data: fmt.Appendf(nil, `{"x":%d}`, i), Shard: "s", Time: at.Add(time.Duration(i)*time.Second + late).UnixNano()}
		}
		var messages []live.Message
		for i := range 20 {
			messages = append(messages, row(i, 0))
		}
		learnAll(t, h.Project(), messages)
		late := time.Duration(r.IntN(2)*(1+r.IntN(30))) * time.Minute
		gone := []live.Message{row(r.IntN(19), late)}
		if err := h.Project().Forget(context.Background(), gone); err != nil {
			t.Fatal(err)
		}
		refused := gone[0].Err != nil
		if refused != (decays && late > 0) || refused && !strings.Contains(gone[0].Err.Error(), "forgotten with the time with which it was learned") {
			t.Errorf("seed %d: decays %v, %v late: %v", seed, decays, late, gone[0].Err)
		}
	}
}
