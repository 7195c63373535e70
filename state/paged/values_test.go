package paged

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestKeys pins the names of values, which are part of the formats of features
// and of statistics per key.
func TestKeys(t *testing.T) {
	r := Ref{Page: 77, Nonce: 0x1019bc7bd0dca255, Parts: 2}
	for _, c := range []struct {
		name   string
		layout Layout
		want   string
	}{
		{name: "numbered", layout: Layout{Name: "page", Numbered: true}, want: "sml.f.page.t_2F1.77.1019bc7bd0dca255.1"},
		{name: "plain", layout: Layout{Name: "entities"}, want: "sml.f.entities.t_2F1.1019bc7bd0dca255.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := NewValues(state.NewMemory(), "sml.f", c.layout, "t/1", 0).Key(r, 1); got != c.want {
				t.Errorf("key %q, want %q", got, c.want)
			}
		})
	}
}

// TestRoundTrips: values of drawn sizes come back from parts of drawn sizes, also
// through a reader with another bound, and leave no key when they are removed.
func TestRoundTrips(t *testing.T) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		store := state.NewMemory()
		most := 1 + random.IntN(50)
		layout := Layout{Name: "page", Numbered: i%2 == 0}
		v := NewValues(store, "sml.p", layout, "t/0", most)
		want := make([]byte, random.IntN(200))
		for j := range want {
			want[j] = byte(random.IntN(256))
		}
		r, err := v.Write(ctx, 9, want)
		must(t, err)
		if parts := (len(want) + most - 1) / most; int(r.Parts) != parts || len(store.Keys()) != parts {
			t.Fatalf("%d bytes of at most %d are in %d parts and %d keys, want %d", len(want), most, r.Parts, len(store.Keys()), parts)
		}
		got, err := NewValues(store, "sml.p", layout, "t/0", 0).Read(ctx, r)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Fatalf("%d bytes came back as %d others", len(want), len(got))
		}
		must(t, v.Remove(ctx, r))
		must(t, v.Remove(ctx, r)) // that it is gone is no error
		if keys := store.Keys(); len(keys) != 0 {
			t.Fatalf("%q are left", keys)
		}
	}
}

// TestReadGoldenFiles reads what builds before this package existed have written:
// a page of features, and a run of keys in two parts.
func TestReadGoldenFiles(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	v := NewValues(store, "sml.p", Layout{Name: "entities"}, "t/0", 20)
	r := Ref{Nonce: 0x3470e2a4901a9ab4, Parts: 2}
	for part, name := range []string{"blobs_v1_part0.bin", "blobs_v1_part1.bin"} {
		must(t, store.Set(ctx, v.Key(r, uint64(part)), golden(t, name)))
	}
	blobs, err := v.ReadBlobs(ctx, r)
	must(t, err)
	want := map[string]string{"pump-7": "seven", "é": "\x00\x01\x02", "": ""}
	if len(blobs) != len(want) {
		t.Errorf("%d keys, want %d", len(blobs), len(want))
	}
	for key, text := range want {
		if string(blobs[key]) != text {
			t.Errorf("key %q has %q, want %q", key, blobs[key], text)
		}
	}
	again, err := v.WriteBlobs(ctx, 0, blobs)
	must(t, err)
	for part := range again.Parts {
		got, err := store.Get(ctx, v.Key(again, part))
		must(t, err)
		old, err := store.Get(ctx, v.Key(r, part))
		must(t, err)
		if !bytes.Equal(got, old) {
			t.Errorf("part %d is written as %x, the file has %x", part, got, old)
		}
	}
}

// TestGoldenRefs pins a list of names, which is part of records.
func TestGoldenRefs(t *testing.T) {
	var w wire.Writer
	Layout{}.EncodeRefs(&w, []Ref{{}, {Nonce: 1, Parts: 1}, {Nonce: 1 << 63, Parts: 300}})
	if want := golden(t, "refs_v1_plain.bin"); !bytes.Equal(w.Bytes(), want) {
		t.Errorf("names are written as %x, the file has %x", w.Bytes(), want)
	}
}

func golden(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	return b
}

