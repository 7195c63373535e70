package live

import (
	"context"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// lossMark is between what is drawn for the ID of a forest and the loss after which it began.
const lossMark = "."

// lossOf returns the loss after which a forest began, by its ID or the name of its record;
// empty for one that began before any.
//
// After keys were gone, processes go on from what each knows, and would let one forest grow
// in several ways: then nodes of one number are not the same. So a forest grows only as long
// as no keys are lost. All that is known of it then has grown in one way, and its counts
// stay right. A copy with another ID grows on, whose counts begin at nothing: each row
// counts in one of them.
func lossOf(id string) string {
	_, loss, _ := strings.Cut(id, lossMark)
	return loss
}

// follows notes the last loss that the definitions tell of: what grows is begun anew after one.
func (f *forests) follows(stored map[string][]byte) {
	if loss := string(stored[project.LossRecord]); loss != f.loss {
		f.loss = loss
		clear(f.growing)
	}
}

// within returns the counts with those of nodes that were lost with their forest in the roots:
// a process that had stored them was gone before it could write them again.
func (f *forests) within(e *model.Evidence) {
	for _, of := range e.Forests {
		if !of.IsBehind(e.Tally) {
			continue
		}
		if !f.behind[of.ID] {
			f.behind[of.ID] = true
			f.home.warn("forest %s of target %q lacks nodes in which rows were counted, since keys were gone from cache %q: these rows are read as of its roots", of.ID, of.Target, f.home.cache)
		}
		e.Tally = e.Tally.Within(of)
	}
}

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
