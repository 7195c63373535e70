package live

import (
	"bytes"
	"context"
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/project"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/wrap"
)

// composition is which statistics the project keeps: those of the settings where
// this process learns it, else those that its learner has stored.
type composition struct {
	home     *home
	binnings *wrap.BinningSet // that the statistics count in
	columns  stats.Columns    // of the project

	mu     sync.Mutex
	made   stats.Maker
	of     *project.Composition // that made makes
	learn  *project.Composition // nil where this process does not learn
	stored []byte               // the record that is followed
	known  bool                 // whether stored has been followed
}

// declare takes the settings of a learner, nil for plain statistics. Those out
// of range are an error.
// Nothing is stored yet; that happens when the project is loaded.
func (c *composition) declare(learn *project.Composition) error {
	of := learn
	if of == nil {
		of = &project.Composition{}
	}
	made, err := of.MakerUnder(c.columns, c.binnings)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made, c.of, c.learn, c.known = made, of, learn, false
	return nil
}

// maker returns what makes the statistics.
func (c *composition) maker() stats.Maker {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made
}

// keysCover is KeysCover of what the project keeps, as far as that is known.
func (c *composition) keysCover() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of.KeysCover()
}

// keeps returns the settings of the statistics that the project keeps, as far as
// they are known.
func (c *composition) keeps() param.Settings {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of.Kept()
}

// settle stores what this process learns as the composition, or compares it
// with what is stored, and returns the definitions as they are then.
func (c *composition) settle(ctx context.Context, log *project.DefinitionLog, definitions map[string][]byte) (map[string][]byte, error) {
	c.mu.Lock()
	learn, agreed := c.learn, c.known
	c.mu.Unlock()
	if learn == nil || agreed && definitions[project.CompositionRecord] != nil {
		return definitions, nil // what was altered since is for the next start
	}
	// Equal bytes mean equal settings, as the encoding is deterministic.
	mine, err := learn.Encode()
	if err != nil || bytes.Equal(mine, definitions[project.CompositionRecord]) {
		return definitions, err
	}
	if err := learn.Agree(ctx, c.home.store, c.home.base(), log); err != nil {
		return nil, err
	}
	return log.Load(ctx)
}

// warnAltered tells that the settings were altered while this process learns.
func (c *composition) warnAltered(ctx context.Context, definitions map[string][]byte) {
	to := "others"
	if of, err := project.StoredComposition(ctx, c.home.store, c.home.base(), definitions); err == nil { // else it is told when it is read
		to = of.Kept().String()
	}
	c.home.warn("the settings of the project were altered to %s: this learner goes on with its own, and readers convert what it writes; give it the new settings and start it again", to)
}

// follow makes a project that is only read keep what its learner keeps, and
// reports whether that has changed.
// The lock is not held while the store is read; a learner that joins meanwhile wins.
func (c *composition) follow(ctx context.Context, definitions map[string][]byte) (bool, error) {
	stored := definitions[project.CompositionRecord]
	c.mu.Lock()
	learns, seen := c.learn != nil, c.known && bytes.Equal(stored, c.stored)
	if learns {
		seen = seen || !c.known
		c.stored, c.known = stored, true
	}
	c.mu.Unlock()
	if learns && !seen {
		c.warnAltered(ctx, definitions)
	}
	same := learns || seen
	if same {
		return false, nil
	}
	of, err := project.StoredComposition(ctx, c.home.store, c.home.base(), definitions)
	if err != nil {
		return false, err
	}
	made, err := of.MakerUnder(c.columns, c.binnings)
	if err != nil {
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.learn != nil {
		return false, nil // a learner has joined meanwhile
	}
	c.made, c.of, c.stored, c.known = made, &of, stored, true
	return true, nil
}
