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
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// pooledAnswer is what a pool says of a row.
type pooledAnswer struct {
	Class         string             `json:"class"`
	Prediction    *float64           `json:"prediction"`
	Probabilities map[string]float64 `json:"probabilities"`
	Members       map[string]float64 `json:"members"`
	LeftOut       map[string]string  `json:"left_out"`
	Contributions map[string]float64 `json:"contributions"`
	WaitingFor    string             `json:"waiting_for"`
}

// pooledSettings are those of a project with models of a class and of a number, and a pool of
// each.
func pooledSettings(durable bool) live.Settings {
	s := settings(durable)
	s.Exact = true // as of every row before
	small := map[string]any{"trees": 2, "max_nodes": 64}
	s.Learn.Models = []model.Definition{
		{Name: "noise", Type: "lda", Target: "class", Inputs: []string{"noise"}},
		{Name: "trees", Type: "adaptive", Target: "class", Options: small},
		{Name: "late", Type: "lda", Target: "class", Inputs: []string{"y"}, Options: map[string]any{"min_rows": 1e6}},
		{Name: "best", Type: "pool", Target: "class", Options: map[string]any{"half_life": 100}},
		{Name: "line", Type: "ols", Target: "x", Inputs: []string{"y", "noise"}},
		{Name: "steps", Type: "forest", Target: "x", Options: map[string]any{"trees": 2, "adapt": true}},
		{Name: "number", Type: "pool", Target: "x", Options: map[string]any{"members": []any{"line", "steps"}}},
	}
	return s
}

// pooledScores scores messages and learns them, and returns what a pool says.
func pooledScores(t *testing.T, p *live.Project, name string, messages []live.Message) []pooledAnswer {
	t.Helper()
	s, err := p.NewScorer(live.ScorerSettings{Model: name, Contributions: -1})
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Score(context.Background(), messages)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]pooledAnswer, len(messages))
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
		if err := json.Unmarshal(results.JSON(i), &out[i]); err != nil {
			t.Fatalf("%s: %v", results.JSON(i), err)
		}
		messages[i].Outcome = ""
	}
	return out
}

// poolTold is what a project tells of a pool.
func poolTold(t *testing.T, p *live.Project, name string) string {
	t.Helper()
	report, err := p.Models().Describe(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	if report.Error != "" {
		t.Fatal(report.Error)
	}
	course, err := p.Scores().Members(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(report.Model)
	if err != nil {
		t.Fatal(err)
	}
	if course == nil {
		return string(text)
	}
	return fmt.Sprintf("%s %v rows of %v", text, course.Rows, course.Names)
}

// TestPoolWeighsByLosses: of a class and of a number, a pool begins with equal weights and then
// is what its best member is, whichever that is; one that warms up is left out, and why is
// said. A process that has the store only says the same.
func TestPoolWeighsByLosses(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	r := rand.New(rand.NewPCG(7, 61))
	h, _ := open(t, store, pooledSettings(false))
	p := h.Project()
	var last []pooledAnswer
	for from := 0; from < 600; from += 50 {
		rows := checkered(r, "t/0", from, 50)
		last = pooledScores(t, p, "best", rows)
		if first := last[0]; from == 50 {
			if len(first.Members) != 2 || math.Abs(first.Members["noise"]-.5) > 1e-6 || !strings.Contains(first.LeftOut["late"], "1e+06 rows") {
				t.Errorf("the first answer is %+v", first)
			}
		}
		numbers := append([]live.Message{}, rows...)
		for i := range numbers {
			numbers[i].Outcome = ""
		}
		pooledScores(t, p, "number", numbers)
		learnAll(t, p, rows)
	}
	if w := last[0].Members["trees"]; w < .98 {
		t.Errorf("trees weigh %v in the end, want almost all: %+v", w, last[0])
	}
	sum := 0.0
	for _, q := range last[0].Probabilities {
		sum += q
	}
	if math.Abs(sum-1) > 1e-6 || len(last[0].Contributions) == 0 {
		t.Errorf("the last answer is %+v", last[0])
	}
	want := map[string]string{"best": poolTold(t, p, "best"), "number": poolTold(t, p, "number")}
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
	reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Exact: true})
	for name, text := range want {
		if got := poolTold(t, reader.Project(), name); got != text || !strings.Contains(got, "550 rows") && name == "best" {
			t.Errorf("another process says of %s\n%s\nwant\n%s", name, got, text)
		}
	}
	score, err := reader.Project().ScoreValue(ctx, "best", map[string]any{"x": .2, "y": .8, "noise": 0})
	if err != nil || !strings.Contains(string(score), `"members":{"noise":0.00`) {
		t.Errorf("another process scores %s, %v", score, err)
	}
}

