package paged

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/statetest"
)

// tallies is the least content that is paged: how often each key came. It keeps
// room keys in the record and the others in pages, of which there are more and
// more.
type tallies struct {
	room    int
	recent  Recent[uint64]
	pages   Table
	garbage Garbage
}

var testLayout = Layout{Name: "tallies", Numbered: true}

const mostPages = 64

// tallyCodec makes tallies of that room.
type tallyCodec int

func (c tallyCodec) New() (*tallies, error) {
	return &tallies{room: int(c), pages: Table{Refs: make([]Ref, 2), Of: testHash}}, nil
}

func (c tallyCodec) Decode(r *wire.Reader) (*tallies, error) {
	k, err := c.New()
	if err != nil {
		return nil, err
	}
	for range r.Count(2) {
		k.recent.Add(r.String(), r.Uvarint())
	}
	k.pages.Refs = testLayout.DecodeRefs(r, mostPages)
	k.garbage.Add(testLayout.DecodeRefs(r, mostPages)...)
	return k, r.Err()
}

func (k *tallies) Encode(w *wire.Writer) {
	w.Uvarint(uint64(k.recent.Len()))
	for e := range k.recent.OldestFirst() {
		w.String(e.Key)
		w.Uvarint(e.Value)
	}
	testLayout.EncodeRefs(w, k.pages.Refs)
	testLayout.EncodeRefs(w, k.garbage.Refs())
}

// take counts the keys.
func (k *tallies) take(ctx context.Context, values *Values, keys []string) (Due, error) {
	var away []string
	for _, key := range keys {
		if k.recent.Get(key) == nil {
			away = append(away, key)
		}
	}
	found, err := k.pages.Find(ctx, values, away)
	if err != nil {
		return Due{}, err
	}
	for _, f := range found {
		k.recent.Add(f.Key, wire.NewReader(f.Blob).Uvarint())
	}
	for _, key := range keys {
		e := k.recent.Get(key)
		if e == nil {
			e = k.recent.Add(key, 0)
		}
		e.Value++
		k.recent.Touch(e)
	}
	_ = k.trim(ctx, values) // keys that cannot leave stay
	return k.garbage.Due(), nil
}

func (k *tallies) trim(ctx context.Context, values *Values) error {
	var leaving []string
	for e := range k.recent.OldestFirst() {
		if k.recent.Len()-len(leaving) <= k.room {
			break
		}
		leaving = append(leaving, e.Key)
	}
	if len(leaving) == 0 {
		return nil
	}
	n := min(mostPages, len(k.pages.Refs)*(1+len(leaving)%2))
	next, err := k.pages.Rewrite(ctx, values, n, leaving, func(key string) []byte {
		var w wire.Writer
		w.Uvarint(k.recent.Get(key).Value)
		return w.Bytes()
	})
	if err != nil {
		return err
	}
	k.garbage.Add(next.Replaced...)
	k.pages.Refs = next.Refs
	for _, key := range leaving {
		k.recent.Remove(k.recent.Get(key))
	}
	return nil
}

// counter is one process that counts the keys of a topic.
type counter struct {
	shard  *state.Shard[*tallies]
	values *Values
}

func openCounter(ctx context.Context, store state.Store, room int) (*counter, error) {
	c := &counter{values: NewValues(store, "sml.p", testLayout, "t", 20)}
	err := state.Retry(ctx, func() (err error) {
		c.shard, err = state.OpenShard(ctx, store, "sml.p", "t", tallyCodec(room), state.ShardOptions{
			Durable: true,
			Sleep:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		})
		return err
	})
	return c, err
}

// count counts topic[from:to], once each whoever has counted it before.
func (c *counter) count(ctx context.Context, topic []string, from, to int) error {
	positions := make([]int64, to-from)
	for i := range positions {
		positions[i] = int64(from + i)
	}
	for {
		var due Due
		_, err := c.shard.Learn(ctx, len(positions), positions, func(k *tallies, fresh []int) (err error) {
			due = Due{}
			keys := make([]string, len(fresh))
			for j, i := range fresh {
				keys[j] = topic[from+i]
			}
			if len(keys) > 0 {
				due, err = k.take(ctx, c.values, keys)
			}
			return err
		})
		if err == nil {
			due.Remove(ctx, c.values)
			return nil
		}
		if ctx.Err() != nil || !errors.Is(err, state.ErrStore) {
			return err
		}
		if err := c.shard.Flush(ctx); err != nil && !errors.Is(err, state.ErrStore) {
			return err
		}
	}
}

