package features

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// every is one feature of each type.
func every(t *testing.T) *Plan {
	t.Helper()
	var specs []Spec
	for _, k := range catalogue() {
		s := Spec{Type: k.name}
		switch {
		case k.composed:
			s.Parts = []string{"x_surprise", "x"}
		case !k.timeOnly:
			s.Of = "x"
		}
		specs = append(specs, s)
	}
	plan, err := NewPlan(append(specs, Spec{Name: "of_feature", Type: "difference", Of: "x_mean"}))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func encoded(k *Keyed) []byte {
	var w wire.Writer
	k.Encode(&w)
	return w.Bytes()
}

// TestRecordGoesOn: a state that was written and read at any row goes on as if
// nothing had happened, bit for bit, for every type of feature.
func TestRecordGoesOn(t *testing.T) {
	plan := every(t)
	random := rand.New(rand.NewPCG(1, 2))
	whole := NewKeyed(plan, Limits{Replay: 5})
	split := NewKeyed(plan, Limits{Replay: 5})
	for i := range 400 {
		row := Row{Key: fmt.Sprint(random.IntN(3)), Time: int64(i) * 7e12, Values: []float64{random.NormFloat64()}}
		if i%17 == 0 {
			row.Values[0] = math.NaN()
		}
		want, err := whole.Take(row)
		if err != nil {
			t.Fatal(err)
		}
		whole.Remember(int64(i), want)
		got, _ := split.Take(row)
		split.Remember(int64(i), got)
		if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			t.Fatalf("row %d: %v, want %v", i, got, want)
		}
		r := wire.NewReader(encoded(split))
		back, err := Maker{Plan: plan, Limits: split.limits}.Decode(r)
		if err != nil || r.Close() != nil {
			t.Fatalf("row %d: %v, %v", i, err, r.Close())
		}
		split = back
		if !bytes.Equal(encoded(split), encoded(whole)) {
			t.Fatalf("row %d: the record is another one", i)
		}
	}
	if _, ok := split.Recall(394); ok {
		t.Error("more answers are remembered than asked for")
	}
	if _, ok := split.Recall(395); !ok {
		t.Error("the fifth last answer is forgotten")
	}
}

