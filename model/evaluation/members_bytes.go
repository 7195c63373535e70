package evaluation

import (
	"maps"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// membersVersion is written first; a reader refuses others.
const membersVersion = 1

// Encode appends version, role, half-life, losses and course: deterministic, and exact bit
// for bit.
func (m *Members) Encode(w *wire.Writer) {
	w.Byte(membersVersion)
	w.Bool(m.role == model.RoleClassification)
	w.Float64s([]float64{m.halfLife, m.rows, m.own})
	w.Uvarint(uint64(len(m.excess)))
	for _, name := range slices.Sorted(maps.Keys(m.excess)) {
		w.String(name)
		w.Float64(m.excess[name])
	}
	w.Uvarint(uint64(m.course.level))
	w.Uvarint(uint64(len(m.course.steps)))
	for _, at := range slices.Sorted(maps.Keys(m.course.steps)) {
		step := m.course.steps[at]
		w.Uvarint(uint64(at))
		w.Float64s([]float64{step.rows, step.own})
		w.Uvarint(uint64(len(step.members)))
		for _, name := range slices.Sorted(maps.Keys(step.members)) {
			sums := step.members[name]
			w.String(name)
			w.Float64s([]float64{sums.weight, sums.answered, sums.loss})
		}
	}
}

// DecodeMembers reads what Encode wrote. What no losses can be is an error of the reader.
func DecodeMembers(r *wire.Reader) *Members {
	if v := r.Byte(); r.Err() == nil && v != membersVersion {
		r.Fail("losses of members have version %d, this build reads %d", v, membersVersion)
	}
	role := model.RoleRegression
	if r.Bool() {
		role = model.RoleClassification
	}
	m, err := NewMembers(role, r.Float64())
	if err != nil {
		r.Fail("%v", err)
		return nil
	}
	m.rows, m.own = amount(r), amount(r)
	m.excess = decodeNamed(r, 9, func() float64 { return r.Finite() })
	m.course.decode(r)
	if r.Err() != nil {
		return nil
	}
	return m
}

// amount reads a finite number that is not negative.
func amount(r *wire.Reader) float64 {
	x := r.Float64()
	if r.Err() == nil && (!(x >= 0) || math.IsInf(x, 0)) {
		r.Fail("a sum of losses is %v", x)
	}
	return x
}

// decodeNamed reads values by ascending names, each at least so many bytes with its name;
// nil for none.
func decodeNamed[T any](r *wire.Reader, least int, value func() T) map[string]T {
	n := r.Count(least)
	if n > maxMembers {
		r.Fail("there are losses of %d members, at most %d", n, maxMembers)
		return nil
	}
	out := map[string]T{}
	for range n {
		name := r.String()
		if _, twice := out[name]; twice {
			r.Fail("losses of member %q occur twice", name)
		}
		if r.Err() != nil {
			return nil
		}
		out[name] = value()
	}
	return out
}

func (c *course) decode(r *wire.Reader) {
	level := r.Uvarint()
	if level > maxLevel {
		r.Fail("level of a course is %d, at most %d", level, maxLevel)
		return
	}
	c.level = int(level)
	n := r.Count(18)
	if n > courseSteps {
		r.Fail("a course has %d steps, at most %d", n, courseSteps)
		return
	}
	for range n {
		at := int64(min(r.Uvarint(), mostTime))
		step := &courseStep{rows: amount(r), own: amount(r)}
		step.members = decodeNamed(r, 25, func() courseSums { return courseSums{amount(r), amount(r), amount(r)} })
		if r.Err() == nil && (c.steps[at] != nil || !(step.rows > 0)) {
			r.Fail("step %d of a course occurs twice, or has no rows", at)
		}
		if r.Err() != nil {
			return
		}
		if c.steps == nil {
			c.steps = map[int64]*courseStep{}
		}
		c.steps[at] = step
	}
}
