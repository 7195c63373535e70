package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// visitors returns rows of which all attributes have few values, but for a count.
func visitors(partition, from, to int) (out []live.Message) {
	for i := from; i < to; i++ {
		r := rand.New(rand.NewPCG(uint64(partition)+50, uint64(i)))
		region, member, device := []string{"north", "east", "south"}[r.IntN(3)], r.IntN(2) == 0, []string{"phone", "desk"}[r.IntN(2)]
		eta := 0.2
		if member {
			eta += 0.6
		}
		if region == "south" {
			eta -= 0.9
		}
		buys, visits := "no", int(40*math.Exp(eta)+6*r.NormFloat64())
		if r.Float64() < 1/(1+math.Exp(-eta)) {
			buys = "yes"
		}
		out = append(out, live.Message{Data: fmt.Appendf(nil, `{"region":%q,"member":%v,"device":%q,"buys":%q,"visits":%d}`, region, member, device, buys, max(visits, 0)), Shard: fmt.Sprint("t/", partition), Offset: int64(i), HasOffset: true})
	}
	return out
}

// crowded gives messages so many categories that the combinations do not have their own: a
// definition is then fitted to rows that are kept since it was made.
func crowded(messages []live.Message) []live.Message {
	more := "{"
	for i := range 32 {
		more += fmt.Sprintf(`"a%02d":"v",`, i)
	}
	for i := range messages {
		messages[i].Data = append([]byte(more), messages[i].Data[1:]...)
	}
	return messages
}

// reportOf returns what a description says of a fit.
func reportOf(t *testing.T, description any) (out likelihoodReport) {
	t.Helper()
	text, err := json.Marshal(description)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCellsBeforeADefinition: models of inputs with few values are fitted exactly to rows
// that were learned before anything was defined, under every wrapper, by another process, after
// a restart and after rows were forgotten: as a project says that had the definitions from the
// start and kept all its rows.
func TestCellsBeforeADefinition(t *testing.T) {
	inputs := []string{"region", "member", "device"}
	definitions := []model.Definition{
		{Name: "buys", Type: "logistic", Target: "buys", Inputs: inputs, Options: map[string]any{"exact_rows": 100_000}},
		{Name: "visits", Type: "poisson", Target: "visits", Inputs: inputs, Options: map[string]any{"exact_rows": 100_000}},
	}
	for name, layer := range map[string]project.Composition{
		"plain":  {},
		"folds":  project.Composition{}.With(project.Folds(3)),
		"window": project.Composition{}.With(project.Window{Rows: 800, Tiles: 8}),
		"decay":  project.Composition{}.With(project.Decay{HalfLife: time.Hour}),
	} {
		t.Run(name, func(t *testing.T) {
			undefined, defined := settings(true), settings(true)
			for _, s := range []*live.Settings{&undefined, &defined} {
				s.Learn.Composition = layer
			}
			defined.Learn.Models = definitions
			store := state.NewMemory()
			first, _ := open(t, store, undefined)
			learnAll(t, first.Project(), visitors(0, 0, 700))
			again, _ := open(t, store, undefined)
			learnAll(t, again.Project(), visitors(0, 600, 1200))
			whole, _ := open(t, state.NewMemory(), defined)
			learnAll(t, whole.Project(), crowded(visitors(0, 0, 700)))
			learnAll(t, whole.Project(), crowded(visitors(0, 700, 1200)))
			if name == "plain" || name == "folds" {
				if err := again.Project().Forget(context.Background(), visitors(0, 100, 350)); err != nil {
					t.Fatal(err)
				}
				if err := whole.Project().Forget(context.Background(), crowded(visitors(0, 100, 350))); err != nil {
					t.Fatal(err)
				}
			}
			reading := settings(true)
			reading.Learn = nil
			reader, _ := open(t, store, reading)
			for _, d := range definitions {
				tried, err := reader.Project().Models().Try(context.Background(), d)
				if err != nil {
					t.Fatal(err)
				}
				got := reportOf(t, tried.Model)
				if got.Method != "cells" || got.Reason != "" {
					t.Errorf("%s is fitted by %q, as %q", d.Name, got.Method, got.Reason)
				}
				want := describeFit(t, whole.Project(), d.Name)
				if want.Method != "rows" || !strings.Contains(want.Reason, `attribute "device" is no part`) {
					t.Errorf("%s of all rows is fitted by %q, as %q", d.Name, want.Method, want.Reason)
				}
				requireNear(t, d.Name, got, want, 1e-8)
			}
		})
	}
}
