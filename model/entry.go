package model

import (
	"context"
	"fmt"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/expansion"
	"github.com/rpconnect-sml/rpconnect-sml/model/calibration"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
	"github.com/rpconnect-sml/rpconnect-sml/stats/forest"
)

// Entry is one row of the catalogue of model types (package catalogue). A type
// becomes available on every surface by its row alone. Rows are made by
// [NewEntry].
type Entry struct {
	Type    string
	Summary string
	Role    Role
	// Numbers says that a classification predicts a number where its target is one.
	Numbers bool
	// Target says whether the type predicts an attribute.
	Target bool
	// Needs says what a valid definition is read off; nil means a full summary.
	Needs func(d *Definition) (Needs, error)

	// bind declares the options, reads them, and returns what builds with them.
	bind func(r *param.Reader, d *Definition) Builder
}

// RoleUnder returns the role of a model of a target under a layout.
func (e *Entry) RoleUnder(target string, l *stats.Layout) Role {
	if at := l.NumericIndex(target); e.Numbers && at >= 0 && !l.Numeric[at].Binary {
		return RoleRegression
	}
	return e.Role
}

// Builder builds a model of a definition whose options have been read. What it
// builds keeps nothing of the evidence.
type Builder func(ctx context.Context, e *Evidence) (Model, error)

// NewEntry completes a row by the two functions of a type: one declares the
// options and reads them, the other builds with what was read. So an option
// cannot be read that is not declared, and its default and bounds are said once.
func NewEntry[O any](row Entry, options func(r *param.Reader) O, build func(ctx context.Context, d *Definition, o O, e *Evidence) (Model, error)) Entry {
	row.bind = func(r *param.Reader, d *Definition) Builder {
		o := options(r)
		if row.Role == RoleClassification {
			readCalibration(r)
		}
		return func(ctx context.Context, e *Evidence) (Model, error) {
			if row.RoleUnder(d.Target, e.Summary.Layout()) == RoleRegression && d.Calibration() != calibration.None {
				return nil, fmt.Errorf("%w: options.calibrate: it is of classes, and target %q is a number", ErrDefinition, d.Target)
			}
			return build(ctx, d, o, e)
		}
	}
	return row
}

// Options lists the options of the type.
func (e *Entry) Options() []param.Parameter {
	return param.List(func(r *param.Reader) { e.bind(r, &Definition{Type: e.Type}) })
}

// Bind reads the options of a definition of the type. The error names the option
// and the value.
func (e *Entry) Bind(d *Definition) (Builder, error) {
	return readOptions(d, func(r *param.Reader) Builder { return e.bind(r, d) })
}

// ReadOptions reads the options of a definition that Bind has read by the function of its
// type. The error names the option and the value.
func ReadOptions[O any](d *Definition, options func(r *param.Reader) O) (O, error) {
	return readOptions(d, func(r *param.Reader) O {
		readCalibration(r) // which types have it, Bind knows
		return options(r)
	})
}

func readOptions[O any](d *Definition, options func(r *param.Reader) O) (O, error) {
	r := param.NewReader(d.Options, param.Typed)
	o := options(r)
	switch err := r.Close().(type) {
	case nil:
		return o, nil
	case *param.UnknownError:
		return o, fmt.Errorf("options.%s: unknown option of type %s (it has %s)", err.Name, d.Type, strings.Join(err.Known, ", "))
	default:
		return o, fmt.Errorf("options.%w", err)
	}
}

// MinRowsOption reads the option that every model has: how many rows must have
// been learned before it says anything. does is what it does then.
func MinRowsOption(r *param.Reader, does string) float64 {
	return r.Number("min_rows", DefaultMinRows, param.Between(0, 1e12), "The number of rows that must have been learned before the model "+does+".")
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
	// Detectors are the counts of the binnings that the definitions need; nil when
	// there are none.
	Detectors *stats.Detectors
	// Forests are those that rows are counted in, Tally are the counts; nil when there
	// are none.
	Forests []*forest.Forest
	Tally   *forest.Tally
	// Pools are the models that follow the stream, of each source that has any; nil when
	// there are none.
	Pools []*adaptive.Pool
	// Likelihoods are those that the definitions need; nil when there are none.
	Likelihoods *stats.Likelihoods
	// Expansions are what the project computes of its attributes.
	Expansions []*expansion.Expansion
	// Members are the models that a model is mixed of, with those that do not answer.
	Members []Member
}

// effective returns the evidence with weights that add up to the effective number
// of rows that have the target and the inputs that are named, so that errors and
// intervals are those of that many rows: see stats.Summary.Effective. It is the
// receiver where no weight has decayed. Counts of detectors and forests stay as they are.
func (e *Evidence) effective(d *Definition) (*Evidence, error) {
	f := e.Summary.Inflation(append([]string{d.Target}, d.Inputs...)...)
	if f == 1 {
		return e, nil
	}
	out := &Evidence{Detectors: e.Detectors, Likelihoods: e.Likelihoods, Expansions: e.Expansions, Forests: e.Forests, Tally: e.Tally, Pools: e.Pools, Members: e.Members}
	var err error
	if e.Likelihoods != nil {
		if err := e.Likelihoods.CanScale(f); err != nil {
			return nil, err
		}
		out.Likelihoods = e.Likelihoods.Copy()
		out.Likelihoods.Scale(f)
	}
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
