package project

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/internal/jsonwords"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/schema"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Limits are limits of the schema that a project was altered to. They count for every
// learner of the project, whatever its own settings say; 0 leaves a limit to those.
type Limits struct {
	MaxCategories int `json:"max_categories,omitempty"`
	MaxAttributes int `json:"max_attributes,omitempty"`
}

// StoredLimits returns the limits that are among the definitions, none where the
// project was never altered so. The error wraps wire.ErrCorrupt.
func StoredLimits(definitions map[string][]byte) (Limits, error) {
	var l Limits
	stored := definitions[LimitsRecord]
	if stored == nil {
		return l, nil
	}
	if err := json.Unmarshal(stored, &l); err != nil {
		return Limits{}, fmt.Errorf("%w: limits of the project: %w", wire.ErrCorrupt, jsonwords.Error(err))
	}
	_, err := l.Over(schema.Config{})
	if err != nil {
		return Limits{}, fmt.Errorf("%w: limits of the project: %w", wire.ErrCorrupt, err)
	}
	return l, nil
}

// Over returns the settings of a learner with these limits in place of its own. Those
// that contradict its other settings are an error that names both.
func (l Limits) Over(c schema.Config) (schema.Config, error) {
	if l.MaxCategories > 0 {
		c.MaxCategories = l.MaxCategories
	}
	if l.MaxAttributes > 0 {
		c.MaxAttributes = l.MaxAttributes
	}
	_, err := schema.NewRules(c)
	return c, err
}

// Settings are the limits that are set, by the names of sml_learn.
func (l Limits) Settings() (out param.Settings) {
	for _, s := range []struct {
		name  string
		value int
	}{{limitCategories, l.MaxCategories}, {limitAttributes, l.MaxAttributes}} {
		if s.value > 0 {
			out = append(out, param.Setting{Parameter: param.Parameter{Name: s.name, Kind: param.KindInteger}, Value: s.value})
		}
	}
	return out
}

// Names of the limits in sml_learn.
const (
	limitCategories = "max_categories"
	limitAttributes = "max_attributes"
)

// limitNames are the limits that can be altered.
var limitNames = []string{limitCategories, limitAttributes}

// readLimits reads the limits that are given; the others stay as they are.
func readLimits(r *param.Reader, l *Limits) {
	if n, ok := r.IntegerIfGiven(limitCategories, param.Between(1, schema.MostCategories), "The maximum number of values of a categorical attribute that are counted separately. It counts for every learner of the project, whatever its own settings say."); ok {
		l.MaxCategories = n
	}
	if n, ok := r.IntegerIfGiven(limitAttributes, param.Between(1, schema.MostAttributes), "The maximum number of attributes. It counts for every learner of the project, whatever its own settings say."); ok {
		l.MaxAttributes = n
	}
}

// alterLimits adds to an alteration what given limits change.
func (p *Project) alterLimits(given param.Values, out *Alteration) error {
	before, err := StoredLimits(p.Definitions)
	if err != nil {
		return err
	}
	out.limits = before
	r := param.NewReader(given, param.Texts)
	readLimits(r, &out.limits)
	if err := r.Close(); err != nil {
		return err
	}
	if n := out.limits.MaxCategories; n > 0 {
		for _, a := range p.Schema.Attributes() {
			if a.Buckets > n {
				return fmt.Errorf("%s: %d, want at least %d, the hash_buckets of attribute %q", limitCategories, n, a.Buckets, a.Name)
			}
		}
	}
	if effect := before.categoriesTo(out.limits, p.Schema); effect != "" {
		out.Effects = append(out.Effects, effect)
	}
	if effect := before.attributesTo(out.limits, p.Schema); effect != "" {
		out.Effects = append(out.Effects, effect)
	}
	out.Before, out.After = append(out.Before, before.Settings()...), append(out.After, out.limits.Settings()...)
	out.limited = before != out.limits
	return nil
}

// change says what a limit was and becomes.
func change(name string, from, to int) string {
	if from == 0 {
		return fmt.Sprintf("%s from that of sml_learn to %d", name, to)
	}
	return fmt.Sprintf("%s %d to %d", name, from, to)
}

// categoriesTo says what another maximum of categories does, nothing where it stays.
func (l Limits) categoriesTo(to Limits, s *schema.Schema) string {
	if l.MaxCategories == to.MaxCategories {
		return ""
	}
	var full []string
	for _, a := range s.Attributes() {
		if len(a.Values) > to.MaxCategories {
			full = append(full, fmt.Sprintf("%s has %d", a.Name, len(a.Values)))
		}
	}
	text := change(limitCategories, l.MaxCategories, to.MaxCategories) + ": what was learned stays. Values that were counted as other so far stay so, and rows with them cannot be forgotten once they have counts of their own; with the next rows values get counts of their own until an attribute has that many"
	if len(full) > 0 {
		text += ". Attributes that have more keep them and get no new ones: " + strings.Join(full, ", ")
	}
	return text
}

// attributesTo says what another maximum of attributes does, nothing where it stays.
func (l Limits) attributesTo(to Limits, s *schema.Schema) string {
	if l.MaxAttributes == to.MaxAttributes {
		return ""
	}
	text := change(limitAttributes, l.MaxAttributes, to.MaxAttributes) + ": what was learned stays"
	if n := len(s.Attributes()); n >= to.MaxAttributes {
		text += fmt.Sprintf(". The project has %d attributes and gets no new ones; rows that bring some are refused", n)
	}
	return text
}

// store writes the limits.
func (l Limits) store(ctx context.Context, store state.Store, base string) error {
	record, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode limits: %w", err)
	}
	return NewDefinitionLog(store, base).Put(ctx, LimitsRecord, record)
}
