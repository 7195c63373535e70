package stats

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// Learner takes rows. Learn and Forget either take the whole block or, with an
// error, leave the receiver as it was.
type Learner interface {
	Learn(layout *Layout, rows *Rows) error
	Forget(layout *Layout, rows *Rows) error
}

// Encoder writes a statistic's state: deterministic, and exact bit for bit.
type Encoder interface {
	Encode(w *wire.Writer)
}

// Additive is what a project is made of: a [Summary], or a wrapper (window,
// folds, partition, decay) around other Additives. Merge, Subtract and Scale
// either succeed or leave the receiver as it was; the operand is never touched
// and never shared afterwards.
type Additive interface {
	Learner
	Encoder
	// Merge adds what other has learned; other must be of the same type and
	// settings, else the error wraps ErrIncompatible.
	Merge(other Additive) error
	// Subtract takes away what other has learned.
	Subtract(other Additive) error
	// Scale multiplies every weight by f, which is positive and finite.
	Scale(f float64) error
	// Clone returns a deep copy.
	Clone() Additive
	// Weight returns the weight of the rows that count.
	Weight() float64
}

// accepter is an Additive that can refuse a layout, which is all that it can
// refuse of rows that are valid and have times. A wrapper asks all that it
// wraps before any of them learns.
type accepter interface {
	accepts(layout *Layout) error
}

func Accepts(a Additive, layout *Layout) error {
	if c, ok := a.(accepter); ok {
		return c.accepts(layout)
	}
	return nil
}

// Maker makes the empty statistic that a wrapper keeps parts of, and reads a
// stored one back. Two makers with equal settings make statistics that merge.
type Maker interface {
	New() (Additive, error)
	Decode(r *wire.Reader) (Additive, error)
}

// Collapser is a wrapper that can give the merge of its parts.
type Collapser interface {
	// Collapse returns the merge of all live parts; it shares nothing with them.
	Collapse() (Additive, error)
}
