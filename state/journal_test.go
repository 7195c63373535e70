package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func testJournal(store Store, options JournalOptions) *Journal {
	options.Kind = wire.KindShard
	return NewJournal(store, "p.j", options)
}

// writeAll writes the payloads one after the other.
func writeAll(t *testing.T, j *Journal, payloads ...string) {
	t.Helper()
	for _, p := range payloads {
		if _, err := j.Write(context.Background(), j.Version(), []byte(p)); err != nil {
			t.Fatalf("write %q: %v", p, err)
		}
	}
}

func loadPayload(t *testing.T, store Store, options JournalOptions) Record {
	t.Helper()
	r, err := testJournal(store, options).Load(context.Background())
	must(t, err)
	return r
}

func TestJournalRoundTrip(t *testing.T) {
	cases := []struct {
		name    string
		options JournalOptions
		payload string
	}{
		{name: "empty payload", payload: ""},
		{name: "one key", payload: "abc"},
		{name: "exactly one key", options: JournalOptions{MaxValue: 3}, payload: "abc"},
		{name: "two parts", options: JournalOptions{MaxValue: 3}, payload: "abcd"},
		{name: "many parts", options: JournalOptions{MaxValue: 2}, payload: strings.Repeat("xyz", 50)},
		{name: "atomic", options: JournalOptions{Atomic: true}, payload: "abc"},
		{name: "beyond the limit of most caches", payload: strings.Repeat("0123456789", 250_000)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			if r := loadPayload(t, store, c.options); r.Version != 0 || r.Payload != nil {
				t.Fatalf("empty store: version %d, payload %q", r.Version, r.Payload)
			}
			j := testJournal(store, c.options)
			writeAll(t, j, "first", c.payload)
			r := loadPayload(t, store, c.options)
			if r.Version != 2 || string(r.Payload) != c.payload || r.Disputed {
				t.Errorf("version %d with %d bytes, want 2 with %d", r.Version, len(r.Payload), len(c.payload))
			}
			for _, key := range store.Keys() {
				v, err := store.Get(context.Background(), key)
				must(t, err)
				const overhead, perPart = 100, 16 // envelope and header, list of parts
				if limit := j.options.MaxValue + overhead + perPart*len(j.chain.whole); len(v) > limit {
					t.Errorf("%q holds %d bytes, want at most %d", key, len(v), limit)
				}
			}
		})
	}
}

// TestJournalBounded writes many versions: the number of keys stays bounded,
// and the newest is found from any hint.
func TestJournalBounded(t *testing.T) {
	const (
		interval = 10
		versions = 2500
		// Versions since the mark before the last, marks of two levels, hint.
		most = 2*interval + 2*(2*interval) + 5
	)
	store := NewMemory()
	options := JournalOptions{MarkInterval: interval, MaxValue: 8}
	j := testJournal(store, options)
	for v := 1; v <= versions; v++ {
		writeAll(t, j, fmt.Sprintf("payload %d", v))
		if n := len(store.Keys()); n > most {
			t.Fatalf("%d keys after version %d, want at most %d: %v", n, v, most, store.Keys())
		}
	}
	for _, hint := range []uint64{0, 1, 7, versions - interval, versions - 1, versions, versions + 1, 1 << 40} {
		must(t, store.Set(context.Background(), "p.j.head", head(hint, interval)))
		if r := loadPayload(t, store, options); r.Version != versions || string(r.Payload) != "payload 2500" {
			t.Errorf("hint %d: version %d, payload %q", hint, r.Version, r.Payload)
		}
	}
	for name, value := range map[string][]byte{"torn": head(versions, interval)[:9], "of another kind": mark(markSeal), "empty": nil} {
		must(t, store.Set(context.Background(), "p.j.head", value))
		if r := loadPayload(t, store, options); r.Version != versions {
			t.Errorf("hint %s: version %d", name, r.Version)
		}
	}
}

