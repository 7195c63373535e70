package portable

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// travellers are models that keep something of their own beside the moments, and a mixture of
// models with the weights that their losses gave them.
func travellers() []model.Definition {
	small := func(more map[string]any) map[string]any {
		out := map[string]any{"trees": 1, "max_nodes": 16}
		maps.Copy(out, more)
		return out
	}
	return []model.Definition{
		{Name: "h", Type: "hba"}, {Name: "trees", Type: "forest", Target: "kind", Options: small(nil)}, {Name: "numbers", Type: "forest", Target: "y", Options: small(nil)},
		{Name: "pool", Type: "adaptive", Target: "kind", Options: small(nil)}, {Name: "copies", Type: "forest", Target: "kind", Options: small(map[string]any{"adapt": true})},
		{Name: "lines", Type: "lda", Target: "kind", Inputs: []string{"x", "y"}, Options: map[string]any{"min_rows": 5}}, {Name: "bayes", Type: "naive_bayes", Target: "kind", Inputs: []string{"y"}, Options: map[string]any{"min_rows": 5}},
		{Name: "mixed", Type: "pool", Target: "kind", Options: map[string]any{"members": []any{"lines", "bayes"}, "half_life": 30.0}},
	}
}

// scores returns what the models of a project say of a row; the mixture as it was frozen, with
// its weights. As it is now it says members, as the losses that weigh these do not travel.
func scores(t *testing.T, store state.Store, name, members string) (out []string) {
	t.Helper()
	ctx := context.Background()
	h, err := live.NewTable().Open(new(live.Scope), live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour}, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close(ctx) }() // nothing is written
	row := map[string]any{"x": 0.4, "y": -0.3, "kind": "k1"}
	for _, d := range travellers() {
		if d.Name == "mixed" {
			if score, err := h.Project().ScoreValue(ctx, d.Name, row); err != nil || !strings.Contains(string(score), members) {
				t.Errorf("the mixture of %s says %s, %v, want %s", name, score, err, members)
			}
			d.Name = "mixed@v1"
		}
		score, err := h.Project().ScoreValue(ctx, d.Name, row)
		out = append(out, fmt.Sprintf("%s: %s %v", d.Name, score, err))
	}
	return out
}

// learnDrawn learns rows with drawn settings and forgets a few. Where models have the mixture, it
// scores some of them and is frozen.
func learnDrawn(t *testing.T, r *rand.Rand, store state.Store, name string, c project.Composition, models []model.Definition) live.Settings {
	t.Helper()
	ctx := context.Background()
	s := live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{
		Durable: true, Every: time.Hour, Composition: c, Models: models,
	}}
	h, err := live.NewTable().Open(new(live.Scope), s, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	messages := make([]live.Message, 300)
	for i := range messages {
		messages[i] = live.Message{
			Data:  fmt.Appendf(nil, `{"x":%.5f,"y":%.5f,"kind":"k%d"}`, r.NormFloat64(), r.NormFloat64(), r.IntN(3)),
			Shard: fmt.Sprint("t/", i%2), Offset: int64(i), HasOffset: true, Key: fmt.Sprint("m", i%5), Time: int64(i) * int64(time.Second),
		}
	}
	gone, tail := append([]live.Message(nil), messages[290:]...), messages[200:]
	if err := h.Project().Learn(ctx, messages[:200]); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(models, func(d model.Definition) bool { return d.Name == "mixed" }) {
		scoreAndFreeze(t, h.Project(), append([]live.Message(nil), tail...))
	}
	if err := errors.Join(h.Project().Learn(ctx, tail), h.Project().Forget(ctx, gone), h.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if messages[i].Err != nil {
			t.Fatal(messages[i].Err)
		}
	}
	return s
}

