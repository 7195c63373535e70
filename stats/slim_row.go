package stats

import (
	"math"
)

// LearnRow adds one row of a block that has passed Validate, in place. The
// layout must be the statistic's own, or extend it, else the error wraps
// ErrIncompatible and nothing is learned. A value with which the sums of a
// column would leave the range of float64 adds nothing to that column.
func (s *Slim) LearnRow(layout *Layout, row []float64, w float64) error {
	if layout != s.layout {
		if !layout.Extends(s.layout) {
			return ErrLayout
		}
		if err := s.adopt(layout); err != nil {
			return err
		}
	}
	s.weight += w
	for j, x := range row {
		if math.IsNaN(x) {
			continue
		}
		c := &s.columns[j]
		if c.moments.Add(x, w) == nil && c.histogram != nil {
			c.histogram.add(x, w)
		}
	}
	return nil
}

// Share makes the statistic use layout in place of one of its own that says the
// same, so that many statistics hold one. It does nothing when they differ.
func (s *Slim) Share(layout *Layout) {
	if s.layout != layout && s.layout.Extends(layout) && layout.Extends(s.layout) {
		s.layout = layout
	}
}

// adopt makes layout, which extends the statistic's own, its own.
func (s *Slim) adopt(layout *Layout) error {
	if s.layout.Extends(layout) {
		s.layout = layout
		return nil
	}
	return s.extend(layout)
}

// Numbers returns a summary of the numeric columns alone, of which it knows
// nothing about pairs. It shares nothing that s changes.
func (s *Slim) Numbers(options SummaryOptions) (*Summary, error) {
	alone := *s
	alone.layout = &Layout{Numeric: s.layout.Numeric}
	return alone.Summary(alone.layout, options)
}

// Summary returns a summary with the weight, the moments and the histograms of
// s under a layout that extends that of s, and nothing about pairs, categories
// and the conditional moments of binary columns. Columns that s does not know
// are empty. It shares nothing that s changes.
func (s *Slim) Summary(layout *Layout, options SummaryOptions) (*Summary, error) {
	out, err := NewSummary(options)
	if err != nil {
		return nil, err
	}
	if !layout.Extends(s.layout) {
		return nil, ErrLayout
	}
	out.extend(layout)
	out.weight = s.weight
	for j := range s.columns {
		c := &s.columns[j]
		out.moments.at[j] = c.moments.Clone()
		if c.histogram != nil {
			out.histograms.at[j] = c.histogram.Clone()
		}
	}
	return out, nil
}
