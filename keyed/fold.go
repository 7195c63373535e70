package keyed

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
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

// Compact writes changed keys to a run when the record would hold many, folds
// runs into pages when these are many, and lets keys leave. What the store
// refuses stays as it is, in memory and in the record, for the next time: the
// error, which wraps state.ErrStore, is only to be told. It is called only after
// rows were taken, so that a record follows: the Garbage of a state that no
// record holds is still needed.
func (k *Keyed) Compact(ctx context.Context, values *paged.Values) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	defer k.evict()
	if float64(k.unfolded) > foldShare*float64(k.maker.Resident) || len(k.runs) >= mostRuns {
		return k.fold(ctx, values)
	}
	if k.pending <= mostPending {
		return nil
	}
	blobs := k.pendingBlobs()
	run, err := values.WriteBlobs(ctx, 0, blobs)
	if err != nil {
		return err
	}
	k.runs = append(k.runs, run)
	for key := range blobs {
		k.entries.Get(key).Value.state = inRun
	}
	k.pending = 0
	return nil
}

// fold writes every key that is not as its page has it to a new page.
func (k *Keyed) fold(ctx context.Context, values *paged.Values) error {
	if err := k.open(ctx, values); err != nil {
		return err
	}
	old := k.pages
	if len(old.Refs) == 0 {
		old.Refs = make([]paged.Ref, 1)
	}
	n := len(old.Refs)
	for n < maxPages && (k.inPages+uint64(k.unfolded))/uint64(n) >= pageKeys {
		n *= 2
	}
	changed := make([]string, 0, k.unfolded)
	for e := range k.entries.OldestFirst() {
		if e.Value.state != inPage {
			changed = append(changed, e.Key)
		}
	}
	next, err := old.Rewrite(ctx, values, n, changed, func(key string) []byte { return encoded(k.entries.Get(key).Value.statistic) })
	if err != nil {
		return err
	}
	table, err := writeTable(ctx, values, next.Refs)
	if err != nil {
		next.Discard(ctx, values)
		return err
	}
	k.garbage.Add(next.Replaced...)
	k.garbage.Add(k.runs...)
	k.garbage.Add(k.table)
	k.pages.Refs, k.table, k.runs = next.Refs, table, nil
	k.inPages += uint64(next.Added)
	k.unfolded, k.pending = 0, 0
	for e := range k.entries.OldestFirst() {
		e.Value.state = inPage
	}
	return nil
}

// writeTable stores the names of pages.
func writeTable(ctx context.Context, values *paged.Values, pages []paged.Ref) (paged.Ref, error) {
	var w wire.Writer
	valueLayout.EncodeRefs(&w, pages)
	return values.Write(ctx, 0, w.Bytes())
}

// open reads the keys of runs and the table of pages, once.
func (k *Keyed) open(ctx context.Context, values *paged.Values) error {
	if !k.loaded {
		for _, at := range slices.Backward(k.runs) {
			blobs, err := values.ReadBlobs(ctx, at)
			if err != nil {
				return err
			}
			for key, blob := range blobs {
				if k.entries.Get(key) == nil {
					if err := k.insert(key, blob, inRun); err != nil {
						return err
					}
				}
			}
		}
		k.loaded = true
	}
	if k.pages.Refs != nil || !k.table.Named() {
		return nil
	}
	pages, err := k.readTable(ctx, values)
	if err != nil {
		return err
	}
	k.pages.Refs = pages
	return nil
}

// readTable reads the names of the pages.
func (k *Keyed) readTable(ctx context.Context, values *paged.Values) ([]paged.Ref, error) {
	payload, err := values.Read(ctx, k.table)
	if err != nil {
		return nil, err
	}
	r := wire.NewReader(payload)
	pages := valueLayout.DecodeRefs(r, 0)
	if n := len(pages); n == 0 || n&(n-1) != 0 {
		r.Fail("%d pages, not a power of two", n)
	}
	if err := r.Close(); err != nil {
		return nil, fmt.Errorf("value %q: %w", values.Key(k.table, 0), err)
	}
	return pages, nil
}

// admit brings those of the keys into memory that the store has.
func (k *Keyed) admit(ctx context.Context, values *paged.Values, keys []string) error {
	if err := k.open(ctx, values); err != nil {
		return err
	}
	var away []string
	for _, key := range keys {
		if k.entries.Get(key) == nil {
			away = append(away, key)
		}
	}
	found, err := k.pages.Find(ctx, values, away)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := k.insert(f.Key, f.Blob, inPage); err != nil {
			return err
		}
		k.counters.Loaded++
	}
	return nil
}

// Garbage returns the list of values that this state no longer needs, to be
// removed when it is stored.
func (k *Keyed) Garbage() *paged.Garbage { return &k.garbage }
