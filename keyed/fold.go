package keyed

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

const (
	// mostPending is how many keys a record holds itself; more make a run.
	mostPending = 128
	// mostRuns bounds the runs, which all are read when a shard is opened.
	mostRuns = 256
	// foldShare is the share of the keys in memory that may be in runs.
	foldShare = 0.5
	// pageKeys is how many keys a page has on average before the number of
	// pages is doubled; maxPages bounds it.
	pageKeys = 12
	maxPages = 1 << 20
)

// pageOf returns which of n pages, a power of two, has the key. The hash is
// part of the format.
func pageOf(key string, n int) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // never fails, as hash documents
	x := h.Sum64()
	return int((x ^ x>>32) & uint64(n-1))
}

// Settle writes changed keys to a run when the record would hold many, folds
// runs into pages when these are many, and lets keys leave. What the store
// refuses stays as it is, in memory and in the record, for the next time: the
// error, which wraps state.ErrStore, is only to be told. It is called only after
// rows were taken, so that a record follows: the Garbage of a state that no
// record holds is still needed.
func (k *Keyed) Settle(ctx context.Context, values *Values) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	defer k.evict()
	if float64(k.unfolded) > foldShare*float64(k.maker.Resident) || len(k.runs) >= mostRuns {
		return k.fold(ctx, values)
	}
	if k.pending <= mostPending {
		return nil
	}
	blobs := make(map[string][]byte, k.pending)
	for e := k.newest; e != nil && len(blobs) < k.pending; e = e.older {
		if e.state == inRecord {
			blobs[e.key] = encoded(e)
		}
	}
	r, err := values.write(ctx, encodeBlobs(blobs))
	if err != nil {
		return err
	}
	k.runs = append(k.runs, r)
	for key := range blobs {
		k.entries[key].state = inRun
	}
	k.pending = 0
	return nil
}

// fold writes every key that is not as its page has it to a new page.
func (k *Keyed) fold(ctx context.Context, values *Values) error {
	if err := k.open(ctx, values); err != nil {
		return err
	}
	old := k.pages
	if len(old) == 0 {
		old = make([]ref, 1)
	}
	n := len(old)
	for n < maxPages && (k.paged+uint64(k.unfolded))/uint64(n) >= pageKeys {
		n *= 2
	}
	byPage := map[int][]*entry{}
	for e := k.oldest; e != nil; e = e.newer {
		if e.state != inPage {
			page := pageOf(e.key, len(old))
			byPage[page] = append(byPage[page], e)
		}
	}
	var todo []int
	for i := range old {
		if n != len(old) || len(byPage[i]) > 0 {
			todo = append(todo, i)
		}
	}
	next := make([]ref, n)
	for i := range next {
		next[i] = old[i&(len(old)-1)]
	}
	var added atomic.Uint64
	var mu sync.Mutex
	var written, replaced []ref
	err := each(len(todo), func(t int) error {
		i := todo[t]
		blobs, err := readBlobs(ctx, values, old[i])
		if err != nil {
			return err
		}
		before := len(blobs)
		for _, e := range byPage[i] {
			blobs[e.key] = encoded(e)
		}
		added.Add(uint64(len(blobs) - before))
		split := make(map[int]map[string][]byte, n/len(old))
		for key, blob := range blobs {
			page := pageOf(key, n)
			if split[page] == nil {
				split[page] = map[string][]byte{}
			}
			split[page][key] = blob
		}
		for page := i; page < n; page += len(old) {
			at := ref{}
			if len(split[page]) > 0 {
				if at, err = values.write(ctx, encodeBlobs(split[page])); err != nil {
					return err
				}
			}
			mu.Lock()
			next[page] = at
			if at.parts > 0 {
				written = append(written, at)
			}
			mu.Unlock()
		}
		if old[i].parts > 0 {
			mu.Lock()
			replaced = append(replaced, old[i])
			mu.Unlock()
		}
		return nil
	})
	var table ref
	if err == nil {
		var w wire.Writer
		encodeRefs(&w, next)
		table, err = values.write(ctx, w.Bytes())
	}
	if err != nil {
		Garbage(written).Remove(ctx, values) // nothing names them
		return err
	}
	k.obsolete = append(append(k.obsolete, replaced...), k.runs...)
	if k.table.parts > 0 {
		k.obsolete = append(k.obsolete, k.table)
	}
	k.pages, k.table, k.runs = next, table, nil
	k.paged += added.Load()
	k.unfolded, k.pending = 0, 0
	for _, e := range k.entries {
		e.state = inPage
	}
	return nil
}

