package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// columns is what a definition has to know of the columns of a project to tell which are
// its inputs.
type columns struct {
	computed map[string]*expansion.Expansion // by name of the column
	numeric  map[string]bool                 // neither computed nor binary
	copied   map[string]bool                 // attributes with a copy
}

// columnsOf returns those of what a model is built from.
func columnsOf(e *Evidence) *columns {
	out := &columns{computed: map[string]*expansion.Expansion{}, numeric: map[string]bool{}, copied: map[string]bool{}}
	for _, x := range e.Expansions {
		for _, name := range x.Names() {
			out.computed[name] = x
		}
		if x.Kind == expansion.Copy && e.Summary.Layout().NumericIndex(x.Names()[0]) >= 0 {
			out.copied[x.Sources[0]] = true
		}
	}
	for _, c := range e.Summary.Layout().Numeric {
		if !c.Binary && out.computed[c.Name] == nil {
			out.numeric[c.Name] = true
		}
	}
	return out
}

// expansion returns what computes a column, nil for none.
func (c *columns) expansion(name string) *expansion.Expansion {
	if c == nil {
		return nil
	}
	return c.computed[name]
}

func (c *columns) isNumeric(name string) bool { return c != nil && c.numeric[name] }

// uses reports whether the definition has the features: only linear ones where it says
// nothing.
func (d *Definition) uses(feature string) bool {
	if len(d.Features) == 0 {
		return feature == expansion.Linear
	}
	return slices.Contains(d.Features, feature)
}

// selectsComputed reports whether a computed column is an input: one that is named, or
// whose features are used and whose sources all are inputs. One that is computed of the
// target never is.
func (d *Definition) selectsComputed(name string, e *expansion.Expansion) bool {
	if d.leaks(e) {
		return false
	}
	if slices.Contains(d.Inputs, name) {
		return true
	}
	if e.Kind == expansion.Copy && !d.computes() {
		return false
	}
	return d.uses(e.Feature()) && !slices.ContainsFunc(e.Sources, func(source string) bool { return !d.names(source) })
}

// Computes reports whether the evidence has columns of the features that are inputs.
func (d *Definition) Computes(feature string, e *Evidence) bool {
	l := e.Summary.Layout()
	return slices.ContainsFunc(e.Expansions, func(x *expansion.Expansion) bool {
		return x.Feature() == feature && slices.ContainsFunc(x.Names(), func(name string) bool { return l.NumericIndex(name) >= 0 && d.Selects(name) })
	})
}

// RowsOf returns the weight of the rows that have all computed columns among the inputs of
// a definition: those that were learned before these were settled do not count.
func RowsOf(d Definition, e *Evidence) float64 {
	d.columns = columnsOf(e)
	return d.rowsOf(e)
}

func (d *Definition) rowsOf(e *Evidence) float64 {
	rows, l := e.Summary.Weight(), e.Summary.Layout()
	for _, x := range e.Expansions {
		name := x.Names()[0]
		if i := l.NumericIndex(name); i >= 0 && d.columns != nil && d.selectsComputed(name, x) {
			rows = min(rows, e.Summary.Moments(i).Weight())
		}
	}
	return rows
}

// Origin returns the inputs that a numeric column belongs to: itself, or for a computed
// one the attributes that it is computed of, and behind them the name of the whole where
// these are several. Its contributions are those of the last one.
func (d *Definition) Origin(column string) []string {
	e := d.columns.expansion(column)
	switch {
	case e == nil:
		return []string{column}
	case e.Kind == expansion.Hats || e.Kind == expansion.Natural || e.Kind == expansion.Bins || e.Kind == expansion.Copy:
		return e.Sources
	}
	return append(slices.Clone(e.Sources), e.ID())
}

// computes reports whether the definition uses columns that are computed. It then uses
// copies of attributes in place of these: what was learned of an attribute before its
// columns were settled goes with nothing that is known of them.
func (d *Definition) computes() bool {
	return slices.ContainsFunc(d.Features, func(f string) bool { return f != expansion.Linear })
}

// isCopied reports whether a copy is used in place of an attribute.
func (d *Definition) isCopied(attribute string) bool {
	return d.columns != nil && d.columns.copied[attribute] && d.computes()
}

// leaks reports whether columns are computed of what is not to be an input.
func (d *Definition) leaks(e *expansion.Expansion) bool {
	return slices.ContainsFunc(e.Sources, func(source string) bool {
		return source == d.Target || source == d.Without && source != ""
	})
}

// checkFeatures checks the features of a definition of the entry's type.
func (d *Definition) checkFeatures(entry *Entry) error {
	for i, f := range d.Features {
		if !slices.Contains(expansion.Features(), f) {
			return fmt.Errorf("features.%d: %q is none of %s", i, f, strings.Join(expansion.Features(), ", "))
		}
		if slices.Contains(d.Features[:i], f) {
			return fmt.Errorf("features.%d: %q occurs twice", i, f)
		}
	}
	if !d.computes() {
		return nil
	}
	needs, err := entry.NeedsOf(d)
	if err == nil && len(needs.Likelihoods) > 0 {
		return fmt.Errorf("features: type %s takes %q only, as its terms are settled before what is computed: name computed columns among the inputs", d.Type, expansion.Linear)
	}
	if err == nil && (!needs.Full || needs.Histograms || len(needs.Binnings)+len(needs.Likelihoods) > 0) {
		return fmt.Errorf("features: type %s takes %q only, as it is not read off co-moments or conditional moments", d.Type, expansion.Linear)
	}
	return nil
}

// OfTargetOnly is the error of a definition whose features of a kind are all computed of its
// target. It wraps ErrDefinition.
func OfTargetOnly(feature, target string) error {
	return fmt.Errorf("%w: features: all %s are computed of %q too, which is to be predicted: leave it out of expand.%s of sml_learn", ErrDefinition, feature, target, feature)
}

// lacksFeatures says which features a definition asks for that nothing computes of its
// inputs yet, and what to do. It is nil where there is none.
func (d *Definition) lacksFeatures(l *stats.Layout, e *Evidence) error {
	for _, f := range d.Features {
		if f == expansion.Linear {
			continue
		}
		found, leaking := false, false
		for _, x := range e.Expansions {
			if x.Feature() == f {
				found = found || slices.ContainsFunc(x.Names(), func(name string) bool { return l.NumericIndex(name) >= 0 && d.Selects(name) })
				leaking = leaking || d.leaks(x)
			}
		}
		switch {
		case found:
		case leaking:
			return OfTargetOnly(f, d.Target)
		default:
			return Later(fmt.Errorf("the project computes no %s of the inputs yet: expand.%s of sml_learn asks for them, and they are settled by the first rows", f, f))
		}
	}
	return nil
}
