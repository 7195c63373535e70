package engine

import (
	"errors"
	"math"

	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bands say what a score means among the scores so far; nothing changes them.
type bands struct {
	view      *scoreView
	quantile  float64 // value of the scorer's quantile
	threshold *model.Threshold
	asked     bool   // a threshold was asked for, though there may be none yet
	evaluated []byte // JSON of the evaluation so far, empty for none
}

// bandsNow returns the bands of the scores so far.
func (s *Scorer) bandsNow() (*bands, error) {
	view, err := s.log.distribution()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bands != nil && s.bands.view == view {
		return s.bands, nil
	}
	b := &bands{view: view, quantile: view.seen.Quantile(s.settings.Quantile), asked: s.settings.Threshold != nil}
	if b.asked {
		b.threshold, err = model.NewThreshold(*s.settings.Threshold, view.all.histogram, view.all.extremes)
		if err != nil && !errors.Is(err, stats.ErrTooFew) {
			return nil, err
		}
		if err != nil {
			b.threshold = nil
		}
	}
	if s.settings.Evaluate != nil {
		if s.settings.InDocument {
			if b.evaluated, err = evaluationJSON(view.all.evaluation); err != nil {
				return nil, err
			}
		}
		s.tellEvaluation(view)
	}
	s.bands = b
	return b, nil
}

// usual returns which scores may shape the next threshold, nil for all.
func (b *bands) usual() func(float64) bool {
	if b.threshold == nil {
		return nil
	}
	return b.threshold.IsUsual
}

// judge says what a score means.
func (b *bands) judge(score float64) quality {
	q := quality{known: b.view.seen.Weight() > 0, pValue: math.NaN()}
	if q.known {
		q.quantile = b.view.seen.At(score)
	}
	switch {
	case !b.asked:
		q.hasThreshold, q.threshold, q.isAnomaly = q.known, b.quantile, q.known && score > b.quantile
	case b.threshold != nil:
		q.hasThreshold, q.threshold = true, b.threshold.Upper()
		q.isAnomaly, q.pValue = b.threshold.IsAnomaly(score), b.threshold.PValue(score)
		q.lower = b.threshold.Lower()
	}
	return q
}
