package project

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func growth(name string, values ...string) schema.Growth {
	a := schema.Attribute{Name: name, Kind: schema.Continuous}
	if len(values) > 0 {
		a.Kind, a.Values = schema.Categorical, values
	}
	return schema.Growth{Attributes: []schema.Attribute{a}}
}

// TestSchemaLogRace: learners that meet attributes at the same time agree on
// one schema that has them all, and every schema extends the one before.
func TestSchemaLogRace(t *testing.T) {
	ctx := context.Background()
	const learners, each = 6, 8
	store := state.NewMemory()
	var group sync.WaitGroup
	for i := range learners {
		group.Go(func() {
			l := NewSchemaLog(store, "sml.p")
			for k := range each {
				s, err := l.Grow(ctx, growth(fmt.Sprint("s", (i+k)%each)), schema.Limits{})
				if err == nil {
					s, err = l.Grow(ctx, growth("state", fmt.Sprint(i, k)), schema.Limits{})
				}
				if err != nil || s.Index(fmt.Sprint("s", (i+k)%each)) < 0 {
					t.Errorf("learner %d: %v", i, err)
					return
				}
			}
		})
	}
	group.Wait()
	s, err := NewSchemaLog(store, "sml.p").Load(ctx)
	must(t, err)
	if n := len(s.Attributes()); n != each+1 {
		t.Errorf("%d attributes, want %d", n, each+1)
	}
	if n := len(s.Attributes()[s.Index("state")].Values); n != learners*each {
		t.Errorf("%d categories, want %d", n, learners*each)
	}
}

func TestSchemaLogLoserTakesWinners(t *testing.T) {
	ctx := context.Background()
	store := state.NewMemory()
	a, b := NewSchemaLog(store, "sml.p"), NewSchemaLog(store, "sml.p")
	for _, l := range []*SchemaLog{a, b} {
		_, err := l.Load(ctx)
		must(t, err)
	}
	_, err := a.Grow(ctx, growth("x"), schema.Limits{})
	must(t, err)
	s, err := b.Grow(ctx, growth("x", "up"), schema.Limits{})
	must(t, err)
	if k := s.Attributes()[s.Index("x")].Kind; k != schema.Continuous {
		t.Errorf("kind %v, want that of who was first", k)
	}
	again, err := b.Load(ctx)
	must(t, err)
	if again != s {
		t.Error("a schema that did not change is another one")
	}
	down := newFaulty()
	down.fail("*")
	if _, err := NewSchemaLog(down, "sml.p").Load(ctx); !errors.Is(err, state.ErrStore) {
		t.Errorf("store down: %v, want state.ErrStore", err)
	}
}

func TestDefinitionLog(t *testing.T) {
	ctx := context.Background()
	store := newFaulty()
	a, b := NewDefinitionLog(store, "sml.p"), NewDefinitionLog(store, "sml.p")
	must(t, a.Put(ctx, "m1", []byte("1")))
	must(t, b.Put(ctx, "m2", []byte("2")))
	must(t, a.Put(ctx, "m1", []byte("3")))
	must(t, b.Delete(ctx, "absent"))
	for _, l := range []*DefinitionLog{a, b} {
		m, err := l.Load(ctx)
		must(t, err)
		if len(m) != 2 || string(m["m1"]) != "3" || string(m["m2"]) != "2" {
			t.Errorf("definitions %q", m)
		}
		m["m3"] = nil
	}
	adds := store.adds
	must(t, a.Put(ctx, "m2", []byte("2")))
	if n := store.adds - adds; n != 0 {
		t.Errorf("%d records for a definition that is there already", n)
	}
	must(t, b.Delete(ctx, "m1"))
	m, err := a.Load(ctx)
	must(t, err)
	if len(m) != 1 {
		t.Errorf("definitions %q after a deletion", m)
	}
	store.fail("*")
	if _, err := NewDefinitionLog(store, "sml.p").Load(ctx); !errors.Is(err, state.ErrStore) {
		t.Errorf("store down: %v, want state.ErrStore", err)
	}
	if err := a.Put(ctx, "m9", nil); !errors.Is(err, state.ErrStore) {
		t.Errorf("store down: %v, want state.ErrStore", err)
	}
}

// TestSchemaLogDisputed: a schema that another writer has given up may be
// passed over, so what Load returns has been written again.
func TestSchemaLogDisputed(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	_, err := NewSchemaLog(store, "sml.p").Grow(ctx, growth("a"), schema.Limits{})
	must(t, err)
	must(t, store.Add(ctx, "sml.p.schema.1.seal", seal(t)))
	l := NewSchemaLog(store, "sml.p")
	s, err := l.Load(ctx)
	must(t, err)
	if s.Index("a") < 0 || l.journal.Version() != 2 {
		t.Errorf("schema %v at version %d, want attribute a at version 2", s.Attributes(), l.journal.Version())
	}
	before := len(store.Keys())
	_, err = l.Load(ctx)
	must(t, err)
	if n := len(store.Keys()); n != before {
		t.Errorf("%d keys after another load, want %d", n, before)
	}
}

// seal returns the mark by which a writer gives a version up, as it is in the
// golden file of package state.
func seal(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "state", "testdata", "mark_v1_sealed.bin"))
	must(t, err)
	return b
}

