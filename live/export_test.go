package live

import "github.com/rpconnect-sml/rpconnect-sml/expansion"

// What only the tests of live_test see.
const (
	LimitCategories = limitCategories
	LimitPatterns   = limitPatterns
	ReasonAhead     = reasonAhead
	ReasonLate      = reasonLate
)

var (
	ErrAhead    = errAhead
	ErrFrozen   = errFrozen
	ErrSettings = errSettings
)

// Frozen reports whether the project learns nothing.
func (p *Project) Frozen() bool { return p.learner.isFrozen() }

// Expansions are what the project computes.
func (p *Project) Expansions() []*expansion.Expansion { return p.home.expansions() }
