package anomaly

import (
	"context"
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func localDensityEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    string(stats.LocalDensity),
		Role:    model.RoleAnomaly,
		Summary: "Local density: how thin the rows are where the row lies, against how dense the nearest micro-clusters are (in the spirit of the local outlier factor of Breunig and others 2000). Each component is a mixture of normal distributions around its micro-clusters, with the covariance within them (Lang and Schubert 2020). Sees dependence, clusters and differences of density at once. Sums add and subtract exactly.",
		Needs:   localDensityNeeds,
	}, readLocalDensity, buildLocalDensity)
}

// localDensitySettings are the options of a local density.
type localDensitySettings struct {
	cells   localDensityCells
	local   float64
	ridge   float64
	minRows float64
}

// localDensityCells is what decides the binning. Definitions that differ in other
// options share their counts.
type localDensityCells struct {
	Components, Cells int
	Seed              uint64 // 0 for that of the project
	Rows              float64
}

// mostClusters is how many micro-clusters all components have together.
const mostClusters = 4096

func readLocalDensity(r *param.Reader) localDensitySettings {
	o := localDensitySettings{
		cells: localDensityCells{
			Components: r.Integer("components", 12, param.Between(1, 1000), "The number of sets of micro-clusters."),
			Cells:      r.Integer("cells", 32, param.Between(4, 512), "The most micro-clusters of a component. The second component has half as many, the third a quarter, and so on by turns."),
			Seed:       uint64(r.Integer("seed", 0, param.Between(0, 1<<53), "The seed of the points around which micro-clusters are. 0 takes the seed of the project.")),
			Rows:       r.Number("frame_rows", defaultBinningRows, param.Between(16, 1e9), "The number of first rows that fix the ranges of the attributes. Only later rows are counted."),
		},
		local:   r.Number("local", 0.8, param.Between(0, 1), "How much the density of the nearest micro-clusters counts. 0: a row is unusual where rows are thin. 1: it is where they are thinner than in the micro-clusters nearest to it."),
		ridge:   r.Number("ridge", 0.1, param.Between(0.001, 1), "How much the correlations within micro-clusters are drawn towards 0. With 1 they do not count. Less finds more where attributes depend on each other, and more noise where they do not."),
		minRows: readMinRows(r),
	}
	if all := o.cells.Components * o.cells.Cells; all > mostClusters {
		r.Fail("components", o.cells.Components, fmt.Sprintf("at most %d cells together, and each has %d", mostClusters, o.cells.Cells))
	}
	return o
}

// asBinning returns the settings that all models that count in cells have.
func (o localDensitySettings) asBinning() binningSettings {
	return binningSettings{typ: stats.LocalDensity, components: o.cells.Components, cells: o.cells.Cells, rows: o.cells.Rows, seed: o.cells.Seed, minRows: o.minRows}
}

// counted is what decides what is counted.
func (o localDensitySettings) counted() any { return o.cells }

func localDensityNeeds(d *model.Definition) (model.Needs, error) { return needsOf(d, readLocalDensity) }

func buildLocalDensity(_ context.Context, d *model.Definition, o localDensitySettings, e *model.Evidence) (model.Model, error) {
	key, err := digestOf(d, o.cells)
	if err != nil {
		return nil, err
	}
	m, counts, err := countsOf(d, o.asBinning(), key, e)
	if err != nil || counts == nil {
		return m, err
	}
	m.density = densityTailsOf(e.Summary, m.columns)
	correlation, spread, err := m.correlationsOf(e.Summary)
	if err != nil {
		return nil, err
	}
	f := m.cells.Binning()
	cells := 0
	for k := range f.Components {
		c, err := newClusterDensity(m.cells, k, counts, correlation, spread, o)
		if err != nil {
			return nil, fmt.Errorf("component %d: %w", k, err)
		}
		m.clusters = append(m.clusters, c)
		m.entropy += c.entropy / float64(f.Components)
		m.scores = append(m.scores, c.own...)
		m.work, cells = max(m.work, c.room()), cells+m.cells.Points(k)
	}
	m.filled = float64(len(m.scores)) / float64(cells)
	return m, nil
}

// correlationsOf returns the correlations of the inputs of the binning, row-major,
// and their standard deviations in units of the ranges: 0 for those that do not vary.
func (m *cellCounts) correlationsOf(s *stats.Summary) (correlation, spread []float64, err error) {
	f := m.cells.Binning()
	d := len(m.columns)
	correlation, spread = make([]float64, d*d), make([]float64, d)
	var columns, place []int
	for i, c := range m.columns {
		correlation[i*d+i] = 1
		if c < 0 {
			continue
		}
		if sd := s.Moments(c).Stddev(0); varies(sd) {
			spread[i] = sd / (f.High[i] - f.Low[i])
			columns, place = append(columns, c), append(place, i)
		}
	}
	r, _, err := correlations(s, columns)
	if err != nil {
		return nil, nil, err
	}
	for i, a := range place {
		for j, b := range place {
			correlation[a*d+b] = r[i*len(place)+j]
		}
	}
	return correlation, spread, nil
}

// predictClusters adds the mean of the components' scores to the contributions and
// returns it. A component of whose attributes the row has none is left out.
func (m *cellCounts) predictClusters(values []float64, result *model.Result) float64 {
	work, sum, present := result.Work(m.work), 0.0, 0
	for _, c := range m.clusters {
		if score, ok := c.score(m, values, work, result.Contributions); ok {
			sum += score
			present++
		}
	}
	if present == 0 {
		return 0
	}
	for i := range result.Contributions {
		result.Contributions[i] /= float64(present)
	}
	return sum / float64(present)
}
