package live

import (
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Names of the limits that Observer.Limited is told of.
const (
	limitCategories = "max_categories"
	limitPatterns   = "max_patterns"
	limitAttributes = "max_attributes"
)

// limits remembers which have been told of, so that each is told once.
// mu guards told, which has at most one entry for each limit and attribute.
type limits struct {
	home *home

	mu   sync.Mutex
	told map[string]bool
}

// first reports whether the key has not been told of before.
func (l *limits) first(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.told[key] {
		return false
	}
	if l.told == nil {
		l.told = map[string]bool{}
	}
	l.told[key] = true
	return true
}

// noteOverflow tells of dictionaries that are full.
func (l *limits) noteOverflow(layout *stats.Layout, overflow []stats.Overflow) {
	for _, o := range overflow {
		name := layout.Categorical[o.Column].Name
		if l.first(limitCategories + " " + name) {
			l.home.observer.Limited(l.home.project, limitCategories, fmt.Sprintf(
				"attribute %q has more than %d values: further ones are counted together, as other", name, len(layout.Categorical[o.Column].Values)))
		}
	}
}

// notePatterns tells that rows have gone to the pairwise block.
// Nothing is lost then: only the time to learn such a row grows.
func (l *limits) notePatterns(s *stats.Summary) {
	if dense, overflow := s.Patterns(); overflow > 0 && l.first(limitPatterns) {
		l.home.observer.Limited(l.home.project, limitPatterns, fmt.Sprintf(
			"there are more than %d combinations of present attributes: rows of further ones are learned as exactly, and slower", dense))
	}
}

// notePowers tells of attributes whose powers are to be learned and have no room.
func (l *limits) notePowers(lost []string) {
	for _, name := range lost {
		if l.first(limitAttributes + " " + name) {
			l.home.observer.Limited(l.home.project, limitAttributes, fmt.Sprintf(
				"powers of attribute %q are not learned, as there is no room for all of their columns: raise max_attributes, also later by sml alter; then they are learned from new rows on", name))
		}
	}
}

// noteExpansion tells of columns that are to be computed and cannot be added.
func (l *limits) noteExpansion(e *expansion.Expansion) {
	if l.first(limitAttributes + " " + e.ID()) {
		l.home.observer.Limited(l.home.project, limitAttributes, fmt.Sprintf(
			"%s is not computed: there is no room for its %d columns, or an attribute has the name of one: raise max_attributes, also later by sml alter; then it is computed of new rows on", e.ID(), e.Columns()))
	}
}

// notePositions tells that messages of a shard have no positions.
func (l *limits) notePositions(shard string) {
	if l.first("positions") {
		l.home.warn("messages of shard %q have no positions: what is delivered again after a crash is learned again (at least once); `position` of sml_learn maps one, and then each counts once", shard)
	}
}
