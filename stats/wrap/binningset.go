package wrap

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// BinningSet is the binnings and forests that the statistics of a project count in. Statistics
// follow it when they learn. It is safe for concurrent use; the zero value is
// empty.
type BinningSet struct {
	// Renamed are IDs of forests under which counts that are decoded are kept, by those
	// that they were stored under. It must not be changed once statistics are decoded.
	Renamed map[string]string

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
}

// Replace makes the given binnings those that are counted in from now on. One that
// was among them earlier is dropped by each statistic that learns; binnings that
// were never given stay. An invalid binning is an error and changes nothing.
func (s *BinningSet) Replace(binnings []stats.Binning) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	next := &binningList{known: map[string]bool{}}
	if now := s.current.Load(); now != nil {
		for id := range now.known {
			next.known[id] = false
		}
		if same(now, binnings) {
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
	s.current.Store(next)
	return nil
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
