package project

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/param/paramtest"
)

// TestTableOfLayers: names are given once, what is recent can be kept in parallel,
// and the parameters of all rows are complete and do not depend on values.
func TestTableOfLayers(t *testing.T) {
	var names []string
	for _, r := range layers() {
		if slices.Contains(names, r.name) || r.name == PartHistory {
			t.Errorf("layer %q: the name is taken", r.name)
		}
		names = append(names, r.name)
		l := r.get(&Composition{})
		if _, ok := l.(recentLayer); ok != (r.stage == stageRecent) {
			t.Errorf("layer %q: a %T is recent: %v", r.name, l, ok)
		}
		if r.stage != stageSummary && l.isOn() {
			t.Errorf("layer %q is on without settings", r.name)
		}
	}
	read := func(r *param.Reader) { ReadComposition(r) }
	paramtest.Declared(t, "layers", param.List(read))
	paramtest.Steady(t, "layers", &paramtest.Draws{Random: rand.New(rand.NewPCG(1, 2)), Attributes: []string{"kind"}}, read)
}

// drawnComposition draws settings within their bounds that go together.
func drawnComposition(t *testing.T, seed uint64) Composition {
	t.Helper()
	draws := paramtest.Draws{Random: rand.New(rand.NewPCG(seed, 9)), Attributes: []string{"kind", "line"}}
	for {
		r := param.NewReader(draws.Values(param.List(func(r *param.Reader) { ReadComposition(r) })), param.Typed)
		if c := ReadComposition(r); r.Close() == nil {
			return c
		}
	}
}

// TestSettingsRoundTrip: what a composition says of its settings is read back to
// the same composition, as JSON too; so is the record, which lacks what is local.
func TestSettingsRoundTrip(t *testing.T) {
	for seed := range uint64(300) {
		c := drawnComposition(t, seed)
		text, err := json.Marshal(c.Settings())
		if err != nil {
			t.Fatal(err)
		}
		var given param.Values
		if err := json.Unmarshal(text, &given); err != nil {
			t.Fatal(err)
		}
		r := param.NewReader(given, param.Typed)
		again := ReadComposition(r)
		if err := r.Close(); err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("seed %d: %s is read as %+v (%v)", seed, text, again, err)
		}
		record, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		stored, err := DecodeComposition(record)
		if err != nil || !reflect.DeepEqual(stored.Kept(), c.Kept()) {
			t.Fatalf("seed %d: %s is stored as %s (%v)", seed, c.Kept(), record, err)
		}
	}
}

// TestSettingsOutOfRange: every parameter of every layer refuses what is out of its
// bounds, and the error has its path and the value.
func TestSettingsOutOfRange(t *testing.T) {
	draws := paramtest.Draws{Random: rand.New(rand.NewPCG(5, 6)), Attributes: []string{"kind"}}
	for _, p := range param.List(func(r *param.Reader) { ReadComposition(r) }) {
		path, fields := "", []param.Parameter{p}
		if p.Kind == param.KindObject {
			path, fields = p.Name+".", p.Fields
		}
		for i := range fields {
			f := &fields[i]
			for _, wrong := range draws.Outside(f) {
				given := param.Values{f.Name: wrong}
				if path != "" {
					given = param.Values{p.Name: map[string]any(given)}
				}
				r := param.NewReader(given, param.Typed)
				ReadComposition(r)
				if err := r.Close(); err == nil || !strings.HasPrefix(err.Error(), path+f.Name+": ") {
					t.Errorf("%s%s %v: %v", path, f.Name, wrong, err)
				}
			}
		}
	}
}
