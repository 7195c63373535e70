package pooled

import (
	"fmt"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/model/design"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
	"github.com/rpconnect-sml/rpconnect-sml/stats/adaptive"
)

// Build reads a model off the pools of the evidence that the definition needs.
func Build(d *model.Definition, s *Settings, e *model.Evidence) (model.Model, error) {
	if err := s.possible(d, e.Summary.Layout()); err != nil {
		return nil, err
	}
	spec, err := s.spec(d)
	if err != nil {
		return nil, err
	}
	var pools []*adaptive.Pool
	for _, p := range e.Pools {
		if p.Spec().Key == spec.Key {
			pools = append(pools, p)
		}
	}
	m, learned, err := s.over(d, pools, e.Summary.Layout())
	if err != nil {
		return nil, err
	}
	// so many of the rows that count are to be there for min_rows to be learned
	m.minRows = model.RowsOf(*d, e) - learned + s.MinRows
	return m.asModel(), nil
}

// reading reads a model off pools as they are: it is good until one of them learns. The layout
// is that of the rows that it is to predict. Pools that have learned no row with the target
// are an error of model.ErrNotYet.
func (s *Settings) reading(d *model.Definition, pools []*adaptive.Pool, layout *stats.Layout) (model.Model, error) {
	m, _, err := s.over(d, pools, layout)
	if err != nil {
		return nil, err
	}
	m.minRows = s.MinRows
	return m.asModel(), nil
}

// over returns the model and the weight of the rows that its pools have learned.
func (s *Settings) over(d *model.Definition, pools []*adaptive.Pool, layout *stats.Layout) (*follower, float64, error) {
	mix := adaptive.NewMix(pools)
	learned := mix.Weight()
	if !(learned > 0) {
		return nil, 0, model.Later(fmt.Errorf("no row with target %q has been learned one by one: that begins when the model is defined", d.Target))
	}
	m := &follower{target: d.Target, width: s.Width, layout: layout, mix: mix}
	m.classes = m.mix.Classes()
	m.place()
	if m.threshold = s.Threshold; m.threshold > 0 && len(m.classes) != 2 {
		err := fmt.Errorf("options.threshold: target %q has %d classes, and a threshold is for two", d.Target, len(m.classes))
		if len(m.classes) < 2 {
			err = model.Later(err)
		}
		return nil, 0, err
	}
	return m, learned, nil
}

// possible refuses a target and inputs that no pool can learn.
func (s *Settings) possible(d *model.Definition, l *stats.Layout) error {
	if err := design.CheckInputs(d, l); err != nil {
		return err
	}
	if at := l.CategoricalIndex(d.Target); at >= 0 && l.Categorical[at].List {
		return fmt.Errorf("%w: target %q is a list, and type %s predicts one class or a number", model.ErrDefinition, d.Target, d.Type)
	}
	if at := l.NumericIndex(d.Target); at >= 0 && !l.Numeric[at].Binary && s.Threshold > 0 {
		return fmt.Errorf("%w: options.threshold: target %q is continuous, and a threshold is for two classes", model.ErrDefinition, d.Target)
	}
	if at := l.NumericIndex(d.Target); s.Width > 0 && (at < 0 && l.CategoricalIndex(d.Target) >= 0 || at >= 0 && l.Numeric[at].Binary) {
		return fmt.Errorf("%w: options.interval: prediction is of a number, and target %q is none", model.ErrDefinition, d.Target)
	}
	if l.NumericIndex(d.Target) < 0 && l.CategoricalIndex(d.Target) < 0 {
		return model.Later(fmt.Errorf("target: unknown attribute %q", d.Target))
	}
	return nil
}

// follower is what both kinds of model have in common.
type follower struct {
	target          string
	classes, inputs []string // classes are none for a number
	threshold       float64
	width           float64 // of an interval in standard deviations, 0 for none
	minRows         float64
	layout          *stats.Layout
	mix             *adaptive.Mix
	places          []place // of what the pools of the mix have, in their order
	most            int     // inputs of a pool
}

// place says which of the model are the classes and inputs of a pool; class is by that of the
// model, -1 for one that the pool has not seen.
type place struct {
	class  []int
	inputs []int
}

// place finds the inputs of all pools.
func (m *follower) place() {
	for _, p := range m.mix.Pools() {
		own := p.Classes()
		at := place{class: make([]int, len(m.classes))}
		for k, class := range m.classes {
			at.class[k] = slices.Index(own, class)
		}
		m.inputs, at.inputs = model.Place(m.inputs, p.Inputs())
		m.places = append(m.places, at)
		m.most = max(m.most, len(at.inputs))
	}
}

