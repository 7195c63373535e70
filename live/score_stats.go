package live

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// scoreVersion is the version of the bytes of scoreStats.
const scoreVersion = 1

// scoreStats are the statistics of one model's scores: their distribution and
// their extremes. They are additive like those of rows, and stored like them.
type scoreStats struct {
	histogram *stats.Histogram
	extremes  *stats.Exceedances
	// evaluation is that of predictions, nil when there is none.
	evaluation *model.Running
}

// seen is how much has been counted.
func (s *scoreStats) seen() float64 {
	if s.evaluation != nil {
		return max(s.Weight(), s.evaluation.Rows())
	}
	return s.Weight()
}

// scoreMaker makes scoreStats.
type scoreMaker struct{}

var (
	_ stats.Additive = (*scoreStats)(nil)
	_ stats.Maker    = scoreMaker{}
)

// New returns statistics of no scores.
func (scoreMaker) New() (stats.Additive, error) {
	h, err := stats.NewHistogram(stats.DefaultBins)
	if err != nil {
		return nil, err
	}
	e, err := stats.NewExceedances(stats.DefaultExceedances)
	if err != nil {
		return nil, err
	}
	return &scoreStats{histogram: h, extremes: e}, nil
}

// Decode reads what Encode wrote.
func (scoreMaker) Decode(r *wire.Reader) (stats.Additive, error) {
	if v := r.Byte(); r.Err() == nil && v != scoreVersion {
		return nil, fmt.Errorf("%w: statistics of scores version %d, this build reads %d", wire.ErrUnknownVersion, v, scoreVersion)
	}
	h := stats.DecodeHistogram(r)
	e, err := stats.DecodeExceedances(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", wire.ErrCorrupt, err)
	}
	s := &scoreStats{histogram: h, extremes: e}
	if r.Bool() {
		s.evaluation = model.DecodeRunning(r)
	}
	return s, r.Err()
}

// Encode appends version, histogram, extremes and the evaluation.
func (s *scoreStats) Encode(w *wire.Writer) {
	w.Byte(scoreVersion)
	s.histogram.Encode(w)
	s.extremes.Encode(w)
	w.Bool(s.evaluation != nil)
	if s.evaluation != nil {
		s.evaluation.Encode(w)
	}
}

// add takes finite scores. Those that usual refuses, when it is not nil, count
// in the distribution but not among the extremes, from which a threshold is
// read: they are of another kind.
func (s *scoreStats) add(scores []float64, usual func(float64) bool) error {
	s.histogram.AddColumn(scores, 0, 1, len(scores), nil)
	for _, x := range scores {
		if usual != nil && !usual(x) {
			continue
		}
		if err := s.extremes.Add(x, 1); err != nil {
			return err
		}
	}
	return nil
}

// Learn is not for scores.
func (s *scoreStats) Learn(*stats.Layout, *stats.Rows) error {
	return fmt.Errorf("%w: scores are no rows", stats.ErrIncompatible)
}

// Forget is not for scores.
func (s *scoreStats) Forget(*stats.Layout, *stats.Rows) error {
	return fmt.Errorf("%w: scores are no rows", stats.ErrIncompatible)
}

// Merge adds other scores.
func (s *scoreStats) Merge(other stats.Additive) error {
	o, ok := other.(*scoreStats)
	if !ok {
		return fmt.Errorf("%w: statistics of scores and a %T", stats.ErrIncompatible, other)
	}
	extremes := s.extremes.Clone()
	if err := extremes.Merge(o.extremes); err != nil {
		return err
	}
	evaluation, err := mergedEvaluation(s.evaluation, o.evaluation)
	if err != nil {
		return err
	}
	if err := s.histogram.Merge(o.histogram); err != nil {
		return err
	}
	s.extremes, s.evaluation = extremes, evaluation
	return nil
}

// mergedEvaluation returns the evaluation of both. Where the settings have
// changed, the one with more rows counts.
func mergedEvaluation(a, b *model.Running) (*model.Running, error) {
	switch {
	case b == nil:
		return a, nil
	case a == nil:
		return b.Clone(), nil
	case a.Role() != b.Role() || a.Options() != b.Options():
		if a.Rows() >= b.Rows() {
			return a, nil
		}
		return b.Clone(), nil
	}
	out := a.Clone()
	return out, out.Merge(b)
}

// Subtract is an error: extremes that were dropped do not come back.
func (s *scoreStats) Subtract(stats.Additive) error {
	return fmt.Errorf("%w: scores cannot be taken away", stats.ErrIncompatible)
}

// Scale multiplies every weight by f.
func (s *scoreStats) Scale(f float64) error {
	if err := s.histogram.Scale(f); err != nil {
		return err
	}
	return s.extremes.Scale(f)
}

// Clone returns a deep copy.
func (s *scoreStats) Clone() stats.Additive {
	out := &scoreStats{histogram: s.histogram.Clone(), extremes: s.extremes.Clone()}
	if s.evaluation != nil {
		out.evaluation = s.evaluation.Clone()
	}
	return out
}

// Weight returns the number of scores.
func (s *scoreStats) Weight() float64 { return s.histogram.Weight() }
