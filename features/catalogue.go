package features

import "github.com/rpconnect-sml/rpconnect-sml/internal/wire"

// kind is one type of feature. It has either a function that reads the history of
// the field, or its own state (memory).
type kind struct {
	name, about string
	timeOnly    bool // about the time alone
	composed    bool // about Parts, by their sum
	timed       bool // takes Over
	seasonal    bool // takes Season
	rows        int  // default of Rows
	// history returns how much of the field's history read needs.
	history func(s Spec) extent
	// read returns the feature of a row at time t, which is the last one of h;
	// h is nil for a feature of the time alone.
	read func(s Spec, h *history, t int64) float64
	// memory returns the empty state of a feature that has its own.
	memory func(s Spec) memory
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
func catalogue() []kind {
	return []kind{
		{name: "lag", about: "the value `rows` rows before", rows: 1, history: past, read: lag},
		{name: "difference", about: "the value less the one `rows` rows before", rows: 1, history: past, read: difference},
		{name: "rate", about: "the change per second since `rows` rows before; nothing when no time has passed", rows: 1, history: past, read: rate},
		{name: "mean", about: "mean of the window", timed: true, rows: defaultWindow, history: window, read: aggregate(mean)},
		{name: "stddev", about: "standard deviation (n - 1) of the window", timed: true, rows: defaultWindow, history: window, read: aggregate(stddev)},
		{name: "min", about: "smallest value of the window", timed: true, rows: defaultWindow, history: window, read: aggregate(smallest)},
		{name: "max", about: "largest value of the window", timed: true, rows: defaultWindow, history: window, read: aggregate(largest)},
		{name: "median", about: "median of the window", timed: true, rows: defaultWindow, history: window, read: aggregate(median)},
		{name: "sum", about: "sum of the window", timed: true, rows: defaultWindow, history: window, read: aggregate(sum)},
		{name: "count", about: "number of rows in the window", timed: true, rows: defaultWindow, history: window, read: aggregate(count)},
		{name: "zscore", about: "distance of the value from the mean of the window before it, in its standard deviations", timed: true, rows: defaultWindow, history: before, read: zscore},
		{name: "ewma", about: "exponentially weighted mean, with the centre of mass of a mean of `rows` rows", rows: defaultWindow, memory: newWeighted(weightedMean)},
		{name: "ewstd", about: "exponentially weighted standard deviation", rows: defaultWindow, memory: newWeighted(weightedDeviation)},
		{name: "seasonal_mean", about: "mean of the earlier values at this time of the `season`", seasonal: true, memory: newSeasonal(seasonalMean)},
		{name: "seasonal_residual", about: "the value less the seasonal mean", seasonal: true, memory: newSeasonal(seasonalResidual)},
		{name: "seasonal_zscore", about: "the seasonal residual in standard deviations of the earlier values at this time of the season", seasonal: true, memory: newSeasonal(seasonalScore)},
		{name: "likelihood", about: "-log10 of the probability that the mean of the last `short` rows is as far from the mean of the last `rows` rows by chance", rows: 2000, memory: newLikelihood},
		{name: "surprise", about: "-log10 of the probability of a value this far out, given all values before it: exponential tails over the outer 2 % on either side; nothing before 20 rows", memory: newSurprise},
		{name: "total", about: "sum of the values of `parts`; those that are missing count as 0", composed: true},
		{name: "peak", about: "the value where it is above all of the `rows` rows before it, nothing elsewhere: it turns a score that stays high into one alarm", rows: 50, history: past, read: peak},
		{name: "hour", about: "hour of the day in UTC, with its fraction", timeOnly: true, read: clock(hour)},
		{name: "hour_sin", about: "sine of the time of day", timeOnly: true, read: clock(sine(hour, 24))},
		{name: "hour_cos", about: "cosine of the time of day", timeOnly: true, read: clock(cosine(hour, 24))},
		{name: "weekday", about: "day of the week, 0 for Monday to 6 for Sunday", timeOnly: true, read: clock(weekday)},
		{name: "weekday_sin", about: "sine of the time of the week", timeOnly: true, read: clock(sine(week, 7))},
		{name: "weekday_cos", about: "cosine of the time of the week", timeOnly: true, read: clock(cosine(week, 7))},
	}
}

// defaultWindow is the number of rows of a window that names none.
const defaultWindow = 10
