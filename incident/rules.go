package incident

import (
	"fmt"
	"math"
	"time"
)

// Bounds of the settings.
const (
	mostAlarms = 1000
	mostRows   = 1_000_000_000
	mostKeys   = 100_000
	mostReplay = 100_000
	mostClosed = 10_000
)

// defaultQuietRows is after how many rows without an alarm an incident closes where no
// setting says when.
const defaultQuietRows = 20

// Rules say when an incident opens and closes, and how much is remembered.
type Rules struct {
	Open  Opening
	Close Closing
	// MaxKeys bounds the keys of a shard that are remembered: those with an open incident
	// or with alarms that may still open one.
	MaxKeys int
	// Replay is of how many last rows of a shard it is remembered what they got.
	Replay int
	// Closed is how many closed incidents of a shard are kept.
	Closed int
}

// Opening says when an incident opens: with the first alarm, after a number of alarms
// among the last rows of the key or within a time, or when alarms have lasted.
type Opening struct {
	// Alarms is how many alarms it takes.
	Alarms int
	// Rows is among how many rows of the key these alarms are; 0 for any number.
	Rows int
	// Within is the time between the first and the last of these alarms; 0 for any.
	Within time.Duration
	// Lasting is how long the rows of the key are alarms, without a row between that is
	// none, before an incident opens. 0 means that Alarms counts.
	Lasting time.Duration
}

// Closing says when an incident closes: by whichever comes first.
type Closing struct {
	// Rows is after how many rows of the key without an alarm; 0 for never.
	Rows int
	// Quiet is after how much time without an alarm; 0 for never.
	Quiet time.Duration
	// MaxDuration is how long after it opened an incident closes although alarms go on;
	// 0 for never.
	MaxDuration time.Duration
}

// WithDefaults returns the rules with what is left out filled in.
func (r Rules) WithDefaults() Rules {
	if r.Close.Rows == 0 && r.Close.Quiet == 0 {
		r.Close.Rows = defaultQuietRows
	}
	return r
}

// Validate returns an error that names the setting and its value where one is wrong.
func (r Rules) Validate() error {
	type bound struct {
		name              string
		value, least, top int
	}
	for _, b := range []bound{
		{"open.alarms", r.Open.Alarms, 1, mostAlarms}, {"open.rows", r.Open.Rows, 0, mostRows}, {"close.rows", r.Close.Rows, 0, mostRows},
		{"max_keys", r.MaxKeys, 1, mostKeys}, {"replay_rows", r.Replay, 0, mostReplay}, {"keep_closed", r.Closed, 0, mostClosed},
	} {
		if b.value < b.least || b.value > b.top {
			return fmt.Errorf("%s is %d, must be %d to %d", b.name, b.value, b.least, b.top)
		}
	}
	for name, d := range map[string]time.Duration{
		"open.within": r.Open.Within, "open.lasting": r.Open.Lasting, "close.quiet": r.Close.Quiet, "close.max_duration": r.Close.MaxDuration,
	} {
		if d < 0 {
			return fmt.Errorf("%s is %v, must not be negative", name, d)
		}
	}
	return r.Open.validate()
}

// validate checks that the settings of one opening go together.
func (o Opening) validate() error {
	switch {
	case o.Rows > 0 && o.Within > 0:
		return fmt.Errorf("open.rows is %d and open.within is %v, want one of them", o.Rows, o.Within)
	case o.Lasting > 0 && (o.Alarms > 1 || o.Rows > 0 || o.Within > 0):
		return fmt.Errorf("open.lasting is %v beside alarms, rows or within, want it alone", o.Lasting)
	case o.Alarms > 1 && o.Rows == 0 && o.Within == 0:
		return fmt.Errorf("open.alarms is %d without open.rows and open.within: among how many rows, or within what time, are these alarms?", o.Alarms)
	case o.Alarms == 1 && (o.Rows > 0 || o.Within > 0):
		return fmt.Errorf("open.alarms is 1, and open.rows or open.within is set, which say where several alarms are: set open.alarms to 2 or more")
	case o.Rows > 0 && o.Rows < o.Alarms:
		return fmt.Errorf("open.rows is %d, fewer than open.alarms, which is %d", o.Rows, o.Alarms)
	}
	return nil
}

// later reports whether at least d has passed from one time to another, in nanoseconds,
// without overflow. A d of 0 never passes.
func later(from, to int64, d time.Duration) bool {
	return d > 0 && to > from && uint64(to-from) >= uint64(d)
}

// upAt returns the time d after a time, or the last one there is. A d of 0 never passes.
func upAt(from int64, d time.Duration) int64 {
	if d == 0 || from > math.MaxInt64-int64(d) {
		return math.MaxInt64
	}
	return from + int64(d)
}