func readBlobs(ctx context.Context, values *Values, at ref) (map[string][]byte, error) {
	if at.parts == 0 {
		return map[string][]byte{}, nil
	}
	payload, err := values.read(ctx, at)
	if err != nil {
		return nil, err
	}
	r := wire.NewReader(payload)
	blobs := decodeBlobs(r)
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("value %q: %w", values.key(at, 0), err)
	}
	return blobs, nil
}

// open reads the keys of runs and the table of pages, once.
func (k *Keyed) open(ctx context.Context, values *Values) error {
	if !k.loaded {
		for _, at := range slices.Backward(k.runs) {
			blobs, err := readBlobs(ctx, values, at)
			if err != nil {
				return err
			}
			for key, blob := range blobs {
				if k.entries[key] == nil {
					if err := k.insert(key, blob, inRun); err != nil {
						return err
					}
				}
			}
		}
		k.loaded = true
	}
	if k.pages != nil || k.table.parts == 0 {
		return nil
	}
	pages, err := k.readTable(ctx, values)
	if err != nil {
		return err
	}
	k.pages = pages
	return nil
}

// readTable reads the names of the pages.
func (k *Keyed) readTable(ctx context.Context, values *Values) ([]ref, error) {
	payload, err := values.read(ctx, k.table)
	if err != nil {
		return nil, err
	}
	r := wire.NewReader(payload)
	pages := decodeRefs(r)
	if n := len(pages); n == 0 || n&(n-1) != 0 {
		r.Fail("%d pages, not a power of two", n)
	}
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("value %q: %w", values.key(k.table, 0), err)
	}
	return pages, nil
}

// admit brings those of the keys into memory that the store has.
func (k *Keyed) admit(ctx context.Context, values *Values, keys []string) error {
	if err := k.open(ctx, values); err != nil || len(k.pages) == 0 {
		return err
	}
	wanted := map[int][]string{}
	for _, key := range keys {
		if k.entries[key] != nil {
			continue
		}
		page := pageOf(key, len(k.pages))
		if k.pages[page].parts > 0 && !slices.Contains(wanted[page], key) {
			wanted[page] = append(wanted[page], key)
		}
	}
	pages := make([]int, 0, len(wanted))
	for page := range wanted {
		pages = append(pages, page)
	}
	slices.Sort(pages)
	found := make([]map[string][]byte, len(pages))
	err := each(len(pages), func(i int) (err error) {
		found[i], err = readBlobs(ctx, values, k.pages[pages[i]])
		return err
	})
	if err != nil {
		return err
	}
	for i, page := range pages {
		for _, key := range wanted[page] {
			blob, ok := found[i][key]
			if !ok {
				continue
			}
			if err := k.insert(key, blob, inPage); err != nil {
				return err
			}
			k.counters.Loaded++
		}
	}
	return nil
}

// Garbage is values that a record no longer needs. They can be removed when
// that record is stored.
type Garbage []ref

// Garbage returns the values that this state no longer needs.
func (k *Keyed) Garbage() Garbage {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.obsolete)
}

// Remove removes the values from the store and returns those that are gone. A
// record that does not need them must be stored.
func (g Garbage) Remove(ctx context.Context, values *Values) Garbage {
	gone := make([]bool, len(g))
	_ = each(len(g), func(i int) error {
		gone[i] = values.remove(ctx, g[i]) == nil
		return nil
	})
	var out Garbage
	for i, ok := range gone {
		if ok {
			out = append(out, g[i])
		}
	}
	return out
}

// Forgotten takes removed values off the list.
func (k *Keyed) Forgotten(g Garbage) {
	if len(g) == 0 {
		return
	}
	gone := make(map[uint64]bool, len(g))
	for _, r := range g {
		gone[r.nonce] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.obsolete = slices.DeleteFunc(k.obsolete, func(r ref) bool { return gone[r.nonce] })
}
