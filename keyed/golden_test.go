package keyed

import (
	"bytes"
	"context"
	"flag"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

var update = flag.Bool("update", false, "write the golden file of the current version")

// golden is the file of now, goldenOld one with a summary of version 2.
const golden, goldenOld = "testdata/keyed_v1_summary_v3.bin", "testdata/keyed_v1_all.bin"

// TestGolden pins the bytes of a record with keys, runs, a table and values to
// be removed, and that the stored file is read as what it holds.
func TestGolden(t *testing.T) {
	a, err := testMaker(5).New()
	if err != nil {
		t.Fatal(err)
	}
	k := a.(*Keyed)
	values := NewValues(state.NewMemory(), "sml.p", "t", 0)
	rows := &stats.Rows{N: 3, Numeric: 1, Values: []float64{1, 2.5, -4}}
	if err := k.Take(context.Background(), values, testLayout, rows, []string{"pump-7", "é", "pump-7"}); err != nil {
		t.Fatal(err)
	}
	k.runs = []paged.Ref{{Nonce: 1, Parts: 1}, {Nonce: 1 << 63, Parts: 2}}
	k.table, k.inPages = paged.Ref{Nonce: 77, Parts: 1}, 300
	k.garbage.Add(paged.Ref{Nonce: 5, Parts: 3})
	var w wire.Writer
	k.Encode(&w)
	if *update {
		if err := os.WriteFile(golden, w.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(w.Bytes(), want) {
		t.Errorf("%d bytes differ from the %d of %s", len(w.Bytes()), len(want), golden)
	}
	requireGolden(t, want)
	old, err := os.ReadFile(goldenOld)
	if err != nil {
		t.Fatal(err)
	}
	requireGolden(t, old)
}

// requireGolden reads a golden file as what it holds.
func requireGolden(t *testing.T, file []byte) {
	t.Helper()
	r := wire.NewReader(file)
	back, err := testMaker(5).Decode(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	got := back.(*Keyed)
	own := got.entries.Get("pump-7").Value.statistic.(*stats.Slim)
	if got.Weight() != 3 || own.Weight() != 2 || own.Moments(0).Mean() != -1.5 || len(got.runs) != 2 || got.inPages != 300 {
		t.Errorf("weight %v, that of pump-7 %v with mean %v, %d runs, %d keys in pages", got.Weight(), own.Weight(), own.Moments(0).Mean(), len(got.runs), got.inPages)
	}
}
