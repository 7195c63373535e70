package model

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
)

// Catalogue is a list of model types, by name. Package catalogue has the one of
// all types; a family has its own.
type Catalogue []Entry

// NewCatalogue sorts the rows of families by type.
func NewCatalogue(families ...[]Entry) Catalogue {
	all := slices.Concat(families...)
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Type, b.Type) })
	return all
}

// Lookup returns the row of a model type; an unknown one is an error that
// lists those there are.
func (c Catalogue) Lookup(typ string) (*Entry, error) {
	known := make([]string, 0, len(c))
	for i := range c {
		if c[i].Type == typ {
			return &c[i], nil
		}
		known = append(known, c[i].Type)
	}
	return nil, fmt.Errorf("unknown model type %q (there are %s)", typ, strings.Join(known, ", "))
}

// Validate checks everything of a definition that does not depend on what has
// been learned. The error wraps ErrDefinition and names field and value.
func (c Catalogue) Validate(d *Definition) error {
	_, err := c.bind(d)
	return err
}

// bind validates a definition and returns what builds it.
func (c Catalogue) bind(d *Definition) (Builder, error) {
	if err := d.checkName(); err != nil {
		return nil, err
	}
	entry, err := c.Lookup(d.Type)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrDefinition, d.Name, err)
	}
	if err := d.check(entry); err != nil {
		return nil, err
	}
	build, err := entry.Bind(d)
	if err == nil && entry.Needs != nil {
		_, err = entry.Needs(d)
	}
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrDefinition, d.Name, err)
	}
	return build, nil
}

// Decode reads what Definition.Encode wrote and validates it. Unknown fields
// and trailing bytes are errors.
func (c Catalogue) Decode(data []byte) (Definition, error) {
	var d Definition
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return d, fmt.Errorf("decode model definition: %w", jsonwords.Error(err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return d, fmt.Errorf("decode model %q: trailing bytes at offset %d", d.Name, decoder.InputOffset())
	}
	return d, c.Validate(&d)
}

// Build builds a model. A definition that does not fit what has been learned
// is an error, one of ErrNotYet where more rows may mend it; the statistics are not
// changed and not kept. The long loops of a
// build end with ctx; the error wraps that of ctx then.
func (c Catalogue) Build(ctx context.Context, d Definition, e *Evidence) (Model, error) {
	build, err := c.bind(&d)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build model %q: %w", d.Name, err)
	}
	if d.Target != "" && e.Members == nil { // members have been built
		if e, err = e.effective(&d); err != nil {
			return nil, fmt.Errorf("build model %q: %w", d.Name, later(&d, e, err))
		}
	}
	d.columns = columnsOf(e)
	err = d.lacksFeatures(e.Summary.Layout(), e)
	var m Model
	if err == nil {
		m, err = build(ctx, e)
	}
	if err != nil && ctx.Err() == nil {
		err = later(&d, e, err)
	}
	if err != nil {
		return nil, fmt.Errorf("build model %q: %w", d.Name, err)
	}
	return m, nil
}
