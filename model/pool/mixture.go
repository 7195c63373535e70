package pool

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// mixture is what both kinds of pool have in common. Nothing changes it once it is built.
type mixture struct {
	target          string
	halfLife, floor float64
	threshold       float64 // of the second of two classes, 0 for none
	isNumber        bool
	members         []model.Member // that answer
	leftOut         []model.Member
	standings       []model.Standing // parallel to members
	classes, inputs []string         // classes are none for a number
	places          []place          // parallel to members
}

// place says which of the pool are the classes and inputs of a member.
type place struct {
	classes, inputs []int
}

// classifier is a pool of a target with classes, number one of a number.
type (
	classifier struct{ *mixture }
	number     struct{ *mixture }
)

var (
	_ model.Classifier = classifier{}
	_ model.Mixed      = classifier{}
	_ model.Mixed      = number{}
)

// isNumber reports whether a target is a number and has no classes.
func isNumber(d *model.Definition, l *stats.Layout) bool {
	at := l.NumericIndex(d.Target)
	return at >= 0 && !l.Numeric[at].Binary
}

// take takes member k: among those that answer, or among those that are left out. One of
// the other kind is refused where it was asked for by name, else left alone.
func (m *mixture) take(member *model.Member, d *model.Definition, k int, named bool) error {
	_, hasClasses := member.Model.(model.Classifier)
	switch {
	case member.Model == nil:
		m.leftOut = append(m.leftOut, *member)
	case hasClasses != m.isNumber:
		m.members = append(m.members, *member)
	case named:
		what, target := "a number", "has classes"
		if hasClasses {
			what, target = "a class", "is a number"
		}
		return fmt.Errorf("%w: options.members.%d: model %q of type %s predicts %s, and target %q %s", model.ErrDefinition, k, member.Name, member.Type, what, d.Target, target)
	}
	return nil
}

// nobody says that no member answers.
func (m *mixture) nobody(d *model.Definition) error {
	if len(m.leftOut) == 0 {
		return model.Later(fmt.Errorf("no model of the project predicts %q and can be a member", d.Target))
	}
	why := make([]string, len(m.leftOut))
	for i := range m.leftOut {
		why[i] = fmt.Sprintf("%s: %s", m.leftOut[i].Name, m.leftOut[i].LeftOut)
	}
	return model.Later(fmt.Errorf("no member answers (%s)", strings.Join(why, "; ")))
}

// settle finds classes and inputs of the members, and weighs them alike.
func (m *mixture) settle() {
	for k := range m.members {
		own := &m.members[k]
		var at place
		m.inputs, at.inputs = model.Place(m.inputs, own.Model.Inputs())
		if c, ok := own.Model.(model.Classifier); ok {
			m.classes, at.classes = model.Place(m.classes, c.Classes())
		}
		m.places = append(m.places, at)
		m.standings = append(m.standings, model.Standing{Weight: 1 / float64(len(m.members)), Loss: math.NaN()})
	}
}

// Inputs returns the inputs of all members that answer.
func (m *mixture) Inputs() []string { return m.inputs }

// MinRows returns the fewest rows that a member wants.
func (m *mixture) MinRows() float64 {
	least := math.Inf(1)
	for k := range m.members {
		least = min(least, m.members[k].Model.MinRows())
	}
	return least
}

// Members returns the members that answer.
func (m *mixture) Members() []model.Member { return m.members }

// LeftOut returns the members that do not answer.
func (m *mixture) LeftOut() []model.Member { return m.leftOut }

// Standings returns the weights of the members that answer.
func (m *mixture) Standings() []model.Standing { return m.standings }

// weighed returns a copy with other weights.
func (m *mixture) weighed(standings []model.Standing) *mixture {
	out := *m
	out.standings = slices.Clone(standings)
	return &out
}

// Weighed returns the pool with these weights.
func (m classifier) Weighed(standings []model.Standing) model.Mixed {
	return classifier{m.weighed(standings)}
}

// Weighed returns the pool with these weights.
func (m number) Weighed(standings []model.Standing) model.Mixed {
	return number{m.weighed(standings)}
}

// Classes returns the classes of all members that answer.
func (m classifier) Classes() []string { return m.classes }

// Decide returns the most probable class, or with a threshold the second one where it has
// that.
func (m classifier) Decide(probabilities []float64) int {
	return model.Decide(probabilities, m.threshold)
}
