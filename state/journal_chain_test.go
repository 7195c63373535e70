package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// goldenChain is the value of version 4 of a journal: a payload of two pieces that version 2
// has written, and two deltas.
func goldenChain() []byte {
	c := chain{version: 2, nonce: 5, whole: []part{{size: 900_000, sum: 0x01020304}, {size: 70, sum: 0xfffefdfc}}, deltas: []link{
		{version: 3, nonce: 6, length: 900_080, pieces: []part{{size: 300, sum: 0x0a0b0c0d}, {size: 4}}},
		{version: 4, nonce: goldenNonce, length: 900_075, pieces: []part{{size: 17, sum: 9}}},
	}}
	var w wire.Writer
	w.Uint64(goldenNonce)
	w.Uint64(0x11223344)
	c.encode(&w)
	return wire.Seal(wire.KindShard, chainVersion, w.Bytes())
}

// goldenPayloads are a payload, and one that the golden delta makes of it.
func goldenPayloads() (former, fresh []byte) {
	former = bytes.Repeat([]byte("a payload that changes little "), 20)
	fresh = append([]byte("new "), former...)
	fresh[100]++
	return former, append(fresh, "and has more"...)
}

// TestGoldenDelta: a delta that was stored is read for ever. Its bytes depend on the
// compressor of the standard library, so it is not written anew.
func TestGoldenDelta(t *testing.T) {
	const file = "testdata/delta_v1_small.bin"
	former, want := goldenPayloads()
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) && *update {
		must(t, os.WriteFile(file, delta(former, want, len(want)), 0o600))
	}
	by, err := os.ReadFile(file)
	must(t, err)
	if got, err := patch(former, by, len(want)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the delta makes %q (%v), want %q", got, err, want)
	}
}

// changed returns what rows might make of a payload: numbers that change in place, some
// of which become longer, pieces that come, go and move.
func changed(r *rand.Rand, former []byte) []byte {
	fresh := slices.Clone(former)
	for range r.IntN(6) {
		at := r.IntN(len(fresh) + 1)
		n := min(r.IntN(1+r.IntN(300)), len(fresh)-at)
		switch r.IntN(5) {
		case 0: // some bytes of many
			for k := at; k < len(fresh); k += 1 + r.IntN(20) {
				fresh[k] += byte(r.IntN(4))
			}
		case 1: // some become longer
			for k := at; k < len(fresh); k += 50 + r.IntN(400) {
				fresh = slices.Insert(fresh, k, byte(r.IntN(256)))
			}
		case 2:
			fresh = slices.Delete(fresh, at, at+n)
		case 3:
			fresh = slices.Insert(fresh, at, randomBytes(r, n)...)
		default:
			piece := slices.Clone(fresh[at : at+n])
			fresh = slices.Insert(slices.Delete(fresh, at, at+n), r.IntN(len(fresh)-n+1), piece...)
		}
	}
	return fresh
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestDeltaMakesThePayload: whatever has changed, and however, the delta makes it; and where little
// has changed it is small.
func TestDeltaMakesThePayload(t *testing.T) {
	for seed := range drawn.Seeds(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		former := randomBytes(r, r.IntN(1+r.IntN(6000)))
		fresh := changed(r, former)
		by := delta(former, fresh, 1<<20)
		if by == nil {
			t.Fatalf("seed %d: no delta", seed)
		}
		if got, err := patch(former, by, len(fresh)); err != nil || !bytes.Equal(got, fresh) {
			t.Fatalf("seed %d: %d bytes (%v), want %d", seed, len(got), err, len(fresh))
		}
	}
	for name, change := range map[string]func(r *rand.Rand, b []byte) []byte{
		"nothing":           func(_ *rand.Rand, b []byte) []byte { return b },
		"at the end":        func(r *rand.Rand, b []byte) []byte { return append(b, randomBytes(r, 100)...) },
		"at the beginning":  func(r *rand.Rand, b []byte) []byte { return append(randomBytes(r, 100), b...) },
		"in the middle":     func(r *rand.Rand, b []byte) []byte { return slices.Insert(b, 50_000, randomBytes(r, 100)...) },
		"a piece goes":      func(_ *rand.Rand, b []byte) []byte { return slices.Delete(b, 40_000, 70_000) },
		"the order changes": func(_ *rand.Rand, b []byte) []byte { return slices.Concat(b[60_000:], b[:60_000]) },
		"longer numbers": func(_ *rand.Rand, b []byte) []byte {
			for at := 10; at < len(b); at += 5000 {
				b = slices.Insert(b, at, 1)
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			former := randomBytes(r, 100_000)
			by := delta(former, change(r, slices.Clone(former)), 1<<20)
			if by == nil || len(by) > 2000 {
				t.Errorf("the delta has %d bytes, want at most 2,000", len(by))
			}
		})
	}
}

// FuzzPatch: no delta makes more than was asked for, or panics.
func FuzzPatch(f *testing.F) {
	former, fresh := goldenPayloads()
	f.Add(delta(former, fresh, 1000), len(fresh))
	f.Add([]byte{}, 3)
	f.Fuzz(func(t *testing.T, by []byte, size int) {
		size = max(min(size, 1<<16), 0)
		got, err := patch(former, by, size)
		if err == nil && len(got) != size || err != nil && !errors.Is(err, wire.ErrCorrupt) {
			t.Fatalf("%d bytes, %v; want %d", len(got), err, size)
		}
	})
}

// TestJournalOfDeltas: whatever a payload becomes, by whoever writes and reads, a load returns it,
// a version writes little more than what changed, and no piece stays that none needs.
func TestJournalOfDeltas(t *testing.T) {
	for seed := range drawn.Seeds(24) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			ctx, r, store := context.Background(), rand.New(rand.NewPCG(seed, 3)), NewMemory()
			o := JournalOptions{Kind: wire.KindShard, MaxValue: 100 << r.IntN(6), deltas: deltaOptions{from: 1 + r.IntN(2000), most: 1 + r.IntN(6)}}
			journals := []*Journal{NewJournal(store, "j", o), NewJournal(store, "j", o)}
			follower := NewJournal(store, "j", o)
			payload := randomBytes(r, 3000)
			for version := range uint64(60) {
				writer := journals[r.IntN(1+r.IntN(2))]
				if _, err := writer.Resolve(ctx); err != nil {
					t.Fatal(err)
				}
				if payload = changed(r, payload); len(payload) > 5000 {
					payload = payload[:r.IntN(4000)]
				}
				if r.IntN(20) == 0 {
					if err := writer.restoreNow(ctx, payload); err != nil {
						t.Fatal(err)
					}
				} else if _, err := writer.Write(ctx, writer.Version(), payload); err != nil {
					t.Fatalf("version %d: %v", version, err)
				}
				readers := []*Journal{NewJournal(store, "j", o)}
				if r.IntN(3) == 0 {
					readers = append(readers, follower)
				}
				for _, reader := range readers {
					if got, err := reader.Load(ctx); err != nil || !bytes.Equal(got.Payload, payload) {
						t.Fatalf("version %d: %d bytes (%v), want %d", version, len(got.Payload), err, len(payload))
					}
				}
			}
		})
	}
}

