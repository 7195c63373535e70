package paged

import (
	"context"
	"slices"
	"sync"
)

// Garbage lists the values that a state has replaced. The list is part of the
// record: whoever opens it after a crash goes on removing. It is empty and ready
// to use when zero, and safe for concurrent use.
type Garbage struct {
	mu   sync.Mutex
	refs []Ref
}

// Add lists values. Those that name nothing are left out.
func (g *Garbage) Add(refs ...Ref) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range refs {
		if r.Named() {
			g.refs = append(g.refs, r)
		}
	}
}

// Refs returns a copy of the list, in the order in which values were added.
func (g *Garbage) Refs() []Ref {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.refs)
}

// Due returns the values that may be removed as soon as a record of the state as
// it is now is stored.
func (g *Garbage) Due() Due { return Due{of: g, refs: g.Refs()} }

// forget takes values off the list.
func (g *Garbage) forget(gone map[uint64]bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refs = slices.DeleteFunc(g.refs, func(r Ref) bool { return gone[r.Nonce] })
}

// Due is values that wait for a record to be stored. The zero value is none.
type Due struct {
	of   *Garbage
	refs []Ref
}

// Remove removes the values from the store and takes those that are gone off the
// list. It must be called only after the record of the state that listed them is
// stored: an earlier record may still need them. When the state was given up
// because another writer was first, it must not be called at all. What the store
// refuses stays on the list.
func (d Due) Remove(ctx context.Context, values *Values) {
	if len(d.refs) == 0 {
		return
	}
	removed := make([]bool, len(d.refs))
	// Each value that stays is tried again with the list, so its error is not told.
	_ = Each(len(d.refs), func(i int) error {
		removed[i] = values.Remove(ctx, d.refs[i]) == nil
		return nil
	})
	gone := make(map[uint64]bool, len(d.refs))
	for i, r := range d.refs {
		if removed[i] {
			gone[r.Nonce] = true
		}
	}
	d.of.forget(gone)
}

// Sweep calls store, which stores the record of a state, and then removes the
// values that the state did not need. At returns the list of the state that counts
// now, nil for none. When that is another state's after store, because another
// writer was first and its record was read in place of this one, nothing is
// removed: the other record may name the values. The error is that of store.
func Sweep(ctx context.Context, values *Values, at func() *Garbage, store func() error) error {
	before := at()
	if before == nil {
		return store()
	}
	due := before.Due()
	if err := store(); err != nil {
		return err
	}
	if at() == before {
		due.Remove(ctx, values)
	}
	return nil
}
