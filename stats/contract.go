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

// What follows are the ways in which a wrapper may be read, each for a wrapper
// that has what it asks for. A reader of a project goes from the outermost wrapper
// to the summary by Collapse and asks each wrapper on the way for the others.

// Collapser is a wrapper that can be read as one statistic.
type Collapser interface {
	// Collapse returns what the wrapper comes to: the merge of all live parts, or
	// the main one of several statistics. It must not be changed.
	Collapse() (Additive, error)
}

// Fading is a wrapper of which old rows leave or weigh less.
type Fading interface {
	// Current returns what counts now, as a statistic into which rows can be
	// learned that have no times. It must not be changed.
	Current() (Additive, error)
}

// Parallel is a wrapper with several statistics of the same rows.
type Parallel interface {
	// Names returns the names of the statistics, the main one first; there is at
	// least one. They must not be changed.
	Names() []string
	// Part returns the statistic of that name, or nil. It must not be changed.
	Part(name string) Additive
}

// Tiled is a window, which keeps its rows in tiles.
type Tiled interface {
	// Tiles returns the tiles that count and have rows, oldest first. They must not be
	// changed.
	Tiles() []Tile
}

// Tile is one step of a window.
type Tile struct {
	// From and To bound the times of its rows, in nanoseconds since 1970: from the one
	// on, before the other. Both are 0 in a window of rows.
	From, To  int64
	Statistic Additive
}

// Folding is a wrapper that splits the rows into folds for cross-validation.
type Folding interface {
	// FoldStatistics returns the statistics of the folds that have rows. They must
	// not be changed.
	FoldStatistics() []Additive
}

// Partitioned is a wrapper with statistics by the value of an attribute.
type Partitioned interface {
	// PartitionStatistics returns the attribute, the values that have rows in
	// order, and parallel to them their statistics, which must not be changed.
	PartitionStatistics() (attribute string, values []string, parts []Additive)
}

// Detecting is a wrapper that counts rows in the binnings of detectors.
type Detecting interface {
	// Detectors returns the counts, nil when there are none. They must not be
	// changed.
	Detectors() *Detectors
}

// Fitting is a wrapper that keeps the likelihoods that models are fitted by.
type Fitting interface {
	// Likelihoods returns them, nil when there are none. They must not be changed.
	Likelihoods() *Likelihoods
}

// Accepter is an Additive that can refuse rows that have passed
// [Rows.Validate]. A wrapper asks all that it wraps before any of them learns,
// so that it learns a block as a whole or not at all without making a copy.
type Accepter interface {
	// Accepts returns the error that Learn would, and changes nothing.
	Accepts(layout *Layout, rows *Rows) error
}

// Accepts returns the error that a.Learn would give for rows that have passed
// Validate; an Additive that is no [Accepter] takes all of them.
func Accepts(a Additive, layout *Layout, rows *Rows) error {
	if c, ok := a.(Accepter); ok {
		return c.Accepts(layout, rows)
	}
	return nil
}

// Maker makes the empty statistic that a wrapper keeps parts of, and reads a
// stored one back. Two makers with equal settings make statistics that merge.
type Maker interface {
	New() (Additive, error)
	Decode(r *wire.Reader) (Additive, error)
}
