package features

import (
	"context"
	"maps"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
)

// Admit brings those of the keys back that have left for pages. On error, which
// wraps state.ErrStore when it is worth trying again, some may be back; nothing
// else has changed.
func (k *Keyed) Admit(ctx context.Context, pages *Pages, keys []string) error {
	wanted := map[int][]string{}
	for _, key := range keys {
		if page := pageOf(key); k.entities[key] == nil && k.cold[page].parts > 0 {
			wanted[page] = append(wanted[page], key)
		}
	}
	for _, page := range slices.Sorted(maps.Keys(wanted)) {
		stored, err := pages.read(ctx, page, k.cold[page])
		if err != nil {
			return err
		}
		for _, key := range wanted[page] {
			blob, ok := stored[key]
			if !ok || k.entities[key] != nil {
				continue
			}
			r := wire.NewReader(blob)
			e := k.plan.decodeEntity(r)
			if err := r.Close(); err != nil {
				return err
			}
			k.entities[key] = e
			k.append(e)
		}
	}
	return nil
}

// Trim moves the keys that were not used for longest to pages when there are
// more than Limits.Keys, an eighth more than needed, so that it is seldom. On
// error they stay, and the next Trim tries again.
func (k *Keyed) Trim(ctx context.Context, pages *Pages) error {
	if len(k.entities) <= k.limits.Keys {
		return nil
	}
	leaving := map[int][]*entity{}
	e := k.oldest
	for range len(k.entities) - k.limits.Keys + k.limits.Keys/8 {
		page := pageOf(e.key)
		leaving[page] = append(leaving[page], e)
		e = e.newer
	}
	for _, page := range slices.Sorted(maps.Keys(leaving)) {
		if err := k.move(ctx, pages, page, leaving[page]); err != nil {
			return err
		}
	}
	return nil
}

// move writes one page anew, with the entities that join it.
func (k *Keyed) move(ctx context.Context, pages *Pages, page int, leaving []*entity) error {
	stored, err := pages.read(ctx, page, k.cold[page])
	if err != nil {
		return err
	}
	for _, e := range leaving {
		var w wire.Writer
		e.encode(&w)
		stored[e.key] = w.Bytes()
	}
	ref, err := pages.write(ctx, page, slices.Sorted(maps.Keys(stored)), stored)
	if err != nil {
		return err
	}
	if k.cold[page].parts > 0 {
		k.obsolete = append(k.obsolete, numbered{page, k.cold[page]})
	}
	k.cold[page] = ref
	for _, e := range leaving {
		k.unlink(e)
		delete(k.entities, e.key)
	}
	return nil
}

// Garbage is pages that a record no longer needs. They can be removed when that
// record is stored.
type Garbage []numbered

// Garbage returns the pages that this state no longer needs.
func (k *Keyed) Garbage() Garbage { return slices.Clone(k.obsolete) }

// Remove removes the pages from the store, and returns those that are gone. The
// state that listed them must be stored.
func (g Garbage) Remove(ctx context.Context, pages *Pages) Garbage {
	for i, n := range g {
		if pages.remove(ctx, n) != nil {
			return g[:i]
		}
	}
	return g
}

// Forgotten takes removed pages off the list.
func (k *Keyed) Forgotten(g Garbage) {
	k.obsolete = slices.DeleteFunc(k.obsolete, func(n numbered) bool { return slices.Contains(g, n) })
}

// encodePages writes the number of pages in use, of each number, nonce and
// parts, and the obsolete ones in the same way.
func (k *Keyed) encodePages(w *wire.Writer) {
	var used []numbered
	for page, ref := range k.cold {
		if ref.parts > 0 {
			used = append(used, numbered{page, ref})
		}
	}
	for _, list := range [][]numbered{used, k.obsolete} {
		w.Uvarint(uint64(len(list)))
		for _, n := range list {
			w.Uvarint(uint64(n.page))
			w.Uint64(n.nonce)
			w.Uvarint(n.parts)
		}
	}
}

func (k *Keyed) decodePages(r *wire.Reader) {
	list := func() (out []numbered) {
		for range r.Count(10) {
			page, ref := r.Uvarint(), reference{nonce: r.Uint64(), parts: r.Uvarint()}
			if r.Err() == nil && (page >= pageCount || ref.parts == 0) {
				r.Fail("page %d of %d parts", page, ref.parts)
			}
			if r.Err() != nil {
				return nil
			}
			out = append(out, numbered{int(page), ref})
		}
		return out
	}
	for _, n := range list() {
		k.cold[n.page] = n.reference
	}
	k.obsolete = list()
}
