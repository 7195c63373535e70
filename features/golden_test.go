package features

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// goldenPlan is the features that the golden files were written for: one of each
// type that there was.
func goldenPlan(t *testing.T) *Plan {
	t.Helper()
	var specs []Spec
	for _, name := range []string{
		"lag", "difference", "rate", "mean", "stddev", "min", "max", "median", "sum", "count", "zscore", "ewma", "ewstd",
		"seasonal_mean", "seasonal_residual", "seasonal_zscore", "likelihood", "surprise",
	} {
		specs = append(specs, Spec{Type: name, Of: "x"})
	}
	specs = append(specs, Spec{Type: "total", Parts: []string{"x_surprise", "x"}}, Spec{Type: "peak", Of: "x"})
	for _, name := range []string{"hour", "hour_sin", "hour_cos", "weekday", "weekday_sin", "weekday_cos"} {
		specs = append(specs, Spec{Type: name})
	}
	plan, err := NewPlan(append(specs, Spec{Name: "of_feature", Type: "difference", Of: "x_mean"}))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func goldenFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGoldenRecord pins the bytes of a record with three keys, remembered
// results, pages and pages to be removed, and reads them as what they hold.
func TestGoldenRecord(t *testing.T) {
	plan := goldenPlan(t)
	limits := Limits{Keys: 10, Replay: 3}
	k := newKeyed(plan, limits)
	const hourLong = 3_600_000_000_000
	for i := range 40 {
		out, err := k.take(Row{Key: []string{"pump-7", "é", ""}[i%3], Time: int64(i) * hourLong, Values: []float64{float64(i*7919%13) / 4}})
		if err != nil {
			t.Fatal(err)
		}
		k.remember(int64(100+i), out)
	}
	k.pages.Refs[3] = paged.Ref{Page: 3, Nonce: 1, Parts: 2}
	k.pages.Refs[255] = paged.Ref{Page: 255, Nonce: 1 << 63, Parts: 1}
	k.garbage.Add(paged.Ref{Page: 200, Nonce: 5, Parts: 3}, paged.Ref{Page: 3, Nonce: 6, Parts: 1})
	want := goldenFile(t, "keyed_v1_every.bin")
	// Elsewhere the compiler may fuse a product and a sum, which rounds once.
	if runtime.GOARCH == "amd64" && !bytes.Equal(encoded(k), want) {
		t.Errorf("%d bytes differ from the %d of the file", len(encoded(k)), len(want))
	}
	r := wire.NewReader(want)
	back, err := codec{plan: plan, limits: limits}.Decode(r)
	if err != nil || r.Close() != nil {
		t.Fatal(err, r.Close())
	}
	if !bytes.Equal(encoded(back), want) {
		t.Error("what is read is not written as it was")
	}
	var keys []string
	for e := range back.entities.OldestFirst() {
		keys = append(keys, e.Key)
	}
	if !slices.Equal(keys, []string{"é", "", "pump-7"}) || back.rows != 40 || back.recall(136) != nil || back.recall(137) == nil {
		t.Errorf("keys %q of %d rows, offset 136 remembered as %v and 137 as %v", keys, back.rows, back.recall(136), back.recall(137))
	}
	if back.pages.Refs[255] != k.pages.Refs[255] || !slices.Equal(back.garbage.Refs(), k.garbage.Refs()) {
		t.Errorf("pages %v, to be removed %v", back.pages.Refs[255], back.garbage.Refs())
	}
	next, err := back.take(Row{Key: "pump-7", Time: 40 * hourLong, Values: []float64{1.5}})
	if want := 39 * 7919 % 13; err != nil || next[0] != float64(want)/4 {
		t.Errorf("the row after the stored ones has lag %v (error %v), want %v", next[0], err, float64(want)/4)
	}
}

// TestGoldenPage reads a page that a build before package paged has written, and
// writes the same keys as the same bytes.
func TestGoldenPage(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	pages := newPages(store, "sml.f.features", "t/1", 0)
	old := paged.Ref{Page: 77, Nonce: 0x1019bc7bd0dca255, Parts: 1}
	if err := store.Set(ctx, "sml.f.features.page.t_2F1.77.1019bc7bd0dca255.0", goldenFile(t, "page_v1_77.bin")); err != nil {
		t.Fatal(err)
	}
	k := newKeyed(goldenPlan(t), Limits{Keys: 300})
	k.pages.Refs[77] = old
	var wanted []string
	for i := range 300 { // the keys that the file was written with; page 77 has some of them
		if key := "k" + strconv.Itoa(i); pageOf(key, pageCount) == 77 {
			wanted = append(wanted, key)
		}
	}
	if err := k.admit(ctx, pages, wanted); err != nil {
		t.Fatal(err)
	}
	if len(wanted) == 0 || k.entities.Len() != len(wanted) {
		t.Fatalf("%d keys are back, want %q", k.entities.Len(), wanted)
	}
	for _, key := range wanted {
		i, err := strconv.Atoi(key[1:])
		if err != nil {
			t.Fatal(err)
		}
		x, _, ok := k.entities.Get(key).Value.histories[0].back(0)
		if !ok || x != float64(i)/8 {
			t.Errorf("key %s has the value %v, want %v", key, x, float64(i)/8)
		}
	}
	blobs, err := pages.ReadBlobs(ctx, old)
	if err != nil {
		t.Fatal(err)
	}
	again, err := pages.WriteBlobs(ctx, 77, blobs)
	if err != nil {
		t.Fatal(err)
	}
	value, err := store.Get(ctx, pages.Key(again, 0))
	if err != nil || !bytes.Equal(value, goldenFile(t, "page_v1_77.bin")) {
		t.Errorf("the page is written as %d other bytes (error %v)", len(value), err)
	}
}
