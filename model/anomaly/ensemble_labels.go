package anomaly

import (
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/linalg"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// labelled is what the rows with a label say: the direction in which those with
// label 1 lie from those with label 0, in the metric of all rows, labelled or
// not (the linear discriminant of Fisher 1936, with the covariance of Friedman's
// regularised one, JASA 1989).
type labelled struct {
	columns []int // of the row
	place   []int // among the inputs
	mean    []float64
	weights []float64 // per unit of the column; the direction has spread 1
	factor  float64
}

const (
	// labelRidge is added to the correlations.
	labelRidge = 0.1
	// labelPrior is the weight of rows without any deviation that the means of
	// both classes start from.
	labelPrior = 1
	// labelOffset is how far below the centre, in spreads, the direction begins
	// to count: rows beyond are as usual as can be.
	labelOffset = 1
	// What the labels count grows from 1 part to 3 with the number of anomalies,
	// of which labelHalf bring half of that; a member has one third at default.
	labelLeast, labelMost, labelHalf = 1, 3, 20
)

// labelColumn returns the column of the label, -1 while no row has had it. A label that
// is not binary is an error.
func labelColumn(s *stats.Summary, label string) (int, error) {
	at := s.Layout().NumericIndex(label)
	if at < 0 && s.Layout().CategoricalIndex(label) < 0 {
		return -1, nil
	}
	if at < 0 || !s.Layout().Numeric[at].Binary {
		return -1, fmt.Errorf("%w: options.label: attribute %q is not binary", model.ErrDefinition, label)
	}
	return at, nil
}

// labelsOf reads the means of the inputs given the label off the co-moments of
// the label with each; it is nil while there are no labelled anomalies. A label
// that is not binary is an error.
func labelsOf(s *stats.Summary, label string, inputs []string) (*labelled, error) {
	at, err := labelColumn(s, label)
	if at < 0 {
		return nil, err
	}
	var columns, place []int
	for i, name := range inputs {
		if c := s.Layout().NumericIndex(name); c >= 0 {
			columns, place = append(columns, c), append(place, i)
		}
	}
	sp, err := spectrumOf(s, columns)
	if err != nil {
		return nil, err
	}
	p, most := len(sp.columns), 0.0
	apart := make([]float64, p)
	for i, c := range sp.columns {
		pair := s.Pair(at, c)
		positive := pair.N * pair.MeanI.Float()
		negative := pair.N - positive
		if !(positive > 0) {
			continue
		}
		most = max(most, positive)
		all, difference := (pair.MeanJ.Float()-sp.mean[i])/sp.spread[i], pair.Cij.Float()/sp.spread[i]
		apart[i] = positive / (positive + labelPrior) * (all + difference/positive)
		if negative > 0 {
			apart[i] -= negative / (negative + labelPrior) * (all - difference/negative)
		}
	}
	if most == 0 {
		return nil, nil
	}
	l := &labelled{columns: sp.columns, mean: sp.mean, weights: make([]float64, p)}
	variance := 0.0
	for k, value := range sp.values {
		v := sp.vector(k)
		along := linalg.Dot(v, apart)
		share := max(value, 0) + labelRidge
		variance += along * along / share
		for i, x := range v {
			l.weights[i] += x * along / share
		}
	}
	for i := range l.weights {
		l.place = append(l.place, place[sp.place[i]])
		l.weights[i] /= sp.spread[i]
		if variance > 0 {
			l.weights[i] /= math.Sqrt(variance)
		}
	}
	l.factor = most / (most + labelPrior) * (labelLeast + (labelMost-labelLeast)*most/(most+labelHalf))
	return l, nil
}

// labelCounts tells how many rows have the label.
func labelCounts(s *stats.Summary, label string) *labelsReport {
	out := &labelsReport{Label: label, Anomalies: model.Finite(0), Labelled: model.Finite(0)}
	if at := s.Layout().NumericIndex(label); at >= 0 && !s.Moments(at).Empty() {
		m := s.Moments(at)
		out.Labelled, out.Anomalies = model.Finite(m.Weight()), model.Finite(m.Weight()*m.Mean())
	}
	return out
}

// add returns what the row's place along the direction counts, 0 or more, and
// adds it to the contributions: to those of the attributes that point the way
// of the anomalies, in proportion, or to all alike where none does.
func (l *labelled) add(values, contributions []float64) float64 {
	along, toward := 0.0, 0.0
	for i, c := range l.columns {
		if part := l.part(i, valueAt(values, c)); !math.IsNaN(part) {
			along += part
			toward += max(part, 0)
		}
	}
	part := l.factor * max(0, along+labelOffset)
	if !(part > 0) || math.IsInf(part, 0) {
		return 0
	}
	present := 0
	for i, c := range l.columns {
		x := l.part(i, valueAt(values, c))
		if toward > 0 && x > 0 {
			contributions[l.place[i]] += part * (x / toward)
		}
		if !math.IsNaN(x) {
			present++
		}
	}
	switch {
	case present == 0:
		return 0
	case toward == 0:
		for i, c := range l.columns {
			if x := valueAt(values, c); !math.IsNaN(x) {
				contributions[l.place[i]] += part / float64(present)
			}
		}
	}
	return part
}

// part is what one attribute adds to the place along the direction, NaN where
// the row lacks it.
func (l *labelled) part(i int, x float64) float64 {
	return max(-maxPart, min((x-l.mean[i])*l.weights[i], maxPart))
}
