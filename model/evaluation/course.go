package evaluation

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// course is what members weighed and cost over time, in steps that become longer: at most
// courseSteps of 2^level seconds.
type course struct {
	level int
	steps map[int64]*courseStep
}

// courseSteps bounds the steps of a course.
const courseSteps = 64

// courseStep is the sums over the rows of a step.
type courseStep struct {
	rows, own float64
	members   map[string]courseSums
}

// courseSums is the sums of a member: of its weights over all rows, and of its losses over
// the rows that it has answered.
type courseSums struct {
	weight, answered, loss float64
}

func (s *courseStep) merge(o *courseStep) {
	s.rows += o.rows
	s.own += o.own
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		s.count(name, o.members[name])
	}
}

// count adds the sums of a member. Of more than maxMembers the later ones are left out.
func (s *courseStep) count(name string, of courseSums) {
	sum, known := s.members[name]
	if !known && len(s.members) >= maxMembers {
		return
	}
	s.members[name] = courseSums{sum.weight + of.weight, sum.answered + of.answered, sum.loss + of.loss}
}

// add counts a row.
func (c *course) add(at time.Time, own float64, of []MemberLoss) {
	one := courseStep{rows: 1, own: own, members: make(map[string]courseSums, len(of))}
	for _, m := range of {
		sums := courseSums{weight: m.Weight}
		if isLoss(m.Loss) {
			sums.answered, sums.loss = 1, m.Loss
		}
		one.count(m.Name, sums)
	}
	c.put(min(max(at.Unix(), 1), mostTime)>>c.level, &one)
	c.bound()
}

// put adds the sums of a step, which is not changed.
func (c *course) put(step int64, one *courseStep) {
	if c.steps == nil {
		c.steps = map[int64]*courseStep{}
	}
	sum := c.steps[step]
	if sum == nil {
		sum = &courseStep{members: map[string]courseSums{}}
		c.steps[step] = sum
	}
	sum.merge(one)
}

// bound makes steps longer as long as there are too many.
func (c *course) bound() {
	for len(c.steps) > courseSteps && c.level < maxLevel {
		c.raise(c.level + 1)
	}
}

func (c *course) raise(level int) {
	shorter, by := c.steps, level-c.level
	c.steps, c.level = nil, level
	for _, step := range slices.Sorted(maps.Keys(shorter)) {
		c.put(step>>by, shorter[step])
	}
}

// merge adds what o has seen, which is not changed.
func (c *course) merge(o *course) {
	if o.level > c.level {
		c.raise(o.level)
	}
	for _, step := range slices.Sorted(maps.Keys(o.steps)) {
		c.put(step>>(c.level-o.level), o.steps[step])
	}
	c.bound()
}

// rows returns the number of rows of all steps.
func (c *course) rows() float64 {
	sum := 0.0
	for _, step := range slices.Sorted(maps.Keys(c.steps)) {
		sum += c.steps[step].rows
	}
	return sum
}

// MembersReport is the losses of members for people and for JSON.
type MembersReport struct {
	// Measure is what losses are: log_loss or absolute_error.
	Measure string `json:"measure"`
	// HalfLife is the number of rows after which a loss counts half in the weights.
	HalfLife *float64 `json:"half_life_rows,omitempty"`
	// Rows is how many have been counted.
	Rows float64 `json:"rows"`
	// Names are those of all members that the steps have, in order.
	Names []string `json:"names"`
	// Steps are oldest first.
	Steps []MembersStep `json:"steps"`
}

// MembersStep is the rows of a stretch of time: the mean loss of the mixture, and its members
// by name.
type MembersStep struct {
	From    time.Time                 `json:"from"`
	Seconds float64                   `json:"seconds"`
	Rows    float64                   `json:"rows"`
	Loss    *float64                  `json:"loss"`
	Members map[string]MemberStanding `json:"members"`
}

// MemberStanding is a member in a stretch of time: its mean weight, and its mean loss in the
// rows that it has answered, null where there is none.
type MemberStanding struct {
	Weight *float64 `json:"weight"`
	Loss   *float64 `json:"loss"`
}

// Report tells weights and losses over time.
func (m *Members) Report() *MembersReport {
	out := &MembersReport{Measure: "log_loss", Rows: m.Seen(), Names: []string{}, Steps: []MembersStep{}}
	if m.role == model.RoleRegression {
		out.Measure = "absolute_error"
	}
	if m.halfLife > 0 {
		out.HalfLife = &m.halfLife
	}
	names := map[string]bool{}
	seconds := int64(1) << m.course.level
	for _, at := range slices.Sorted(maps.Keys(m.course.steps)) {
		step := m.course.steps[at]
		one := MembersStep{From: time.Unix(at*seconds, 0).UTC(), Seconds: float64(seconds), Rows: step.rows, Loss: model.Finite(step.own / step.rows), Members: map[string]MemberStanding{}}
		for name, sums := range step.members {
			names[name] = true
			loss := math.NaN()
			if sums.answered > 0 {
				loss = sums.loss / sums.answered
			}
			one.Members[name] = MemberStanding{Weight: model.Finite(sums.weight / step.rows), Loss: model.Finite(loss)}
		}
		out.Steps = append(out.Steps, one)
	}
	out.Names = slices.AppendSeq(out.Names, maps.Keys(names))
	slices.Sort(out.Names)
	return out
}
