package live

import (
	"bytes"
	"context"

	"github.com/rpconnect-sml/rpconnect-sml/project"
)

// settleComposition makes what the learner's settings say the composition of the
// project, or compares it with what is stored.
func (p *Project) settleComposition(ctx context.Context, log *project.DefinitionLog) error {
	if p.learning == nil {
		return nil
	}
	return p.learning.Composition.Settle(ctx, p.store, p.base(), log)
}

// followComposition makes a project that is only read keep what the learner keeps.
func (p *Project) followComposition(ctx context.Context, definitions map[string][]byte) error {
	stored := definitions[project.CompositionRecord]
	if p.learning != nil || stored == nil || bytes.Equal(stored, p.stored) {
		return nil
	}
	c, err := project.StoredComposition(ctx, p.store, p.base(), definitions)
	if err != nil {
		return err
	}
	maker, err := c.Maker(&p.frames.set)
	if err != nil {
		return err
	}
	p.view.mu.Lock()
	defer p.view.mu.Unlock()
	p.stored, p.maker = stored, maker
	if p.others.Load() != nil {
		p.others.Store(p.newReader())
	}
	return nil
}
