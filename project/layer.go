package project

import (
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Layer is the settings of one wrapper of the statistics. Each layer is a type in
// a file of its own with a row in the table of layers: [Partition], [Folds],
// [Window], [Decay], [Entities].
type Layer interface {
	// isOn reports whether the settings ask for the wrapper.
	isOn() bool
	// over returns the maker of the wrapper over inner, which is over what summary
	// makes. Settings out of range are an error that names field and
	// value.
	over(inner stats.Maker, summary stats.SummaryMaker) (stats.Maker, error)
}

// recentLayer is a layer of stageRecent.
type recentLayer interface {
	Layer
	// isBeside reports whether the whole history is kept in parallel.
	isBeside() bool
}

// timedLayer is a layer for which rows may need event times.
type timedLayer interface {
	Layer
	needsTime() bool
	// aheadOf returns how far the time of a row may be ahead of the clock, 0 for
	// DefaultAhead.
	aheadOf() time.Duration
}

// DefaultAhead is how far the time of a row may be ahead of the clock unless a
// layer says otherwise.
const DefaultAhead = time.Minute

// stage is where a layer lies between the summaries and the shard.
type stage int

// The stages, from the inside out. Within a stage layers lie in the order of the
// table.
const (
	stageSummary stage = iota // the settings of the summaries
	stageSplit                // splits the rows, below the binnings of detectors
	stageRecent               // keeps what is recent, in place of the history or in parallel
	stageKeys                 // keeps statistics per key in parallel with all rows
)

// row is one row of the table of layers.
type row struct {
	// name is that of the record's field, of the statistics in parallel, and
	// mostly of the setting.
	name  string
	stage stage
	// options binds the settings as a configuration has them; stored, where it is
	// not nil, as the record has them.
	options, stored func(Layer, *param.Fields) Layer
	// get and put reach the layer in a composition; get returns zero settings
	// where there are none.
	get func(*Composition) Layer
	put func(*Composition, Layer)
}

// newRow returns the row of the layers of type L. The options of such a layer
// bind the same parameters whatever it holds.
func newRow[L Layer](name string, at stage, options func(*L, *param.Fields)) row {
	return row{
		name: name, stage: at, options: bound(options),
		get: func(c *Composition) Layer { return Of[L](c) },
		put: func(c *Composition, l Layer) { c.put(l) },
	}
}

// bound makes a function that binds layers of one type one that binds any.
func bound[L Layer](bind func(*L, *param.Fields)) func(Layer, *param.Fields) Layer {
	return func(l Layer, f *param.Fields) Layer {
		settings, _ := l.(L) // of the row's own type, as its get returns it
		bind(&settings, f)
		return settings
	}
}

// unset returns the settings of the layer when nothing is given.
func (r *row) unset() (out Layer) {
	param.List(func(reader *param.Reader) {
		param.Bind(reader, func(f *param.Fields) { out = r.options(r.get(&Composition{}), f) })
	})
	return out
}