// restoreNow is Restore for tests.
func (j *Journal) restoreNow(ctx context.Context, payload []byte) error {
	_, err := j.Restore(ctx, payload)
	return err
}

// TestDeltasLeaveNoPieces: while one writer writes, the store has the pieces of the newest version
// and no others, and what a version writes is what changed.
func TestDeltasLeaveNoPieces(t *testing.T) {
	ctx, r, store := context.Background(), rand.New(rand.NewPCG(1, 4)), NewMemory()
	j := NewJournal(store, "j", JournalOptions{Kind: wire.KindShard})
	payload := randomBytes(r, 200_000)
	most := 0
	for version := range uint64(200) {
		for range 20 {
			payload[r.IntN(len(payload))]++
		}
		if _, err := j.Write(ctx, version, slices.Clone(payload)); err != nil {
			t.Fatal(err)
		}
		var pieces []string
		for _, key := range store.Keys() {
			if strings.Contains(key, ".p0.") {
				pieces = append(pieces, key)
			}
			if strings.HasPrefix(key, fmt.Sprintf("j.%d.p", version+1)) && len(j.chain.deltas) > 0 {
				value, err := store.Get(ctx, key)
				must(t, err)
				most = max(most, len(value))
			}
		}
		want := j.chain.keys()
		slices.Sort(pieces)
		slices.Sort(want)
		if !slices.Equal(pieces, want) {
			t.Fatalf("version %d: pieces are %q, want %q", version+1, pieces, want)
		}
		if n := len(j.chain.deltas); n != int(version%(defaultMostDeltas+1)) {
			t.Fatalf("version %d has %d deltas", version+1, n)
		}
	}
	if most > 500 {
		t.Errorf("a version writes %d bytes of 20 changes, want at most 500", most)
	}
}

