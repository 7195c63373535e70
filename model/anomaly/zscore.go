package anomaly

import (
	"context"
	"fmt"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/internal/special"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// madToSigma makes the median of the absolute deviations of normal values their
// standard deviation: 1 over the normal quantile of 3/4.
const madToSigma = 1.4826022185056018

func zscoreEntry() model.Entry {
	return model.NewEntry(model.Entry{
		Type:    "zscore",
		Role:    model.RoleAnomaly,
		Summary: "The sum over the numeric attributes of the squared distance from the mean, in units of the standard deviation; `robust` takes other measures.",
		Needs:   zscoreNeeds,
	}, readZScore, buildZScore)
}

// zscoreNeeds are histograms for the robust measures.
func zscoreNeeds(d *model.Definition) (model.Needs, error) {
	o, err := model.ReadOptions(d, readZScore)
	return model.Needs{Histograms: o.robust}, err
}

type zscoreOptions struct {
	robust  bool
	minRows float64
}

func readZScore(r *param.Reader) zscoreOptions {
	return zscoreOptions{
		robust:  r.Boolean("robust", false, "Use the median and 1.4826 times the median absolute deviation, both from the histogram, instead of the mean and the standard deviation."),
		minRows: readMinRows(r),
	}
}

// zscore is the built model: centre and inverse spread of each input.
type zscore struct {
	inputs  []string
	columns []int
	centre  []float64
	perUnit []float64 // 0 where there is no spread
	spreads float64   // inputs that have one
	steps   steps     // of the inputs that have none
	robust  bool
	minRows float64
}

var _ model.Model = (*zscore)(nil)

func buildZScore(_ context.Context, d *model.Definition, o zscoreOptions, e *model.Evidence) (model.Model, error) {
	m := &zscore{robust: o.robust, minRows: o.minRows}
	var err error
	if m.columns, m.inputs, err = numericInputs(d, e.Summary); err != nil {
		return nil, err
	}
	m.steps.weight = 1
	for i, c := range m.columns {
		centre, spread, err := spreadOf(e.Summary, c, o.robust)
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", m.inputs[i], err)
		}
		perUnit := 0.0
		switch {
		case varies(spread):
			perUnit = 1 / spread
			m.spreads++
		case varies(e.Summary.Moments(c).Stddev(0)):
			m.steps.add(e.Summary, c, i)
		}
		m.centre, m.perUnit = append(m.centre, centre), append(m.perUnit, perUnit)
	}
	m.steps.columns = append(m.steps.columns, constantsOf(e.Summary, m.columns).columns...)
	return m, nil
}

// mostlySame is the share of the spread of the middle 95 % below which the median
// deviation says that values are mostly the same, and no more: of normal values
// both are equal, of exponential ones the share is 0.76, of lognormal ones 0.50.
const mostlySame = 0.5

// spreadOf returns the centre and the spread of a column. The robust spread is
// the median deviation, scaled to the standard deviation of normal values
// (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993). Where values
// are mostly the same it is next to nothing, and any other value would be far
// out: the width of the middle 95 % in the same scale takes its place. Where these
// too are the same there is no robust spread.
func spreadOf(s *stats.Summary, column int, robust bool) (centre, spread float64, err error) {
	moments := s.Moments(column)
	if moments.Empty() {
		return 0, 0, nil
	}
	if !robust {
		return moments.Mean(), moments.Stddev(0), nil
	}
	if centre, spread, err = medianDeviation(s.Histogram(column)); err != nil {
		return 0, 0, err
	}
	spread *= madToSigma
	if middle := middleSpread(s.Histogram(column)); spread < mostlySame*middle {
		spread = middle
	}
	return centre, spread, nil
}

// medianDeviation returns the median and the median absolute deviation from
// it. The bins of the histogram are turned over at the median and sorted in
// anew, each by the middle of a tenth of its width.
func medianDeviation(h *stats.Histogram) (median, deviation float64, err error) {
	const parts = 10
	median = h.Quantile(0.5)
	folded, err := stats.NewHistogram(stats.MaxBins)
	if err != nil {
		return 0, 0, err
	}
	for b := range h.Bins() {
		if b.Lo == b.Hi {
			if err := folded.Add(math.Abs(b.Lo-median), b.Weight); err != nil {
				return 0, 0, err
			}
			continue
		}
		for k := range parts {
			x := b.Lo + (b.Hi-b.Lo)*(float64(k)+0.5)/parts
			if err := folded.Add(math.Abs(x-median), b.Weight/parts); err != nil {
				return 0, 0, err
			}
		}
	}
	return median, folded.Quantile(0.5), nil
}

// Inputs returns the numeric inputs.
func (m *zscore) Inputs() []string { return m.inputs }

// MinRows returns the option min_rows.
func (m *zscore) MinRows() float64 { return m.minRows }

// Predict adds up the squares. A missing value adds nothing. An attribute without
// spread adds nothing at its usual value, and off it as many as there are rows
// for each as far off. The probability is that of chi-square, which holds
// for independent normal attributes.
func (m *zscore) Predict(values []float64, _ []int32, result *model.Result) {
	result.Resize(len(m.inputs))
	sum, used := 0.0, 0
	for i, c := range m.columns {
		z := (valueAt(values, c) - m.centre[i]) * m.perUnit[i]
		part := 0.0
		if !math.IsNaN(z) && m.perUnit[i] > 0 {
			part = min(z*z, maxPart)
			used++
		}
		result.Contributions[i] = part
		sum += part
	}
	sum = min(sum+m.steps.squares(values, result.Contributions), math.MaxFloat64)
	result.Score, result.PValue = sum, special.ChiSquare(sum, float64(used)).Upper
}

// maxPart bounds what one input can add to a score, so that sums stay finite.
const maxPart = 1e150

// middleSpread is the distance of the 0.025- and the 0.975-quantile over that
// of the standard normal distribution.
func middleSpread(h *stats.Histogram) float64 {
	const normal = 2 * 1.959963984540054
	return (h.Quantile(0.975) - h.Quantile(0.025)) / normal
}