// TestDamage: each kind of damage to any part is told by the right error, which
// names the key, and is never read as something else.
func TestDamage(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name   string
		damage func(store *state.Memory, key string, value []byte) error
		want   []error
		not    error
	}{
		{name: "gone", damage: func(s *state.Memory, key string, _ []byte) error { return s.Delete(ctx, key) }, want: []error{state.ErrStore, state.ErrNotFound}},
		{name: "cut short", damage: func(s *state.Memory, key string, v []byte) error { return s.Set(ctx, key, v[:len(v)-1]) }, want: []error{wire.ErrCorrupt}, not: state.ErrStore},
		{name: "flipped", damage: func(s *state.Memory, key string, v []byte) error { v[len(v)-2] ^= 4; return s.Set(ctx, key, v) }, want: []error{wire.ErrCorrupt}, not: state.ErrStore},
		{name: "another kind", damage: func(s *state.Memory, key string, _ []byte) error {
			return s.Set(ctx, key, wire.Seal(wire.KindShard, valueVersion, []byte("piece")))
		}, want: []error{wire.ErrCorrupt}, not: state.ErrStore},
		{name: "a later version", damage: func(s *state.Memory, key string, _ []byte) error {
			return s.Set(ctx, key, wire.Seal(wire.KindPart, valueVersion+1, []byte("piece")))
		}, want: []error{wire.ErrUnknownVersion}, not: state.ErrStore},
	} {
		t.Run(c.name, func(t *testing.T) {
			for part := range uint64(3) {
				store := state.NewMemory()
				v := NewValues(store, "sml.p", Layout{Name: "page", Numbered: true}, "t", 8)
				r, err := v.Write(ctx, 3, []byte("three parts of eight"))
				must(t, err)
				value, err := store.Get(ctx, v.Key(r, part))
				must(t, err)
				must(t, c.damage(store, v.Key(r, part), value))
				_, err = v.Read(ctx, r)
				for _, want := range c.want {
					if !errors.Is(err, want) {
						t.Errorf("part %d: error %v, want one that wraps %v", part, err, want)
					}
				}
				if c.not != nil && errors.Is(err, c.not) {
					t.Errorf("part %d: error %v is worth no other try", part, err)
				}
				if err == nil || !strings.Contains(err.Error(), v.Key(r, part)) {
					t.Errorf("part %d: error %v does not name the key", part, err)
				}
			}
		})
	}
}

// TestFailedWriteLeavesNothing: where the store refuses any part, the parts
// before it are removed again.
func TestFailedWriteLeavesNothing(t *testing.T) {
	ctx := context.Background()
	for _, part := range []string{".0", ".1", ".2"} {
		store := state.NewMemory()
		broken := &statetest.Broken{Store: store}
		v := NewValues(broken, "sml.p", Layout{Name: "entities"}, "t", 8)
		broken.Break("set", part)
		if r, err := v.Write(ctx, 0, []byte("three parts of eight")); !errors.Is(err, state.ErrStore) || r.Named() {
			t.Errorf("part %s refused: %v, error %v, want none and one that wraps %v", part, r, err, state.ErrStore)
		}
		if keys := store.Keys(); len(keys) != 0 {
			t.Errorf("part %s refused: %q are left", part, keys)
		}
	}
}

// FuzzDecode: whatever is read as names or keys is written as what was read.
func FuzzDecode(f *testing.F) {
	for _, numbered := range []bool{false, true} {
		var w wire.Writer
		Layout{Numbered: numbered}.EncodeRefs(&w, []Ref{{Nonce: 7, Parts: 2}})
		EncodeBlobs(&w, map[string][]byte{"a": {1}, "b": nil})
		f.Add(w.Bytes(), numbered)
	}
	f.Fuzz(func(t *testing.T, data []byte, numbered bool) {
		layout := Layout{Numbered: numbered}
		read := func(data []byte) (out []byte, ok bool) {
			r := wire.NewReader(data)
			refs := layout.DecodeRefs(r, 256)
			blobs := DecodeBlobs(r)
			if r.Close() != nil {
				return nil, false
			}
			var w wire.Writer
			layout.EncodeRefs(&w, refs)
			EncodeBlobs(&w, blobs)
			return w.Bytes(), true
		}
		first, ok := read(data)
		if !ok {
			return
		}
		if second, ok := read(first); !ok || !bytes.Equal(first, second) {
			t.Errorf("%x is read as %x and then as %x", data, first, second)
		}
	})
}
