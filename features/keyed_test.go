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
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
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
		case k.reads != nil:
			s.Of = "x_adwin"
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

func encoded(k *keyed) []byte {
	var w wire.Writer
	k.Encode(&w)
	return w.Bytes()
}

// TestRecordGoesOn: a state that was written and read at any row goes on as if
// nothing had happened, bit for bit, for every type of feature.
func TestRecordGoesOn(t *testing.T) {
	plan := every(t)
	random := rand.New(rand.NewPCG(1, 2))
	whole := newKeyed(plan, Limits{Replay: 5})
	split := newKeyed(plan, Limits{Replay: 5})
	for i := range 400 {
		row := Row{Key: fmt.Sprint(random.IntN(3)), Time: int64(i) * 7e12, Values: []float64{random.NormFloat64()}}
		if i%17 == 0 {
			row.Values[0] = math.NaN()
		}
		want, err := whole.take(row)
		if err != nil {
			t.Fatal(err)
		}
		whole.remember(int64(i), want)
		got, _ := split.take(row)
		split.remember(int64(i), got)
		if !same(got, want) {
			t.Fatalf("row %d: %v, want %v", i, got, want)
		}
		r := wire.NewReader(encoded(split))
		back, err := codec{plan: plan, limits: split.limits}.Decode(r)
		if err != nil || r.Close() != nil {
			t.Fatalf("row %d: %v, %v", i, err, r.Close())
		}
		split = back
		if !bytes.Equal(encoded(split), encoded(whole)) {
			t.Fatalf("row %d: the record is another one", i)
		}
	}
	if split.recall(394) != nil {
		t.Error("more answers are remembered than asked for")
	}
	if split.recall(395) == nil {
		t.Error("the fifth last answer is forgotten")
	}
}

// TestKeysLeaveAndComeBack: with far more keys than the record holds, every row
// gets what it gets with room for all, over restarts at every batch, and what is
// no longer needed is removed from the store.
func TestKeysLeaveAndComeBack(t *testing.T) {
	plan, err := NewPlan([]Spec{{Type: "lag", Of: "x"}, {Type: "ewma", Of: "x"}, {Name: "n", Type: "count", Of: "x", Rows: maxRows}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	store := state.NewMemory()
	const maxValue = 500 // pages in parts
	pages := newPages(store, "sml.f.features", "t/1", maxValue)
	const keys, room = 500, 40
	limits := Limits{Keys: room}
	bounded, whole := newKeyed(plan, limits), newKeyed(plan, Limits{Keys: keys})
	random := rand.New(rand.NewPCG(3, 4))
	for batch := range 200 {
		rows := make([]Row, 30)
		var names []string
		for i := range rows {
			rows[i] = Row{Key: fmt.Sprint("key ", random.IntN(keys)), Time: int64(batch), Values: []float64{random.Float64()}}
			names = append(names, rows[i].Key)
		}
		if err := bounded.admit(ctx, pages, names); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			got, _ := bounded.take(row)
			want, _ := whole.take(row)
			if !same(got, want) {
				t.Fatalf("batch %d, %s: %v, want %v", batch, row.Key, got, want)
			}
		}
		if err := bounded.trim(ctx, pages); err != nil {
			t.Fatal(err)
		}
		if n := bounded.entities.Len(); n > room {
			t.Fatalf("%d keys are in the record, want at most %d", n, room)
		}
		bounded = restart(t, bounded)
		bounded.garbage.Due().Remove(ctx, pages)
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
func pageKeys(t *testing.T, store state.Store, k *keyed, pages *paged.Values) (out []string) {
	t.Helper()
	for _, ref := range k.pages.Refs {
		for part := range ref.Parts {
			key := pages.Key(ref, part)
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
	pages := newPages(state.NewMemory(), "b", "s", 0)
	k := newKeyed(plan, Limits{Keys: 1})
	take := func(k *keyed, key string, x float64) float64 {
		if err := k.admit(ctx, pages, []string{key}); err != nil {
			t.Fatal(err)
		}
		out, err := k.take(Row{Key: key, Values: []float64{x}})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.trim(ctx, pages); err != nil {
			t.Fatal(err)
		}
		return out[0]
	}
	take(k, "a", 1)
	take(k, "b", 2) // a has left
	old := restart(t, k)
	take(k, "a", 3) // the successor: a comes back, b leaves
	take(k, "b", 4) // a leaves with 3
	take(old, "a", 9)
	take(old, "b", 9) // the overtaken writer moves a with 9
	if got := take(k, "a", 5); got != 3 {
		t.Errorf("the value before is %v, want 3", got)
	}
	take(k, "b", 6)
	k.garbage.Due().Remove(ctx, pages)
	stale := newKeyed(plan, Limits{Keys: 1})
	at := pageOf("a", pageCount)
	stale.pages.Refs[at] = paged.Ref{Page: at, Nonce: 1, Parts: 1}
	if err := stale.admit(ctx, pages, []string{"a"}); !errors.Is(err, state.ErrStore) || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a page that is gone says %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	plan := every(t)
	k := newKeyed(plan, Limits{Replay: 2})
	for i := range 30 {
		out, _ := k.take(Row{Key: "a", Time: int64(i), Values: []float64{float64(i)}})
		k.remember(int64(i), out)
	}
	whole := encoded(k)
	c := codec{plan: plan, limits: k.limits}
	for n := range whole {
		r := wire.NewReader(whole[:n])
		_, err := c.Decode(r)
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
	if _, err := (codec{plan: other}).Decode(wire.NewReader(whole)); !errors.Is(err, errChanged) {
		t.Errorf("other features: %v", err)
	}
	if _, err := c.Decode(wire.NewReader([]byte{9})); !errors.Is(err, wire.ErrUnknownVersion) {
		t.Errorf("another version: %v", err)
	}
}

// FuzzDecode: nothing panics, and what is taken encodes to what was read.
func FuzzDecode(f *testing.F) {
	plan, err := NewPlan([]Spec{{Type: "lag", Of: "x"}, {Type: "ewma", Of: "x"}, {Type: "seasonal_mean", Of: "x"}, {Type: "likelihood", Of: "x"}, {Type: "surprise", Of: "x"}})
	if err != nil {
		f.Fatal(err)
	}
	k := newKeyed(plan, Limits{Replay: 2})
	out, _ := k.take(Row{Key: "a", Values: []float64{1}})
	k.remember(7, out)
	k.pages.Refs[3] = paged.Ref{Page: 3, Nonce: 1, Parts: 2}
	f.Add(encoded(k))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		a, err := codec{plan: plan, limits: k.limits}.Decode(r)
		if err != nil || r.Close() != nil {
			return
		}
		back, err := codec{plan: plan, limits: k.limits}.Decode(wire.NewReader(encoded(a)))
		if err != nil || !bytes.Equal(encoded(back), encoded(a)) {
			t.Errorf("not the same again: %v", err)
		}
	})
}

// restart returns the state as another process reads it.
func restart(t *testing.T, k *keyed) *keyed {
	t.Helper()
	r := wire.NewReader(encoded(k))
	back, err := codec{plan: k.plan, limits: k.limits}.Decode(r)
	if err != nil || r.Close() != nil {
		t.Fatal(err, r.Close())
	}
	return back
}

// same reports whether two results are the same bit for bit.
func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}
