package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// fitted are settings with models that are fitted by likelihoods; exact is how many rows
// they keep as they are.
func fitted(exact int) live.Settings {
	s := settings(true)
	options := map[string]any{"exact_rows": exact}
	s.Learn.Models = []model.Definition{
		{Name: "buys", Type: "logistic", Target: "buys", Inputs: []string{"age", "region"}, Options: options},
		{Name: "again", Type: "logistic", Target: "buys", Inputs: []string{"age", "region"}, Options: map[string]any{"exact_rows": exact, "threshold": 0.3}},
		{Name: "visits", Type: "poisson", Target: "visits", Inputs: []string{"age", "region"}, Options: options},
	}
	return s
}

// shoppers returns rows of customers, the same for each partition and offset.
func shoppers(partition, from, to int) (out []live.Message) {
	for i := from; i < to; i++ {
		r := rand.New(rand.NewPCG(uint64(partition), uint64(i)))
		age, region := 45+12*r.NormFloat64(), []string{"north", "north", "south"}[r.IntN(3)]
		eta := 0.08 * (age - 45)
		if region == "south" {
			eta += 0.7
		}
		buys, visits := "no", 0
		if r.Float64() < 1/(1+math.Exp(-eta)) {
			buys = "yes"
		}
		for p := math.Exp(-math.Exp(0.3 * eta)); r.Float64() > p && visits < 20; visits++ {
			p *= 1.5
		}
		out = append(out, live.Message{Data: fmt.Appendf(nil, `{"age":%.2f,"region":%q,"buys":%q,"visits":%d.5}`, age, region, buys, visits), Shard: fmt.Sprint("t/", partition), Offset: int64(i), HasOffset: true})
	}
	return out
}

// likelihoodReport is what a description has.
type likelihoodReport struct {
	Method       string
	Reason       string
	Rows         float64
	Exact        float64 `json:"exact_rows"`
	Coefficients []struct {
		Name     string
		Estimate float64
		StdError float64 `json:"std_error"`
	}
}

func describeFit(t *testing.T, p *live.Project, name string) likelihoodReport {
	t.Helper()
	described, err := p.Models().Describe(context.Background(), name)
	if err != nil || described.Error != "" {
		t.Fatalf("%s: %v %v", name, err, described)
	}
	text, err := json.Marshal(described.Model)
	if err != nil {
		t.Fatal(err)
	}
	var out likelihoodReport
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// requireNear compares coefficients in their standard errors.
func requireNear(t *testing.T, what string, got, want likelihoodReport, errorsOff float64) {
	t.Helper()
	if got.Rows != want.Rows || len(got.Coefficients) != len(want.Coefficients) {
		t.Errorf("%s: %v rows and %d coefficients, want %v and %d", what, got.Rows, len(got.Coefficients), want.Rows, len(want.Coefficients))
		return
	}
	for i, c := range want.Coefficients {
		if off := math.Abs(got.Coefficients[i].Estimate-c.Estimate) / c.StdError; !(off <= errorsOff) {
			t.Errorf("%s: %s is %v, want %v, %.2g standard errors off", what, c.Name, got.Coefficients[i].Estimate, c.Estimate, off)
		}
	}
}

// TestLikelihoods: processes that share a project settle one frame, every row counts once
// whatever is delivered again, and what is forgotten is gone; all that is as near to the
// fit of the rows themselves as a tenth of a standard error.
func TestLikelihoods(t *testing.T) {
	const near = 0.1
	ctx := context.Background()
	whole, _ := open(t, state.NewMemory(), fitted(100_000))
	learnAll(t, whole.Project(), shoppers(0, 0, 2000))
	learnAll(t, whole.Project(), shoppers(1, 0, 1500))

	store := state.NewMemory()
	first, _ := open(t, store, fitted(300))
	for from := 0; from < 2000; from += 100 {
		learnAll(t, first.Project(), shoppers(0, from, from+100))
	}
	second, _ := open(t, store, fitted(300))
	learnAll(t, second.Project(), shoppers(1, 0, 1000))
	learnAll(t, second.Project(), shoppers(1, 500, 1200)) // half of it again
	third, _ := open(t, store, fitted(300))               // after a crash of both
	learnAll(t, third.Project(), shoppers(0, 1500, 2000)) // again
	learnAll(t, third.Project(), shoppers(1, 1100, 1500))
	for _, name := range []string{"buys", "again", "visits"} {
		got := describeFit(t, third.Project(), name)
		if got.Method != "sums" {
			t.Errorf("%s is fitted by %s, want sums", name, got.Method)
		}
		requireNear(t, name, got, describeFit(t, whole.Project(), name), near)
	}
	reading := settings(true)
	reading.Learn = nil
	reader, _ := open(t, store, reading)
	requireNear(t, "a process that only reads", describeFit(t, reader.Project(), "buys"), describeFit(t, third.Project(), "buys"), 1e-9)
	for _, p := range []*live.Project{whole.Project(), third.Project()} {
		if err := p.Forget(ctx, shoppers(0, 0, 700)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"buys", "visits"} {
		requireNear(t, name+" without what was forgotten", describeFit(t, third.Project(), name), describeFit(t, whole.Project(), name), near)
	}
}

// TestLikelihoodsOfAWindow: old rows leave the fit with their tile.
func TestLikelihoodsOfAWindow(t *testing.T) {
	s := fitted(300)
	s.Learn.Composition = s.Learn.Composition.With(project.Window{Rows: 1000, Tiles: 10})
	h, _ := open(t, state.NewMemory(), s)
	for from := 0; from < 4000; from += 250 {
		learnAll(t, h.Project(), shoppers(0, from, from+250))
	}
	newest, _ := open(t, state.NewMemory(), fitted(100_000))
	got := describeFit(t, h.Project(), "buys")
	learnAll(t, newest.Project(), shoppers(0, 4000-int(got.Rows), 4000))
	requireNear(t, "a window", got, describeFit(t, newest.Project(), "buys"), 0.1)
}

// TestLikelihoodsAfterwards: until rows enough have been counted since the definition,
// lda stands in for logistic and says so; others wait, and cannot be tried out.
func TestLikelihoodsAfterwards(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	before, _ := open(t, store, settings(true))
	learnAll(t, before.Project(), shoppers(0, 0, 1000))
	tried, err := before.Project().Models().Try(ctx, model.Definition{Name: "t", Type: "logistic", Target: "buys", Inputs: []string{"age", "region"}})
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(tried.Model); !strings.Contains(string(text), `"method":"lda"`) {
		t.Errorf("tried out, logistic says %s", text)
	}
	if _, err := before.Project().Models().Try(ctx, model.Definition{Name: "t", Type: "poisson", Target: "visits"}); !errors.Is(err, model.ErrDefinition) || !strings.Contains(err.Error(), "define it") {
		t.Errorf("trying out poisson says %v", err)
	}
	after, _ := open(t, store, fitted(300))
	learnAll(t, after.Project(), shoppers(0, 1000, 1010))
	waiting, err := after.Project().Models().Describe(ctx, "visits")
	if err != nil || !waiting.WarmingUp {
		t.Errorf("with 10 rows counted of 1010, poisson is %+v, %v", waiting, err)
	}
	learnAll(t, after.Project(), shoppers(0, 1010, 2000))
	if got := describeFit(t, after.Project(), "buys"); got.Rows != 1000 {
		t.Errorf("%v rows are counted since the definition, want 1000", got.Rows)
	}
}