// TestJournalLateAdd is the writer that is frozen between its decision and its
// Add for so long that the version was written and deleted meanwhile.
func TestJournalLateAdd(t *testing.T) {
	for _, atomic := range []bool{true, false} {
		t.Run(fmt.Sprintf("atomic %v", atomic), func(t *testing.T) {
			store := NewMemory()
			options := JournalOptions{Atomic: atomic, MarkInterval: 4}
			asleep := testJournal(store, options)
			writeAll(t, asleep, "1", "2")
			other := testJournal(store, options)
			_, err := other.Resolve(context.Background())
			must(t, err)
			for v := 3; v < 60; v++ {
				writeAll(t, other, fmt.Sprint(v))
			}
			if _, err := store.Get(context.Background(), "p.j.3"); !errors.Is(err, ErrNotFound) {
				t.Fatalf("version 3 is not deleted: %v", err)
			}
			if _, err := asleep.Write(context.Background(), 2, []byte("late")); !errors.Is(err, ErrFenced) {
				t.Errorf("late write: error %v, want ErrFenced", err)
			}
			if r := loadPayload(t, store, options); string(r.Payload) != "59" {
				t.Errorf("payload %q after the late write, want 59", r.Payload)
			}
		})
	}
}

func TestJournalWriteRefusals(t *testing.T) {
	ctx := context.Background()
	store := NewMemory()
	a, b := testJournal(store, JournalOptions{}), testJournal(store, JournalOptions{})
	writeAll(t, a, "a1")
	if _, err := b.Write(ctx, 0, []byte("b1")); !errors.Is(err, ErrFenced) {
		t.Errorf("same version: %v, want ErrFenced", err)
	}
	if _, err := a.Write(ctx, 0, []byte("a2")); !errors.Is(err, ErrFenced) {
		t.Errorf("after an old version: %v, want ErrFenced", err)
	}
	r, err := b.Resolve(ctx)
	must(t, err)
	if string(r.Payload) != "a1" {
		t.Errorf("loser reads %q, want a1", r.Payload)
	}
	writeAll(t, b, "b2")
}

// TestJournalLostAnswers loses the answer of, or refuses, every single
// operation of a write in turn; the same Write again succeeds.
func TestJournalLostAnswers(t *testing.T) {
	ctx := context.Background()
	for _, options := range []JournalOptions{{Atomic: true}, {}, {MaxValue: 2}} {
		for _, lost := range []bool{true, false} {
			for at := 0; ; at++ {
				store := &faulty{}
				j := testJournal(store, options)
				writeAll(t, j, "before")
				n, hit := 0, false
				store.fail(func(string, string) (before, after error) {
					if n++; n-1 != at {
						return nil, nil
					}
					hit = true
					if lost {
						return nil, errDown
					}
					return errDown, nil
				})
				_, err := j.Write(ctx, 1, []byte("payload"))
				if err != nil {
					if !errors.Is(err, ErrStore) || !errors.Is(err, errDown) {
						t.Fatalf("operation %d, lost %v: %v", at, lost, err)
					}
					if _, err = j.Write(ctx, 1, []byte("payload")); err != nil {
						t.Fatalf("operation %d, lost %v: again: %v", at, lost, err)
					}
				}
				store.fail(nil)
				if r := loadPayload(t, store, options); r.Version != 2 || string(r.Payload) != "payload" {
					t.Fatalf("operation %d, lost %v: version %d, payload %q", at, lost, r.Version, r.Payload)
				}
				if !hit {
					break
				}
			}
		}
	}
}

// flip changes a bit in the middle.
func flip(b []byte) []byte { b[len(b)/2] ^= 1; return b }

// damageCases are changes of a value of the second version, and what reading says.
var damageCases = []struct {
	name    string
	atomic  bool
	big     bool
	key     string // part of the key to damage
	change  func([]byte) []byte
	want    error
	payload string // when there is no error
}{
	{name: "checksum, atomic", atomic: true, key: ".2", change: flip, want: wire.ErrCorrupt},
	{name: "cut short, atomic", atomic: true, key: ".2", change: func(b []byte) []byte { return b[:10] }, want: wire.ErrCorrupt},
	{name: "successor confirmed", key: ".2", change: flip, want: wire.ErrCorrupt},
	{name: "unknown version", key: ".2", want: wire.ErrUnknownVersion,
		change: func([]byte) []byte { return wire.Seal(wire.KindShard, chainVersion+1, nil) }},
	{name: "other kind, atomic", atomic: true, key: ".2", want: wire.ErrCorrupt,
		change: func([]byte) []byte { return wire.Seal(wire.KindSchema, journalVersion, nil) }},
	{name: "left over bytes of a mark, atomic", atomic: true, key: ".2", want: wire.ErrCorrupt,
		change: func([]byte) []byte { return mark(markSeal) }},
	{name: "part damaged", atomic: true, big: true, key: ".2.p1", change: flip, want: wire.ErrCorrupt},
	{name: "part exchanged", atomic: true, big: true, key: ".2.p1", want: wire.ErrCorrupt,
		change: func([]byte) []byte { return wire.Seal(wire.KindPart, journalVersion, []byte("ab")) }},
	{name: "part of an unknown version", atomic: true, big: true, key: ".2.p1", want: wire.ErrUnknownVersion,
		change: func([]byte) []byte { return wire.Seal(wire.KindPart, journalVersion+1, []byte("on")) }},
	{name: "part missing", atomic: true, big: true, key: ".2.p1", want: wire.ErrCorrupt},
}

