package live

import (
	"fmt"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Names of the limits that Observer.Limited is told of.
const (
	LimitCategories = "max_categories"
	LimitPatterns   = "max_patterns"
)

// limits remembers which have been told of, so that each is told once.
type limits struct {
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
func (p *Project) noteOverflow(layout *stats.Layout, overflow []stats.Overflow) {
	for _, o := range overflow {
		name := layout.Categorical[o.Column].Name
		if p.limits.first(LimitCategories + " " + name) {
			p.observer.Limited(p.settings.Project, LimitCategories, fmt.Sprintf(
				"attribute %q has more than %d values: further ones are counted together, as other", name, len(layout.Categorical[o.Column].Values)))
		}
	}
}

// notePatterns tells that rows have gone to the pairwise block.
func (p *Project) notePatterns(s *stats.Summary) {
	if dense, overflow := s.Patterns(); overflow > 0 && p.limits.first(LimitPatterns) {
		p.observer.Limited(p.settings.Project, LimitPatterns, fmt.Sprintf(
			"there are more than %d combinations of present attributes: rows of further ones are learned as exactly, and slower", dense))
	}
}
