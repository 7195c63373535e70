package model

import (
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Entry is one row of the catalogue of model types (package catalogue). A type
// becomes available on every surface by its row alone.
type Entry struct {
	Type    string
	Summary string
	Role    Role
	// Target says whether the type predicts an attribute.
	Target  bool
	Options []Option

	// Check checks the options of a definition; nil means that there is nothing
	// to check but their names. Its error names the option and the value.
	Check func(d *Definition) error
	// Needs says what a definition that Check has passed is read off; nil means a
	// full summary.
	Needs func(d *Definition) (Needs, error)
	// Build builds a model that Check has passed.
	Build func(d *Definition, e *Evidence) (Model, error)
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
	// Detectors are the counts of the frames that the definitions need; nil when
	// there are none.
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
