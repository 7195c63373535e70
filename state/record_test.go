package state

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// update makes checkGolden write the files of the current format version.
var update = flag.Bool("update", false, "write the golden files of this package")

// checkGolden compares got with testdata/<name>. With -update it writes the
// file.
func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.WriteFile(path, got, 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s: % x, stored is % x", name, got, want)
	}
}

// goldenNonce is the nonce of the golden records.
const goldenNonce = 0x0123456789abcdef

func goldenShard() (*Positions, *bag) {
	return &Positions{offsetSet: offsetSet{intervals: []Interval{{0, 9}, {12, 12}}}}, &bag{counts: map[int64]int64{-1: 2, 5: 1}}
}

// goldens returns every kind of value that this package writes.
func goldens(t *testing.T) map[string][]byte {
	t.Helper()
	ctx := context.Background()
	value := func(kind wire.Kind, maxValue int, payload []byte) []byte {
		j := NewJournal(NewMemory(), "p.j", JournalOptions{Kind: kind, MaxValue: maxValue, Nonce: func() uint64 { return goldenNonce }})
		next, err := j.stage(ctx, 3, payload, true)
		must(t, err)
		return next.value
	}
	p, b := goldenShard()
	shard := encodeShard(p, b)
	return map[string][]byte{
		"shard_v1_two_intervals.bin": value(wire.KindShard, 0, shard),
		"shard_v1_manifest.bin":      value(wire.KindShard, 8, shard),
		"shard_v1_empty.bin":         value(wire.KindShard, 0, encodeShard(&Positions{}, &bag{})),
		"record_v2_delta.bin":        goldenChain(),
		"part_v1_piece.bin":          wire.Seal(wire.KindPart, journalVersion, shard[:8]),
		"directory_v1_live.bin":      encodeEntry(Entry{ID: "sensors/0"}),
		"directory_v1_ended.bin":     encodeEntry(Entry{ID: "sensors/0", Ended: true}),
		"mark_v1_superseded.bin":     mark(markSuperseded),
		"mark_v1_sealed.bin":         mark(markSeal),
		"mark_v2_reached.bin":        levelMark(1000),
		"mark_v2_head.bin":           head(1234, 1000),
		"shard_v2_floor.bin":         value(wire.KindShard, 0, encodeShard(goldenFloor(), b)),
		"shard_v3_origin.bin":        value(wire.KindShard, 0, encodeShard(goldenOrigin(), b)),
	}
}

// oldGoldens are files of older formats: they are only read.
func oldGoldens() []string {
	return []string{"mark_v1_reached.bin", "mark_v1_head.bin", "delta_v1_small.bin"}
}

// goldenFloor is positions of which one hole was closed.
func goldenFloor() *Positions {
	p := &Positions{offsetSet: offsetSet{intervals: []Interval{{0, 9}, {12, 12}, {20, 29}}}}
	p.closeOldest(2)
	return p
}

// goldenOrigin is positions with all that they can have.
func goldenOrigin() *Positions {
	p := goldenFloor()
	p.enter(Origin{Cluster: "c1", Topic: "t1"})
	p.enter(Origin{Topic: "t2"})
	p.addRange(5, 9)
	for i := range int64(5) {
		p.prints.add(5+i, NewPrint(1_700_000_000_000+i, uint64(i)))
	}
	p.setAuthor(7, 300)
	p.setAuthor(8, 1)
	return p
}

// TestGolden: today's encoders write the stored bytes, and there is no file
// that they do not write.
func TestGolden(t *testing.T) {
	all := goldens(t)
	for name, got := range all {
		checkGolden(t, name, got)
	}
	files, err := filepath.Glob("testdata/*.bin")
	must(t, err)
	for _, f := range files {
		if _, ok := all[filepath.Base(f)]; !ok && !slices.Contains(oldGoldens(), filepath.Base(f)) {
			t.Errorf("nothing writes %s", f)
		}
	}
}

