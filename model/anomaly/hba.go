package anomaly

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// Ways to choose the bins of hba.
const (
	binsAuto    = "auto"
	binsStatic  = "static"
	binsDynamic = "dynamic"
)

func hbaEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "hba",
		Role:    model.RoleAnomaly,
		Summary: "Histogram-based anomaly score (HBOS; Goldstein and Dengel, KI 2012): the sum over the attributes of the logarithm of how much rarer the row's bin is than the fullest.",
		Needs:   histogramNeeds,
	}, readHBA, buildHBA)
}

type hbaOptions struct {
	bins      string
	count     int
	smoothing float64
	minRows   float64
}

func readHBA(r *param.Reader) hbaOptions {
	return hbaOptions{
		bins: r.Choice("bins", binsAuto, []string{binsAuto, binsStatic, binsDynamic},
			"`auto`: bins of equal width whose number follows the data, 10 to 256 (Freedman and Diaconis 1981). `static`: `count` bins of equal width, as published; a value on the edge of two bins belongs to the lower bin, as in PyOD. `dynamic`: at most `count` bins of equal weight."),
		count:     r.Integer("count", 10, param.Between(2, 1000), "The number of bins of an attribute when `bins` is `static` or `dynamic`."),
		smoothing: r.Number("smoothing", 0.1, param.Between(1e-6, 1e6), "The weight that is added to every bin, as a share of the mean bin; with `auto` at least half a row. Each value of a binary or categorical attribute is a bin of its own, to which half a row is added."),
		minRows:   readMinRows(r),
	}
}

// hba is the built model: per input a table of scores by bin or by code.
type hba struct {
	inputs  []string
	numeric []hbaNumeric
	codes   []hbaCodes
	bins    string // the option
	minRows float64
}

var _ model.Model = (*hba)(nil)

func buildHBA(_ context.Context, d *model.Definition, o hbaOptions, e *model.Evidence) (model.Model, error) {
	s := e.Summary
	m := &hba{bins: o.bins, minRows: o.minRows}
	for i, c := range s.Layout().Numeric {
		if d.Selects(c.Name) {
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
		if !c.List && d.Selects(c.Name) {
			m.inputs = append(m.inputs, c.Name)
			m.codes = append(m.codes, codeTable(s.Categories(i), i, len(c.Values)))
		}
	}
	if len(m.inputs) == 0 && s.Weight() > 0 {
		return nil, model.Later(fmt.Errorf("inputs %q match no attribute", d.Inputs))
	}
	if o.bins != binsStatic {
		m.stepsCount()
	}
	return m, nil
}

// stepsCount lets a step in an attribute of which only one value has been seen
// count as if all inputs had values that no row has had: what has never varied
// has no measure of far. The published algorithm, bins: static, has no such rule.
func (m *hba) stepsCount() {
	times := float64(len(m.inputs))
	for i := range m.numeric {
		if t := &m.numeric[i]; t.constant {
			stepCounts(t.scores, &t.outside, times)
		}
	}
	for i := range m.codes {
		stepCounts(m.codes[i].scores, &m.codes[i].unseen, times)
	}
}

// rarity is ln of how much fuller the fullest bin is, both smoothed.
func rarity(weight, fullest, smoothing float64) float64 {
	return math.Log((fullest + smoothing) / (weight + smoothing))
}

// Inputs returns the numeric inputs, then the categorical ones.
func (m *hba) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows.
func (m *hba) MinRows() float64 { return m.minRows }

// Predict adds up the rarity of the row's bins, in the order of the inputs. A
// missing value adds nothing, nor does an attribute that nothing is known of.
func (m *hba) Predict(values []float64, codes []int32, result *model.Result) {
	result.Resize(len(m.inputs))
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
	result.Score, result.PValue = sum, math.NaN()
}

// hbaCodes scores a categorical column by code.
type hbaCodes struct {
	column int
	scores []float64
	unseen float64
}

// countSmoothing is what is added to the weight of every value that is counted
// by itself, in rows (Krichevsky and Trofimov 1981).
const countSmoothing = 0.5

// codeTable takes each value as a bin. A value that was never learned scores as an
// empty one.
func codeTable(counts *stats.Categories, column, values int) hbaCodes {
	t := hbaCodes{column: column, scores: make([]float64, values+1)}
	fullest := 0.0
	for code := range t.scores {
		fullest = max(fullest, counts.Count(int32(code)))
	}
	for code := range t.scores {
		t.scores[code] = rarity(counts.Count(int32(code)), fullest, countSmoothing)
	}
	t.unseen = rarity(0, fullest, countSmoothing)
	return t
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
