package portable

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/live"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

type quiet struct{}

func (quiet) Learned(string, int, int, int)             {}
func (quiet) Built(string, string)                      {}
func (quiet) Limited(string, string, string)            {}
func (quiet) Warn(string)                               {}
func (quiet) Evaluated(string, string, string, float64) {}

// machines opens a project that keeps 30 of its keys in memory, for learning, and
// closes it when done is called.
func machines(t *testing.T, store state.Store, name string, pairs bool) (p *live.Project, done func()) {
	t.Helper()
	table := &live.Table{}
	h, err := table.Open(new(live.Scope), live.Settings{
		Project: name, Cache: "st", Prefix: "sml", Refresh: time.Hour,
		Learn: &live.LearnSettings{
			Durable: true, Every: time.Second,
			Composition: project.Composition{}.With(project.Entities{On: true, Resident: 30, HistogramBins: 16, Pairs: pairs}),
		},
	}, store, "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	return h.Project(), func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func learnMachines(t *testing.T, p *live.Project, format string, from, n, keys int) {
	t.Helper()
	for at := from; at < from+n; at += 100 {
		batch := make([]live.Message, 100)
		for i := range batch {
			key := (at + i) * 7 % keys
			batch[i] = live.Message{
				Key: fmt.Sprint("m", key), Shard: fmt.Sprint("t/", key%2), Offset: int64(at + i), HasOffset: true,
				Data: fmt.Appendf(nil, format, key, at+i),
			}
		}
		if err := p.Learn(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
		for i := range batch {
			if batch[i].Err != nil {
				t.Fatal(batch[i].Err)
			}
		}
	}
}

const keys, rows = 200, 2000

// ofKey returns the rows of a key and the mean of attribute a.
func ofKey(t *testing.T, p *live.Project, key string) (weight, mean float64) {
	t.Helper()
	a, err := p.Keys().Of(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	switch own := a.(type) {
	case *stats.Slim:
		return own.Weight(), own.Moments(own.Layout().NumericIndex("a")).Mean()
	case *stats.Summary:
		return own.Weight(), own.Moments(own.Layout().NumericIndex("a")).Mean()
	default:
		t.Fatalf("key %s has %T", key, a)
		return 0, 0
	}
}

// requireKeys checks keys of which each has n times the rows that learnMachines
// gives it once, with the mean a.
func requireKeys(t *testing.T, p *live.Project, n float64) {
	t.Helper()
	for key := range keys {
		weight, mean := ofKey(t, p, fmt.Sprint("m", key))
		if weight != n*rows/keys || math.Abs(mean-float64(key)) > 1e-12 {
			t.Fatalf("key m%d has %v rows with mean %v, want %v and %d", key, weight, mean, n*rows/keys, key)
		}
	}
}

func valuesOfKeys(store *state.Memory, name string) (n int) {
	for _, key := range store.Keys() {
		if strings.HasPrefix(key, project.Base("sml", name)) && strings.Contains(key, ".entities.") {
			n++
		}
	}
	return n
}

const usual, otherOrder = `{"a":%d,"b":%d}`, `{"new":1,"c":"x","b":2.5,"a":%d,"d":%d}`

// TestKeysTravel: what a project keeps per key goes with it into a file, into
// another project and under another name, and goes when it is erased.
func TestKeysTravel(t *testing.T) {
	for _, pairs := range []bool{false, true} {
		t.Run(fmt.Sprint("pairs=", pairs), func(t *testing.T) {
			ctx := context.Background()
			store := state.NewMemory()
			here := Place{Store: store, Prefix: "sml"}
			p, done := machines(t, store, "p", pairs)
			learnMachines(t, p, usual, 0, rows, keys)
			if err := p.Forget(ctx, []live.Message{{Key: "m3", Shard: "t/1", Data: []byte(`{"a":3,"b":29}`)}}); err != nil {
				t.Fatal(err)
			}
			learnMachines(t, p, usual, rows, 100, 1) // 100 rows more of m0
			if valuesOfKeys(store, "p") == 0 {
				t.Fatal("all keys fit into the record: the test shows nothing")
			}
			done()
			e, err := here.Read(ctx, "p")
			if err != nil {
				t.Fatal(err)
			}
			if n, kept := e.Keys(); n != keys || !kept {
				t.Fatalf("%d keys were read, want %d", n, keys)
			}
			requireCopy(t, e, pairs)
			requireRenamed(t, here, store, pairs)
		})
	}
}

// requireCopy imports a project elsewhere and requires that its keys are the same, and
// go on to learn.
func requireCopy(t *testing.T, e *Export, pairs bool) {
	t.Helper()
	ctx, far := context.Background(), state.NewMemory()
	there := Place{Store: far, Prefix: "sml"}
	file, err := Decode(e.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Create(ctx, far, "sml", "copy", false); err != nil {
		t.Fatal(err)
	}
	if again, err := there.Read(ctx, "copy"); err != nil || again.ID() != e.ID() {
		t.Fatalf("the copy differs (%v)", err)
	}
	q, done := machines(t, far, "copy", pairs)
	if w, mean := ofKey(t, q, "m0"); w != rows/keys+100 || mean != 0 {
		t.Errorf("m0 has %v rows with mean %v", w, mean)
	}
	if w, _ := ofKey(t, q, "m3"); w != rows/keys-1 {
		t.Errorf("m3 has %v rows, one of which is to be forgotten", w)
	}
	learnMachines(t, q, usual, 0, rows, keys) // replays
	learnMachines(t, q, usual, rows+100, rows, keys)
	if w, mean := ofKey(t, q, "m5"); w != 2*rows/keys || mean != 5 {
		t.Errorf("m5 has %v rows with mean %v after learning went on", w, mean)
	}
	done()
}

// requireRenamed renames the project and deletes it, and requires that nothing is left
// of either name.
func requireRenamed(t *testing.T, here Place, store *state.Memory, pairs bool) {
	t.Helper()
	ctx := context.Background()
	if _, err := here.Rename(ctx, "p", "r", true); err != nil {
		t.Fatal(err)
	}
	if n := valuesOfKeys(store, "p"); n != 0 {
		t.Errorf("%d values of the old name are left", n)
	}
	r, done := machines(t, store, "r", pairs)
	if w, mean := ofKey(t, r, "m7"); w != rows/keys || mean != 7 {
		t.Errorf("m7 has %v rows with mean %v under the new name", w, mean)
	}
	done()
	if err := here.Delete(ctx, "r", true); err != nil {
		t.Fatal(err)
	}
	for _, key := range store.Keys() {
		if !strings.HasPrefix(key, "sml.projects.") { // the list of projects, empty
			t.Errorf("%s is left after erasing all", key)
		}
	}
}

// TestKeysMerge: the keys of both projects are added up, attributes by name; a
// later export takes the place of the earlier one.
func TestKeysMerge(t *testing.T) {
	for _, pairs := range []bool{false, true} {
		t.Run(fmt.Sprint("pairs=", pairs), func(t *testing.T) {
			ctx := context.Background()
			store, far := state.NewMemory(), state.NewMemory()
			p, donePlant := machines(t, store, "plant", pairs)
			q, done := machines(t, far, "hq", pairs)
			learnMachines(t, q, otherOrder, 0, rows, keys)
			done()
			values := valuesOfKeys(far, "hq")
			for n := range 2 {
				learnMachines(t, p, usual, n*rows, rows, keys)
				e, err := Place{Store: store, Prefix: "sml"}.Read(ctx, "plant")
				if err != nil {
					t.Fatal(err)
				}
				target := Target{Prefix: "sml", Project: "hq", Name: "plant"}
				for range 2 {
					if _, err := e.MergeInto(ctx, far, target); err != nil {
						t.Fatal(err)
					}
				}
				q, done := machines(t, far, "hq", pairs)
				requireKeys(t, q, float64(n+2))
				done()
				if added := valuesOfKeys(far, "hq") - values; added == 0 || added > 40 {
					t.Errorf("merging left %d values beside those of the project itself", added)
				}
			}
			donePlant()
		})
	}
}
