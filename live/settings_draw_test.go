package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/explore"
	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// drawnRows returns messages with three numbers, two of which depend on each other, of
// which one may be missing, a category, a key and a time.
func drawnRows(r *rand.Rand, from, n int) []live.Message {
	out := make([]live.Message, n)
	for i := range out {
		x := r.NormFloat64()
		text := fmt.Sprintf(`"x":%.6f,"z":%.6f,"kind":"k%d"`, x, r.NormFloat64(), r.IntN(3))
		if r.IntN(5) > 0 {
			text += fmt.Sprintf(`,"y":%.6f`, 2*x+r.NormFloat64())
		}
		out[i] = live.Message{
			Data: []byte("{" + text + "}"), Shard: fmt.Sprint("t/", (from+i)%3), Offset: int64(from + i), HasOffset: true,
			Time: int64(from+i) * int64(time.Second), Key: fmt.Sprint("m", r.IntN(6)),
		}
	}
	return out
}

// drawnModels are models that keep something of their own beside the moments, and mixtures of
// models with weights that are kept of their losses; those of pools are small.
func drawnModels(r *rand.Rand) []model.Definition {
	small := map[string]any{"trees": 1 + r.IntN(3), "max_nodes": 64}
	out := []model.Definition{
		{Name: "h", Type: "hba"}, {Name: "line", Type: "ols", Target: "y", Inputs: []string{"x"}},
		{Name: "trees", Type: "forest", Target: "kind"}, {Name: "numbers", Type: "forest", Target: "y"},
		{Name: "copies", Type: "forest", Target: "kind", Options: map[string]any{"adapt": true, "trees": 2, "max_nodes": 64}},
	}
	switch r.IntN(3) { // these take the longest
	case 0:
		out = append(out, model.Definition{Name: "pool", Type: "adaptive", Target: "kind", Options: small})
	case 1:
		out = append(out, model.Definition{Name: "level", Type: "adaptive", Target: "y", Options: small})
	}
	return append(out, drawnMixtures(r)...)
}

// drawnMixtures are a mixture of models of the class, one of models of the number, and their
// members: all models with the target, or those that are named.
func drawnMixtures(r *rand.Rand) []model.Definition {
	out := []model.Definition{
		{Name: "lines", Type: "lda", Target: "kind", Inputs: []string{"x", "y"}}, {Name: "guess", Type: "ols", Target: "y", Inputs: []string{"z"}},
		{Name: "mixed_kind", Type: "pool", Target: "kind"}, {Name: "mixed_level", Type: "pool", Target: "y"},
	}
	for k, names := range [][]any{{"lines", "trees", "copies"}, {"guess", "line", "numbers"}} {
		if r.IntN(2) == 0 {
			continue
		}
		out[2+k].Options = map[string]any{"members": names, "half_life": 20.0 + float64(r.IntN(400)), "floor": []float64{0, .01, .3, 1}[r.IntN(4)]}
	}
	return out
}

// scoreMixtures scores messages with the mixtures, whose members are weighed by it.
func scoreMixtures(t *testing.T, p *live.Project, messages []live.Message) {
	t.Helper()
	for _, name := range []string{"mixed_kind", "mixed_level"} {
		pooledScores(t, p, name, append([]live.Message{}, messages...))
	}
}

// answersOf returns what a project says: of each part its weight, its bytes by
// some questions, and scores of documents.
func answersOf(t *testing.T, p *live.Project, c *project.Composition) []string {
	t.Helper()
	ctx := context.Background()
	parts := []string{""}
	for _, part := range []string{project.PartHistory, project.PartWindow, project.PartDecay} {
		if _, err := p.Summary(ctx, part); err == nil {
			parts = append(parts, part)
		}
	}
	if c.KeepsKeys() {
		parts = append(parts, live.PartKey+"m1", live.PartKey+"m4")
	}
	var out []string
	ask := func(part, name string, args param.Values) {
		question, err := explore.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		query, err := live.NewQuery(question, part, args)
		if err != nil {
			t.Fatal(err)
		}
		a, err := p.Ask(ctx, query)
		if err != nil {
			out = append(out, fmt.Sprintf("%s %s: %v", part, name, err))
			return
		}
		text, err := json.Marshal(a.Tree())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s: %s", part, name, text))
	}
	for _, part := range parts {
		ask(part, "univariate", param.Values{"attribute": "y"})
		ask(part, "quantile", param.Values{"attribute": "x", "q": 0.9})
		ask(part, "correlation", param.Values{"a": "x", "b": "y"})
	}
	for _, name := range []string{"h", "line", "trees", "numbers", "pool", "level", "copies", "mixed_kind", "mixed_level"} {
		score, err := p.ScoreValue(ctx, name, map[string]any{"x": 1.5, "y": -3.0, "kind": "k1"})
		out = append(out, fmt.Sprintf("%s: %s %v", name, score, err))
	}
	info, err := p.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, fmt.Sprintf("%v rows, %+v", info.Rows, info.Schema))
}

// TestReaderNeedsNoSettings: whatever settings a project was learned with, a
// process that is told project, cache and prefix only says what its learner says.
func TestReaderNeedsNoSettings(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, store := rand.New(rand.NewPCG(seed, 11)), state.NewMemory()
			c := projecttest.Composition(r)
			s := live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{
				Durable: true, Every: time.Hour, Composition: c,
				Models: drawnModels(r),
			}}
			learner, _ := open(t, store, s)
			for from := 0; from < 600; from += 150 {
				rows := drawnRows(r, from, 150)
				if from > 0 {
					scoreMixtures(t, learner.Project(), rows[:60])
				}
				learnAll(t, learner.Project(), rows)
			}
			if err := learner.Close(ctx); err != nil {
				t.Fatal(err)
			}
			again, _ := open(t, store, s)
			want := answersOf(t, again.Project(), &c)
			reader, observer := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
			if got := answersOf(t, reader.Project(), &c); !reflect.DeepEqual(got, want) {
				for i := range want {
					if i >= len(got) || got[i] != want[i] {
						t.Errorf("%+v: the reader says\n%v\nthe learner\n%v (%v)", c, got[min(i, len(got)-1)], want[i], observer.warnings)
						break
					}
				}
			}
		})
	}
}

// TestLearnerWithOtherSettingsIsRefused: one drawn setting that differs is told
// when the project is opened, not when statistics meet that do not add up.
func TestLearnerWithOtherSettingsIsRefused(t *testing.T) {
	ctx, refused := context.Background(), 0
	for seed := range drawn.Seeds(60) {
		r, store := rand.New(rand.NewPCG(seed, 12)), state.NewMemory()
		a, b := projecttest.Composition(r), projecttest.Composition(r)
		x, errX := a.Encode()
		y, errY := b.Encode()
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		first, second := settings(true), settings(true)
		first.Learn.Composition, second.Learn.Composition = a, b
		before, _ := open(t, store, first)
		learnAll(t, before.Project(), drawnRows(r, 0, 50))
		after, _ := open(t, store, second)
		short, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := after.Project().Learn(short, drawnRows(r, 50, 10))
		cancel()
		if same := string(x) == string(y); same != (err == nil) {
			t.Errorf("seed %d: %s and then %s: %v", seed, x, y, err)
		}
		if err != nil {
			refused++
			if !errors.Is(err, project.ErrComposition) {
				t.Errorf("seed %d: %v, want ErrComposition", seed, err)
			}
		}
	}
	if refused < int(drawn.Seeds(40)) {
		t.Errorf("only %d of 60 pairs were refused: the draw is too narrow", refused)
	}
}