func TestJournalDamage(t *testing.T) {
	ctx := context.Background()
	for _, c := range damageCases {
		t.Run(c.name, func(t *testing.T) {
			store := NewMemory()
			options := JournalOptions{Atomic: c.atomic}
			if c.big {
				options.MaxValue = 2
			}
			writeAll(t, testJournal(store, options), "first", "second")
			damaged := ""
			for _, key := range store.Keys() {
				if !strings.Contains(key, c.key) || strings.HasSuffix(key, "head") || damaged != "" || c.big && !strings.Contains(key, ".p1.") {
					continue
				}
				damaged = key
				if c.change == nil {
					must(t, store.Delete(ctx, key))
					continue
				}
				v, err := store.Get(ctx, key)
				must(t, err)
				must(t, store.Set(ctx, key, c.change(v)))
			}
			_, err := testJournal(store, options).Load(ctx)
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if !strings.Contains(err.Error(), damaged) {
				t.Errorf("error %q does not name %q", err, damaged)
			}
			if errors.Is(err, ErrStore) {
				t.Errorf("error %q wraps ErrStore: it would be tried again for ever", err)
			}
		})
	}
}

// TestJournalGetFails: an unreachable store is never an empty journal.
func TestJournalGetFails(t *testing.T) {
	store := &faulty{}
	writeAll(t, testJournal(store, JournalOptions{}), "payload")
	loads := 0
	for at := 0; ; at++ {
		n := 0
		store.fail(func(string, string) (before, after error) {
			if n++; n-1 == at {
				return errDown, nil
			}
			return nil, nil
		})
		r, err := testJournal(store, JournalOptions{}).Load(context.Background())
		if err == nil {
			if string(r.Payload) != "payload" {
				t.Errorf("operation %d fails: payload %q", at, r.Payload)
			}
			if n <= at {
				break
			}
			continue
		}
		loads++
		if !errors.Is(err, ErrStore) {
			t.Errorf("operation %d fails: %v, want ErrStore", at, err)
		}
	}
	if loads == 0 {
		t.Error("no operation failed")
	}
}

func TestJournalTornNewest(t *testing.T) {
	ctx := context.Background()
	store := NewMemory()
	j := testJournal(store, JournalOptions{})
	writeAll(t, j, "1", "2")
	torn := wire.Seal(wire.KindShard, journalVersion, []byte("half of version 3"))
	must(t, store.Add(ctx, "p.j.3", torn[:20]))
	if r := loadPayload(t, store, JournalOptions{}); r.Version != 2 || string(r.Payload) != "2" {
		t.Fatalf("version %d, payload %q, want 2", r.Version, r.Payload)
	}
	next := testJournal(store, JournalOptions{})
	_, err := next.Resolve(ctx)
	must(t, err)
	writeAll(t, next, "4")
	if next.Version() != 4 {
		t.Errorf("written as version %d, want 4", next.Version())
	}
	if _, err := store.Get(ctx, "p.j.3.seal"); err != nil {
		t.Errorf("version 3 is not sealed: %v", err)
	}
	if r := loadPayload(t, store, JournalOptions{}); string(r.Payload) != "4" {
		t.Errorf("payload %q, want 4", r.Payload)
	}
}

