package project

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// process is what a process knows of a project.
type process struct {
	schemas     *SchemaLog
	definitions *DefinitionLog
}

// lose deletes all keys.
func lose(t *testing.T, store *state.Memory) {
	t.Helper()
	for _, key := range store.Keys() {
		must(t, store.Delete(t.Context(), key))
	}
}

func (p *process) keep(t *testing.T) {
	t.Helper()
	_, err := p.schemas.Keep(t.Context())
	must(t, err)
	_, err = p.definitions.Keep(t.Context())
	must(t, err)
}

func (p *process) load(t *testing.T) {
	t.Helper()
	_, err := p.schemas.Load(t.Context())
	must(t, err)
	_, err = p.definitions.Load(t.Context())
	must(t, err)
}

// TestOldSchemasDoNotHaveTheLastWord: processes know older and newer schemas of a project
// and other definitions. All keys vanish, they look in any order, and learn on meanwhile.
// No category ever gets another code, and no definition is missing.
func TestOldSchemasDoNotHaveTheLastWord(t *testing.T) {
	for seed := range drawn.Seeds(200) {
		r, ctx, store := rand.New(rand.NewPCG(seed, 3)), context.Background(), state.NewMemory()
		n, codes := 0, map[string]int{} // of categories, 1 for the first
		definitions := map[string]bool{}
		var all []*process
		grow := func(p *process) {
			n++
			value := fmt.Sprint("v", n)
			s, err := p.schemas.Grow(ctx, growth("state", value), schema.Limits{})
			must(t, err)
			for i, v := range s.Attributes()[0].Values {
				if known, ok := codes[v]; ok && known != i+1 {
					t.Fatalf("seed %d: category %q has the code %d, and had %d", seed, v, i+1, known)
				}
				codes[v] = i + 1
			}
			name := fmt.Sprint("m", n)
			must(t, p.definitions.Put(ctx, name, []byte{1}))
			definitions[name] = true
		}
		for range 2 + r.IntN(3) {
			p := &process{NewSchemaLog(store, "sml.p"), NewDefinitionLog(store, "sml.p")}
			all = append(all, p)
			for range 1 + r.IntN(3) {
				grow(p)
			}
		}
		newest := all[len(all)-1]
		rounds := 1 + r.IntN(3)
		for range rounds {
			lose(t, store)
			for _, k := range r.Perm(len(all)) {
				all[k].keep(t)
				if r.IntN(4) == 0 {
					grow(newest)
				}
			}
			newest.load(t)
		}
		grow(newest)
		s, err := NewSchemaLog(store, "sml.p").Load(ctx)
		must(t, err)
		if got := s.Attributes()[0].Values; len(got) != n {
			t.Errorf("seed %d: %d categories, want %d", seed, len(got), n)
		}
		stored, err := NewDefinitionLog(store, "sml.p").Load(ctx)
		must(t, err)
		for name := range definitions {
			// After more losses a version can have the number of one that was restored
			// before. Learners define their models again when they start.
			if stored[name] == nil && rounds == 1 {
				t.Errorf("seed %d: definition %q is missing", seed, name)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// TestForkedSchemasStop: all keys vanish, and a process that knows nothing begins the
// project anew with other codes. Who has learned with the earlier schema stops.
func TestForkedSchemasStop(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	former := NewSchemaLog(store, "sml.p")
	_, err := former.Grow(ctx, growth("state", "a", "b"), schema.Limits{})
	must(t, err)
	for _, key := range store.Keys() {
		must(t, store.Delete(ctx, key))
	}
	fresh := NewSchemaLog(store, "sml.p")
	_, err = fresh.Grow(ctx, growth("state", "b", "a"), schema.Limits{})
	must(t, err)
	_, err = fresh.Grow(ctx, growth("state", "c"), schema.Limits{})
	must(t, err)
	if _, err := former.Keep(ctx); !errors.Is(err, errForked) {
		if _, err = former.Load(ctx); !errors.Is(err, errForked) {
			t.Errorf("the former process goes on: %v", err)
		}
	}
	if _, err := fresh.Load(ctx); err != nil {
		t.Errorf("the new one: %v", err)
	}
}