// TestLostPieceIsNoticed: a piece that is gone is not taken for an older version, and the look of the
// writer finds it.
func TestLostPieceIsNoticed(t *testing.T) {
	ctx, store := context.Background(), NewMemory()
	j := NewJournal(store, "j", JournalOptions{Kind: wire.KindShard, deltas: deltaOptions{from: 1}})
	payload := bytes.Repeat([]byte("payload "), 1000)
	for version := range uint64(5) {
		if _, err := j.Write(ctx, version, append(payload, byte(version))); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Kept(ctx); err != nil || len(j.chain.deltas) != 4 {
		t.Fatalf("%d deltas: %v", len(j.chain.deltas), err)
	}
	for _, key := range j.chain.keys() {
		value, err := store.Get(ctx, key)
		must(t, err)
		must(t, store.Delete(ctx, key))
		if err := j.Kept(ctx); !errors.Is(err, ErrLost) {
			t.Errorf("without %s the look says %v", key, err)
		}
		if r, err := NewJournal(store, "j", j.options).Load(ctx); !errors.Is(err, wire.ErrCorrupt) {
			t.Errorf("without %s a load returns version %d: %v", key, r.Version, err)
		}
		must(t, store.Set(ctx, key, value))
	}
}

// deaf is a store that does what it is asked and, while it is set, says that it failed.
type deaf struct {
	*Memory
	fails bool
}

func (d *deaf) Add(ctx context.Context, key string, value []byte) error {
	if err := d.Memory.Add(ctx, key, value); err != nil || !d.fails {
		return err
	}
	return errors.New("no answer")
}

func (d *deaf) Get(ctx context.Context, key string) ([]byte, error) {
	if d.fails {
		return nil, errors.New("no answer")
	}
	return d.Memory.Get(ctx, key)
}

// TestPiecesOfALostAnswerStay: a writer that does not know that it has written a version finds it superseded.
// What superseded it is a delta of it, and needs its pieces.
func TestPiecesOfALostAnswerStay(t *testing.T) {
	ctx, store := context.Background(), &deaf{Memory: NewMemory()}
	payload := func(k int) []byte { return fmt.Appendf(bytes.Repeat([]byte("a payload "), 5000), "%d", k) }
	options := JournalOptions{Kind: wire.KindShard, Atomic: true}
	first, second := NewJournal(store, "j", options), NewJournal(store, "j", options)
	for k := range 2 {
		if _, err := first.Write(ctx, uint64(k), payload(k)); err != nil {
			t.Fatal(err)
		}
	}
	store.fails = true
	if _, err := first.Write(ctx, 2, payload(2)); !errors.Is(err, ErrStore) {
		t.Fatalf("a write without an answer: %v", err)
	}
	store.fails = false
	for k := range 2 {
		r, err := second.Resolve(ctx)
		if err == nil {
			_, err = second.Write(ctx, r.Version, payload(3+k))
		}
		if err != nil || r.Version != uint64(3+k) || len(second.chain.deltas) != 3+k {
			t.Fatalf("the other writer reads version %d and writes: %v; %d deltas", r.Version, err, len(second.chain.deltas))
		}
	}
	if _, err := first.Write(ctx, 2, payload(2)); !errors.Is(err, ErrFenced) {
		t.Fatalf("the same write again: %v", err)
	}
	if _, err := first.Load(ctx); err != nil {
		t.Fatal(err)
	}
	first.tidy(ctx)
	if r, err := NewJournal(store, "j", options).Load(ctx); err != nil || !bytes.Equal(r.Payload, payload(4)) {
		t.Errorf("a reader finds version %d: %v", r.Version, err)
	}
}

// TestDeltaOfAVastPayload: of millions of bytes only those around are looked up at first, and what has
// moved farther is found all the same.
func TestDeltaOfAVastPayload(t *testing.T) {
	for name, change := range map[string]func(r *rand.Rand, b []byte) []byte{
		"at the end": func(r *rand.Rand, b []byte) []byte { return append(b, randomBytes(r, 40_000)...) },
		"nearby": func(r *rand.Rand, b []byte) []byte {
			return slices.Insert(slices.Delete(b, 1_000_000, 1_030_000), 500_000, randomBytes(r, 30_000)...)
		},
		"far away": func(_ *rand.Rand, b []byte) []byte { return slices.Concat(b[1_500_000:], b[:1_500_000]) },
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			former := randomBytes(r, 3<<20)
			fresh := change(r, slices.Clone(former))
			by := delta(former, fresh, 1<<20)
			if by == nil || len(by) > 150_000 {
				t.Fatalf("the delta has %d bytes, want at most 150,000", len(by))
			}
			if got, err := patch(former, by, len(fresh)); err != nil || !bytes.Equal(got, fresh) {
				t.Errorf("%d bytes (%v), want %d", len(got), err, len(fresh))
			}
		})
	}
}
