package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// TestLostDigitsAreSaid: rows near each other among ones far apart lose their digits when
// the latter are forgotten; info, log and count name the attribute, and no other. Nothing is
// said where few rows were far.
func TestLostDigitsAreSaid(t *testing.T) {
	for _, c := range []struct {
		name string
		far  int
		want bool
	}{{name: "most rows are far", far: 1000, want: true}, {name: "few rows are far", far: 20}} {
		t.Run(c.name, func(t *testing.T) {
			ctx, r, observer := context.Background(), rand.New(rand.NewPCG(3, 3)), &accountant{}
			s := settings(true)
			s.Exact, s.Learn.Models = true, nil
			h, err := live.NewTable().Open(new(live.Scope), s, state.NewMemory(), "root", observer)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = h.Close(ctx) }()
			row := func(spread float64) live.Message {
				return message(fmt.Sprintf(`{"x":%v,"y":%v}`, 5+spread*r.NormFloat64(), r.NormFloat64()))
			}
			var far, near []live.Message
			for range c.far {
				far = append(far, row(1e14))
			}
			for range 50 {
				near = append(near, row(1))
			}
			if !c.want { // where most are near, these are learned first
				learnAll(t, h.Project(), near)
			}
			for part := range slices.Chunk(far, 100) {
				learnAll(t, h.Project(), append([]live.Message(nil), part...))
			}
			if c.want {
				learnAll(t, h.Project(), near)
			}
			if err := h.Project().Forget(ctx, far); err != nil {
				t.Fatal(err)
			}
			if _, said := live.Inexact(h.Project())["x"]; said != c.want {
				t.Errorf("the answer says %v", live.Inexact(h.Project()))
			}
			info, err := h.Project().Info(ctx)
			if err != nil {
				t.Fatal(err)
			}
			_, said := info.Inexact["x"]
			text, err := json.Marshal(info)
			if err != nil || said != c.want || len(info.Inexact) > 1 || strings.Contains(string(text), `"inexact":{"x":`) != c.want {
				t.Errorf("info says %v, %v", info.Inexact, err)
			}
			if logged := slices.ContainsFunc(observer.warnings, func(w string) bool { return strings.Contains(w, `attribute "x"`) && strings.Contains(w, "digits") }); logged != c.want {
				t.Errorf("log says %q", observer.warnings)
			}
		})
	}
}
