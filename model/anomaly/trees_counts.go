package anomaly

import (
	"context"
	"math"
	"slices"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// cellCounts is a model that is read off the counts of a binning: the mean, over
// the components of which the row has the attributes, of ln((n+1)/(c+1)) for n
// rows counted and c in the row's cell.
type cellCounts struct {
	inputs  []string
	columns []int
	cells   *stats.Cells  // nil without a binning
	scores  []float64     // by component and cell
	parts   []float64     // of trees: by component and node, what the way to it counts among the shares
	density *densityTails // of a density forest or a local density
	// clusters are the components of a local density, which has one score for each
	// micro-cluster, that of its mean, and works in work numbers.
	clusters []*clusterDensity
	work     int
	counted  float64 // rows in the cells
	filled   float64 // share of the cells that are not empty
	entropy  float64 // mean score of the rows counted
	steps    steps   // of the inputs that did not vary when the binning was laid
	minRows  float64
}

var _ model.Model = (*cellCounts)(nil)

func buildCellCounts(_ context.Context, d *model.Definition, o binningSettings, e *model.Evidence) (model.Model, error) {
	key, err := binningKey(d)
	if err != nil {
		return nil, err
	}
	m, counts, err := countsOf(d, o, key, e)
	if err != nil || counts == nil {
		return m, err
	}
	m.read(counts)
	return m, nil
}

// countsOf returns the model without its scores, and the counts that these are read
// off; nil while there are none.
func countsOf(d *model.Definition, o binningSettings, key string, e *model.Evidence) (*cellCounts, []float64, error) {
	m := &cellCounts{minRows: math.MaxFloat64}
	if e.Detectors == nil {
		return m, nil, m.stepsOnly(d, e.Summary, o)
	}
	weight, counts := 0.0, []float64(nil)
	for _, id := range e.Detectors.Binnings() {
		cells, w, c := e.Detectors.Counts(id)
		if f := cells.Binning(); f.Key == key && f.Type == o.typ && (m.cells == nil || w > weight) {
			m.cells, weight, counts = cells, w, c
		}
	}
	if m.cells == nil || counts == nil {
		m.cells = nil
		return m, nil, m.stepsOnly(d, e.Summary, o)
	}
	m.minRows = o.minRows
	if weight < o.minRows { // rows before the binning do not count
		m.minRows = e.Summary.Weight() + o.minRows - weight
	}
	f := m.cells.Binning()
	m.inputs = slices.Clone(f.Inputs)
	for _, name := range f.Inputs {
		m.columns = append(m.columns, e.Summary.Layout().NumericIndex(name))
	}
	m.counted = weight
	return m, counts, m.addSteps(d, e.Summary)
}

// stepsOnly makes a model of inputs none of which has varied, so that no binning
// could be laid; with others the model waits for one.
func (m *cellCounts) stepsOnly(d *model.Definition, s *stats.Summary, o binningSettings) error {
	columns, _, err := numericInputs(d, s)
	if err != nil || s.Weight() < o.rows {
		return err
	}
	for _, c := range columns {
		if varies(s.Moments(c).Stddev(0)) {
			return nil
		}
	}
	m.minRows = o.minRows
	return m.addSteps(d, s)
}

// addSteps adds the inputs that the binning has left out.
func (m *cellCounts) addSteps(d *model.Definition, s *stats.Summary) error {
	columns, names, err := numericInputs(d, s)
	if err != nil {
		return err
	}
	for i, c := range columns {
		if slices.Contains(m.columns, c) {
			continue
		}
		if before := len(m.steps.columns); varies(s.Moments(c).Stddev(0)) {
			m.steps.add(s, c, len(m.inputs))
		} else if m.steps.columns = append(m.steps.columns, constantsOf(s, []int{c}).columns...); len(m.steps.columns) > before {
			m.steps.columns[before].place = len(m.inputs)
		}
		m.inputs = append(m.inputs, names[i])
	}
	return nil
}

// read turns counts into scores.
func (m *cellCounts) read(counts []float64) {
	f := m.cells.Binning()
	m.scores = make([]float64, len(counts))
	for k := range f.Components {
		part, sum := counts[k*f.Cells:(k+1)*f.Cells], 0.0
		for _, c := range part {
			sum += c
		}
		for i, c := range part {
			m.scores[k*f.Cells+i] = math.Log((sum + 1) / (c + 1))
			if c > 0 { // each row left out of its cell
				m.entropy += c / sum * math.Log(sum/c) / float64(f.Components)
			}
		}
	}
	m.addParts(counts)
}

// onWay is what a node counts among the shares if all rows are on the side of the
// row.
const onWay = 0.5

// addParts keeps how many cells are filled, and of each node of a tree the logarithm of
// how many fewer rows there are than in the node above, and a little.
func (m *cellCounts) addParts(counts []float64) {
	f := m.cells.Binning()
	for _, c := range counts {
		if c > 0 {
			m.filled += 1 / float64(len(counts))
		}
	}
	if f.Type != stats.HalfSpaceTrees && f.Type != stats.DensityForest {
		return
	}
	nodes := 2*f.Cells - 1
	m.parts = make([]float64, f.Components*nodes)
	masses := make([]float64, nodes)
	for k := range f.Components {
		copy(masses[f.Cells-1:], counts[k*f.Cells:(k+1)*f.Cells])
		for i := f.Cells - 2; i >= 0; i-- {
			masses[i] = masses[2*i+1] + masses[2*i+2]
		}
		for i := 1; i < nodes; i++ {
			m.parts[k*nodes+i] = max(0, math.Log((masses[(i-1)/2]+1)/(masses[i]+1))) + onWay
		}
	}
}

// Inputs returns the inputs of the binning, then those that it left out.
func (m *cellCounts) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows, counted from when the binning was
// installed; before that it is never reached.
func (m *cellCounts) MinRows() float64 { return m.minRows }

// Predict takes the mean of the components' scores, each shared out among its
// attributes by a weight times the square of their distances from the middle of
// their ranges. The score of a tree is the sum, over the nodes on the row's way,
// of the logarithm of how many fewer rows there are below the next one, and
// these, and a little, are the weights of the attributes that decide there; the
// weights of a projection or a box are the squares of its own. An attribute that
// the binning has left out adds the logarithm of how many rows there are for each
// whose value is as far off the median.
func (m *cellCounts) Predict(values []float64, _ []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	clear(result.Contributions)
	result.Score, result.PValue = 0, math.NaN()
	if m.cells == nil {
		result.Score = m.steps.logarithms(values, result.Contributions)
		return
	}
	if m.clusters != nil {
		sum := m.predictClusters(values, result) + m.density.add(values, m.columns, result.Contributions)
		result.Score = sum + m.addStepScores(values, result.Contributions)
		return
	}
	f := m.cells.Binning()
	found := result.Cells(f.Components)
	m.cells.Find(values, m.columns, found)
	sum, present := 0.0, 0
	for k, cell := range found {
		if m.density != nil {
			if score, ok := m.shareDensity(k, cell, values, result.Contributions); ok {
				sum += score
				present++
			}
			continue
		}
		if cell == stats.NoCell {
			continue
		}
		score := m.scores[k*f.Cells+int(cell)]
		sum += score
		present++
		if m.parts != nil {
			m.shareTree(k, cell, score, values, result.Contributions)
		} else {
			m.shareEqually(k, score, values, result.Contributions)
		}
	}
	for i := range result.Contributions {
		result.Contributions[i] /= float64(max(present, 1))
	}
	sum /= float64(max(present, 1))
	if m.density != nil {
		sum += m.density.add(values, m.columns, result.Contributions)
	}
	result.Score = sum + m.addStepScores(values, result.Contributions)
}

// addStepScores adds what the attributes that the binning has left out count to the
// contributions and returns it: logarithms, as the counts are read. For a local
// density, whose scores are half of squared distances over the root of the number of
// attributes, a step in a constant counts half of the rows, and the logarithms of others
// are over that root too.
func (m *cellCounts) addStepScores(values, contributions []float64) float64 {
	if m.clusters != nil {
		return m.steps.halves(values, contributions, 1/math.Sqrt(float64(len(m.columns))))
	}
	return m.steps.logarithms(values, contributions)
}

// shareTree goes from the leaf to the root twice, for the sum and for the shares,
// which saves memory for a list of nodes.
func (m *cellCounts) shareTree(k int, leaf int32, score float64, values, contributions []float64) {
	inputs := m.cells.Inputs(k)
	nodes := 2*len(inputs) + 1
	parts, total := m.parts[k*nodes:(k+1)*nodes], 0.0
	for node := len(inputs) + int(leaf); node > 0; node = (node - 1) / 2 {
		total += parts[node] * m.distance(values, int(inputs[(node-1)/2]))
	}
	for node := len(inputs) + int(leaf); node > 0; node = (node - 1) / 2 {
		input := int(inputs[(node-1)/2])
		contributions[input] += score * (parts[node] * m.distance(values, input) / total)
	}
}

// shareEqually shares out the score of a projection (LODA) or a box (RS-Hash).
func (m *cellCounts) shareEqually(k int, score float64, values, contributions []float64) {
	total := 0.0
	m.cells.Shares(k, func(input int, share float64) { total += share * m.distance(values, input) })
	m.cells.Shares(k, func(input int, share float64) {
		contributions[input] += score * (share * m.distance(values, input) / total)
	})
}

// distance is the square of how far an attribute of the row is from the middle
// of its range, in halves of that, and a little for one that is there.
func (m *cellCounts) distance(values []float64, input int) float64 {
	const middle = 1e-3
	off := 2*m.cells.Place(values, m.columns, input) - 1
	return min(off*off, 1e100) + middle
}