// TestPoolAfterCrashes: processes die after drawn batches and the next one gets some of them
// again. The weights are in the end what they are of a stream without a crash, however it
// is cut into partitions: each row counts once.
func TestPoolAfterCrashes(t *testing.T) {
	for seed := range drawn.Seeds(6) {
		r := rand.New(rand.NewPCG(seed, 62))
		var batches [][]live.Message
		rows := checkered(rand.New(rand.NewPCG(seed, 63)), "t/0", 0, 300)
		for from := 0; from < len(rows); {
			to := min(len(rows), from+1+r.IntN(50))
			batches, from = append(batches, rows[from:to]), to
		}
		says := func(crashes bool) string {
			store := state.NewMemory()
			s := pooledSettings(true)
			h, _ := open(t, store, s)
			for next := 0; next < len(batches); next++ {
				batch := append([]live.Message{}, batches[next]...)
				pooledScores(t, h.Project(), "best", batch)
				learnAll(t, h.Project(), batch)
				if crashes && r.IntN(3) == 0 {
					h, _ = open(t, store, s) // the one before is never closed
					next -= min(next+1, r.IntN(3))
				}
			}
			return poolTold(t, h.Project(), "best")
		}
		if got, want := says(true), says(false); got != want {
			t.Errorf("seed %d: after crashes it is\n%s\nwant\n%s", seed, got, want)
		}
	}
}

