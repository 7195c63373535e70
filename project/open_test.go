package project_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/project/projecttest"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// store makes a project of two shards with rows of one number each, and returns
// its base.
func store(t *testing.T, in state.Store, name string, c project.Composition) string {
	t.Helper()
	ctx, base := context.Background(), project.Base("sml", name)
	s, err := project.NewSchemaLog(in, base).Grow(ctx, schema.Growth{Attributes: []schema.Attribute{
		{Name: "x", Kind: schema.Continuous}, {Name: "kind", Kind: schema.Categorical, Values: []string{"a", "b"}},
	}}, schema.Limits{MaxAttributes: 10, MaxCategories: 10})
	if err == nil {
		err = c.Agree(ctx, in, base, project.NewDefinitionLog(in, base))
	}
	if err == nil {
		err = project.NewIndex(in, "sml").Add(ctx, name)
	}
	maker, makerErr := c.Maker(nil)
	if err := errors.Join(err, makerErr); err != nil {
		t.Fatal(err)
	}
	for k, id := range []string{"t/0", project.ForgetPrefix + "t/0"} {
		a, err := maker.New()
		if err != nil {
			t.Fatal(err)
		}
		rows := &stats.Rows{N: 3 - k, Numeric: 1, Categorical: 1, Values: []float64{1, 2, 4}[:3-k], Codes: []int32{1, 2, 1}[:3-k], Times: []int64{1e9, 2e9, 3e9}[:3-k]}
		if err := a.Learn(project.LayoutOf(s), rows); err != nil {
			t.Fatal(err)
		}
		if err := state.PutShard(ctx, in, base, id, &state.Positions{}, a, false); err != nil {
			t.Fatal(err)
		}
	}
	return base
}

// TestOpenTellsAll: whatever a project keeps, a reader that is told its name has
// its settings, its schema and its shards; with the record of before the settings
// of summaries were stored as well.
func TestOpenTellsAll(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(80) {
		c := projecttest.Composition(rand.New(rand.NewPCG(seed, 61)))
		in := state.NewMemory()
		base := store(t, in, "p", c)
		want, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range []string{"as stored", "older", "none"} {
			log := project.NewDefinitionLog(in, base)
			switch record {
			case "older":
				older := c
				older.Summary = stats.SummaryOptions{}
				text, err := older.Encode()
				if err == nil {
					err = log.Put(ctx, project.CompositionRecord, text)
				}
				if err != nil {
					t.Fatal(err)
				}
			case "none":
				plain := project.Composition{Summary: c.Summary}
				if text, err := plain.Encode(); err != nil || string(text) != string(want) {
					continue // what else it keeps cannot be known
				}
				if err := log.Delete(ctx, project.CompositionRecord); err != nil {
					t.Fatal(err)
				}
			}
			p, err := project.Open(ctx, in, "sml", "p")
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, record, err)
			}
			if got, err := p.Composition.Encode(); err != nil || string(got) != string(want) {
				t.Errorf("seed %d, %s: %s, want %s (%v)", seed, record, got, want, err)
			}
			shards, err := p.Shards(ctx)
			if err != nil || len(shards) != 2 || len(p.Schema.Attributes()) != 2 || len(p.Layout().Numeric) != 1 {
				t.Fatalf("seed %d, %s: %d shards, schema %v, definitions %v (%v)", seed, record, len(shards), p.Schema.Attributes(), p.Definitions, err)
			}
			if err := requireRows(p, shards); err != nil {
				t.Errorf("seed %d, %s: %v", seed, record, err)
			}
		}
	}
}

// requireRows merges the shards as a reader does.
func requireRows(p *project.Project, shards []state.ShardState[stats.Additive]) error {
	whole, err := p.Maker().New()
	if err != nil {
		return err
	}
	for _, s := range shards {
		if !project.HoldsRows(s.ID) {
			continue
		}
		if err := whole.Merge(s.Content); err != nil {
			return err
		}
	}
	s, err := project.SummaryOf(whole)
	if err != nil {
		return err
	}
	// Under decay a row weighs up to 2, as of the last half-life.
	if !(s.Weight() > 0 && s.Weight() <= 6) {
		return fmt.Errorf("%v rows", s.Weight())
	}
	return nil
}

