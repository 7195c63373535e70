package model

import (
	"fmt"
	"math"
	"sort"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Ways to choose the bins of hba.
const (
	binsAuto    = "auto"
	binsStatic  = "static"
	binsDynamic = "dynamic"
)

// DefaultMinRows is how many rows a model wants before it says anything.
const DefaultMinRows = 32

func hbaEntry() Entry {
	return Entry{
		Type:    "hba",
		Summary: "Histogram-based anomaly score (HBOS; Goldstein and Dengel, KI 2012): the sum over the attributes of the logarithm of how much rarer the row's bin is than the fullest.",
		Options: []Option{
			{Name: "bins", Default: binsAuto, Description: "`static`: `count` bins of equal width between minimum and maximum. `dynamic`: `count` bins of equal weight. `auto`: bins of equal width whose number grows with the rows, twice their cube root (the Rice rule), 10 to 256."},
			{Name: "count", Default: 10, Description: "How many bins an attribute has, 2 to 1000, where `bins` is `static` or `dynamic`."},
			{Name: "smoothing", Default: 0.5, Description: "What an empty bin counts as having, in rows."},
			{Name: "min_rows", Default: DefaultMinRows, Description: "How many rows must have been learned before there is a score."},
		},
		check: func(d *Definition) error { _, err := hbaOptionsOf(d); return err },
		build: buildHBA,
	}
}

type hbaOptions struct {
	bins      string
	count     int
	smoothing float64
	minRows   float64
}

func hbaOptionsOf(d *Definition) (o hbaOptions, err error) {
	if o.bins, err = d.text("bins", binsAuto, binsAuto, binsStatic, binsDynamic); err != nil {
		return o, err
	}
	if o.count, err = d.whole("count", 10, 2, 1000); err != nil {
		return o, err
	}
	if o.smoothing, err = d.number("smoothing", 0.5, 1e-6, 1e6); err != nil {
		return o, err
	}
	o.minRows, err = d.number("min_rows", DefaultMinRows, 0, 1e12)
	return o, err
}

// hba is the built model: per input a table of scores by bin.
type hba struct {
	inputs  []string
	numeric []hbaNumeric
	codes   []hbaCodes
	minRows float64
}

// hbaNumeric scores a numeric column: bin i spans edges[i] to edges[i+1].
type hbaNumeric struct {
	column  int
	edges   []float64
	scale   float64 // bins per unit where they have equal width, else 0
	scores  []float64
	outside float64
}

// hbaCodes scores a categorical column by code.
type hbaCodes struct {
	column int
	scores []float64
	unseen float64
}

func buildHBA(d *Definition, e *Evidence) (Model, error) {
	o, err := hbaOptionsOf(d)
	if err != nil {
		return nil, err
	}
	s := e.Summary
	m := &hba{minRows: o.minRows}
	for i, c := range s.Layout().Numeric {
		if d.selects(c.Name) {
			table, err := numericTable(s, i, o)
			if err != nil {
				return nil, fmt.Errorf("attribute %q: %w", c.Name, err)
			}
			m.inputs = append(m.inputs, c.Name)
			m.numeric = append(m.numeric, table)
		}
	}
	for i := range s.Layout().Categorical {
		c := &s.Layout().Categorical[i]
		if !c.List && d.selects(c.Name) {
			m.inputs = append(m.inputs, c.Name)
			m.codes = append(m.codes, codeTable(s, i, o))
		}
	}
	if len(m.inputs) == 0 && s.Weight() > 0 {
		return nil, fmt.Errorf("inputs %q match no attribute", d.Inputs)
	}
	return m, nil
}

func numericTable(s *stats.Summary, column int, o hbaOptions) (hbaNumeric, error) {
	t := hbaNumeric{column: column}
	moments, histogram := s.Moments(column), s.Histogram(column)
	if moments.Weight() == 0 {
		return t, nil
	}
	low, high := moments.Min(), moments.Max()
	if low == high {
		t.edges, t.scores = []float64{low, high}, []float64{0}
		t.outside = rarity(0, moments.Weight(), o.smoothing)
		return t, nil
	}
	if o.bins == binsDynamic {
		t.edges = dynamicEdges(histogram, low, high, o.count)
	} else {
		count := o.count
		if o.bins == binsAuto {
			count = riceRule(moments.Weight())
		}
		t.edges = staticEdges(low, high, count)
		t.scale = float64(count) / (high - low)
	}
	mass, err := histogram.Rebin(t.edges)
	if err != nil {
		return t, err
	}
	density, fullest := make([]float64, len(mass)), 0.0
	for i := range mass {
		width := 1.0
		if o.bins == binsDynamic {
			width = (t.edges[i+1] - t.edges[i]) / (high - low) * float64(o.count)
		}
		density[i] = mass[i] / width
		fullest = max(fullest, density[i])
	}
	t.scores = make([]float64, len(mass))
	for i := range t.scores {
		t.scores[i] = rarity(density[i], fullest, o.smoothing)
	}
	t.outside = rarity(0, fullest, o.smoothing)
	return t, nil
}

// riceRule returns twice the cube root of n, within 10 and 256 (Lane, Online
// Statistics Education, chapter 2).
func riceRule(n float64) int { return int(min(max(2*math.Cbrt(n), 10), 256)) }

// rarity is ln of how much fuller the fullest bin is, both smoothed.
func rarity(weight, fullest, smoothing float64) float64 {
	return math.Log((fullest + smoothing) / (weight + smoothing))
}

func staticEdges(low, high float64, count int) []float64 {
	edges := make([]float64, count+1)
	for i := range edges {
		edges[i] = low + (high-low)*float64(i)/float64(count)
	}
	edges[count] = high
	return edges
}

// dynamicEdges are quantiles; where values pile up there are fewer bins.
func dynamicEdges(h *stats.Histogram, low, high float64, count int) []float64 {
	e := stats.NewECDF(h)
	edges := []float64{low}
	for i := 1; i < count; i++ {
		if q := e.Quantile(float64(i) / float64(count)); q > edges[len(edges)-1] && q < high {
			edges = append(edges, q)
		}
	}
	return append(edges, high)
}

func codeTable(s *stats.Summary, column int, o hbaOptions) hbaCodes {
	counts, n := s.Categories(column), len(s.Layout().Categorical[column].Values)
	t := hbaCodes{column: column, scores: make([]float64, n+1)}
	fullest := 0.0
	for code := range t.scores {
		fullest = max(fullest, counts.Count(int32(code)))
	}
	for code := range t.scores {
		t.scores[code] = rarity(counts.Count(int32(code)), fullest, o.smoothing)
	}
	t.unseen = rarity(0, fullest, o.smoothing)
	return t
}

// Inputs returns the numeric inputs, then the categorical ones.
func (m *hba) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows.
func (m *hba) MinRows() float64 { return m.minRows }

// Predict adds up the rarity of the row's bins. A missing value adds nothing.
func (m *hba) Predict(values []float64, codes []int32, result *Result) {
	result.resize(len(m.inputs))
	sum := 0.0
	for i := range m.numeric {
		c := m.numeric[i].score(values)
		result.Contributions[i] = c
		sum += c
	}
	for i := range m.codes {
		c := m.codes[i].score(codes)
		result.Contributions[len(m.numeric)+i] = c
		sum += c
	}
	result.Score = sum
}

func (t *hbaNumeric) score(values []float64) float64 {
	if t.column >= len(values) || len(t.scores) == 0 {
		return 0
	}
	x := values[t.column]
	switch {
	case x != x:
		return 0
	case x < t.edges[0] || x > t.edges[len(t.edges)-1]:
		return t.outside
	case t.scale > 0:
		return t.scores[min(int((x-t.edges[0])*t.scale), len(t.scores)-1)]
	}
	i := sort.SearchFloat64s(t.edges, x)
	if i < len(t.edges) && t.edges[i] == x {
		i++
	}
	return t.scores[min(max(i-1, 0), len(t.scores)-1)]
}

func (t *hbaCodes) score(codes []int32) float64 {
	if t.column >= len(codes) || codes[t.column] == stats.Missing {
		return 0
	}
	if code := codes[t.column]; code >= 0 && int(code) < len(t.scores) {
		return t.scores[code]
	}
	return t.unseen
}
