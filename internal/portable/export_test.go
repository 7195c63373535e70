package portable

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

var update = flag.Bool("update", false, "write the golden files of the current version")

// golden is the file of now.
const golden = "testdata/export_v1_summary_v3.bin"

// goldenOld are files with summaries of versions 1 and 2.
var goldenOld = []string{"testdata/export_v1_small.bin", "testdata/export_v1_summary_v2.bin"}

// small is a project of two attributes with three rows in two shards.
func small(t *testing.T) *Export {
	t.Helper()
	s, err := schema.New(
		schema.Attribute{Name: "x", Kind: schema.Continuous},
		schema.Attribute{Name: "c", Kind: schema.Categorical, Values: []string{"a", "b"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	e := &Export{Project: "p", Schema: s, Models: map[string][]byte{"h": []byte(`{"name":"h","type":"hba"}`)}}
	for _, part := range []struct {
		id   string
		rows stats.Rows
	}{
		{id: "t/0", rows: stats.Rows{N: 2, Numeric: 1, Categorical: 1, Values: []float64{1, 2.5}, Codes: []int32{1, 2}}},
		{id: "t/1", rows: stats.Rows{N: 1, Numeric: 1, Categorical: 1, Values: []float64{-3}, Codes: []int32{1}}},
	} {
		a, err := wrap.AdaptiveMaker{Inner: wrap.BinnedMaker{Inner: stats.SummaryMaker{}}}.New()
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Learn(project.LayoutOf(s), &part.rows); err != nil {
			t.Fatal(err)
		}
		p := &state.Positions{}
		if err := p.AddRange(0, int64(part.rows.N)-1); err != nil {
			t.Fatal(err)
		}
		e.Shards = append(e.Shards, Shard{ID: part.id, Ended: part.id == "t/1", Positions: p, Statistics: a})
	}
	return e
}

func TestGolden(t *testing.T) {
	got := small(t).Encode()
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("an export encodes to %d bytes that differ from the %d of %s", len(got), len(want), golden)
	}
	decoded, err := Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(decoded.Encode(), want) || decoded.ID() != small(t).ID() {
		t.Error("decoding and encoding again gives other bytes")
	}
}

// TestReadsOldSummaries: files that earlier versions wrote are read.
func TestReadsOldSummaries(t *testing.T) {
	for _, name := range goldenOld {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Decode(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		whole, _, err := e.Whole()
		if err != nil || whole.Weight() != 3 || len(e.Shards) != 2 || len(e.Models) != 1 {
			t.Errorf("%s: weight %v, %d shards, %d models (%v)", name, whole.Weight(), len(e.Shards), len(e.Models), err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	file := small(t).Encode()
	flipped := bytes.Clone(file)
	flipped[len(file)/2] ^= 1
	_, payload, err := wire.Open(file, wire.KindExport)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{name: "empty", file: nil, want: wire.ErrCorrupt},
		{name: "cut short", file: file[:len(file)-1], want: wire.ErrCorrupt},
		{name: "one bit", file: flipped, want: wire.ErrCorrupt},
		{name: "trailing bytes", file: wire.Seal(wire.KindExport, exportVersion, append(bytes.Clone(payload), 0)), want: wire.ErrCorrupt},
		{name: "later version", file: wire.Seal(wire.KindExport, exportVersion+1, payload), want: wire.ErrUnknownVersion},
		{name: "another kind", file: wire.Seal(wire.KindSummary, exportVersion, payload), want: wire.ErrCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Decode(c.file); !errors.Is(err, c.want) {
				t.Errorf("error is %v, want %v", err, c.want)
			}
		})
	}
}

// FuzzDecode: whatever the bytes, no panic; what is accepted encodes again to
// what decodes to the same content.
func FuzzDecode(f *testing.F) {
	if file, err := os.ReadFile(golden); err == nil {
		f.Add(file)
		_, payload, _ := wire.Open(file, wire.KindExport)
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Decode(wire.Seal(wire.KindExport, exportVersion, data))
		if err != nil {
			return
		}
		again, err := Decode(e.Encode())
		if err != nil || again.ID() != e.ID() {
			t.Errorf("what was accepted does not encode: %v", err)
		}
	})
}

func TestCreateAndMerge(t *testing.T) {
	ctx, store, e := context.Background(), state.NewMemory(), small(t)
	if err := e.Create(ctx, store, "sml", "q", false); err != nil {
		t.Fatal(err)
	}
	if err := e.Create(ctx, store, "sml", "q", false); !errors.Is(err, ErrProjectExists) {
		t.Errorf("creating it again says %v, want %v", err, ErrProjectExists)
	}
	got, err := Read(ctx, store, "sml", "q")
	if err != nil || got.ID() != e.ID() {
		t.Fatalf("what was created differs (%v)", err)
	}
	target := Target{Prefix: "sml", Project: "q"}
	for i, already := range []bool{false, true} {
		done, err := e.MergeInto(ctx, store, target)
		if err != nil || done.Already != already || done.Rows != 3 {
			t.Errorf("merge %d: %+v, %v", i, done, err)
		}
	}
	if _, err := Read(ctx, store, "sml", "none"); !errors.Is(err, ErrNoProject) {
		t.Errorf("reading nothing says %v, want %v", err, ErrNoProject)
	}
}
