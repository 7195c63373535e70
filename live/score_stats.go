package live

import (
	"fmt"

	"github.com/rpconnect-sml/rpconnect-sml/internal/wire"
	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
	"github.com/rpconnect-sml/rpconnect-sml/state"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// scoreVersion is the version of the bytes of scoreStats. Version 1 had no losses of
// members.
const (
	scoreVersion          = 2
	scoreVersionNoMembers = 1
)

// scoreStats are the statistics of one model's scores: their distribution and
// their extremes. They are merged like those of rows and stored in shards
// of their own.
// The histogram gives quantiles of all scores, the extremes the tail beyond a
// threshold; both are additive, so processes score one stream together.
type scoreStats struct {
	histogram *stats.Histogram
	extremes  *stats.Exceedances
	// evaluation is that of predictions, nil when there is none.
	evaluation *evaluation.Running
	// members is what the members of the model have cost, nil for a model that has none.
	members *evaluation.Members
}

// seen is how much has been counted.
// A classifier counts no scores and is known by its evaluation only.
func (s *scoreStats) seen() float64 {
	seen := s.histogram.Weight()
	if s.evaluation != nil {
		seen = max(seen, s.evaluation.Rows())
	}
	if s.members != nil {
		seen = max(seen, s.members.Seen())
	}
	return seen
}

// Shards of scores.
type (
	scoreShard  = state.Shard[*scoreStats]
	scoreReader = state.ShardReader[*scoreStats]
	scoreState  = state.ShardState[*scoreStats]
)

// scoreCodec makes scoreStats.
type scoreCodec struct{}

var _ state.Codec[*scoreStats] = scoreCodec{}

// New returns statistics of no scores.
func (scoreCodec) New() (*scoreStats, error) {
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
func (scoreCodec) Decode(r *wire.Reader) (*scoreStats, error) {
	v := r.Byte()
	if r.Err() == nil && v != scoreVersion && v != scoreVersionNoMembers {
		return nil, fmt.Errorf("%w: statistics of scores version %d, this build reads %d", wire.ErrUnknownVersion, v, scoreVersion)
	}
	h := stats.DecodeHistogram(r)
	e, err := stats.DecodeExceedances(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", wire.ErrCorrupt, err)
	}
	s := &scoreStats{histogram: h, extremes: e}
	if r.Bool() {
		s.evaluation = evaluation.DecodeRunning(r)
	}
	if v >= scoreVersion && r.Bool() {
		s.members = evaluation.DecodeMembers(r)
	}
	return s, r.Err()
}

// Encode appends version, histogram, extremes, the evaluation and the losses of members.
func (s *scoreStats) Encode(w *wire.Writer) {
	w.Byte(scoreVersion)
	s.histogram.Encode(w)
	s.extremes.Encode(w)
	w.Bool(s.evaluation != nil)
	if s.evaluation != nil {
		s.evaluation.Encode(w)
	}
	w.Bool(s.members != nil)
	if s.members != nil {
		s.members.Encode(w)
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

// merge adds the scores of o, which is not changed. On error nothing changes.
// The histogram is merged last and in place: of the three it is the one that a
// failure leaves unchanged.
func (s *scoreStats) merge(o *scoreStats) error {
	extremes := s.extremes.Clone()
	if err := extremes.Merge(o.extremes); err != nil {
		return err
	}
	evaluation, err := mergedEvaluation(s.evaluation, o.evaluation)
	if err != nil {
		return err
	}
	members, err := mergedMembers(s.members, o.members)
	if err != nil {
		return err
	}
	if err := s.histogram.Merge(o.histogram); err != nil {
		return err
	}
	s.extremes, s.evaluation, s.members = extremes, evaluation, members
	return nil
}

// Join returns the statistics of both, of which no score is in the other.
func (s *scoreStats) Join(o *scoreStats) (*scoreStats, error) {
	sum, err := scoreCodec{}.New()
	if err == nil {
		err = sum.merge(s)
	}
	if err == nil {
		err = sum.merge(o)
	}
	return sum, err
}

// mergedEvaluation returns the evaluation of both. Where the settings have
// changed, the one with more rows counts.
func mergedEvaluation(a, b *evaluation.Running) (*evaluation.Running, error) {
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

// mergedMembers returns the losses of both. Where the settings have changed, those with
// more rows count.
func mergedMembers(a, b *evaluation.Members) (*evaluation.Members, error) {
	switch {
	case b == nil:
		return a, nil
	case a == nil:
		return b.Clone(), nil
	case !a.Fits(b.Role(), b.HalfLife()):
		if a.Seen() >= b.Seen() {
			return a, nil
		}
		return b.Clone(), nil
	}
	out := a.Clone()
	return out, out.Merge(b)
}
