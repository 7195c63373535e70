package paged

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

func testHash(key string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails, as hash documents
	return int(h.Sum32() % uint32(n))
}

// namedKeys returns how many keys of the store the values have.
func namedKeys(refs []Ref) (n int) {
	for _, r := range refs {
		n += int(r.Parts)
	}
	return n
}

// requireTable checks that the pages have what they should have, each key in its
// page, and that Find finds it.
func requireTable(t *testing.T, table *Table, values *Values, want map[string]string) {
	t.Helper()
	pages, err := table.All(context.Background(), values)
	must(t, err)
	got := map[string]string{}
	for page, blobs := range pages {
		for key, blob := range blobs {
			if at := testHash(key, len(pages)); at != page {
				t.Fatalf("key %s is in page %d of %d, want %d", key, page, len(pages), at)
			}
			got[key] = string(blob)
		}
	}
	if !maps.Equal(got, want) {
		t.Fatalf("the pages have %v, want %v", got, want)
	}
	asked := append(slices.Sorted(maps.Keys(want)), "absent", "absent", "neither")
	found, err := table.Find(context.Background(), values, append(asked, asked...))
	must(t, err)
	for _, f := range found {
		if want[f.Key] != string(f.Blob) {
			t.Fatalf("key %s is found as %q, want %q", f.Key, f.Blob, want[f.Key])
		}
	}
	if len(found) != len(want) {
		t.Fatalf("%d keys are found, want each of the %d once", len(found), len(want))
	}
}

// TestTableAgainstMap rewrites drawn keys of tables that grow, on a store that
// fails now and then, and compares with a map. A Rewrite that fails changes
// nothing and leaves nothing; one that does not names exactly what the store has.
func TestTableAgainstMap(t *testing.T) {
	ctx := context.Background()
	failures, grown := 0, 0
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 3))
		store := state.NewMemory()
		broken := &statetest.Broken{Store: store}
		values := NewValues(broken, "sml.p", Layout{Name: "page", Numbered: seed%2 == 0}, "t", 10+random.IntN(100))
		table := &Table{Refs: make([]Ref, 1<<random.IntN(4)), Of: testHash}
		want := map[string]string{}
		for step := range 30 {
			next := maps.Clone(want)
			var keys []string
			for range random.IntN(20) {
				key := fmt.Sprint("key ", random.IntN(60))
				if !slices.Contains(keys, key) {
					keys = append(keys, key)
					next[key] = fmt.Sprint("value ", seed, step)
				}
			}
			n := len(table.Refs)
			if n < 64 && random.IntN(6) == 0 {
				n *= 2
				grown++
			}
			switch random.IntN(4) {
			case 0:
				broken.Break("set", ".1") // some of the values
			case 1:
				broken.Break("get", ".2")
			}
			out, err := table.Rewrite(ctx, values, n, keys, func(key string) []byte { return []byte(next[key]) })
			broken.Mend()
			if err != nil {
				failures++
				if !errors.Is(err, state.ErrStore) {
					t.Fatalf("seed %d, step %d: %v", seed, step, err)
				}
			} else {
				if out.Added != len(next)-len(want) {
					t.Fatalf("seed %d, step %d: %d keys are new, want %d", seed, step, out.Added, len(next)-len(want))
				}
				if before := namedKeys(table.Refs) + namedKeys(out.written); namedKeys(out.Refs)+namedKeys(out.Replaced) != before {
					t.Fatalf("seed %d, step %d: %d parts before and written, %d named and replaced", seed, step, before, namedKeys(out.Refs)+namedKeys(out.Replaced))
				}
				must(t, values.RemoveAll(ctx, out.Replaced))
				table.Refs, want = out.Refs, next
			}
			requireTable(t, table, values, want)
			if named := namedKeys(table.Refs); len(store.Keys()) != named {
				t.Fatalf("seed %d, step %d (error %v): %d keys are in the store, %d are named", seed, step, err, len(store.Keys()), named)
			}
		}
	}
	if failures < 40 || grown < 20 {
		t.Errorf("only %d failures and %d times of growth", failures, grown)
	}
}

// TestDiscard removes what was written and nothing else.
func TestDiscard(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	values := NewValues(store, "sml.p", Layout{Name: "entities"}, "t", 0)
	table := &Table{Refs: make([]Ref, 4), Of: testHash}
	keys := []string{"a", "b", "c", "d", "e"}
	first, err := table.Rewrite(ctx, values, 4, keys, func(key string) []byte { return []byte(key) })
	must(t, err)
	table.Refs = first.Refs
	second, err := table.Rewrite(ctx, values, 8, []string{"a"}, func(string) []byte { return []byte("other") })
	must(t, err)
	second.Discard(ctx, values)
	requireTable(t, table, values, map[string]string{"a": "a", "b": "b", "c": "c", "d": "d", "e": "e"})
	if named := namedKeys(table.Refs); len(store.Keys()) != named {
		t.Errorf("%d keys are in the store, %d are named", len(store.Keys()), named)
	}
}

// TestNoPages: a table without pages has nothing.
func TestNoPages(t *testing.T) {
	values := NewValues(state.NewMemory(), "sml.p", Layout{}, "t", 0)
	found, err := (&Table{Of: testHash}).Find(context.Background(), values, []string{"a"})
	if len(found) != 0 || err != nil {
		t.Errorf("found %v, error %v", found, err)
	}
}

// TestGarbage: what the store refuses stays on the list, what was listed after
// Due stays too, and values without a name are never listed.
func TestGarbage(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	broken := &statetest.Broken{Store: store}
	values := NewValues(broken, "sml.p", Layout{Name: "page", Numbered: true}, "t", 0)
	var refs []Ref
	for page := range 4 {
		r, err := values.Write(ctx, page, []byte{byte(page)})
		must(t, err)
		refs = append(refs, r)
	}
	var g Garbage
	Due{}.Remove(ctx, values) // none
	g.Add(refs[0], Ref{}, refs[1], refs[2])
	due := g.Due()
	g.Add(refs[3])
	broken.Break("delete", ".page.t.1.")
	due.Remove(ctx, values)
	if got := g.Refs(); !slices.Equal(got, []Ref{refs[1], refs[3]}) {
		t.Errorf("listed are %v, want the one that was refused and the one that came later: %v and %v", got, refs[1], refs[3])
	}
	broken.Mend()
	g.Due().Remove(ctx, values)
	due.Remove(ctx, values) // once more is harmless
	if got := g.Refs(); len(got) != 0 || len(store.Keys()) != 0 {
		t.Errorf("listed are %v, in the store %q, want nothing", got, store.Keys())
	}
}
