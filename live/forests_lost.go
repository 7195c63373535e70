package live

import (
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// isOlder reports whether stored bytes are of a forest from which f has grown.
func isOlder(stored []byte, f *forest.Forest) bool {
	if stored == nil {
		return false
	}
	read, err := decodeForest(stored)
	return err == nil && f.Extends(read) // damage is told where it is read
}

// tellApart warns where a stored forest takes the place of one that is known here and that
// has grown otherwise: two processes went on from an older state after keys had gone.
func (f *forests) tellApart(name string, stored *forest.Forest) {
	known, has := f.known[name]
	if !has || stored.Extends(known.forest) || known.forest.Extends(stored) {
		return
	}
	f.home.warn("forest %s of target %q has grown in two ways since keys were gone from cache %q: rows that were counted here before, in trees of %d nodes, are read as if in the stored ones, of %d nodes. "+
		"Define the model with another option, as another number of trees, to begin a forest anew", stored.ID, stored.Target, f.home.cache, known.forest.Nodes(), stored.Nodes())
}

// renew stores the forests again that are stored in an older state than they are known in.
func (f *forests) renew(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.older) == 0 {
		return nil
	}
	err := f.log.Update(ctx, func(m map[string][]byte) (changed bool) {
		for _, name := range f.older {
			known := f.known[name]
			if b, has := m[name]; has && string(b) != string(known.bytes) && isOlder(b, known.forest) {
				m[name], changed = known.bytes, true
			}
		}
		return changed
	})
	if err != nil {
		return err
	}
	f.older = f.older[:0]
	return nil
}