// scoreAndFreeze weighs the members of the mixture by rows and freezes it.
func scoreAndFreeze(t *testing.T, p *live.Project, messages []live.Message) {
	t.Helper()
	ctx := context.Background()
	scorer, err := p.NewScorer(live.ScorerSettings{Model: "mixed"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scorer.Score(ctx, messages); err != nil {
		t.Fatal(err)
	}
	if err := p.Models().Freeze(ctx, "mixed", "v1"); err != nil {
		t.Fatal(err)
	}
}

// says returns what a project has: weight, moments of a number, keys and models.
func says(t *testing.T, store state.Store, name string, keyed bool) []string {
	t.Helper()
	ctx := context.Background()
	h, err := live.NewTable().Open(new(live.Scope), live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour}, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close(ctx) }()
	p := h.Project()
	info, err := p.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{fmt.Sprintf("%.9g rows, %d models", info.Rows, len(info.Models))}
	for _, part := range []string{"", project.PartHistory, project.PartWindow, project.PartDecay} {
		s, err := p.Summary(ctx, part)
		if err != nil {
			continue
		}
		m := s.Moments(s.Layout().NumericIndex("y"))
		out = append(out, fmt.Sprintf("%s: %.9g of y, mean %.9g, variance %.9g, median %.9g", part, m.Weight(), m.Mean(), m.Variance(1), s.Histogram(s.Layout().NumericIndex("y")).Quantile(0.5)))
	}
	for k := range 5 {
		if own, err := p.Keys().Of(ctx, fmt.Sprint("m", k)); keyed && (err != nil || own == nil) {
			t.Errorf("key m%d: %v, %v", k, own, err)
		} else if keyed {
			out = append(out, fmt.Sprintf("m%d: %.9g", k, own.Weight()))
		}
	}
	return out
}

// TestAnySettingsTravel: a project with drawn settings is exported, read without
// any settings, imported into an empty store and learned on there, merged into a
// project that there is not and into one of its kind; it answers as its learner.
func TestAnySettingsTravel(t *testing.T) {
	ctx := context.Background()
	for seed := range drawn.Seeds(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r, here, there := rand.New(rand.NewPCG(seed, 71)), state.NewMemory(), state.NewMemory()
			c := projecttest.Composition(r)
			settings := learnDrawn(t, r, here, "p", c, travellers())
			want := says(t, here, "p", c.KeepsKeys())
			e, err := Read(ctx, here, "sml", "p")
			if err != nil {
				t.Fatal(err)
			}
			same, err := Decode(e.Encode())
			if err != nil || same.ID() != e.ID() || same.ModelCount() != len(travellers()) {
				t.Fatalf("decoded %v, %v", same, err)
			}
			if err := same.Create(ctx, there, "sml", "copy", false); err != nil {
				t.Fatal(err)
			}
			if got := says(t, there, "copy", c.KeepsKeys()); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: the copy says\n%q\nwant\n%q", c, got, want)
			}
			alike := `"members":{"lines":0.5,"bayes":0.5}`
			if got, want := scores(t, there, "copy", alike), scores(t, here, "p", `"members"`); !reflect.DeepEqual(got, want) || strings.Contains(fmt.Sprint(want), alike) {
				t.Errorf("%+v: models of the copy say\n%q\nwant\n%q", c, got, want)
			}
			settings.Project = "copy"
			h, err := live.NewTable().Open(new(live.Scope), settings, there, "root", quiet{})
			if err != nil {
				t.Fatal(err)
			}
			more := []live.Message{{Data: []byte(`{"x":1,"y":2,"kind":"k1"}`), Shard: "t/9", Key: "m1", Time: int64(301 * time.Second)}}
			if err := errors.Join(h.Project().Learn(ctx, more), more[0].Err, h.Close(ctx)); err != nil {
				t.Errorf("learning on: %v", err)
			}
			for _, name := range []string{"fresh", "fresh"} { // the second time it is there already
				if _, err := same.MergeInto(ctx, there, Target{Prefix: "sml", Project: name, Name: "plant"}); err != nil {
					t.Fatalf("merge: %v", err)
				}
			}
			merged := says(t, there, "fresh", c.KeepsKeys())
			merged[0], want[0] = "", "" // models do not travel by a merge
			if !reflect.DeepEqual(merged, want) {
				t.Errorf("%+v: merged it says\n%q\nwant\n%q", c, merged, want)
			}
			at, err := project.Open(ctx, there, "sml", "fresh")
			if err != nil {
				t.Fatal(err)
			}
			if mine, theirs := record(t, c), record(t, at.Composition); mine != theirs {
				t.Errorf("the new project keeps %s, want %s", theirs, mine)
			}
		})
	}
}

