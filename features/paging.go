package features

import (
	"context"
	"fmt"
	"hash/fnv"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/state/paged"
)

// pageCount is the number of pages. It is part of the format.
const pageCount = 256

// pageLayout names the pages of a shard. It is part of the format.
var pageLayout = paged.Layout{Name: "page", Numbered: true}

// newPages returns the pages of a shard, whose keys begin with base. maxValue is
// that of paged.NewValues.
func newPages(store state.Store, base, shard string, maxValue int) *paged.Values {
	return paged.NewValues(store, base, pageLayout, shard, maxValue)
}

// pageOf returns which of n pages has the key. The hash is part of the format.
func pageOf(key string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails, as hash documents
	return int(h.Sum32() % uint32(n))
}

// admit brings those of the keys back that have left for pages. On error, which
// wraps state.ErrStore when it is worth trying again, nothing has changed.
func (k *keyed) admit(ctx context.Context, pages *paged.Values, keys []string) error {
	var away []string
	for _, key := range keys {
		if k.entities.Get(key) == nil {
			away = append(away, key)
		}
	}
	found, err := k.pages.Find(ctx, pages, away)
	if err != nil {
		return err
	}
	back := make([]*entity, len(found))
	for i, f := range found {
		r := wire.NewReader(f.Blob)
		back[i] = k.plan.decodeEntity(r)
		if err := r.Close(); err != nil {
			return fmt.Errorf("key %.100q of page %d: %w", f.Key, pageOf(f.Key, pageCount), err)
		}
	}
	for _, e := range back {
		k.entities.Add(e.key, e)
	}
	return nil
}

// trim moves the keys that were not used for longest to pages when there are
// more than limits.Keys, an eighth more than needed, so that it is seldom. On
// error all stay, and the next trim tries again.
func (k *keyed) trim(ctx context.Context, pages *paged.Values) error {
	excess := k.entities.Len() - k.limits.Keys
	if excess <= 0 {
		return nil
	}
	leaving := make([]string, 0, excess+k.limits.Keys/8)
	for e := range k.entities.OldestFirst() {
		if len(leaving) == cap(leaving) {
			break
		}
		leaving = append(leaving, e.Key)
	}
	next, err := k.pages.Rewrite(ctx, pages, pageCount, leaving, func(key string) []byte {
		var w wire.Writer
		k.entities.Get(key).Value.encode(&w)
		return w.Bytes()
	})
	if err != nil {
		return err
	}
	k.garbage.Add(next.Replaced...)
	k.pages.Refs = next.Refs
	for _, key := range leaving {
		k.entities.Remove(k.entities.Get(key))
	}
	return nil
}

// encodePages writes the names of the pages in use and those of the values that
// are to be removed.
func (k *keyed) encodePages(w *wire.Writer) {
	var used []paged.Ref
	for _, r := range k.pages.Refs {
		if r.Named() {
			used = append(used, r)
		}
	}
	pageLayout.EncodeRefs(w, used)
	pageLayout.EncodeRefs(w, k.garbage.Refs())
}

func (k *keyed) decodePages(r *wire.Reader) {
	used, garbage := pageLayout.DecodeRefs(r, pageCount), pageLayout.DecodeRefs(r, pageCount)
	for _, list := range [][]paged.Ref{used, garbage} {
		for _, ref := range list {
			if !ref.Named() {
				r.Fail("page %d has no parts", ref.Page)
			}
		}
	}
	for _, ref := range used {
		k.pages.Refs[ref.Page] = ref
	}
	k.garbage.Add(garbage...)
}
