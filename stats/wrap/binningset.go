package wrap

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// BinningSet is the binnings that the statistics of a project count in, and the
// likelihoods that they keep. Statistics follow it when they learn. It is safe for concurrent use; the zero value is
// empty.
type BinningSet struct {
	// changing is held by writers only, from reading the current list until the next
	// one is in place.
	changing sync.Mutex
	current  atomic.Pointer[binningList] // nil when empty; never changed
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
