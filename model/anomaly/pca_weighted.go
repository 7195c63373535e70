package anomaly

import (
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// pcaDistances is pca with the measure weighted: the sum over the components
// of the distance of the standardised row from the component's vector over the
// component's share of the variance, which is what PyOD's PCA does.
//
// It depends on the signs of the vectors. PyOD took what scikit-learn had up to
// 1.4: the row that lies farthest out along a component does so on the positive
// side. Rows are gone here, so the extremes of single attributes stand for it
// where one side reaches clearly farther; where none does the element of
// largest magnitude is positive, as in scikit-learn from 1.5 on.
type pcaDistances struct {
	inputs  []string
	columns []int
	place   []int
	mean    []float64
	perUnit []float64
	vectors []float64 // rows
	weights []float64 // 1 / share of the variance
	steps   steps     // of the constant inputs
	minRows float64

	estimator string
	spectrum  *spectrum
}

var _ model.Model = (*pcaDistances)(nil)

// clearly is by how many times one side must reach farther than the other.
const clearly = 1.3

func newPCAWeighted(s *stats.Summary, inputs []string, sp *spectrum, minRows float64) *pcaDistances {
	m := &pcaDistances{inputs: inputs, columns: sp.columns, place: sp.place, mean: sp.mean, vectors: sp.vectors, minRows: minRows, spectrum: sp}
	for k := range sp.values {
		up, down, v := 0.0, 0.0, sp.vector(k)
		for i, x := range v {
			moments := s.Moments(sp.columns[i])
			least, most := moments.Bounds()
			high, low := x*(most-sp.mean[i])/sp.spread[i], x*(least-sp.mean[i])/sp.spread[i]
			up, down = max(up, high, low), max(down, -high, -low)
		}
		if down > clearly*up {
			for i := range v {
				v[i] = -v[i]
			}
		}
	}
	for _, sd := range sp.spread {
		m.perUnit = append(m.perUnit, 1/sd)
	}
	for _, value := range sp.values {
		m.weights = append(m.weights, float64(len(sp.values))/max(value, sp.least))
	}
	return m
}

// Inputs returns the numeric inputs.
func (m *pcaDistances) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows, at least two more than there are inputs.
func (m *pcaDistances) MinRows() float64 { return m.minRows }

// Predict adds up the weighted distances. The contribution of an attribute is
// its share of each squared distance; a missing one has none.
func (m *pcaDistances) Predict(values []float64, _ []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	p := len(m.columns)
	z := result.Work(p)
	for i, c := range m.columns {
		z[i] = max(-maxDeviation, min((valueAt(values, c)-m.mean[i])*m.perUnit[i], maxDeviation))
	}
	score := 0.0
	for k, w := range m.weights {
		v, sum := m.vectors[k*p:(k+1)*p], 0.0
		for i, x := range z {
			if !math.IsNaN(x) {
				sum += (x - v[i]) * (x - v[i])
			}
		}
		if !(sum > 0) {
			continue
		}
		distance := math.Sqrt(sum)
		score += w * distance
		for i, x := range z {
			if !math.IsNaN(x) {
				result.Contributions[m.place[i]] += w * (x - v[i]) * (x - v[i]) / distance
			}
		}
	}
	score += m.steps.squares(values, result.Contributions)
	result.Score, result.PValue = score, math.NaN()
}
