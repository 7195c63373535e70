package pool

import (
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// room is what a pool keeps with a result: what its members have said of the row.
type room struct {
	results []model.Result
	said    [][]float64 // probabilities by class of the pool
	shares  []float64   // of the prediction
}

// ask lets all members predict a row, and works out how much each counts: those whose
// prediction is no number do not.
func (m *mixture) ask(values []float64, codes []int32, result *model.Result) *room {
	r, ok := result.Room.(*room)
	if !ok {
		r = &room{}
		result.Room = r
	}
	for len(r.results) < len(m.members) {
		r.results, r.said, r.shares = append(r.results, model.Result{}), append(r.said, nil), append(r.shares, 0)
	}
	sum, able := 0.0, 0
	for k := range m.members {
		own := &r.results[k]
		own.Prediction, own.HasInterval = math.NaN(), false
		m.members[k].Model.Predict(values, codes, own)
		r.shares[k] = m.standings[k].Weight
		if !m.spread(k, r) {
			r.shares[k] = math.NaN()
			continue
		}
		sum += r.shares[k]
		able++
	}
	for k := range m.members {
		switch {
		case math.IsNaN(r.shares[k]):
			r.shares[k] = 0
		case sum > 0:
			r.shares[k] /= sum
		default:
			r.shares[k] = 1 / float64(able)
		}
	}
	return r
}

// spread writes what member k has said of the row by the classes of the pool, and reports
// whether it is finite.
func (m *mixture) spread(k int, r *room) bool {
	own := &r.results[k]
	if m.isNumber {
		return !math.IsNaN(own.Prediction) && !math.IsInf(own.Prediction, 0)
	}
	if calibrate := m.members[k].Calibrate; calibrate != nil {
		calibrate(own.Probabilities)
		own.Class = m.members[k].Model.(model.Classifier).Decide(own.Probabilities)
	}
	if cap(r.said[k]) < len(m.classes) {
		r.said[k] = make([]float64, len(m.classes))
	}
	r.said[k] = r.said[k][:len(m.classes)]
	clear(r.said[k])
	total := 0.0
	for i, class := range m.places[k].classes {
		r.said[k][class] = own.Probabilities[i]
		total += own.Probabilities[i]
	}
	return !math.IsNaN(total) && !math.IsInf(total, 0)
}

// Said returns the probabilities that a member has given the row of a result.
func (m classifier) Said(result *model.Result, member int) (float64, []float64) {
	return math.NaN(), result.Room.(*room).said[member]
}

// Said returns what a member has predicted of the row of a result.
func (m number) Said(result *model.Result, member int) (float64, []float64) {
	return result.Room.(*room).results[member].Prediction, nil
}

// Predict takes the weighted mean of the probabilities of the members.
func (m classifier) Predict(values []float64, codes []int32, result *model.Result) {
	r := m.ask(values, codes, result)
	result.ResizeClasses(len(m.classes))
	clear(result.Probabilities)
	for k := range m.members {
		for class, p := range r.said[k] {
			if r.shares[k] > 0 {
				result.Probabilities[class] += r.shares[k] * p
			}
		}
	}
	result.Class = m.Decide(result.Probabilities)
	m.explain(r, result)
}

// Predict takes the weighted mean of the predictions of the members, and of the bounds of
// their intervals where all have one.
func (m number) Predict(values []float64, codes []int32, result *model.Result) {
	r := m.ask(values, codes, result)
	result.Prediction, result.Interval, result.HasInterval = 0, model.Interval{}, true
	if !slices.ContainsFunc(r.shares, func(x float64) bool { return x > 0 }) {
		result.Prediction, result.HasInterval = math.NaN(), false // no member has an answer
	}
	for k := range m.members {
		own, share := &r.results[k], r.shares[k]
		if share == 0 {
			continue
		}
		result.Prediction += share * own.Prediction
		result.HasInterval = result.HasInterval && own.HasInterval
		result.Interval.Low += share * own.Interval.Low
		result.Interval.High += share * own.Interval.High
	}
	m.explain(r, result)
}

// explain fills in the contributions: the weighted mean of those of the members. Those of
// a classifier are to the class that it predicts itself. So with two classes they change
// their sign for the other class, and with more only members count that predict the class
// of the pool; where none does, all are 0.
func (m *mixture) explain(r *room, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	total := 0.0
	for k := range m.members {
		if r.shares[k] > 0 && m.sign(k, r, result) != 0 {
			total += r.shares[k]
		}
	}
	if total == 0 {
		return // no member predicts the class of the pool
	}
	for k := range m.members {
		if !(r.shares[k] > 0) {
			continue
		}
		by := m.sign(k, r, result) * r.shares[k] / total
		if by == 0 {
			continue
		}
		for i, at := range m.places[k].inputs {
			if i < len(r.results[k].Contributions) {
				result.Contributions[at] += by * r.results[k].Contributions[i]
			}
		}
	}
}

// sign returns by what the contributions of a member are multiplied.
func (m *mixture) sign(k int, r *room, result *model.Result) float64 {
	switch {
	case m.isNumber || m.places[k].classes[r.results[k].Class] == result.Class:
		return 1
	case len(m.classes) == 2:
		return -1
	}
	return 0
}
