package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Entry is one row of the catalogue of model types. A type becomes available
// in YAML, Bloblang and on the command line by its row alone.
type Entry struct {
	Type    string
	Summary string
	Role    Role
	// Target says whether the type predicts an attribute.
	Target  bool
	Options []Option

	check func(d *Definition) error
	build func(d *Definition, e *Evidence) (Model, error)
}

// Option is one option of a model type.
type Option struct {
	Name        string
	Default     any
	Description string
}

func (e *Entry) optionNames() []string {
	names := make([]string, len(e.Options))
	for i, o := range e.Options {
		names[i] = o.Name
	}
	return names
}

// Catalogue returns all model types, by name.
func Catalogue() []Entry {
	all := slices.Concat(anomalies(), regressions(), classifiers())
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Type, b.Type) })
	return all
}

// Lookup returns the row of a model type; an unknown one is an error that
// lists those there are.
func Lookup(typ string) (*Entry, error) {
	var known []string
	for _, e := range Catalogue() {
		if e.Type == typ {
			return &e, nil
		}
		known = append(known, e.Type)
	}
	return nil, fmt.Errorf("unknown model type %q (there are %s)", typ, strings.Join(known, ", "))
}

// Evidence is what a model is built from. Models keep none of it.
type Evidence struct {
	// Summary is the statistics of all rows that count.
	Summary *stats.Summary
	// Folds are the statistics of disjoint parts of the rows, which together
	// are the Summary; nil when the project keeps no folds.
	Folds []*stats.Summary
	// Partition has the statistics by value of one attribute; nil when the
	// project is not partitioned.
	Partition *Partition
	// Detectors are the counts of the frames that FramesOf gave for the
	// definitions; nil when there are none.
	Detectors *stats.Detectors
}

// Partition is the statistics of the rows by the value of an attribute.
type Partition struct {
	// Attribute is categorical or binary; the values of a binary one are "0"
	// and "1".
	Attribute string
	// Values are those that have rows, Summaries are parallel to them.
	Values    []string
	Summaries []*stats.Summary
}

// Build builds a model. A definition that does not fit what has been learned
// is an error; the statistics are not changed and not kept.
func Build(d Definition, e *Evidence) (Model, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	entry, err := Lookup(d.Type)
	if err != nil {
		return nil, err
	}
	m, err := entry.build(&d, e)
	if err != nil {
		return nil, fmt.Errorf("build model %q: %w", d.Name, err)
	}
	return m, nil
}
