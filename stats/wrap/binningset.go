package wrap

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// BinningSet is the binnings and forests that the statistics of a project count in, the
// likelihoods that they keep, and the pools of models that they train. Statistics follow it when they learn. It is safe for concurrent use; the zero value is
// empty.
type BinningSet struct {
	// Renamed are IDs of forests under which counts that are decoded are kept, by those
	// that they were stored under. It must not be changed once statistics are decoded.
	Renamed map[string]string
	// Pools are what an Adaptive follows.
	Pools PoolSet

	// changing is held by writers only, from reading the current list until the next
	// one is in place.
	changing sync.Mutex
	current  atomic.Pointer[binningList] // nil when empty; never changed
	grove    atomic.Pointer[Grove]       // as well
}

// Grove is the forests of a BinningSet at one moment.
type Grove struct {
	// Active are those that rows are counted in.
	Active []*forest.Forest
	// Kept are those whose counts stay, Rest those whose counts are dropped by each
	// statistic that learns.
	Kept, Rest []*forest.Forest
}

// counts reports whether the counts of a forest are kept. Those of an unknown one are.
func (g *Grove) counts(id string) bool {
	return !slices.ContainsFunc(g.Rest, func(f *forest.Forest) bool { return f.ID == id })
}

// Plant makes g the forests from now on.
func (s *BinningSet) Plant(g Grove) {
	now := s.grove.Load()
	if now == nil && len(g.Active)+len(g.Kept)+len(g.Rest) == 0 {
		return
	}
	if now == nil || !slices.Equal(now.Active, g.Active) || !slices.Equal(now.Kept, g.Kept) || !slices.Equal(now.Rest, g.Rest) {
		s.grove.Store(&g)
	}
}

// forests returns all, those that rows are counted in first.
func (s *BinningSet) forests() []*forest.Forest {
	if now := s.grove.Load(); now != nil {
		return slices.Concat(now.Active, now.Kept, now.Rest)
	}
	return nil
}

// binningList is a BinningSet at one moment.
type binningList struct {
	active []stats.Binning
	known  map[string]bool // by ID: whether it is active

	likelihoods []stats.LikelihoodUse
	keys        map[string]bool // by key of a likelihood: whether it is kept
}

// gone reports whether a likelihood was kept and is not any more.
func (l *binningList) gone(key string) bool {
	active, known := l.keys[key]
	return known && !active
}

// Replace makes the given binnings those that are counted in from now on. One that
// was among them earlier is dropped by each statistic that learns; binnings that
// were never given stay. The same holds for likelihoods. What is invalid is an error and
// changes nothing.
func (s *BinningSet) Replace(binnings []stats.Binning, likelihoods []stats.LikelihoodUse) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	next := &binningList{known: map[string]bool{}, keys: map[string]bool{}, likelihoods: likelihoods}
	if now := s.current.Load(); now != nil {
		for id := range now.known {
			next.known[id] = false
		}
		for key := range now.keys {
			next.keys[key] = false
		}
		if same(now, binnings) && sameUses(now.likelihoods, likelihoods) {
			return nil
		}
	}
	for i := range binnings {
		if err := binnings[i].Validate(); err != nil {
			return err
		}
		next.known[binnings[i].ID()] = true
		next.active = append(next.active, binnings[i])
	}
	for i := range likelihoods {
		next.keys[likelihoods[i].Key] = true
		if f := likelihoods[i].Frame; f != nil {
			if err := f.Validate(); err != nil {
				return fmt.Errorf("likelihood %q: %w", likelihoods[i].Key, err)
			}
		}
	}
	s.current.Store(next)
	return nil
}

// sameUses reports whether both are of the same keys and at the same points. Each key is
// there once.
func sameUses(a, b []stats.LikelihoodUse) bool {
	frames := map[string]*stats.LikelihoodFrame{}
	for i := range a {
		frames[a[i].Key] = a[i].Frame
	}
	for i := range b {
		f, known := frames[b[i].Key]
		g := b[i].Frame
		if !known || (f == nil) != (g == nil) || f != nil && (f.Epoch != g.Epoch || !slices.Equal(f.Point, g.Point) || f.ID() != g.ID()) {
			return false
		}
	}
	return len(a) == len(b)
}

// same reports whether exactly these binnings are active.
func same(l *binningList, binnings []stats.Binning) bool {
	for i := range binnings {
		if !l.known[binnings[i].ID()] {
			return false
		}
	}
	return len(binnings) == len(l.active)
}
