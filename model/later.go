package model

import (
	"errors"

	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// ErrNotYet is what the error of a model is that cannot be built of what has been
// learned so far, and can be of other rows: its target or an input has not been seen,
// the target has not varied, there are too few rows.
var ErrNotYet = errors.New("more has to be learned")

// notYet marks an error as one of ErrNotYet and leaves its text as it is.
type notYet struct{ error }

func (notYet) Is(target error) bool { return target == ErrNotYet }
func (n notYet) Unwrap() error      { return n.error }

// Later marks an error as one that more rows may mend: it is one of ErrNotYet then.
func Later(err error) error {
	if err == nil {
		return nil
	}
	return notYet{err}
}

// later marks what more rows may mend among the errors of a build. A definition that
// is wrong stays wrong. Else any failure with fewer rows than the model wants, or than
// a matrix of the attributes needs to be regular, may be one of the few rows. Rows count
// that have the computed columns among the inputs, which earlier ones lack.
func later(d *Definition, e *Evidence, err error) error {
	if errors.Is(err, ErrNotYet) || errors.Is(err, ErrDefinition) {
		return err
	}
	l := e.Summary.Layout()
	columns := len(l.Numeric)
	for i := range l.Categorical {
		columns += len(l.Categorical[i].Values)
	}
	if d.rowsOf(e) < max(wantedRows(d), float64(2*columns+10)) {
		return Later(err)
	}
	return err
}

// wantedRows returns the option min_rows.
func wantedRows(d *Definition) float64 {
	r := param.NewReader(d.Options, param.Typed)
	return MinRowsOption(r, "")
}

// Waiting is what stands for a model that cannot be built yet. It predicts nothing.
type Waiting struct{ rows float64 }

// NewWaiting returns what stands for a model of the definition.
func NewWaiting(d *Definition) *Waiting { return &Waiting{rows: wantedRows(d)} }

// Inputs returns none: they are not known yet.
func (*Waiting) Inputs() []string { return nil }

// MinRows returns the option min_rows.
func (w *Waiting) MinRows() float64 { return w.rows }

// Predict leaves the result as it is.
func (*Waiting) Predict([]float64, []int32, *Result) {}

// Describe returns nil.
func (*Waiting) Describe() any { return nil }

var _ Model = (*Waiting)(nil)
