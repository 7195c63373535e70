package anomaly

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

func densityEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    string(stats.DensityForest),
		Role:    model.RoleAnomaly,
		Summary: "Density forest: how thin the rows are where the row lies, against how dense they are around it, in trees with random cuts; all prunings of a tree are averaged (Willems, Shtarkov and Tjalkens 1995; Wong and Ma 2010). Finds local anomalies and those of any shape. Counts add and subtract exactly.",
		Needs:   densityNeeds,
	}, readDensity, buildDensity)
}

// densitySettings are the options of a density forest.
type densitySettings struct {
	cells   densityCells
	stop    float64
	local   float64
	minRows float64
}

// densityCells is what decides the binning. Definitions that differ in other
// options share their counts.
type densityCells struct {
	Trees, Depth int
	Seed         uint64 // 0 for that of the project
	Rows         float64
}

func readDensity(r *param.Reader) densitySettings {
	o := densitySettings{
		cells: densityCells{
			Trees: r.Integer("trees", 100, param.Between(1, 1000), "The number of trees."),
			Depth: r.Integer("depth", 9, param.Between(2, 12), "The number of cuts from the root of a tree to a leaf. A tree has 2 to the power of `depth` cells, and all trees together at most 131072."),
			Seed:  uint64(r.Integer("seed", 0, param.Between(0, 1<<53), "The seed of the cuts. 0 takes the seed of the project.")),
			Rows:  r.Number("frame_rows", defaultBinningRows, param.Between(16, 1e9), "The number of first rows that fix the ranges of the attributes. Only later rows are counted."),
		},
		stop:    r.Number("stop_prior", 0.2, param.Between(0.001, 0.999), "The probability, before any row, that rows are spread evenly over a node, so that its cut says nothing."),
		local:   r.Number("local", 0.8, param.Between(0, 1), "How much the density of the surroundings counts. 0: a row is unusual where rows are thin. 1: it is where they are thinner than around it, on every scale."),
		minRows: readMinRows(r),
	}
	if cells := o.cells.Trees << o.cells.Depth; cells > stats.MaxBinningCells {
		r.Fail("trees", o.cells.Trees, fmt.Sprintf("at most %d cells together, and each has %d", stats.MaxBinningCells, 1<<o.cells.Depth))
	}
	return o
}

// asBinning returns the settings that all models that count in cells have.
func (o densitySettings) asBinning() binningSettings {
	return binningSettings{typ: stats.DensityForest, components: o.cells.Trees, cells: 1 << o.cells.Depth, rows: o.cells.Rows, seed: o.cells.Seed, minRows: o.minRows}
}

// counted is what decides what is counted.
func (o densitySettings) counted() any { return o.cells }

func densityNeeds(d *model.Definition) (model.Needs, error) { return needsOf(d, readDensity) }

func buildDensity(_ context.Context, d *model.Definition, o densitySettings, e *model.Evidence) (model.Model, error) {
	key, err := digestOf(d, o.cells)
	if err != nil {
		return nil, err
	}
	m, counts, err := countsOf(d, o.asBinning(), key, e)
	if err != nil || counts == nil {
		return m, err
	}
	m.scores = make([]float64, len(counts))
	m.density = densityTailsOf(e.Summary, m.columns)
	f := m.cells.Binning()
	for k := range f.Components {
		t := newDensityTree(m.cells, k, counts[k*f.Cells:(k+1)*f.Cells], o.stop)
		scores := m.scores[k*f.Cells : (k+1)*f.Cells]
		t.score(scores, o.local)
		m.entropy += t.mean(scores) / float64(f.Components)
	}
	m.addParts(counts)
	return m, nil
}

// densityTails scores values that lie beyond what has been learned. Trees end
// somewhere: all values beyond are in their outermost cells.
type densityTails struct {
	low, perUnit []float64 // by input of the binning; perUnit is 0 where there is no range
}

// densityTailsOf takes the ranges of what has been learned, not those of the binning:
// a level that has moved since is not far out for ever.
func densityTailsOf(s *stats.Summary, columns []int) *densityTails {
	out := &densityTails{}
	for _, c := range columns {
		low, perUnit := 0.0, 0.0
		if c >= 0 {
			if l, h, ok := binningRange(s, c); ok {
				low, perUnit = l, 1/(h-l)
			}
		}
		out.low, out.perUnit = append(out.low, low), append(out.perUnit, perUnit)
	}
	return out
}

// add adds ln(1 + u) for a value that is u ranges beyond its range, as a density
// that falls with the distance, to the contributions and returns the sum.
func (t *densityTails) add(values []float64, columns []int, contributions []float64) float64 {
	sum := 0.0
	for i, c := range columns {
		if c < 0 {
			continue
		}
		at := (valueAt(values, c) - t.low[i]) * t.perUnit[i]
		if beyond := max(-at, at-1); beyond > 0 { // not NaN
			part := math.Log1p(min(beyond, math.MaxFloat64))
			contributions[i] += part
			sum += part
		}
	}
	return sum
}

// shareDensity adds the score of tree k to the contributions of the attributes
// that a row has: by how much thinner the rows are below a node than in it, and by
// how far off the middle the attribute is. It returns the score, and false where the
// row has no attribute that the tree asks for.
//
// A row that lacks an attribute goes both ways at its nodes. Its score is the
// expectation over where the attribute may be, given the others, so what lacks is
// neither usual nor unusual.
func (m *cellCounts) shareDensity(k int, leaf int32, values, contributions []float64) (float64, bool) {
	f := m.cells.Binning()
	if leaf != stats.NoCell {
		score := m.scores[k*f.Cells+int(leaf)]
		m.shareTree(k, leaf, score, values, contributions)
		return score, true
	}
	w := densityWalk{m: m, k: k, values: values, scores: m.scores[k*f.Cells : (k+1)*f.Cells]}
	_, score := w.below(0)
	total := 0.0
	w.visit = func(input int) { total += m.distance(values, input) }
	w.ask(0)
	if total == 0 {
		return 0, false
	}
	w.visit = func(input int) { contributions[input] += score * (m.distance(values, input) / total) }
	w.ask(0)
	return score, true
}

// densityWalk goes down all ways through a tree that a row with missing
// attributes may take.
type densityWalk struct {
	m      *cellCounts
	k      int
	values []float64
	scores []float64
	visit  func(input int)
}

// below returns the density of the row below a node, relative to the node's own,
// and the mean score with the densities as weights.
func (w *densityWalk) below(node int) (density, score float64) {
	if leaf := node - len(w.scores) + 1; leaf >= 0 {
		return math.Exp(-w.scores[leaf]), w.scores[leaf]
	}
	switch side := w.m.cells.Side(w.k, node, w.values, w.m.columns); {
	case side < 0:
		return w.below(2*node + 1)
	case side > 0:
		return w.below(2*node + 2)
	}
	lower := w.m.cells.Lower(w.k)[node]
	a, x := w.below(2*node + 1)
	b, y := w.below(2*node + 2)
	a, b = lower*a, (1-lower)*b
	if a+b == 0 { // all densities are below the range of numbers
		a, b = lower, 1-lower
	}
	return a + b, (a*x + b*y) / (a + b)
}

// ask visits the input of each node on the ways that the row has.
func (w *densityWalk) ask(node int) {
	if node >= len(w.scores)-1 {
		return
	}
	side := w.m.cells.Side(w.k, node, w.values, w.m.columns)
	if side != 0 {
		w.visit(int(w.m.cells.Inputs(w.k)[node]))
	}
	if side <= 0 {
		w.ask(2*node + 1)
	}
	if side >= 0 {
		w.ask(2*node + 2)
	}
}
