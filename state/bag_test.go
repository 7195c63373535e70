package state

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// bag is a content that tells exactly what was learned: how often each
// number was.
type bag struct {
	counts map[int64]int64
}

var (
	_ Content     = (*bag)(nil)
	_ Codec[*bag] = bagMaker{}
)

func (b *bag) add(value, n int64) {
	if b.counts[value] += n; b.counts[value] == 0 {
		delete(b.counts, value)
	}
}

// total returns how many numbers were learned.
func (b *bag) total() (sum int64) {
	for _, n := range b.counts {
		sum += n
	}
	return sum
}

func (b *bag) Encode(w *wire.Writer) {
	w.Uvarint(uint64(len(b.counts)))
	for _, v := range slices.Sorted(maps.Keys(b.counts)) {
		w.Varint(v)
		w.Varint(b.counts[v])
	}
}

// bagMaker makes bags.
type bagMaker struct{}

func (bagMaker) New() (*bag, error) { return &bag{counts: map[int64]int64{}}, nil }

func (bagMaker) Decode(r *wire.Reader) (*bag, error) {
	b := &bag{counts: map[int64]int64{}}
	last := int64(math.MinInt64)
	for range r.Count(2) {
		v, n := r.Varint(), r.Varint()
		if v <= last || n == 0 {
			r.Fail("value %d after %d, %d times", v, last, n)
		}
		b.counts[v], last = n, v
	}
	return b, r.Err()
}

// learnInto returns a callback that learns the offsets themselves.
func learnInto(offsets []int64) func(*bag, []int) error {
	return func(b *bag, fresh []int) error {
		for _, i := range fresh {
			b.add(offsets[i], 1)
		}
		return nil
	}
}

// offsets returns the offsets first to last, both included.
func offsets(first, last int64) []int64 {
	var out []int64
	for o := first; o <= last; o++ {
		out = append(out, o)
	}
	return out
}

// once says in which way a bag is not the numbers first to last, once each.
func once(b *bag, first, last int64) error {
	for o := first; o <= last; o++ {
		if n := b.counts[o]; n != 1 {
			return fmt.Errorf("%d counts %d times", o, n)
		}
	}
	if n := int64(len(b.counts)); n != last-first+1 {
		return fmt.Errorf("%d different numbers, want %d", n, last-first+1)
	}
	return nil
}

// errDown is what a store that is down returns.
var errDown = errors.New("store is down")

// faulty is a Memory that fails as it is told.
type faulty struct {
	Memory
	mu sync.Mutex
	// fault is called before each operation; nil means that nothing fails.
	// An error of before means that it is not done, one of after that the
	// answer is lost.
	fault func(verb, key string) (before, after error)
	calls map[string]int
}

var _ Store = (*faulty)(nil)

func (f *faulty) ask(verb, key string) (before, after error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[verb]++
	if f.fault == nil {
		return nil, nil
	}
	return f.fault(verb, key)
}

// fail changes what fails from now on.
func (f *faulty) fail(fault func(verb, key string) (before, after error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

func (f *faulty) Get(ctx context.Context, key string) ([]byte, error) {
	before, after := f.ask("get", key)
	if err := errors.Join(before, after, ctx.Err()); err != nil {
		return nil, err
	}
	return f.Memory.Get(ctx, key)
}

func (f *faulty) write(ctx context.Context, verb, key string, do func() error) error {
	before, after := f.ask(verb, key)
	if err := errors.Join(before, ctx.Err()); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return after
}

func (f *faulty) Add(ctx context.Context, key string, value []byte) error {
	return f.write(ctx, "add", key, func() error { return f.Memory.Add(ctx, key, value) })
}

func (f *faulty) Set(ctx context.Context, key string, value []byte) error {
	return f.write(ctx, "set", key, func() error { return f.Memory.Set(ctx, key, value) })
}

func (f *faulty) Delete(ctx context.Context, key string) error {
	return f.write(ctx, "delete", key, func() error { return f.Memory.Delete(ctx, key) })
}

// down fails everything.
func down(string, string) (before, after error) { return errDown, nil }

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Clone and Merge make bags of two owners one.
func (b *bag) Clone() *bag { return &bag{counts: maps.Clone(b.counts)} }

func (b *bag) Merge(other *bag) error {
	for v, n := range other.counts {
		b.add(v, n)
	}
	return nil
}
