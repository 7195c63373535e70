package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/catalogue"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// TestModelsAreSharedByProcesses: what one process defines, replaces, freezes,
// lets serve and deletes, another one sees at its next refresh.
func TestModelsAreSharedByProcesses(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	declaresNone := settings(true)
	declaresNone.Learn.Models = nil // or a deleted one would be defined anew
	learner, _ := open(t, store, declaresNone)
	learnAll(t, learner.Project(), batch(0, 0, 300))
	a := learner.Project().Models()
	if err := a.Define(ctx, model.Definition{Name: "m", Type: "hba"}); err != nil {
		t.Fatal(err)
	}
	see := func() (map[string]live.ModelInfo, *live.Project) {
		h, _ := open(t, store, live.Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour})
		info, err := h.Project().Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]live.ModelInfo{}
		for _, m := range info.Models {
			out[m.Name] = m
		}
		return out, h.Project()
	}
	for _, step := range []struct {
		name string
		do   func() error
		want func(all map[string]live.ModelInfo, p *live.Project) bool
	}{
		{"define", func() error { return a.Define(ctx, model.Definition{Name: "n", Type: "zscore"}) },
			func(all map[string]live.ModelInfo, _ *live.Project) bool {
				return all["n"].Type == "zscore" && len(all) == 2
			}},
		{"replace", func() error { return a.Define(ctx, model.Definition{Name: "n", Type: "ols", Target: "x"}) },
			func(all map[string]live.ModelInfo, _ *live.Project) bool {
				return all["n"].Type == "ols" && all["n"].Target == "x"
			}},
		{"freeze", func() error { return a.Freeze(ctx, "m", "v1") },
			func(all map[string]live.ModelInfo, p *live.Project) bool {
				report, err := p.Models().Describe(ctx, "m@v1")
				return fmt.Sprint(all["m"].Versions) == "[v1]" && err == nil && report.Rows == 300 && report.Error == ""
			}},
		{"serve", func() error { return a.Serve(ctx, "m", "v1") },
			func(all map[string]live.ModelInfo, _ *live.Project) bool { return all["m"].Serves == "v1" }},
		{"serve the living one", func() error { return a.Serve(ctx, "m", "") },
			func(all map[string]live.ModelInfo, _ *live.Project) bool { return all["m"].Serves == "" }},
		{"delete", func() error { return a.Delete(ctx, "m") },
			func(all map[string]live.ModelInfo, p *live.Project) bool {
				_, known := all["m"]
				report, err := p.Models().Describe(ctx, "m@v1")
				return !known && err == nil && report.Rows == 300 // its versions stay
			}},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if all, p := see(); !step.want(all, p) {
			t.Errorf("%s: another process sees %+v", step.name, all)
		}
	}
}