func record(t *testing.T, c project.Composition) string {
	t.Helper()
	text, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMergeOfOtherSettings: a project that keeps other statistics is refused, and
// nothing of the target has changed.
func TestMergeOfOtherSettings(t *testing.T) {
	ctx, refused := context.Background(), 0
	for seed := range drawn.Seeds(30) {
		r, store := rand.New(rand.NewPCG(seed, 72)), state.NewMemory()
		a, b := projecttest.Composition(r), projecttest.Composition(r)
		learnDrawn(t, r, store, "a", a, travellers()[:2])
		learnDrawn(t, r, store, "b", b, travellers()[:2])
		into, err := Read(ctx, store, "sml", "b")
		if err != nil {
			t.Fatal(err)
		}
		from, err := Read(ctx, store, "sml", "a")
		if err != nil {
			t.Fatal(err)
		}
		_, err = from.MergeInto(ctx, store, Target{Prefix: "sml", Project: "b", Name: "a"})
		if err == nil {
			continue
		}
		refused++
		if !errors.Is(err, stats.ErrIncompatible) {
			t.Errorf("seed %d: %v, want ErrIncompatible", seed, err)
		}
		if after, err := Read(ctx, store, "sml", "b"); err != nil || after.ID() != into.ID() {
			t.Errorf("seed %d: the target has changed (%v)", seed, err)
		}
	}
	if refused < int(drawn.Seeds(15)) {
		t.Errorf("only %d of 30 were refused", refused)
	}
}

// TestImportGoesOnAfterAFailure: a store that fails at any operation of an import
// leaves a project that the import, called again to resume, completes.
func TestImportGoesOnAfterAFailure(t *testing.T) {
	ctx, r, here := context.Background(), rand.New(rand.NewPCG(3, 73)), state.NewMemory()
	learnDrawn(t, r, here, "p", project.Composition{}.With(project.Folds(2), project.Entities{On: true}), travellers()[:5])
	e, err := Read(ctx, here, "sml", "p")
	if err != nil {
		t.Fatal(err)
	}
	for left := 1; ; left++ {
		there := state.NewMemory()
		err := e.Create(ctx, statetest.NewUnreliable(there, 1, 0, left, func() {}), "sml", "p", false)
		if err == nil {
			if left < 20 {
				t.Errorf("an import takes %d operations only", left)
			}
			return
		}
		if !errors.Is(err, statetest.ErrDown) {
			t.Fatalf("after %d operations: %v", left, err)
		}
		if err := e.Create(ctx, there, "sml", "p", true); err != nil {
			t.Fatalf("resumed after %d operations: %v", left, err)
		}
		again, err := Read(ctx, there, "sml", "p")
		if err != nil || again.ID() != e.ID() {
			t.Fatalf("resumed after %d operations: content %v, %v", left, again, err)
		}
	}
}

// TestMergeOfComputed: what two projects compute alike is added; what they compute
// otherwise is refused, whatever else fits, and nothing changes.
func TestMergeOfComputed(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	learn := func(name string, scale float64) *Export {
		t.Helper()
		s := live.Settings{Project: name, Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &live.LearnSettings{
			Durable: true, Every: time.Hour, Expand: live.Expand{Rows: 20, Splines: []string{"x"}, Pairs: []string{"x:y"}, Knots: 4, Count: 2, MostProducts: 1, Columns: 2, Bandwidth: 1},
		}}
		h, err := live.NewTable().Open(new(live.Scope), s, store, "root", quiet{})
		if err != nil {
			t.Fatal(err)
		}
		var messages []live.Message
		for i := range 60 {
			messages = append(messages, live.Message{Data: fmt.Appendf(nil, `{"x":%v,"y":%d}`, float64(i)*scale, i%7), Shard: "t/0", Offset: int64(i), HasOffset: true})
		}
		if err := errors.Join(h.Project().Learn(ctx, messages), h.Close(ctx)); err != nil {
			t.Fatal(err)
		}
		e, err := Read(ctx, store, "sml", name)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	a, b := learn("a", 1), learn("b", 2)
	if _, err := b.MergeInto(ctx, store, Target{Prefix: "sml", Project: "a", Name: "b"}); !errors.Is(err, ErrKinds) || !strings.Contains(err.Error(), "spline(x)") {
		t.Errorf("error is %v, want ErrKinds about spline(x)", err)
	}
	if after, err := Read(ctx, store, "sml", "a"); err != nil || after.ID() != a.ID() {
		t.Errorf("the target has changed (%v)", err)
	}
	file, err := Decode(a.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Create(ctx, store, "sml", "c", false); err != nil {
		t.Fatal(err)
	}
	c := learn("c", 5) // goes on with what a has settled
	if differ := c.Schema.Differs(a.Schema); len(differ) > 0 || len(c.Schema.Expansions()) != 3 {
		t.Errorf("%v is computed otherwise after an import", differ)
	}
	if out, err := a.MergeInto(ctx, store, Target{Prefix: "sml", Project: "c", Name: "a"}); err != nil || out.Rows != 60 {
		t.Errorf("merge of a project with the same knots: %+v, %v", out, err)
	}
}
