package features

import (
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/detect"
	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/param"
)

// Type is one row of the catalogue: what is needed to list a type of feature and
// to document it.
type Type struct {
	Name       string
	Summary    string
	Parameters []param.Parameter
}

// Catalogue returns all types in the order of the documentation.
func Catalogue() []Type {
	all := catalogue()
	out := make([]Type, len(all))
	for i := range all {
		out[i] = Type{Name: all[i].name, Summary: all[i].about, Parameters: param.List(func(r *param.Reader) { all[i].settings(r) })}
	}
	return out
}

// kind is one type of feature. It has a function that reads the history of
// the field, its own state (memory), or a function that reads that of a detector.
type kind struct {
	name, about string
	// settings declares the settings of the type and reads them.
	settings func(r *param.Reader) Spec
	timeOnly bool // about the time alone
	composed bool // about Parts, by their sum
	// history returns how much of the field's history read needs.
	history func(s Spec) extent
	// read returns the feature of a row at time t, which is the last one of h;
	// h is nil for a feature of the time alone.
	read func(s Spec, h *history, t int64) float64
	// memory returns the empty state of a feature that has its own.
	memory func(s Spec) memory
	// reads reads the detector of the feature that this one is about.
	reads func(d *detect.Detector) float64
}

// memory is the state of one feature of one key.
type memory interface {
	// step takes the value x at time t, in nanoseconds since 1970, and returns
	// the feature, NaN when there is none yet.
	step(t int64, x float64) float64
	encode(w *wire.Writer)
	decode(r *wire.Reader)
}

// catalogue lists all types.
func catalogue() []kind { return slices.Concat(ofSeries(), detectors()) }

// ofSeries are the types that need no detector.
func ofSeries() []kind {
	return []kind{
		{name: "lag", about: "the value `rows` rows before", settings: spanning(1), history: past, read: lag},
		{name: "difference", about: "the value less the one `rows` rows before", settings: spanning(1), history: past, read: difference},
		{name: "rate", about: "the change per second since `rows` rows before; nothing when no time has passed", settings: spanning(1), history: past, read: rate},
		{name: "mean", about: "mean of the window", settings: windowed, history: window, read: aggregate(mean)},
		{name: "stddev", about: "standard deviation (n - 1) of the window", settings: windowed, history: window, read: aggregate(stddev)},
		{name: "min", about: "smallest value of the window", settings: windowed, history: window, read: aggregate(smallest)},
		{name: "max", about: "largest value of the window", settings: windowed, history: window, read: aggregate(largest)},
		{name: "median", about: "median of the window", settings: windowed, history: window, read: aggregate(median)},
		{name: "sum", about: "sum of the window", settings: windowed, history: window, read: aggregate(sum)},
		{name: "count", about: "number of rows in the window", settings: windowed, history: window, read: aggregate(count)},
		{name: "zscore", about: "distance of the value from the mean of the window before it, in its standard deviations", settings: windowed, history: before, read: zscore},
		{name: "ewma", about: "exponentially weighted mean, with the centre of mass of a mean of `rows` rows: that of pandas' `ewm(span=rows, adjust=False, ignore_na=True).mean()`. The first value stands for all before it", settings: spanning(defaultWindow), memory: newWeighted(weightedMean)},
		{name: "ewstd", about: "exponentially weighted standard deviation: the root of pandas' `ewm(span=rows, adjust=False, ignore_na=True).var(bias=True)`", settings: spanning(defaultWindow), memory: newWeighted(weightedDeviation)},
		{name: "seasonal_mean", about: "mean of the earlier values at this time of the `season`", settings: recurring, memory: newSeasonal(seasonalMean)},
		{name: "seasonal_residual", about: "the value less the seasonal mean", settings: recurring, memory: newSeasonal(seasonalResidual)},
		{name: "seasonal_zscore", about: "the seasonal residual in standard deviations of the earlier values at this time of the season", settings: recurring, memory: newSeasonal(seasonalScore)},
		{name: "likelihood", about: "-log10 of the probability that the mean of the last `short` rows is as far from the mean of the last `rows` rows by chance", settings: contrasting, memory: newLikelihood},
		{name: "surprise", about: "-log10 of the probability of a value this far out, given all values before it: exponential tails over the outer 2 % on either side; nothing before 20 rows", settings: plain, memory: newSurprise},
		{name: "total", about: "sum of the values of `parts`; those that are missing count as 0", settings: summing, composed: true},
		{name: "peak", about: "the value where it is above all of the `rows` rows before it, nothing elsewhere: it turns a score that stays high into one alarm", settings: spanning(50), history: past, read: peak},
		ofTime("hour", "hour of the day in UTC, with its fraction", hour),
		ofTime("hour_sin", "sine of the time of day", sine(hour, 24)),
		ofTime("hour_cos", "cosine of the time of day", cosine(hour, 24)),
		ofTime("weekday", "day of the week, 0 for Monday to 6 for Sunday", weekday),
		ofTime("weekday_sin", "sine of the time of the week", sine(week, 7)),
		ofTime("weekday_cos", "cosine of the time of the week", cosine(week, 7)),
	}
}

// ofTime is a type of the time alone: it has no settings.
func ofTime(name, about string, read func(t int64) float64) kind {
	return kind{name: name, about: about, timeOnly: true, read: clock(read), settings: func(*param.Reader) Spec { return Spec{} }}
}
