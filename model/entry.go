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

// effective returns the evidence with weights that add up to the effective number
// of rows that have the target and the inputs that are named, so that errors and
// intervals are those of that many rows: see stats.Summary.Effective. It is the
// receiver where no weight has decayed. Counts of detectors stay as they are.
func (e *Evidence) effective(d *Definition) (*Evidence, error) {
	f := e.Summary.Inflation(append([]string{d.Target}, d.Inputs...)...)
	if f == 1 {
		return e, nil
	}
	out := &Evidence{Detectors: e.Detectors}
	var err error
	if out.Summary, err = e.Summary.Scaled(f); err != nil {
		return nil, err
	}
	if out.Folds, err = scaled(e.Folds, f); err != nil || e.Partition == nil {
		return out, err
	}
	out.Partition = &Partition{Attribute: e.Partition.Attribute, Values: e.Partition.Values}
	out.Partition.Summaries, err = scaled(e.Partition.Summaries, f)
	return out, err
}

// scaled returns copies of all with every weight multiplied by f.
func scaled(all []*stats.Summary, f float64) ([]*stats.Summary, error) {
	var out []*stats.Summary
	for _, s := range all {
		next, err := s.Scaled(f)
		if err != nil {
			return nil, err
		}
		out = append(out, next)
	}
	return out, nil
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