// TestGoldenReads: the stored bytes are read back, value for value.
func TestGoldenReads(t *testing.T) {
	ctx := context.Background()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		must(t, err)
		return b
	}
	wantPositions, wantBag := goldenShard()
	for _, name := range []string{"shard_v1_two_intervals.bin", "shard_v1_manifest.bin"} {
		store := NewMemory()
		j := NewJournal(store, "p.j", JournalOptions{Kind: wire.KindShard, MaxValue: 8, Nonce: func() uint64 { return goldenNonce }})
		if strings.Contains(name, "manifest") {
			_, err := j.stage(ctx, 3, encodeShard(wantPositions, wantBag), true)
			must(t, err)
		}
		c, err := j.parse(3, read(name))
		must(t, err)
		payload, err := j.assemble(ctx, c)
		must(t, err)
		p, a, err := decodeShard(payload, bagMaker{})
		must(t, err)
		var got, want wire.Writer
		a.Encode(&got)
		wantBag.Encode(&want)
		if !sameOffsets(p, wantPositions) || !bytes.Equal(got.Bytes(), want.Bytes()) || c.nonce != goldenNonce {
			t.Errorf("%s: nonce %x, positions %v, bag %v", name, c.nonce, p.Intervals(), a)
		}
	}
	e, err := decodeEntry(read("directory_v1_ended.bin"))
	must(t, err)
	if want := (Entry{ID: "sensors/0", Ended: true}); e != want {
		t.Errorf("entry %+v, want %+v", e, want)
	}
	for name, want := range map[string]uint64{"mark_v1_head.bin": 0, "mark_v2_head.bin": 1000} {
		if v, interval := parseHead(read(name)); v != 1234 || interval != want {
			t.Errorf("%s: version %d, interval %d, want 1234 and %d", name, v, interval, want)
		}
	}
	for name, want := range map[string]uint64{"mark_v1_reached.bin": 0, "mark_v2_reached.bin": 1000} {
		if interval := parseReached(read(name)); interval != want {
			t.Errorf("%s: interval %d, want %d", name, interval, want)
		}
	}
	floored := NewJournal(NewMemory(), "p.j", JournalOptions{Kind: wire.KindShard})
	v2, err := floored.parse(3, read("shard_v2_floor.bin"))
	must(t, err)
	p2, _, err := decodeShard(v2.payload, bagMaker{})
	must(t, err)
	if floor, ok := p2.floor, p2.hasFloor; !ok || floor != 11 || !sameOffsets(p2, goldenFloor()) {
		t.Errorf("positions %v with floor %d, want %v with 11", p2.Intervals(), floor, goldenFloor().Intervals())
	}
}

// TestGoldenOrigin: what the stored bytes say of the origin is read back.
func TestGoldenOrigin(t *testing.T) {
	stored, err := os.ReadFile(filepath.Join("testdata", "shard_v3_origin.bin"))
	must(t, err)
	c, err := NewJournal(NewMemory(), "p.j", JournalOptions{Kind: wire.KindShard}).parse(3, stored)
	must(t, err)
	got, _, err := decodeShard(c.payload, bagMaker{})
	must(t, err)
	if want := goldenOrigin(); !reflect.DeepEqual(got, want) {
		t.Errorf("positions are %+v, want %+v", got, want)
	}
}

// requireSentinel refuses errors of a decoder that wrap neither sentinel.
func requireSentinel(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, wire.ErrCorrupt) && !errors.Is(err, wire.ErrUnknownVersion) {
		t.Fatalf("error %v wraps neither ErrCorrupt nor ErrUnknownVersion", err)
	}
}

// FuzzShardRecord: no input panics; what is accepted encodes to itself.
func FuzzShardRecord(f *testing.F) {
	p, b := goldenShard()
	f.Add(encodeShard(p, b))
	f.Add(encodeShard(goldenOrigin(), b))
	f.Add([]byte{recordVersion})
	f.Add([]byte{recordVersion + 1, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		if in == nil {
			return
		}
		p, a, err := decodeShard(in, bagMaker{})
		if err != nil {
			requireSentinel(t, err)
			return
		}
		if out := encodeShard(p, a); !bytes.Equal(in, out) {
			t.Fatalf("%x encodes to %x", in, out)
		}
	})
}

// FuzzDirectoryEntry: as FuzzShardRecord.
func FuzzDirectoryEntry(f *testing.F) {
	f.Add(encodeEntry(Entry{ID: "sensors/0", Ended: true}))
	f.Add(encodeEntry(Entry{}))
	f.Fuzz(func(t *testing.T, in []byte) {
		cutShort(in)
		e, err := decodeEntry(in)
		if err != nil {
			requireSentinel(t, err)
			return
		}
		if out := encodeEntry(e); !bytes.Equal(in, out) {
			t.Fatalf("%x encodes to %x", in, out)
		}
	})
}
