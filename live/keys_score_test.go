package live

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/keyed"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// nineDigits is how exactly a score is written: nine significant digits.
const nineDigits = 1e-8

// keyResult is a result of sml_score per key.
type keyResult struct {
	Score         float64            `json:"score"`
	Rows          float64            `json:"entity_rows"`
	Contributions map[string]float64 `json:"contributions"`
}

func scoreKeys(t *testing.T, s *Scorer, messages []Message) []keyResult {
	t.Helper()
	results, err := s.Score(context.Background(), messages)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]keyResult, len(messages))
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
		if err := json.Unmarshal(results.JSON(i), &out[i]); err != nil {
			t.Fatalf("%s: %v", results.JSON(i), err)
		}
	}
	return out
}

// TestScoreOfAKeyIsTheBlend: the score is n/(n+young) of that of a project that
// learned the rows of the key alone, and the rest of the population's.
func TestScoreOfAKeyIsTheBlend(t *testing.T) {
	ctx := context.Background()
	definition := model.Definition{Name: "m", Type: "zscore", Options: map[string]any{"min_rows": 10}}
	random := rand.New(rand.NewPCG(5, 6))
	rows := machineRows(random, 0, 3000, 12)
	var few []Message // a key with less than min_rows
	for i := range 8 {
		few = append(few, Message{Key: "few", Shard: "t/0", Offset: int64(5000 + i), HasOffset: true, Data: fmt.Appendf(nil, `{"a":%d,"b":1}`, i)})
	}
	p := openEntities(t, state.NewMemory(), entitySettings(3, false, definition))
	if err := p.Learn(ctx, append(append([]Message(nil), rows...), few...)); err != nil {
		t.Fatal(err)
	}
	alone := entitySettings(3, false, definition)
	alone.Learn.Composition = alone.Learn.Composition.With(project.Entities{})
	only := openEntities(t, state.NewMemory(), alone)
	n := 0.0
	for _, m := range rows {
		if m.Key == "m4" {
			n++
			if err := only.Learn(ctx, []Message{m}); err != nil {
				t.Fatal(err)
			}
		}
	}
	document := map[string]any{"a": 52.5, "b": -1.25}
	of := func(p *Project) (r keyResult) {
		out, err := p.ScoreValue(ctx, "m", document)
		if err == nil {
			err = json.Unmarshal(out, &r)
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	own, population := of(only), of(p)
	for _, young := range []float64{0, 1, 50, 1e6} {
		s, err := p.NewScorer(ScorerSettings{Model: "m", Contributions: -1, Entities: &EntityScoring{Young: young}})
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(`{"a":52.5,"b":-1.25}`)
		got := scoreKeys(t, s, []Message{{Key: "m4", Data: text}, {Key: "few", Data: text}, {Key: "nobody", Data: text}})
		want := stats.Blend(n, young, own.Score, population.Score)
		if math.Abs(got[0].Score-want) > nineDigits*want || got[0].Rows != n {
			t.Errorf("young %v: score %v of %v rows, want %v of %v", young, got[0].Score, got[0].Rows, want, n)
		}
		for name, c := range got[0].Contributions {
			if want := stats.Blend(n, young, own.Contributions[name], population.Contributions[name]); math.Abs(c-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("young %v: %s contributes %v, want %v", young, name, c, want)
			}
		}
		for i, rows := range map[int]float64{1: 8, 2: 0} {
			if math.Abs(got[i].Score-population.Score) > nineDigits*population.Score || got[i].Rows != rows {
				t.Errorf("young %v: %+v of a key with %v rows, want the population's %v", young, got[i], rows, population.Score)
			}
		}
	}
}

// TestNeedsAreTrue: a model that needs no full summary scores by what a project
// keeps of a key as by a full summary of the same rows, one that needs no
// histograms without them; what is said to be needed and lacks is refused.
func TestNeedsAreTrue(t *testing.T) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(7, 8))
	rows := machineRows(random, 0, 1000, 1)
	row := []float64{2.5, -0.5}
	for _, entry := range catalogue.All() {
		if entry.Role != model.RoleAnomaly {
			continue
		}
		d := model.Definition{Name: "m", Type: entry.Type}
		needs, err := catalogue.All().Needs(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, bins := range []int{0, 512} {
			t.Run(fmt.Sprintf("%s with %d bins", entry.Type, bins), func(t *testing.T) {
				s := entitySettings(5, false, d)
				e := project.Of[project.Entities](&s.Learn.Composition)
				e.HistogramBins = bins
				s.Learn.Composition = s.Learn.Composition.With(e)
				p := openEntities(t, state.NewMemory(), s)
				if err := p.Learn(ctx, append([]Message(nil), rows...)); err != nil {
					t.Fatal(err)
				}
				models := newKeyModels(p, EntityScoring{})
				err := models.fits(&builtModel{definition: d, role: entry.Role})
				if lacks := needs.Full || needs.Histograms && bins == 0; lacks != (err != nil) {
					t.Fatalf("needs %+v: %v", needs, err)
				}
				if err != nil {
					return
				}
				own, err := p.Keys().Of(ctx, "m0")
				if err != nil {
					t.Fatal(err)
				}
				full, err := p.Summary(ctx, "")
				if err != nil {
					t.Fatal(err)
				}
				slim, err := entitySummary(own, full.Layout())
				if err != nil || slim == nil {
					t.Fatal(slim, err)
				}
				var scores [2]model.Result
				for i, from := range []*stats.Summary{full, slim} {
					m, err := catalogue.All().Build(context.Background(), d, &model.Evidence{Summary: from})
					if err != nil {
						t.Fatal(err)
					}
					m.Predict(row, nil, &scores[i])
				}
				if a, b := scores[0].Score, scores[1].Score; !(a > 0) || math.Abs(a-b) > 1e-9*a {
					t.Errorf("score %v by a full summary, %v by what is kept of a key", a, b)
				}
			})
		}
	}
}

// TestKeyModelsAreBounded: a scorer that may keep few models gives the scores of
// one that keeps all, and keeps no more than it may.
func TestKeyModelsAreBounded(t *testing.T) {
	const keys, most = 60, 7
	definition := model.Definition{Name: "m", Type: "zscore"}
	p := openEntities(t, state.NewMemory(), entitySettings(10, false, definition))
	random := rand.New(rand.NewPCG(9, 1))
	if err := p.Learn(context.Background(), machineRows(random, 0, 6000, keys)); err != nil {
		t.Fatal(err)
	}
	scorer := func(models int) *Scorer {
		s, err := p.NewScorer(ScorerSettings{Model: "m", Entities: &EntityScoring{Young: 20, Models: models}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	all, few := scorer(0), scorer(most)
	for from := 0; from < 600; from += 40 {
		batch := machineRows(random, 10000+from, 40, keys)
		want := scoreKeys(t, all, append([]Message(nil), batch...))
		got := scoreKeys(t, few, append([]Message(nil), batch...))
		for i := range want {
			if got[i].Score != want[i].Score || got[i].Rows != want[i].Rows {
				t.Fatalf("key %s: %+v with few models, %+v with all", batch[i].Key, got[i], want[i])
			}
		}
	}
	few.entities.mu.Lock()
	defer few.entities.mu.Unlock()
	if n := len(few.entities.models); n > most {
		t.Errorf("%d models are kept, want at most %d", n, most)
	}
}

// TestKeysGrowAndShrink: the weight in a result is the key's as of now, its model
// follows when it has grown by a twentieth, and forgetting counts at once.
func TestKeysGrowAndShrink(t *testing.T) {
	ctx := context.Background()
	definition := model.Definition{Name: "m", Type: "zscore", Options: map[string]any{"min_rows": 10}}
	p := openEntities(t, state.NewMemory(), entitySettings(10, false, definition))
	s, err := p.NewScorer(ScorerSettings{Model: "m", Entities: &EntityScoring{Young: 0}})
	if err != nil {
		t.Fatal(err)
	}
	offset := 0
	rowsAt := func(centre float64, n int) (out []Message) {
		for i := range n {
			out = append(out, Message{Key: "k", Shard: "t/0", Offset: int64(offset), HasOffset: true, Data: fmt.Appendf(nil, `{"a":%g,"b":1}`, centre+float64(i%5))})
			offset++
		}
		return out
	}
	score := func() keyResult {
		return scoreKeys(t, s, []Message{{Key: "k", Data: []byte(`{"a":12,"b":1}`)}})[0]
	}
	near := rowsAt(10, 100)
	if err := p.Learn(ctx, near); err != nil {
		t.Fatal(err)
	}
	first := score()
	if first.Rows != 100 {
		t.Errorf("%v rows, want 100", first.Rows)
	}
	far := rowsAt(1000, 100)
	if err := p.Learn(ctx, far); err != nil {
		t.Fatal(err)
	}
	moved := score()
	if moved.Rows != 200 || !(moved.Score > first.Score+0.1) {
		t.Errorf("after 100 rows elsewhere: %+v, before %+v", moved, first)
	}
	if err := p.Forget(ctx, append([]Message(nil), far...)); err != nil {
		t.Fatal(err)
	}
	if back := score(); back.Rows != 100 || math.Abs(back.Score-first.Score) > nineDigits {
		t.Errorf("after they were forgotten: %+v, want %+v", back, first)
	}
}

// TestKeyScoringRefuses: settings out of range, and a project whose store cannot
// give a value of a key.
func TestKeyScoringRefuses(t *testing.T) {
	p := openEntities(t, state.NewMemory(), entitySettings(10, false, model.Definition{Name: "m", Type: "zscore"}))
	for want, e := range map[string]EntityScoring{
		"young is -1":   {Young: -1},
		"young is NaN":  {Young: math.NaN()},
		"young is +Inf": {Young: math.Inf(1)},
		"models is -3":  {Models: -3},
	} {
		if _, err := p.NewScorer(ScorerSettings{Model: "m", Entities: &e}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", e, err, want)
		}
	}
	s := entitySettings(-1, false)
	if _, err := NewTable().Open(new(Scope), s, state.NewMemory(), "root", quiet{}); err == nil || !strings.Contains(err.Error(), "resident is -1") {
		t.Errorf("resident -1: %v", err)
	}
}

// TestKeysOutlastTheirOwner: a reader that has the table of a shard's pages, whose
// values the owner has replaced since, reads the shard again and answers.
func TestKeysOutlastTheirOwner(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	owner := openEntities(t, store, entitySettings(3, false))
	random := rand.New(rand.NewPCG(2, 2))
	if err := owner.Learn(ctx, machineRows(random, 0, 500, 40)); err != nil {
		t.Fatal(err)
	}
	reading := entitySettings(3, false)
	reading.Learn, reading.Refresh = nil, time.Hour
	reader := openEntities(t, store, reading)
	if _, err := reader.Keys().Of(ctx, "m1"); err != nil {
		t.Fatal(err)
	}
	for from := 500; from < 6000; from += 500 {
		if err := owner.Learn(ctx, machineRows(random, from, 500, 40)); err != nil {
			t.Fatal(err)
		}
	}
	total := 0.0
	for key := range 40 {
		own, err := reader.Keys().Of(ctx, fmt.Sprint("m", key))
		if err != nil {
			t.Fatal(err)
		}
		if own != nil {
			total += own.Weight()
		}
	}
	if total < 500 || total > 6000 {
		t.Errorf("the keys have %v rows, want 500 to 6000", total)
	}
	if _, ok := reader.composition.maker().(keyed.Maker); !ok {
		t.Error("the reader does not keep what the owner keeps")
	}
}