// classifier is a follower of a target with classes, number one of a number.
type (
	classifier struct{ *follower }
	number     struct{ *follower }
)

var (
	_ model.Classifier = classifier{}
	_ model.Model      = number{}
)

func (m *follower) asModel() model.Model {
	if len(m.classes) > 0 {
		return classifier{m}
	}
	return number{m}
}

// Inputs returns the attributes that the pools use, in the order in which they came.
func (m *follower) Inputs() []string { return m.inputs }

// MinRows returns how many rows must have been learned for the option min_rows.
func (m *follower) MinRows() float64 { return m.minRows }

// Classes returns the classes that the pools have seen.
func (m classifier) Classes() []string { return m.classes }

// Decide returns the most probable class, or with a threshold the second one where it has
// that.
func (m classifier) Decide(probabilities []float64) int {
	return model.Decide(probabilities, m.threshold)
}

// Predict takes the mixture of the pools.
func (m classifier) Predict(values []float64, codes []int32, result *model.Result) {
	said := room(result)
	m.mix.Predict(m.layout, values, codes, &said.mix)
	result.ResizeClasses(len(m.classes))
	copy(result.Probabilities, said.mix.Probabilities)
	result.Class = m.Decide(result.Probabilities)
	m.explain(values, codes, result.Class, result)
}

// Predict takes the mixture of the pools.
func (m number) Predict(values []float64, codes []int32, result *model.Result) {
	said := room(result)
	m.mix.Predict(m.layout, values, codes, &said.mix)
	result.Prediction, result.HasInterval = said.mix.Mean, m.width > 0
	if m.width > 0 {
		reach := m.width * said.mix.SD
		result.Interval = model.Interval{Low: said.mix.Mean - reach, High: said.mix.Mean + reach}
	}
	m.explain(values, codes, 0, result)
}

// predicted is what a model keeps with a result to work in.
type predicted struct {
	mix  adaptive.MixPrediction
	pool adaptive.Prediction
}

// room returns what is kept with the result.
func room(result *model.Result) *predicted {
	said, ok := result.Room.(*predicted)
	if !ok {
		said = &predicted{}
		result.Room = said
	}
	return said
}

// explain fills in the contributions: those of the pools, each as much as it counts.
func (m *follower) explain(values []float64, codes []int32, class int, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	said, work := room(result), result.Work(m.most)
	for j, p := range m.mix.Pools() {
		at := &m.places[j]
		of := 0
		if len(m.classes) > 0 {
			if of = at.class[class]; of < 0 {
				continue
			}
		}
		own := work[:len(at.inputs)]
		p.Explain(m.layout, values, codes, of, own, &said.pool)
		for k, i := range at.inputs {
			result.Contributions[i] += m.mix.Shares()[j] * own[k]
		}
	}
}

// report is what Describe returns.
type report struct {
	Target    string   `json:"target"`
	Threshold *float64 `json:"threshold,omitempty"`
	Classes   []string `json:"classes,omitempty"`
	Inputs    []string `json:"inputs"`
	// Pools are those of the shards, the one that counts most first; LeftOut is how many
	// more there are.
	Pools   []poolReport `json:"pools"`
	LeftOut int          `json:"left_out,omitempty"`
}

// poolReport is one pool. Share is how much of a prediction it is.
type poolReport struct {
	Share float64 `json:"share"`
	*adaptive.Report
}

// Describe returns the pools with their members, of each its weight and what its
// predictions have cost.
func (m *follower) Describe() any {
	r := report{Target: m.target, Classes: m.classes, Inputs: append([]string{}, m.inputs...), LeftOut: m.mix.LeftOut()}
	if m.threshold > 0 {
		r.Threshold = &m.threshold
	}
	for j, p := range m.mix.Pools() {
		r.Pools = append(r.Pools, poolReport{Share: m.mix.Shares()[j], Report: p.Report()})
	}
	return r
}

// MemberStandings returns the members of all pools: those of one name and half-life count
// together, each pool as much as it counts.
func (m *follower) MemberStandings() (names []string, standings []model.Standing) {
	for j, p := range m.mix.Pools() {
		share := m.mix.Shares()[j]
		for _, member := range p.Report().Members {
			name := member.Name
			if member.HalfLife > 0 {
				name += fmt.Sprintf(" (half-life %g)", member.HalfLife)
			}
			at := slices.Index(names, name)
			if at < 0 {
				at = len(names)
				names, standings = append(names, name), append(standings, model.Standing{})
			}
			standings[at].Weight += share * member.Weight
			standings[at].Loss += share * member.MeanLoss
		}
	}
	return names, standings
}
