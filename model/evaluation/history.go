package evaluation

import (
	"maps"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// tally is the sums of some rows: of one role, the other empty.
type tally struct {
	classes classSums
	numbers errorSums
}

func (t *tally) merge(o *tally) {
	t.classes.merge(&o.classes)
	t.numbers.merge(&o.numbers)
}

// history is how good predictions were over time: by steps of a fixed length the
// latest, and by steps that become longer all of them.
type history struct {
	recent map[int64]tally // by number of the step; the newest recentSteps
	all    map[int64]tally // in steps of allStep times 2^level
	level  int
}

// Bounds of a history.
const (
	recentStep  = 10 // seconds
	recentSteps = 180
	allStep     = 60 // seconds
	allSteps    = 128
	maxLevel    = 40
	mostTime    = 1 << 40 // seconds since 1970: the year 36812
)

// add counts a row of a time, in seconds since 1970, from 1 to mostTime.
func (h *history) add(at int64, one *tally) {
	if h.recent == nil {
		h.recent, h.all = map[int64]tally{}, map[int64]tally{}
	}
	put(h.recent, at/recentStep, one)
	put(h.all, at/allStep>>h.level, one)
	h.bound()
}

func put(into map[int64]tally, step int64, one *tally) {
	sum := into[step]
	sum.merge(one)
	into[step] = sum
}

// bound drops the oldest of the recent steps, and makes the others longer. What is
// left does not depend on the order in which rows came: a step that is dropped is
// older than those kept, of any merge too.
func (h *history) bound() {
	if len(h.recent) > recentSteps {
		steps := slices.Sorted(maps.Keys(h.recent))
		for _, step := range steps[:len(steps)-recentSteps] {
			delete(h.recent, step)
		}
	}
	for len(h.all) > allSteps && h.level < maxLevel {
		h.raise(h.level + 1)
	}
}

func (h *history) raise(level int) {
	longer := map[int64]tally{}
	for _, step := range slices.Sorted(maps.Keys(h.all)) {
		one := h.all[step]
		put(longer, step>>(level-h.level), &one)
	}
	h.all, h.level = longer, level
}

// merge adds what o has seen, which is not changed.
func (h *history) merge(o *history) {
	if len(o.all) == 0 {
		return
	}
	if h.recent == nil {
		h.recent, h.all, h.level = maps.Clone(o.recent), maps.Clone(o.all), o.level
		return
	}
	if o.level > h.level {
		h.raise(o.level)
	}
	for _, step := range slices.Sorted(maps.Keys(o.recent)) {
		one := o.recent[step]
		put(h.recent, step, &one)
	}
	for _, step := range slices.Sorted(maps.Keys(o.all)) {
		one := o.all[step]
		put(h.all, step>>(h.level-o.level), &one)
	}
	h.bound()
}

// encode appends level and steps in order.
func (h *history) encode(w *wire.Writer, role model.Role) {
	w.Uvarint(uint64(h.level))
	for _, steps := range []map[int64]tally{h.recent, h.all} {
		w.Uvarint(uint64(len(steps)))
		for _, step := range slices.Sorted(maps.Keys(steps)) {
			w.Uvarint(uint64(step))
			t := steps[step]
			if role == model.RoleRegression {
				t.numbers.encode(w)
			} else {
				t.classes.encode(w)
			}
		}
	}
}

// decode reads what encode wrote.
func (h *history) decode(r *wire.Reader, role model.Role) {
	level := r.Uvarint()
	if level > maxLevel {
		r.Fail("level of a history is %d, at most %d", level, maxLevel)
		return
	}
	h.level = int(level)
	h.recent = decodeSteps(r, role, recentSteps)
	h.all = decodeSteps(r, role, allSteps)
}

func decodeSteps(r *wire.Reader, role model.Role, most int) map[int64]tally {
	n := r.Count(9)
	if n > most {
		r.Fail("a history has %d steps, at most %d", n, most)
		return nil
	}
	out := map[int64]tally{}
	for range n {
		step := int64(min(r.Uvarint(), mostTime))
		var t tally
		if role == model.RoleRegression {
			t.numbers.decode(r)
		} else {
			t.classes.decode(r)
		}
		if _, twice := out[step]; twice || step > mostTime/recentStep {
			r.Fail("step %d of a history occurs twice, or is beyond all times", step)
		}
		if r.Err() != nil {
			return nil
		}
		out[step] = t
	}
	return out
}

// Step is how good predictions were in a stretch of time. What is undefined, and
// what the other role has, is left out.
type Step struct {
	From     time.Time `json:"from"`
	Seconds  float64   `json:"seconds"`
	Rows     float64   `json:"rows"`
	Accuracy *float64  `json:"accuracy,omitempty"`
	LogLoss  *float64  `json:"log_loss,omitempty"`
	Brier    *float64  `json:"brier,omitempty"`
	RMSE     *float64  `json:"rmse,omitempty"`
	MAE      *float64  `json:"mae,omitempty"`
	Bias     *float64  `json:"bias,omitempty"`
	R2       *float64  `json:"r2,omitempty"`
}

// steps tells a history, oldest first.
func steps(all map[int64]tally, seconds int64) []Step {
	out := []Step{}
	for _, step := range slices.Sorted(maps.Keys(all)) {
		t := all[step]
		one := Step{From: time.Unix(step*seconds, 0).UTC(), Seconds: float64(seconds), Rows: t.classes.weight + t.numbers.weight}
		if c := &t.classes; c.weight > 0 {
			one.Accuracy, one.LogLoss, one.Brier = model.Finite(c.correct/c.weight), model.Finite(c.logLoss/c.weight), model.Finite(c.squares/c.weight)
		}
		if t.numbers.weight > 0 {
			q := t.numbers.quality()
			one.RMSE, one.MAE, one.Bias, one.R2 = q.RMSE, q.MAE, q.Bias, q.R2
		}
		out = append(out, one)
	}
	return out
}