// TestUnknownModelsAreNamed: every verb says which model it does not know, and
// which there are.
func TestUnknownModelsAreNamed(t *testing.T) {
	ctx := context.Background()
	h, _ := open(t, state.NewMemory(), settings(true))
	learnAll(t, h.Project(), batch(0, 0, 50))
	m, s := h.Project().Models(), h.Project().Scores()
	for name, err := range map[string]error{
		"delete":  m.Delete(ctx, "none"),
		"freeze":  m.Freeze(ctx, "none", "v1"),
		"serve":   m.Serve(ctx, "none", "v1"),
		"version": m.Serve(ctx, "m", "none"),
		"build": func() error {
			_, err := m.Build(ctx, "none")
			return err
		}(),
		"describe": func() error {
			_, err := m.Describe(ctx, "none")
			return err
		}(),
		"describe a version": func() error {
			_, err := m.Describe(ctx, "m@none")
			return err
		}(),
		"score": func() error {
			_, err := h.Project().ScoreValue(ctx, "none", map[string]any{})
			return err
		}(),
		"recent scores": func() error {
			_, err := s.Recent(ctx, "none")
			return err
		}(),
	} {
		if !errors.Is(err, live.ErrNoModel) || !strings.Contains(err.Error(), "none") || !strings.Contains(err.Error(), `"p"`) {
			t.Errorf("%s: %v, want ErrNoModel that names model and project", name, err)
		}
	}
	for name, err := range map[string]error{
		"version with a slash": m.Freeze(ctx, "m", "a/b"),
		"empty version":        m.Freeze(ctx, "m", ""),
		"unknown type":         m.Define(ctx, model.Definition{Name: "x", Type: "nothing"}),
		"bad name":             m.Define(ctx, model.Definition{Name: "x y", Type: "hba"}),
	} {
		if err == nil || errors.Is(err, live.ErrNoModel) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAllForgottenWarmsUp: a model of which every row has been forgotten answers as one
// that has none yet.
func TestAllForgottenWarmsUp(t *testing.T) {
	ctx := context.Background()
	s := settings(true)
	s.Learn.Models = []model.Definition{{Name: "line", Type: "ols", Target: "y", Inputs: []string{"x"}}}
	h, _ := open(t, state.NewMemory(), s)
	p, r := h.Project(), rand.New(rand.NewPCG(1, 51))
	all := normals(r, 0, 500)
	learnAll(t, p, append([]live.Message(nil), all...))
	if first, err := p.ScoreValue(ctx, "line", map[string]any{"x": 1.0}); err != nil || !strings.Contains(string(first), "prediction") {
		t.Fatalf("%s, %v", first, err)
	}
	if err := p.Forget(ctx, append([]live.Message(nil), all...)); err != nil {
		t.Fatal(err)
	}
	report, err := p.Models().Build(ctx, "line")
	if err != nil || !report.WarmingUp || report.Rows != 0 || report.Waiting == "" {
		t.Errorf("built of no row: %+v, %v", report, err)
	}
	if again, err := p.ScoreValue(ctx, "line", map[string]any{"x": 1.0}); err != nil || !strings.Contains(string(again), `"warming_up":true`) {
		t.Errorf("of no row: %s, %v", again, err)
	}
}

// TestTryStoresNothing: a model of every type can be tried out on what has been
// learned, or is refused with a reason; the project keeps nothing of it.
func TestTryStoresNothing(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := settings(true)
	s.Learn.Models, s.Learn.Composition = nil, project.Composition{}.With(project.Partition("kind"), project.Folds(3))
	h, _ := open(t, store, s)
	p, r := h.Project(), rand.New(rand.NewPCG(2, 52))
	learnAll(t, p, drawnRows(r, 0, 900))
	defined := func() int {
		at, err := project.Open(ctx, store, "sml", "p")
		if err != nil {
			t.Fatal(err)
		}
		return len(at.Definitions)
	}
	before := defined()
	tried := 0
	for _, entry := range catalogue.All() {
		d := model.Definition{Name: "try", Type: entry.Type}
		switch entry.Role {
		case model.RoleRegression:
			d.Target, d.Inputs = "y", []string{"x", "z"}
		case model.RoleClassification:
			d.Target = "kind"
		}
		report, err := p.Models().Try(ctx, d)
		needs, needsErr := catalogue.All().Needs(d)
		switch {
		case needsErr != nil:
			t.Errorf("%s: %v", entry.Type, needsErr)
		case len(needs.Forests) > 0, slices.ContainsFunc(needs.Likelihoods, func(n model.LikelihoodNeed) bool { return !n.Optional }),
			slices.ContainsFunc(needs.Binnings, func(n model.BinningNeed) bool { return !n.Optional }):
			if !errors.Is(err, model.ErrDefinition) {
				t.Errorf("%s counts in binnings that there are not: %v", entry.Type, err)
			}
		case err != nil && entry.Type != "power": // which needs powers to have been learned
			t.Errorf("%s: %v", entry.Type, err)
		case err == nil && (report.Rows != 900 || report.Type != entry.Type):
			t.Errorf("%s: %+v", entry.Type, report)
		case err == nil:
			tried++
		}
	}
	info, err := p.Info(ctx)
	if err != nil || len(info.Models) != 0 || defined() != before {
		t.Errorf("models %+v (%v), %d definitions, want none and %d", info.Models, err, defined(), before)
	}
	if tried < 10 {
		t.Errorf("only %d types were tried", tried)
	}
}

// TestFrozenProjects: Freeze refuses rows in all processes until it is taken
// back, the setting of a learner for good.
func TestFrozenProjects(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	s := settings(true)
	s.Refresh = time.Millisecond
	a, _ := open(t, store, s)
	b, _ := open(t, store, s)
	learnAll(t, a.Project(), batch(0, 0, 10))
	learnAll(t, b.Project(), batch(1, 0, 10))
	revision := a.Project().Revision()
	learn := func(h *live.Handle, at int) error {
		messages := batch(5, at, at+1)
		if err := h.Project().Learn(ctx, messages); err != nil {
			t.Fatal(err)
		}
		return messages[0].Err
	}
	until := func(what string, h *live.Handle, frozen bool) {
		for deadline := time.Now().Add(10 * time.Second); h.Project().Frozen() != frozen; {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the other process has not noticed", what)
			}
			if _, err := h.Project().Info(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := a.Project().Freeze(ctx, true); err != nil {
		t.Fatal(err)
	}
	until("frozen", b, true)
	for name, h := range map[string]*live.Handle{"here": a, "elsewhere": b} {
		if err := learn(h, 0); !errors.Is(err, live.ErrFrozen) {
			t.Errorf("%s: %v, want errFrozen", name, err)
		}
	}
	if a.Project().Revision() == revision {
		t.Error("the revision has not grown")
	}
	if err := b.Project().Freeze(ctx, false); err != nil {
		t.Fatal(err)
	}
	until("thawed", a, false)
	if err := learn(a, 1); err != nil {
		t.Errorf("thawed: %v", err)
	}
	s.Learn.Frozen = true
	c, _ := open(t, store, s)
	if err := learn(c, 2); !errors.Is(err, live.ErrFrozen) {
		t.Errorf("frozen by its settings: %v", err)
	}
	for _, h := range []*live.Handle{a, b, c} {
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

// TestVerbsOfAFailingStore: what changes a project says that the store failed,
// and succeeds when it is called again.
func TestVerbsOfAFailingStore(t *testing.T) {
	ctx, store := context.Background(), &statetest.Broken{Store: state.NewMemory()}
	h, _ := open(t, store, settings(true))
	learnAll(t, h.Project(), batch(0, 0, 100))
	p := h.Project()
	for name, do := range map[string]func() error{
		"define": func() error { return p.Models().Define(ctx, model.Definition{Name: "d", Type: "hba"}) },
		"freeze": func() error { return p.Freeze(ctx, false) },
		"flush":  func() error { return p.Flush(ctx) },
	} {
		store.Break("", ".models")
		if name == "flush" {
			store.Break("", ".shard.")
		}
		if err := do(); !errors.Is(err, state.ErrStore) {
			t.Errorf("%s: %v, want ErrStore", name, err)
		}
		store.Mend()
		if err := do(); err != nil {
			t.Errorf("%s again: %v", name, err)
		}
	}
	for _, part := range []string{".models", ".shard."} {
		store.Break("add", part)
		if err := p.Models().Freeze(ctx, "m", "v1"); !errors.Is(err, state.ErrStore) {
			t.Errorf("freeze a model without %s: %v", part, err)
		}
		store.Mend()
	}
	// The statistics may be stored and the record not: the version is not there,
	// and can be made.
	if _, err := p.Models().Describe(ctx, "m@v1"); !errors.Is(err, live.ErrNoModel) {
		t.Errorf("half a version: %v", err)
	}
	if err := p.Models().Freeze(ctx, "m", "v1"); err != nil {
		t.Errorf("freezing again: %v", err)
	}
	if err := p.Models().Freeze(ctx, "m", "v1"); !errors.Is(err, state.ErrExists) {
		t.Errorf("freezing twice: %v, want ErrExists", err)
	}
}