// TestOpenNothing: a project of which nothing is stored is empty; names that no
// project has, and stores that fail, are errors that say so.
func TestOpenNothing(t *testing.T) {
	ctx, in := context.Background(), &statetest.Broken{Store: state.NewMemory()}
	p, err := project.Open(ctx, in, "sml", "p")
	if err != nil || len(p.Definitions) != 0 || len(p.Schema.Attributes()) != 0 || !reflect.DeepEqual(p.Composition, project.Composition{}) {
		t.Errorf("%+v, %v", p, err)
	}
	if shards, err := p.Shards(ctx); err != nil || len(shards) != 0 {
		t.Errorf("shards %v, %v", shards, err)
	}
	for _, name := range []string{"", "a.b"} {
		if _, err := project.Open(ctx, in, "sml", name); !errors.Is(err, state.ErrName) {
			t.Errorf("project %q: %v", name, err)
		}
		if _, err := project.Open(ctx, in, name, "p"); !errors.Is(err, state.ErrName) {
			t.Errorf("prefix %q: %v", name, err)
		}
	}
	store(t, in, "q", project.Composition{})
	for _, part := range []string{".schema", ".models", ".dir", ".shard."} {
		in.Break("get", part)
		if _, err := project.Open(ctx, in, "sml", "q"); !errors.Is(err, state.ErrStore) || !strings.Contains(err.Error(), `"q"`) {
			t.Errorf("%s fails: %v, want ErrStore and the project", part, err)
		}
		in.Mend()
	}
}

// TestDamageIsFound: of each record that is damaged Inspect says so, MakerOf
// still makes something, and Erase leaves nothing.
func TestDamageIsFound(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, part, record string
		folds              int
	}{
		{name: "schema", part: ".schema.1", record: "schema", folds: 3},
		{name: "models", part: ".models.1", record: "models"}, // which tell how shards are read
		{name: "shard", part: ".shard.t_2F0.1", record: "shard", folds: 3},
		{name: "nothing", folds: 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := state.NewMemory()
			base := store(t, in, "p", project.Composition{}.With(project.Folds(c.folds)))
			if c.part != "" {
				value, err := in.Get(ctx, base+c.part)
				if err != nil {
					t.Fatal(err)
				}
				value[len(value)/2] ^= 0x40
				if err := in.Set(ctx, base+c.part, value); err != nil {
					t.Fatal(err)
				}
			}
			all, err := project.Inspect(ctx, in, "sml", "p")
			if err != nil || len(all) != 5 { // schema, models, directory, two shards
				t.Fatalf("%+v, %v", all, err)
			}
			bad := 0
			for _, h := range all {
				if h.Err == nil {
					continue
				}
				bad++
				if h.Record != c.record || !errors.Is(h.Err, wire.ErrCorrupt) {
					t.Errorf("%s %s: %v", h.Record, h.Shard, h.Err)
				}
			}
			if want := min(len(c.part), 1); bad != want {
				t.Errorf("%d records are damaged, want %d", bad, want)
			}
			if _, err := project.MakerOf(ctx, in, "sml", "p"); err != nil {
				t.Errorf("no maker: %v", err)
			}
			if err := project.Erase(ctx, in, "sml", "p"); err != nil {
				t.Fatal(err)
			}
			for _, key := range in.Keys() {
				if strings.HasPrefix(key, base+".") {
					t.Errorf("%s is left", key)
				}
			}
			if names, err := project.NewIndex(in, "sml").List(ctx); err != nil || len(names) != 0 {
				t.Errorf("the index has %q, %v", names, err)
			}
		})
	}
}

// TestSettleRace: learners with different settings that begin a project at the
// same time agree on one of them; the others are refused.
func TestSettleRace(t *testing.T) {
	ctx := context.Background()
	for range 30 {
		in, base := state.NewMemory(), project.Base("sml", "p")
		outcomes := make(chan error, 4)
		for folds := range 4 {
			go func() {
				c := project.Composition{}.With(project.Folds(folds + 2))
				outcomes <- c.Agree(ctx, in, base, project.NewDefinitionLog(in, base))
			}()
		}
		won := 0
		for range 4 {
			switch err := <-outcomes; {
			case err == nil:
				won++
			case !errors.Is(err, project.ErrComposition):
				t.Fatal(err)
			}
		}
		if won != 1 {
			t.Fatalf("%d learners have their settings", won)
		}
	}
}
