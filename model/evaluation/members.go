package evaluation

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// Bounds of what is kept of members.
const (
	maxMembers  = 256
	maxHalfLife = 1e9
	// leastOfMember bounds what a prediction of a class costs: a probability below it
	// counts as that. So one row that a member was sure about and wrong costs it no
	// more than 7 rows that it knows nothing of.
	leastOfMember = 1e-3
	// faded is the share of the losses below which a difference is dropped.
	faded = 1e-12
)

// Members is what the predictions of the members of a model have cost, faded with each
// row, and the course of their weights and losses over time.
//
// A member that has not answered for a row is charged what the mixture has cost, so that
// its weight stays what it is against the others (specialists: Freund, Schapire, Singer
// and Warmuth, Using and combining predictors that specialize, STOC 1997). So what is
// kept of a member is by how much its losses are above those of the mixture, a member that
// nothing is known of has none of that, and the sums of sources add up, whichever members
// each has seen. The order of rows counts, as they fade; the order of merging does not, to
// rounding.
type Members struct {
	role     model.Role
	halfLife float64            // rows; 0 keeps the course only
	rows     float64            // faded
	own      float64            // losses of the mixture, faded
	excess   map[string]float64 // by key of the member: its losses less those of the mixture, faded
	course   course
}

// MemberLoss is what a prediction of a member has cost.
type MemberLoss struct {
	Name string
	// Key says which model has the name at present; empty for the name. A member that is defined
	// anew has another one, and no losses yet.
	Key string
	// Weight is the share of the member in the prediction.
	Weight float64
	// Loss is NaN for a member that has not answered.
	Loss float64
}

// NewMembers returns the losses of no rows. The half-life is a number of rows up to 1e9;
// 0 keeps the course only.
func NewMembers(role model.Role, halfLife float64) (*Members, error) {
	if !Has(role) {
		return nil, fmt.Errorf("losses of members: role is %q, want %s or %s", role, model.RoleRegression, model.RoleClassification)
	}
	if !(halfLife == 0 || halfLife >= 1 && halfLife <= maxHalfLife) {
		return nil, fmt.Errorf("losses of members: half-life is %v, want 1 to %g rows, or 0", halfLife, maxHalfLife)
	}
	return &Members{role: role, halfLife: halfLife}, nil
}

// ClassLoss returns what a probability of the class that a row turned out to have costs:
// its negative logarithm, of at least 0.001.
func ClassLoss(p float64) float64 { return -math.Log(min(max(p, leastOfMember), 1)) }

// Role returns what the members predict.
func (m *Members) Role() model.Role { return m.role }

// HalfLife returns the number of rows after which a loss counts half.
func (m *Members) HalfLife() float64 { return m.halfLife }

// Fits reports whether losses of a role and a half-life can be merged with these.
func (m *Members) Fits(role model.Role, halfLife float64) bool {
	return m.role == role && m.halfLife == halfLife
}

// Seen returns the number of rows that the course has.
func (m *Members) Seen() float64 { return m.course.rows() }

// Add counts a row of the given time. Own is what the mixture has cost. A loss that is
// infinite, or beyond 1e150, counts as none: the member has not answered.
func (m *Members) Add(at time.Time, own float64, of []MemberLoss) {
	if !isLoss(own) {
		return
	}
	m.course.add(at, own, of)
	if m.halfLife == 0 {
		return
	}
	fade := math.Exp2(-1 / m.halfLife)
	m.rows, m.own = m.rows*fade+1, m.own*fade+own
	for name, x := range m.excess {
		if x *= fade; math.Abs(x) <= faded*m.own {
			delete(m.excess, name)
			continue
		}
		m.excess[name] = x
	}
	for _, one := range of {
		if !isLoss(one.Loss) {
			continue
		}
		if m.excess == nil {
			m.excess = map[string]float64{}
		}
		key := cmp.Or(one.Key, one.Name)
		if _, known := m.excess[key]; known || len(m.excess) < maxMembers {
			m.excess[key] += one.Loss - own
		}
	}
}

// isLoss reports whether a loss can be counted.
func isLoss(x float64) bool { return x >= 0 && x <= 1e150 }

// Standings returns how members stand, parallel to their keys: weights that add up to 1,
// and mean losses. Of classes the weight is proportional to the exponential of minus the
// losses, which is the probability of the member given the faded rows (Bayes); of a number
// to that of minus the absolute errors in units of the mean error of the best, which is
// the same for errors of a Laplace distribution. Floor is the share of all weights that
// the members have alike. A nil receiver weighs all alike.
func (m *Members) Standings(keys []string, floor float64) []model.Standing {
	out := make([]model.Standing, len(keys))
	least, sum := math.Inf(1), 0.0
	for i, key := range keys {
		out[i].Loss = math.NaN()
		if m != nil && m.rows > 0 {
			out[i].Loss = max(m.own+m.excess[key], 0) / m.rows
			least = min(least, out[i].Loss)
		}
	}
	for i := range out {
		out[i].Weight = 1
		if above := out[i].Loss - least; above > 0 {
			out[i].Weight = math.Exp(-m.rows * above / m.unit(least))
		}
		sum += out[i].Weight
	}
	for i := range out {
		out[i].Weight = (1-floor)*out[i].Weight/sum + floor/float64(len(out))
	}
	return out
}

// unit returns in which unit losses are compared.
func (m *Members) unit(least float64) float64 {
	if m.role == model.RoleRegression {
		return least
	}
	return 1
}

// Merge adds the losses of o, which is not changed. Those of another role or half-life are
// an error, and nothing changes then.
func (m *Members) Merge(o *Members) error {
	if err := m.MergeLosses(o); err != nil {
		return err
	}
	m.course.merge(&o.course)
	return nil
}

// MergeLosses is Merge without the course: what weights are read off.
func (m *Members) MergeLosses(o *Members) error {
	if !m.Fits(o.role, o.halfLife) {
		return fmt.Errorf("losses of members of a %s with a half-life of %v rows and of a %s with %v cannot be merged", m.role, m.halfLife, o.role, o.halfLife)
	}
	m.rows += o.rows
	m.own += o.own
	for _, name := range slices.Sorted(maps.Keys(o.excess)) {
		if m.excess == nil {
			m.excess = map[string]float64{}
		}
		if _, known := m.excess[name]; known || len(m.excess) < maxMembers {
			m.excess[name] += o.excess[name]
		}
	}
	return nil
}

// Clone returns a copy that shares nothing with the receiver.
func (m *Members) Clone() *Members {
	out := &Members{role: m.role, halfLife: m.halfLife}
	if err := out.Merge(m); err != nil {
		return nil // cannot be: role and half-life are the same
	}
	return out
}
