package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

// ErrDeclared is wrapped where an attribute has another type than is declared.
var ErrDeclared = errors.New("attribute has another type")

// Declare gives attributes their types before any value of them is learned. An
// attribute that has another type, by what was learned or by the settings of the
// learner, is an error that wraps ErrDeclared, and nothing changes.
// With dry the types are compared only.
func (p *Project) Declare(ctx context.Context, declared []schema.Attribute, dry bool) error {
	if len(declared) == 0 {
		return nil
	}
	if err := p.home.start(ctx); err != nil {
		return err
	}
	if err := p.schemas.refresh(ctx); err != nil {
		return err
	}
	if err := p.schemas.agrees(declared); err != nil || dry {
		return err
	}
	growth := schema.Growth{}
	for _, a := range declared {
		if p.schemas.current.Load().schema.Index(a.Name) < 0 {
			growth.Attributes = append(growth.Attributes, a)
		}
	}
	if growth.Empty() {
		return nil
	}
	rules := p.schemas.encoding.Load().rules
	would, _ := p.schemas.current.Load().schema.Grow(growth, rules.Limits())
	if err := rules.Check(would); err != nil {
		return fmt.Errorf("%w: %w", ErrDeclared, err)
	}
	if _, err := p.schemas.grow(ctx, growth); err != nil {
		return err
	}
	return p.schemas.agrees(declared) // another process may have written first
}

// agrees compares types with those of the schema.
func (s *schemas) agrees(declared []schema.Attribute) error {
	current := s.current.Load().schema
	for _, a := range declared {
		if i := current.Index(a.Name); i >= 0 && current.Attributes()[i].Kind != a.Kind {
			return fmt.Errorf("%w: %q is declared as %v, and the project has learned it as %v", ErrDeclared, a.Name, a.Kind, current.Attributes()[i].Kind)
		}
	}
	return nil
}