// TestKeysLeaveAndComeBack: with far more keys than the record holds, every row
// gets what it gets with room for all, over restarts at every batch, and what is
// no longer needed is removed from the store.
func TestKeysLeaveAndComeBack(t *testing.T) {
	plan, err := NewPlan([]Spec{{Type: "lag", Of: "x"}, {Type: "ewma", Of: "x"}, {Name: "n", Type: "count", Of: "x", Rows: MaxRows}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	store := state.NewMemory()
	const maxValue = 500 // pages in parts
	pages := NewPages(store, "sml.f.features", "t/1", maxValue)
	const keys, room = 500, 40
	limits := Limits{Keys: room}
	bounded, whole := NewKeyed(plan, limits), NewKeyed(plan, Limits{Keys: keys})
	random := rand.New(rand.NewPCG(3, 4))
	for batch := range 200 {
		rows := make([]Row, 30)
		var names []string
		for i := range rows {
			rows[i] = Row{Key: fmt.Sprint("key ", random.IntN(keys)), Time: int64(batch), Values: []float64{random.Float64()}}
			names = append(names, rows[i].Key)
		}
		if err := bounded.Admit(ctx, pages, names); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			got, _ := bounded.Take(row)
			want, _ := whole.Take(row)
			if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Fatalf("batch %d, %s: %v, want %v", batch, row.Key, got, want)
			}
		}
		if err := bounded.Trim(ctx, pages); err != nil {
			t.Fatal(err)
		}
		if bounded.Keys() > room {
			t.Fatalf("%d keys are in the record, want at most %d", bounded.Keys(), room)
		}
		bounded = bounded.Clone() // a restart
		gone := bounded.Garbage().Remove(ctx, pages)
		bounded.Forgotten(gone)
	}
	for _, key := range pageKeys(t, store, bounded, pages) {
		if err := store.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	if left := len(store.Keys()); left != 0 {
		t.Errorf("%d keys of pages are left that nothing names", left)
	}
}

// pageKeys returns the keys of all pages that the state names, which must exist.
func pageKeys(t *testing.T, store state.Store, k *Keyed, pages *Pages) (out []string) {
	t.Helper()
	for page, ref := range k.cold {
		for part := range ref.parts {
			key := pages.key(page, ref, part)
			value, err := store.Get(context.Background(), key)
			if err != nil {
				t.Error(err)
			}
			if len(value) > 600 {
				t.Errorf("a value has %d bytes", len(value))
			}
			out = append(out, key)
		}
	}
	return out
}

// TestOvertakenWriter: one that has lost the shard leaves pages that nobody
// reads, and cannot read those that its successor has removed.
func TestOvertakenWriter(t *testing.T) {
	plan, err := NewPlan([]Spec{{Type: "lag", Of: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	pages := NewPages(state.NewMemory(), "b", "s", 0)
	k := NewKeyed(plan, Limits{Keys: 1})
	take := func(k *Keyed, key string, x float64) float64 {
		if err := k.Admit(ctx, pages, []string{key}); err != nil {
			t.Fatal(err)
		}
		out, err := k.Take(Row{Key: key, Values: []float64{x}})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Trim(ctx, pages); err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	take(k, "a", 1)
	take(k, "b", 2) // a has left
	old := k.Clone()
	take(k, "a", 3) // the successor: a comes back, b leaves
	take(k, "b", 4) // a leaves with 3
	take(old, "a", 9)
	take(old, "b", 9) // the overtaken writer moves a with 9
	if got := take(k, "a", 5); got != 3 {
		t.Errorf("the value before is %v, want 3", got)
	}
	take(k, "b", 6)
	k.Forgotten(k.Garbage().Remove(ctx, pages))
	stale := NewKeyed(plan, Limits{Keys: 1})
	stale.cold[pageOf("a")] = reference{nonce: 1, parts: 1}
	if err := stale.Admit(ctx, pages, []string{"a"}); !errors.Is(err, state.ErrStore) || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a page that is gone says %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	plan := every(t)
	k := NewKeyed(plan, Limits{Replay: 2})
	for i := range 30 {
		out, _ := k.Take(Row{Key: "a", Time: int64(i), Values: []float64{float64(i)}})
		k.Remember(int64(i), out)
	}
	whole := encoded(k)
	maker := Maker{Plan: plan, Limits: k.limits}
	for n := range whole {
		r := wire.NewReader(whole[:n])
		_, err := maker.Decode(r)
		if err == nil {
			err = r.Close()
		}
		if !errors.Is(err, wire.ErrCorrupt) {
			t.Fatalf("cut at byte %d: %v", n, err)
		}
	}
	other, err := NewPlan([]Spec{{Type: "hour"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Maker{Plan: other}).Decode(wire.NewReader(whole)); !errors.Is(err, ErrChanged) {
		t.Errorf("other features: %v", err)
	}
	if _, err := maker.Decode(wire.NewReader([]byte{9})); !errors.Is(err, wire.ErrUnknownVersion) {
		t.Errorf("another version: %v", err)
	}
}

// FuzzDecode: nothing panics, and what is taken encodes to what was read.
func FuzzDecode(f *testing.F) {
	plan, err := NewPlan([]Spec{{Type: "lag", Of: "x"}, {Type: "ewma", Of: "x"}, {Type: "seasonal_mean", Of: "x"}, {Type: "likelihood", Of: "x"}, {Type: "surprise", Of: "x"}})
	if err != nil {
		f.Fatal(err)
	}
	k := NewKeyed(plan, Limits{Replay: 2})
	out, _ := k.Take(Row{Key: "a", Values: []float64{1}})
	k.Remember(7, out)
	k.cold[3] = reference{nonce: 1, parts: 2}
	f.Add(encoded(k))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		a, err := Maker{Plan: plan, Limits: k.limits}.Decode(r)
		if err != nil || r.Close() != nil {
			return
		}
		back, err := Maker{Plan: plan, Limits: k.limits}.Decode(wire.NewReader(encoded(a)))
		if err != nil || !bytes.Equal(encoded(back), encoded(a)) {
			t.Errorf("not the same again: %v", err)
		}
	})
}