// TestPoolRefusesMembers: what cannot be a member is refused by the option and the name: in the
// settings, when it is defined and when it becomes so later. A member is not deleted.
func TestPoolRefusesMembers(t *testing.T) {
	ctx := context.Background()
	h, _ := open(t, state.NewMemory(), pooledSettings(false))
	p := h.Project()
	learnAll(t, p, checkered(rand.New(rand.NewPCG(1, 64)), "t/0", 0, 100))
	if err := p.Models().Define(ctx, model.Definition{Name: "odd", Type: "hba"}); err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string]string{
		"nobody": `options.members.0: unknown model "nobody"`,
		"mine":   "cannot be a member of itself",
		"line":   `model "line" predicts "x", and the pool "class"`,
		"odd":    "predicts no attribute",
		"best":   "a pool cannot be in another",
	} {
		d := model.Definition{Name: "mine", Type: "pool", Target: "class", Options: map[string]any{"members": []any{member}}}
		if err := p.Models().Define(ctx, d); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "options.members.0") {
			t.Errorf("member %s: %v, want %s", member, err, want)
		}
		if _, err := p.Models().Try(ctx, d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("member %s, tried: %v, want %s", member, err, want)
		}
	}
	if err := p.Models().Define(ctx, model.Definition{Name: "mine", Type: "pool", Target: "class", Options: map[string]any{"members": []any{"noise", "spare"}}}); !errors.Is(err, live.ErrNoModel) {
		t.Errorf("a missing member: %v", err)
	}
	spare := model.Definition{Name: "spare", Type: "lda", Target: "class", Inputs: []string{"x"}}
	for _, d := range []model.Definition{spare, {Name: "mine", Type: "pool", Target: "class", Options: map[string]any{"members": []any{"noise", "spare"}}}} {
		if err := p.Models().Define(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Models().Delete(ctx, "spare"); err == nil || !strings.Contains(err.Error(), `a member of "mine"`) {
		t.Errorf("deleting a member: %v", err)
	}
	spare.Target = "kind"
	if err := p.Models().Define(ctx, spare); err == nil || !strings.Contains(err.Error(), `options.members.1: model "spare" predicts "kind"`) {
		t.Errorf("a member with another target: %v", err)
	}
}

// TestPoolFrozen: a frozen version keeps members and weights, whatever comes later, and answers
// in other processes.
func TestPoolFrozen(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	r := rand.New(rand.NewPCG(2, 65))
	h, _ := open(t, store, pooledSettings(true))
	p := h.Project()
	learn := func(from, n int) {
		for ; n > 0; n, from = n-50, from+50 {
			rows := checkered(r, "t/0", from, 50)
			pooledScores(t, p, "best", rows)
			learnAll(t, p, rows)
		}
	}
	learn(0, 400)
	if err := p.Models().Freeze(ctx, "best", "v1"); err != nil {
		t.Fatal(err)
	}
	row := map[string]any{"x": .2, "y": .8, "noise": 0}
	want, err := p.ScoreValue(ctx, "best@v1", row)
	if err != nil {
		t.Fatal(err)
	}
	learn(400, 300)
	reader, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
	for _, of := range []*live.Project{p, reader.Project()} {
		got, err := of.ScoreValue(ctx, "best@v1", row)
		if err != nil || string(got) != string(want) || !strings.Contains(string(got), `"members"`) {
			t.Errorf("the frozen pool says %s, %v, want %s", got, err, want)
		}
	}
}

// TestPoolContributionsAreNumbers: members of drawn rows disagree about the class, and the
// pool decides for one that none of them predicts. All contributions are numbers.
func TestPoolContributionsAreNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := settings(false)
	s.Exact = true
	s.Learn.Models = []model.Definition{
		{Name: "u", Type: "lda", Target: "class", Inputs: []string{"u"}},
		{Name: "v", Type: "lda", Target: "class", Inputs: []string{"v"}},
		{Name: "best", Type: "pool", Target: "class", Options: map[string]any{"members": []any{"u", "v"}, "floor": 0.9}},
	}
	h, _ := open(t, state.NewMemory(), s)
	rows := func(from, n int) (out []live.Message) {
		for i := range n {
			c := r.IntN(3)
			mu := float64(c - 1)
			out = append(out, live.Message{
				Data:  fmt.Appendf(nil, `{"u":%.4f,"v":%.4f,"class":"c%d"}`, mu+r.NormFloat64(), -mu+r.NormFloat64(), c),
				Shard: "t/0", Offset: int64(from + i), HasOffset: true,
			})
		}
		return out
	}
	learnAll(t, h.Project(), rows(0, 1000))
	scorer, err := h.Project().NewScorer(live.ScorerSettings{Model: "best", Contributions: -1})
	if err != nil {
		t.Fatal(err)
	}
	messages := rows(1000, 300)
	results, err := scorer.Score(context.Background(), messages)
	if err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if text := string(results.JSON(i)); strings.Contains(text, "null") || strings.Contains(text, "NaN") {
			t.Fatalf("%s: %s", messages[i].Data, text)
		}
	}
}

// TestPoolOfANewDefinition: two members change their names. The pool finds again which one
// is good, though its losses fade slowly.
func TestPoolOfANewDefinition(t *testing.T) {
	ctx, r := context.Background(), rand.New(rand.NewPCG(3, 2))
	s := settings(false)
	s.Exact = true
	h, _ := open(t, state.NewMemory(), s)
	p := h.Project()
	learnAll(t, p, checkered(r, "t/0", 0, 100))
	define := func(name string, good bool) {
		d := model.Definition{Name: name, Type: "lda", Target: "class", Inputs: []string{"noise"}}
		if good {
			d = model.Definition{Name: name, Type: "adaptive", Target: "class", Options: map[string]any{"trees": 2, "max_nodes": 64}}
		}
		if err := p.Models().Define(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	define("one", true)
	define("other", false)
	if err := p.Models().Define(ctx, model.Definition{Name: "best", Type: "pool", Target: "class", Options: map[string]any{"members": []any{"one", "other"}, "half_life": 100000}}); err != nil {
		t.Fatal(err)
	}
	for from := 100; from < 1700; from += 50 {
		if from == 900 {
			define("one", false)
			define("other", true)
		}
		rows := checkered(r, "t/0", from, 50)
		told := pooledScores(t, p, "best", rows)
		if from == 850 && told[0].Members["one"] < .9 || from == 1650 && told[0].Members["other"] < .9 {
			t.Errorf("row %d: members weigh %v", from, told[0].Members)
		}
		learnAll(t, p, rows)
	}
}