// TestFullDisk: a store that takes only a part of what is written fails, so
// that the caller waits, and does not pass for another writer; it goes on when
// there is room again.
func TestFullDisk(t *testing.T) {
	ctx, s := context.Background(), newFaulty()
	s.partial = true
	s.fail("add")
	log := NewDefinitionLog(s, "sml.p")
	for range 5 {
		if err := log.Put(ctx, "m", []byte("{}")); !errors.Is(err, state.ErrStore) {
			t.Fatalf("error is %v, want ErrStore", err)
		}
	}
	if s.adds > 30 {
		t.Errorf("%d keys were added in five attempts", s.adds)
	}
	s.fail("")
	must(t, log.Put(ctx, "m", []byte("{}")))
	got, err := NewDefinitionLog(s, "sml.p").Load(ctx)
	if err != nil || string(got["m"]) != "{}" {
		t.Errorf("read %q, %v", got, err)
	}
}

// goldenNonce is the nonce of the golden records, as in package state.
const goldenNonce = 0x0123456789abcdef

var update = flag.Bool("update", false, "write the golden file of the newest schema")

// TestGolden: the records of the schema and of the definitions have the stored
// bytes, in version 3 of a journal, and these are read back.
func TestGolden(t *testing.T) {
	ctx := context.Background()
	made, err := schema.New(schema.Attribute{Name: "s1", Kind: schema.Continuous}, schema.Attribute{Name: "state", Kind: schema.Categorical, Values: []string{"up", "down"}})
	must(t, err)
	attributes, err := made.MarshalBinary()
	must(t, err)
	again, err := made.Retype("s1", "binary")
	must(t, err)
	retyped, err := again.MarshalBinary()
	must(t, err)
	grown, _ := new(schema.Schema).Grow(schema.Growth{
		Attributes: []schema.Attribute{{Name: "s1", Kind: schema.Continuous, Settled: schema.Settled{Reason: schema.FromNumberText, First: "5.1"}}},
		Unread:     []schema.Unread{{Name: "o", Sort: "an object", Advice: "declare it"}},
	}, schema.Limits{})
	read, err := grown.MarshalBinary()
	must(t, err)
	computed := computedSchema(t)
	definitions := map[string][]byte{"a": []byte("{}"), "b": []byte(`{"x":1}`)}
	for _, c := range []struct {
		file    string
		kind    wire.Kind
		payload []byte
	}{
		{file: "schema_v1_two_attributes.bin", kind: wire.KindSchema, payload: attributes},
		{file: "schema_v2_retyped.bin", kind: wire.KindSchema, payload: retyped},
		{file: "schema_v3_read.bin", kind: wire.KindSchema, payload: read},
		{file: "schema_v4_computed.bin", kind: wire.KindSchema, payload: computed},
		{file: "models_v1_two.bin", kind: wire.KindModels, payload: encodeDefinitions(definitions)},
	} {
		store := state.NewMemory()
		journal := state.NewJournal(store, "p.j", state.JournalOptions{Kind: c.kind, Nonce: func() uint64 { return goldenNonce }})
		for v := range uint64(3) {
			_, err := journal.Write(ctx, v, c.payload)
			must(t, err)
		}
		got, err := store.Get(ctx, "p.j.3")
		must(t, err)
		path := filepath.Join("testdata", c.file)
		if *update && c.file == "schema_v4_computed.bin" {
			must(t, os.WriteFile(path, got, 0o600))
		}
		want, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: bytes are\n%x, want\n%x", c.file, got, want)
		}
	}
	m, err := decodeDefinitions(encodeDefinitions(definitions))
	if err != nil || len(m) != 2 || string(m["b"]) != `{"x":1}` {
		t.Errorf("definitions %q, %v", m, err)
	}
}

// FuzzDefinitions: no input panics; what is accepted encodes to itself, what is
// not wraps one of the sentinels.
func FuzzDefinitions(f *testing.F) {
	f.Add(encodeDefinitions(map[string][]byte{"a": []byte("{}"), "b": nil}))
	f.Add(encodeDefinitions(nil))
	f.Fuzz(func(t *testing.T, in []byte) {
		if in == nil {
			return
		}
		m, err := decodeDefinitions(in)
		if err != nil {
			if !errors.Is(err, wire.ErrCorrupt) && !errors.Is(err, wire.ErrUnknownVersion) {
				t.Fatalf("error %v wraps neither ErrCorrupt nor ErrUnknownVersion", err)
			}
			return
		}
		if out := encodeDefinitions(m); !bytes.Equal(in, out) {
			t.Fatalf("%x encodes to %x", in, out)
		}
	})
}

// computedSchema returns the bytes of a schema with a column of each sort of expansion.
func computedSchema(t *testing.T) []byte {
	t.Helper()
	computing := schema.Growth{Attributes: []schema.Attribute{{Name: "x", Kind: schema.Continuous}, {Name: "y", Kind: schema.Continuous}}}
	for _, e := range []expansion.Expansion{
		{Kind: expansion.Natural, Sources: []string{"x"}, Knots: []float64{-1, 0.5, 2}},
		{Kind: expansion.Product, Sources: []string{"x", "y"}},
		{Kind: expansion.Fourier, Sources: []string{"x", "y"}, Frame: &expansion.FourierFrame{
			Seed: 7, Bandwidth: 1.5, Centre: []float64{0, 1}, Scale: []float64{1, 2}, Frequencies: []float64{0.25, -0.5},
		}},
	} {
		made, err := expansion.New(e)
		must(t, err)
		computing.Add(made)
	}
	expanded, _ := new(schema.Schema).Grow(computing, schema.Limits{})
	computed, err := expanded.MarshalBinary()
	must(t, err)
	return computed
}