func TestJournalNewer(t *testing.T) {
	ctx := context.Background()
	store := NewMemory()
	options := JournalOptions{MarkInterval: 3}
	j, poll := testJournal(store, options), testJournal(store, options)
	for v := range uint64(30) {
		for than := range v + 1 {
			newer, err := poll.Newer(ctx, than)
			must(t, err)
			if want := than < v; newer != want {
				t.Fatalf("at version %d, newer than %d is %v", v, than, newer)
			}
		}
		writeAll(t, j, "x")
	}
}

// overwriting is a store whose Add is a Set.
type overwriting struct{ *Memory }

func (o overwriting) Add(ctx context.Context, key string, value []byte) error {
	return o.Set(ctx, key, value)
}

// forgetful is a store that loses what is written.
type forgetful struct{ *Memory }

func (f forgetful) Add(context.Context, string, []byte) error { return nil }

// TestJournalOverwritingAdd: where Add is no put-if-absent, one writer is
// still exact, and a writer that finds another's value does not acknowledge.
func TestJournalOverwritingAdd(t *testing.T) {
	store := overwriting{NewMemory()}
	j := testJournal(store, JournalOptions{})
	writeAll(t, j, "1", "2", "3")
	if r := loadPayload(t, store, JournalOptions{}); r.Version != 3 || string(r.Payload) != "3" {
		t.Errorf("version %d, payload %q", r.Version, r.Payload)
	}
	lost := testJournal(forgetful{NewMemory()}, JournalOptions{})
	if _, err := lost.Write(context.Background(), 0, []byte("x")); !errors.Is(err, ErrStore) {
		t.Errorf("lost write: %v, want ErrStore", err)
	}
}

// FuzzJournalValue: no input panics; what is accepted encodes to itself.
func FuzzJournalValue(f *testing.F) {
	j := testJournal(NewMemory(), JournalOptions{MaxValue: 4})
	for _, payload := range []string{"", "abc", "a payload in parts"} {
		next, err := j.stage(context.Background(), 1, []byte(payload), true)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(next.value)
		f.Add(next.value[:len(next.value)/2])
	}
	f.Add(goldenChain())
	f.Add(mark(markSuperseded))
	f.Add(head(12, 1000))
	f.Fuzz(func(t *testing.T, value []byte) {
		parseHead(value)
		version, _, _ := wire.Open(value, wire.KindShard) // damage is what parse says
		at := uint64(1)
		if version == chainVersion {
			at = 4
		}
		c, err := j.parse(at, value)
		if err != nil {
			if !errors.Is(err, wire.ErrCorrupt) && !errors.Is(err, wire.ErrUnknownVersion) {
				t.Fatalf("error %v wraps neither sentinel", err)
			}
			return
		}
		if c.superseded {
			if !bytes.Equal(value, mark(markSuperseded)) {
				t.Fatalf("%x is taken for a tombstone", value)
			}
			return
		}
		var w wire.Writer
		w.Uint64(c.nonce)
		if version == chainVersion {
			w.Uint64(uint64(c.sum))
			c.chain.encode(&w)
		} else {
			w.Uvarint(uint64(len(c.whole)))
			for _, p := range c.whole {
				w.Uvarint(p.size)
				w.Uint64(p.sum)
			}
			w.Raw(c.payload)
		}
		if got := wire.Seal(wire.KindShard, version, w.Bytes()); !bytes.Equal(got, value) {
			t.Fatalf("%x encodes to %x", value, got)
		}
	})
}

// TestDamageIsNotTakenForATornValue: on a store where values may be seen half
// written, a value of full length that is damaged is an error all the same,
// even where there is no version below it.
func TestDamageIsNotTakenForATornValue(t *testing.T) {
	ctx, store := context.Background(), NewMemory()
	j := NewJournal(store, "j", JournalOptions{Kind: wire.KindShard})
	if _, err := j.Write(ctx, 0, []byte("learned")); err != nil {
		t.Fatal(err)
	}
	value, err := store.Get(ctx, "j.1")
	if err != nil {
		t.Fatal(err)
	}
	value[len(value)/2] ^= 1
	if err := store.Set(ctx, "j.1", value); err != nil {
		t.Fatal(err)
	}
	_, err = NewJournal(store, "j", JournalOptions{Kind: wire.KindShard}).Load(ctx)
	if !errors.Is(err, wire.ErrCorrupt) || !strings.Contains(err.Error(), "j.1") {
		t.Errorf("error is %v, want one that wraps ErrCorrupt and names the key", err)
	}
}
