package keyed

import (
	"context"
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// DefaultResident is used when Maker.Resident is 0.
const DefaultResident = 20000

// Maker makes the state of shards.
type Maker struct {
	// Inner makes the statistics of all rows, Each those of a key.
	Inner, Each stats.Maker
	// Resident bounds the keys in memory; 0 means DefaultResident.
	Resident int
}

var _ stats.Maker = Maker{}

// Keyed is the statistics of all rows of a shard and of each key. As a
// stats.Additive it is the former: Learn, Merge and the like leave the keys as
// they are, and Clone has none. Its own methods are safe for concurrent use.
type Keyed struct {
	inner stats.Additive
	maker Maker

	mu       sync.Mutex
	entries  paged.Recent[entry]
	unfolded int // entries that are not as their page has them
	pending  int // of these, those that are in no run either

	runs   []paged.Ref
	loaded bool // the keys of runs are in memory

	table    paged.Ref // the value that lists the pages; none while there are no pages
	pages    paged.Table
	inPages  uint64 // keys in pages
	garbage  paged.Garbage
	counters Counters
}

// Counters is what happened to the keys since the record was read.
type Counters struct {
	Resident int    // keys in memory now
	Loaded   uint64 // keys that came back from the store
	Evicted  uint64 // keys that left memory
}

// entry is a key in memory.
type entry struct {
	statistic stats.Additive
	state     place
}

// place says where the store has the newest statistic of a key.
type place byte

const (
	inPage place = iota
	inRun
	inRecord
)

var (
	_ stats.Additive  = (*Keyed)(nil)
	_ stats.Collapser = (*Keyed)(nil)
)

// valueLayout names the values of a shard. It is part of the format.
var valueLayout = paged.Layout{Name: "entities"}

// NewValues returns the values of a shard of the project whose keys begin with
// base. maxValue bounds the bytes under one key of the store, 0 meaning
// state.DefaultMaxValue.
func NewValues(store state.Store, base, shard string, maxValue int) *paged.Values {
	return paged.NewValues(store, base, valueLayout, shard, maxValue)
}

// New returns the empty state.
func (m Maker) New() (stats.Additive, error) {
	inner, err := m.Inner.New()
	if err != nil {
		return nil, err
	}
	if _, err := m.Each.New(); err != nil {
		return nil, err
	}
	return m.over(inner), nil
}

func (m Maker) over(inner stats.Additive) *Keyed {
	if m.Resident <= 0 {
		m.Resident = DefaultResident
	}
	return &Keyed{inner: inner, maker: m, pages: paged.Table{Of: pageOf}}
}

// Take learns the rows: into the statistics of all rows, and each into the one
// of its key. keys holds one key per row. On error nothing has been learned; it
// wraps state.ErrStore when it is worth trying again.
func (k *Keyed) Take(ctx context.Context, values *paged.Values, layout *stats.Layout, rows *stats.Rows, keys []string) error {
	if len(keys) != rows.N {
		return fmt.Errorf("there are %d keys for %d rows", len(keys), rows.N)
	}
	if err := rows.Validate(layout); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.admit(ctx, values, keys); err != nil {
		return err
	}
	for _, key := range keys {
		if e := k.entries.Get(key); e != nil {
			if err := accepts(e.Value.statistic, layout); err != nil {
				return fmt.Errorf("key %.100q: %w", key, err)
			}
		}
	}
	if err := k.inner.Learn(layout, rows); err != nil {
		return err
	}
	for i, key := range keys {
		e := k.entries.Get(key)
		if e == nil {
			fresh, err := k.maker.Each.New()
			if err != nil {
				return err // New has succeeded when the state was made
			}
			e = k.entries.Add(key, entry{statistic: fresh})
		}
		k.entries.Touch(e)
		k.change(&e.Value)
		if err := learnRow(e.Value.statistic, layout, rows, i); err != nil {
			return fmt.Errorf("key %.100q: %w", key, err)
		}
	}
	return nil
}

// accepts returns an error when the statistic of a key cannot learn rows of the
// layout.
func accepts(a stats.Additive, layout *stats.Layout) error {
	own, ok := a.(interface{ Layout() *stats.Layout })
	if !ok || own.Layout() == layout || layout.Extends(own.Layout()) {
		return nil
	}
	return stats.ErrLayout
}

// learnRow adds row i of a block that has passed Validate.
func learnRow(a stats.Additive, layout *stats.Layout, rows *stats.Rows, i int) error {
	if s, ok := a.(*stats.Slim); ok {
		return s.LearnRow(layout, rows.Row(i), rows.Weight(i))
	}
	row := rows.Select(i, i+1)
	return a.Learn(layout, &row)
}

// change notes that the entry changes.
func (k *Keyed) change(e *entry) {
	if e.state == inPage {
		k.unfolded++
	}
	if e.state != inRecord {
		k.pending++
	}
	e.state = inRecord
}

// Visit calls fn with the index of each of the keys that has a statistic and
// with that, which fn must neither change nor keep. It is called under a lock:
// it must not call methods of k. The error wraps state.ErrStore when it is worth
// trying again.
func (k *Keyed) Visit(ctx context.Context, values *paged.Values, keys []string, fn func(i int, a stats.Additive)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.admit(ctx, values, keys); err != nil {
		return err
	}
	for i, key := range keys {
		if e := k.entries.Get(key); e != nil {
			k.entries.Touch(e)
			fn(i, e.Value.statistic)
		}
	}
	k.evict()
	return nil
}

// Counters returns what happened to the keys.
func (k *Keyed) Counters() Counters {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := k.counters
	out.Resident = k.entries.Len()
	return out
}

// evict lets keys leave that were not used for longest, as far as a page has
// them as they are.
func (k *Keyed) evict() {
	for e := range k.entries.OldestFirst() {
		if k.entries.Len() <= k.maker.Resident {
			return
		}
		if e.Value.state == inPage {
			k.entries.Remove(e)
			k.counters.Evicted++
		}
	}
}