// requireTopic checks that each key was counted as often as it came, and that
// every value that the record names is there.
func requireTopic(t *testing.T, store state.Store, room int, topic []string) (named int) {
	t.Helper()
	c, err := openCounter(context.Background(), store, room)
	must(t, err)
	c.shard.View(func(k *tallies, _ *state.Positions) {
		pages, err := k.pages.All(context.Background(), c.values)
		must(t, err)
		got := map[string]uint64{}
		for _, blobs := range pages {
			for key, blob := range blobs {
				got[key] = wire.NewReader(blob).Uvarint()
			}
		}
		for e := range k.recent.OldestFirst() {
			got[e.Key] = e.Value
		}
		want := map[string]uint64{}
		for _, key := range topic {
			want[key]++
		}
		for key, n := range want {
			if got[key] != n {
				t.Errorf("key %s was counted %d times, want %d", key, got[key], n)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d keys were counted, want %d", len(got), len(want))
		}
		named = namedKeys(k.pages.Refs) + namedKeys(k.garbage.Refs())
	})
	return named
}

// TestWorlds: writers crash at any operation, others go on though they have been
// overtaken, and the store fails with and without effect. The record and its
// values say the same at the end, whatever happened.
func TestWorlds(t *testing.T) {
	worlds := 80
	if testing.Short() {
		worlds = 20
	}
	crashes, zombies := 0, 0
	for seed := range uint64(worlds) {
		random := rand.New(rand.NewPCG(seed, 7))
		store := state.NewMemory()
		topic := make([]string, 200+random.IntN(400))
		for i := range topic {
			topic[i] = fmt.Sprint("k", random.IntN(5+random.IntN(80)))
		}
		room := 1 + random.IntN(20)
		share := 0.02 * random.Float64()
		var overtaken *counter
		for done := 0; done < len(topic); {
			ctx, crash := context.WithCancel(context.Background())
			if overtaken == nil || random.IntN(2) == 0 {
				var err error
				overtaken, err = openCounter(context.Background(), store, room)
				must(t, err)
			}
			owner, err := openCounter(ctx, statetest.NewUnreliable(store, random.Uint64(), share, 20+random.IntN(500), crash), room)
			for err == nil && done < len(topic) {
				if random.IntN(3) == 0 {
					zombies++
					from := max(0, done-random.IntN(50))
					must(t, overtaken.count(context.Background(), topic, from, min(len(topic), from+1+random.IntN(40))))
				}
				to := min(len(topic), done+1+random.IntN(50))
				if err = owner.count(ctx, topic, max(0, done-random.IntN(20)), to); err == nil {
					done = to
				}
			}
			if err != nil {
				crashes++
				if ctx.Err() == nil {
					t.Fatalf("world %d: %v", seed, err)
				}
			}
			crash()
		}
		requireTopic(t, store, room, topic)
		if t.Failed() {
			t.Fatalf("world %d: %d keys in the record, share of failures %v", seed, room, share)
		}
	}
	if crashes < worlds/2 || zombies < worlds/2 {
		t.Errorf("only %d crashes and %d batches of overtaken writers", crashes, zombies)
	}
}

// TestNothingIsLeft: without failures, the store has the values that the record
// names and no others.
func TestNothingIsLeft(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	random := rand.New(rand.NewPCG(1, 7))
	c, err := openCounter(ctx, store, 10)
	must(t, err)
	topic := make([]string, 2000)
	for i := range topic {
		topic[i] = fmt.Sprint("k", random.IntN(200))
	}
	for at := 0; at < len(topic); at += 20 {
		must(t, c.count(ctx, topic, at, at+20))
	}
	named, found := requireTopic(t, store, 10, topic), 0
	for _, key := range store.Keys() {
		if strings.HasPrefix(key, "sml.p.tallies.") {
			found++
		}
	}
	// The last record still lists what was removed after it was written.
	if found > named || found == 0 {
		t.Errorf("%d values are in the store, %d are named", found, named)
	}
}

// TestGivenUpStateRemovesNothing: a writer whose state was given up for another
// one's must not remove what it had replaced: the other's record names it.
func TestGivenUpStateRemovesNothing(t *testing.T) {
	ctx, store := context.Background(), state.NewMemory()
	broken := &statetest.Broken{Store: store}
	topic := make([]string, 120)
	for i := range topic {
		topic[i] = fmt.Sprint("k", i%40)
	}
	first, err := openCounter(ctx, broken, 5)
	must(t, err)
	must(t, first.count(ctx, topic, 0, 80))
	stopped, stop := context.WithCancel(ctx)
	broken.Break("add", "sml.p.shard.") // pages are written, and no record that names them
	first.shard.View(func(k *tallies, _ *state.Positions) {
		if len(k.garbage.Refs()) != 0 {
			t.Fatal("values wait to be removed already")
		}
	})
	go stop()
	if err := first.count(stopped, topic, 80, 100); err == nil {
		t.Fatal("rows are counted although no record could be written")
	}
	broken.Mend()
	second, err := openCounter(ctx, store, 5)
	must(t, err)
	must(t, second.count(ctx, topic, 100, 101))
	before := garbageOf(first)
	if len(before.Refs()) == 0 {
		t.Fatal("the first writer has replaced nothing: the test shows nothing")
	}
	must(t, Sweep(ctx, first.values, func() *Garbage { return garbageOf(first) }, func() error { return first.shard.Flush(ctx) }))
	if garbageOf(first) == before {
		t.Fatal("the first writer keeps a state that the second has overtaken")
	}
	must(t, second.count(ctx, topic, 80, 100))
	must(t, second.count(ctx, topic, 101, 120))
	requireTopic(t, store, 5, topic)
}

func garbageOf(c *counter) (at *Garbage) {
	c.shard.View(func(k *tallies, _ *state.Positions) { at = &k.garbage })
	return at
}

// TestSweep: values go when their record is stored, and stay when it is not.
func TestSweep(t *testing.T) {
	ctx, refused := context.Background(), errors.New("refused")
	for _, c := range []struct {
		name  string
		store error
		after *Garbage // another state's list after store; nil for the same
		left  int
	}{
		{name: "stored"},
		{name: "refused", store: refused, left: 1},
		{name: "given up", after: &Garbage{}, left: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := state.NewMemory()
			values := NewValues(store, "sml.p", testLayout, "t", 0)
			r, err := values.Write(ctx, 0, []byte("old"))
			must(t, err)
			now := &Garbage{}
			now.Add(r)
			err = Sweep(ctx, values, func() *Garbage { return now }, func() error {
				if c.after != nil {
					now = c.after
				}
				return c.store
			})
			if !errors.Is(err, c.store) || len(store.Keys()) != c.left {
				t.Errorf("error %v, %d values left, want %v and %d", err, len(store.Keys()), c.store, c.left)
			}
		})
	}
	if err := Sweep(ctx, nil, func() *Garbage { return nil }, func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("without a list: error %v, want %v", err, refused)
	}
}
