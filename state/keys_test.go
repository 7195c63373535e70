package state

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

func TestEscapeKey(t *testing.T) {
	cases := []struct{ in, want string }{
		{in: "", want: ""},
		{in: "sensors/0", want: "sensors_2F0"},
		{in: "a.5", want: "a_2E5"},
		{in: "a_2E5", want: "a_5F2E5"},
		{in: "A-z0", want: "A-z0"},
		{in: "ü", want: "_C3_BC"},
		{in: "\x00\xff", want: "_00_FF"},
	}
	for _, c := range cases {
		if got := EscapeKey(c.in); got != c.want {
			t.Errorf("EscapeKey(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// FuzzEscapeKey: the result has only plain bytes and '_', and leads back to
// the input, so two inputs never share a key.
func FuzzEscapeKey(f *testing.F) {
	for _, s := range []string{"", "sensors/0", "_", "__", "a.b", "\xff"} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^([A-Za-z0-9-]|_[0-9A-F]{2})*$`)
	f.Fuzz(func(t *testing.T, s string) {
		out := EscapeKey(s)
		if !form.MatchString(out) {
			t.Fatalf("EscapeKey(%q) = %q", s, out)
		}
		var back []byte
		for i := 0; i < len(out); i++ {
			if out[i] != '_' {
				back = append(back, out[i])
				continue
			}
			const digits = "0123456789ABCDEF"
			back = append(back, byte(strings.IndexByte(digits, out[i+1])<<4|strings.IndexByte(digits, out[i+2])))
			i += 2
		}
		if string(back) != s {
			t.Fatalf("EscapeKey(%q) = %q, which leads back to %q", s, out, back)
		}
	})
}

// TestKeysDiffer: no two records of a project share a key, whatever the ids.
func TestKeysDiffer(t *testing.T) {
	base := "sml.p"
	seen := map[string]string{}
	for _, id := range []string{"a", "a.1", "a/1", "a_1", "a_2F1", "head", "1", "m1.1"} {
		j := NewJournal(NewMemory(), shardBase(base, id), JournalOptions{})
		for _, key := range []string{j.key(1), j.sealKey(1), j.headKey(), j.levelKey(1, 1), j.partKey(1, 0, 7)} {
			if other, ok := seen[key]; ok {
				t.Errorf("shards %q and %q share %q", id, other, key)
			}
			seen[key] = id
		}
	}
}

// TestLongShardKeys: no key of a project with a base of up to 100 bytes has
// more than 200 bytes, long ids that differ have different keys, and a shard
// that was written under a long key of before is found.
func TestLongShardKeys(t *testing.T) {
	ctx := context.Background()
	seen := map[string]string{}
	base := "sml." + strings.Repeat("p", 96)
	for _, id := range []string{
		"t/0", strings.Repeat("topic.", 40) + "/0", strings.Repeat("topic.", 40) + "/1", "forget/" + strings.Repeat("ü", 200),
	} {
		j := NewJournal(NewMemory(), shardBase(base, id), JournalOptions{})
		for _, key := range []string{j.partKey(999_999_999_999, 9999, 1<<64-1), j.sealKey(999_999_999_999), j.headKey(), j.levelKey(3, 999)} {
			if len(key) > maxKeyBytes {
				t.Errorf("%q has %d bytes, want at most %d", key, len(key), maxKeyBytes)
			}
			if other, ok := seen[key]; ok {
				t.Errorf("shards %q and %q share %q", id, other, key)
			}
			seen[key] = id
		}
	}
	store, id := NewMemory(), strings.Repeat("t", 180)
	if shardBase("sml.p", id) == "sml.p.shard."+id {
		t.Fatal("the id is not long enough")
	}
	old := NewJournal(store, "sml.p.shard."+id, JournalOptions{Kind: wire.KindShard})
	_, err := old.Write(ctx, 0, encodeShard(&Positions{offsetSet: offsetSet{intervals: []Interval{{0, 9}}}}, &bag{counts: map[int64]int64{3: 1}}))
	must(t, err)
	s, err := OpenShard(ctx, store, "sml.p", id, bagMaker{}, ShardOptions{Durable: true})
	must(t, err)
	if n := learn(t, s, 0, 19); n != 10 {
		t.Errorf("%d replays, want the 10 of the old record", n)
	}
	must(t, s.Flush(ctx))
	r := NewShardReader(store, "sml.p", bagMaker{})
	must(t, r.Refresh(ctx))
	if got := r.Shards(); len(got) != 1 || got[0].Version != 2 {
		t.Errorf("a reader finds %+v", got)
	}
}
