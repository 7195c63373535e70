package threshold

import (
	"fmt"
	"math"
)

// Drift follows the level of a stream by the mean of its last usual values, so
// that a threshold applies to the distance from it (DSPOT; Siffer and others,
// KDD 2017, section 4.2). Unlike there, values that raised an alarm are taken in
// too once they are more than half of the window: after a change of level they
// are the new level, and without that every value would be an alarm for ever.
//
// It depends on the order of the values, so it does not merge: one stream has
// one Drift. What is learned from the distances does merge. It is not safe for
// concurrent use.
type Drift struct {
	window []float64 // ring of the last values
	alarm  []bool
	next   int
	filled int
	alarms int
	sum    float64 // of those without alarm
	all    float64
}

// defaultDriftWindow is how many values a Drift looks back when nothing else is
// said; minDriftWindow and maxDriftWindow are what it can be set to.
const (
	defaultDriftWindow = 450
	minDriftWindow     = 2
	maxDriftWindow     = 1 << 20
)

// NewDrift returns a Drift over the last window values.
func NewDrift(window int) (*Drift, error) {
	if window < minDriftWindow || window > maxDriftWindow {
		return nil, fmt.Errorf("drift_window: %d, want 0, or a whole number from %d to %d", window, minDriftWindow, maxDriftWindow)
	}
	return &Drift{window: make([]float64, window), alarm: make([]bool, window)}, nil
}

// Ready reports whether the window is full: before, distances mean little.
func (d *Drift) Ready() bool { return d.filled == len(d.window) }

// Level returns the mean of the usual values in the window, that of all when
// alarms are the majority, and 0 while there are none.
func (d *Drift) Level() float64 {
	switch {
	case d.filled == 0:
		return 0
	case 2*d.alarms > d.filled:
		return d.all / float64(d.filled)
	default:
		return d.sum / float64(d.filled-d.alarms)
	}
}

// Add takes the next value, which must be finite, and whether it was an alarm.
func (d *Drift) Add(x float64, alarm bool) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("value is %v, not a finite number", x)
	}
	if d.Ready() {
		d.take(-d.window[d.next], d.alarm[d.next], -1)
	} else {
		d.filled++
	}
	d.window[d.next], d.alarm[d.next] = x, alarm
	d.take(x, alarm, 1)
	if d.next++; d.next == len(d.window) {
		d.next = 0
		// what rounding has left in the sums goes once a round
		d.sum, d.all, d.alarms = 0, 0, 0
		for i, v := range d.window {
			d.take(v, d.alarm[i], 1)
		}
	}
	return nil
}

// take adds a value to the sums, and by to the number of alarms.
func (d *Drift) take(x float64, alarm bool, by int) {
	d.all += x
	if alarm {
		d.alarms += by
	} else {
		d.sum += x
	}
}
