package live

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// forests are those of a project. All of its processes count in the same ones, and any
// of them lets them grow: what has grown is stored before rows are counted in it. Where
// two processes were at it, the later one goes on from what the earlier one stored.
type forests struct {
	home   *home
	set    *wrap.BinningSet // that statistics count in
	log    *project.DefinitionLog
	failed func(error)                 // is told when the store fails
	reload func(context.Context) error // reads the definitions

	mu      sync.Mutex
	needs   []model.ForestNeed     // of the models, by key in order
	known   map[string]knownForest // by the name of the record
	unread  []string               // names of records that neither a model nor a frozen version needs
	older   []string               // names of records that are stored as they were before these grew here
	growing map[string]*growing    // by key, of the forest that rows are counted in
	loss    string                 // project.LossRecord: only forests begun since grow
	behind  map[string]bool        // by ID: that a forest lacks nodes has been said
}

// growing is a forest that this process lets grow.
type growing struct {
	*forest.Grower
	name  string // of the record
	bytes []byte // that were stored last, nil before the first
}

// knownForest is a forest with its stored bytes.
type knownForest struct {
	forest *forest.Forest
	bytes  []byte
}

// adopt takes over what is stored, what models need, and what frozen versions are read off.
func (f *forests) adopt(needs, frozen []model.ForestNeed, stored map[string][]byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	single := map[string]model.ForestNeed{}
	for _, n := range needs {
		single[n.Spec.Key] = n
	}
	f.follows(stored)
	next := map[string]knownForest{}
	f.older = f.older[:0]
	for name, b := range stored {
		if !strings.HasPrefix(name, project.ForestRecord) {
			continue
		}
		known, has := f.known[name]
		if has && bytes.Equal(known.bytes, b) {
			next[name] = known
			continue
		}
		read, err := decodeForest(b)
		if err != nil {
			return fmt.Errorf("stored forest %q: %w", name, err)
		}
		if has && known.forest.Extends(read) { // it has been stored since these were read
			next[name] = known
			f.older = append(f.older, name)
			continue
		}
		f.tellApart(name, read)
		next[name] = knownForest{read, b}
		delete(f.growing, read.Key)
	}
	for _, g := range f.growing { // what was stored here since these were read
		if _, has := next[g.name]; !has && g.bytes != nil {
			next[g.name] = f.known[g.name]
		}
	}
	f.needs, f.unread = f.needs[:0], f.unread[:0]
	for name, known := range next {
		isRead := func(n model.ForestNeed) bool { return n.Spec.Key == known.forest.Key }
		if !slices.ContainsFunc(needs, isRead) && !slices.ContainsFunc(frozen, isRead) && !strings.Contains(name, "/"+project.MergedForest) {
			f.unread = append(f.unread, name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(single)) {
		f.needs = append(f.needs, single[key])
	}
	f.known = next
	f.plant()
	return nil
}

func decodeForest(b []byte) (*forest.Forest, error) {
	r := wire.NewReader(b)
	f, err := forest.Decode(r)
	if err == nil {
		err = r.Close()
	}
	return f, err
}

// plant makes the statistics count in what is known: for each need in its active forest.
// Others of its key, as of before a loss or of projects that were merged, keep their counts.
// What nothing needs is known for the sake of frozen versions.
func (f *forests) plant() {
	var g wrap.Grove
	active := map[string]bool{}
	for i := range f.needs {
		if name, _, ok := f.active(f.needs[i].Spec.Key); ok {
			active[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.known)) {
		tree := f.known[name].forest
		switch {
		case active[name]:
			g.Active = append(g.Active, tree)
		case slices.ContainsFunc(f.needs, func(n model.ForestNeed) bool { return n.Spec.Key == tree.Key }):
			g.Kept = append(g.Kept, tree)
		default:
			g.Rest = append(g.Rest, tree)
		}
	}
	f.set.Plant(g)
}

// active returns the record of the forest that rows are counted in for a key: the first that
// has begun since the last loss, or else the largest.
func (f *forests) active(key string) (name string, known knownForest, ok bool) {
	for _, other := range slices.Sorted(maps.Keys(f.known)) {
		of := f.known[other]
		if of.forest.Key != key {
			continue
		}
		if lossOf(of.forest.ID) == f.loss {
			return other, of, true
		}
		if !ok || of.forest.Nodes() > known.forest.Nodes() {
			name, known, ok = other, of, true
		}
	}
	return name, known, ok
}

// grow lets the forests grow by rows that are about to be learned, and stores them where
// it is time. Where that fails, rows are counted in what was stored before.
func (f *forests) grow(ctx context.Context, layout *stats.Layout, rows *stats.Rows) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.needs) == 0 || rows.N == 0 {
		return
	}
	for i := range f.needs {
		if err := f.growOne(ctx, &f.needs[i], layout, rows); err != nil && ctx.Err() == nil {
			f.failed(err)
		}
		f.noteReach(&f.needs[i], layout, rows)
	}
	f.plant()
}

func (f *forests) growOne(ctx context.Context, need *model.ForestNeed, layout *stats.Layout, rows *stats.Rows) error {
	if !need.Spec.Fits(layout) {
		return nil // a target that became another type has a forest that begins anew
	}
	for {
		before := f.loss
		if err := f.growBy(ctx, need, layout, rows); err != nil || f.loss == before {
			return err
		}
		// A loss that was found meanwhile: these rows may be the first of the forest that follows.
	}
}

// growBy lets the forest of a need grow by rows once.
func (f *forests) growBy(ctx context.Context, need *model.ForestNeed, layout *stats.Layout, rows *stats.Rows) error {
	g, err := f.grower(need)
	if err != nil {
		return err
	}
	g.Grow(layout, rows)
	if !g.Due() {
		return nil
	}
	grown := g.Snapshot()
	w := wire.NewWriter(nil)
	grown.Encode(w)
	stored, err := f.put(ctx, g, grown, w.Bytes())
	if err == nil && stored {
		g.Published()
		g.bytes = w.Bytes()
		f.known[g.name] = knownForest{grown, g.bytes}
	}
	return err
}

// grower returns what lets the forest of a need grow, which begins where there is none. One
// from before a loss stays as it is, and a copy with an ID of its own grows on.
func (f *forests) grower(need *model.ForestNeed) (*growing, error) {
	key := need.Spec.Key
	if g := f.growing[key]; g != nil {
		return g, nil
	}
	name, known, ok := f.active(key)
	if !ok || lossOf(known.forest.ID) != f.loss {
		begun, err := begin(need.Spec, f.loss)
		if err != nil {
			return nil, err
		}
		if ok {
			begun = known.forest.As(begun.ID)
		}
		name, known = project.ForestRecord+key+"/"+begun.ID, knownForest{forest: begun}
	}
	g := &growing{Grower: forest.NewGrower(known.forest, need.Selects), name: name, bytes: known.bytes}
	f.growing[key] = g
	return g, nil
}

// begin returns a forest with an ID of its own, which says after which loss it began.
func begin(s forest.Spec, loss string) (*forest.Forest, error) {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails, as crypto/rand documents
	s.ID = hex.EncodeToString(id[:])
	if loss != "" {
		s.ID += lossMark + loss
	}
	for i, b := range id {
		s.Seed |= uint64(b) << (8 * i)
	}
	return forest.New(s)
}

// put stores a forest that has grown, and its bytes. Where another process was first, its
// forest is adopted instead, and what has grown here is given up. One from which this one has
// grown is an older state, which was written again after keys had gone: it is replaced.
func (f *forests) put(ctx context.Context, g *growing, grown *forest.Forest, now []byte) (stored bool, err error) {
	name, before := g.name, g.bytes
	prefix := name[:strings.LastIndexByte(name, '/')+1]
	theirs := map[string][]byte{}
	latest := map[string][]byte{}
	err = f.log.Update(ctx, func(m map[string][]byte) bool {
		clear(theirs)
		latest[project.LossRecord] = m[project.LossRecord]
		loss := string(m[project.LossRecord])
		for other, b := range m {
			if strings.HasPrefix(other, prefix) && lossOf(other) == loss {
				theirs[other] = b
			}
		}
		if stored = lossOf(name) == loss; !stored {
			return false // what follows a loss begins anew
		}
		// one that is gone from the store with all others is stored again
		if stored = len(theirs) == 0 || before != nil && (bytes.Equal(theirs[name], before) || isOlder(theirs[name], grown)); stored {
			m[name] = now
		}
		return stored
	})
	if err != nil || stored {
		return stored && err == nil, err
	}
	f.follows(latest)
	for other, b := range theirs {
		read, err := decodeForest(b)
		if err != nil {
			return false, fmt.Errorf("stored forest %q: %w", other, err)
		}
		if known, has := f.known[other]; has && known.forest.Extends(read) && other != name {
			continue
		}
		f.tellApart(other, read)
		f.known[other] = knownForest{read, b}
		delete(f.growing, read.Key)
	}
	return false, nil
}

// prune deletes the forests that neither a model nor a frozen version needs any more, as those
// of a model that is defined with other options. Those that came by a merge stay, for a
// model that is defined later.
func (f *forests) prune(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.unread) == 0 {
		return nil
	}
	err := f.log.Update(ctx, func(m map[string][]byte) (changed bool) {
		for _, name := range f.unread {
			_, has := m[name]
			delete(m, name)
			changed = changed || has
		}
		return changed
	})
	if err != nil {
		return err
	}
	for _, name := range f.unread {
		delete(f.growing, f.known[name].forest.Key)
		delete(f.known, name)
	}
	f.unread = f.unread[:0]
	f.plant()
	return nil
}

// any reports whether the project has a forest.
func (f *forests) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.known)+len(f.needs) > 0
}

// follow returns the evidence with forests that have all nodes of its counts: those of
// shards that another process has written since are read.
func (f *forests) follow(ctx context.Context, e *model.Evidence) (*model.Evidence, error) {
	if e.Tally == nil || !slices.ContainsFunc(e.Forests, func(of *forest.Forest) bool { return of.IsBehind(e.Tally) }) {
		return e, nil
	}
	if err := f.reload(ctx); err != nil {
		return nil, err
	}
	out := *e
	out.Forests = nil
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(f.known)) {
		out.Forests = append(out.Forests, f.known[name].forest)
	}
	f.within(&out)
	return &out, nil
}
