package live

import (
	"errors"
	"math"
	"strconv"

	"github.com/rpconnect-sml/rpconnect-sml/model/threshold"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// bands say what a score means among the scores so far; nothing changes them.
type bands struct {
	view      *scoreView
	quantile  float64 // value of the scorer's quantile
	warmUp    float64 // scores that the quantile needs
	threshold *threshold.Threshold
	set       *param.Values // options that were set while the scorer runs, nil for none
	asked     bool          // a threshold was asked for, though there may be none yet
	evaluated []byte        // JSON of the evaluation so far, empty for none
	told      []byte        // JSON of the quantiles that are told, with a comma before it, empty for none
}

// bandsNow returns the bands of the scores so far.
// They are worked out once for each view of the scores, as the threshold sorts
// extremes and fits a tail. A threshold that needs more scores is none yet.
func (s *Scorer) bandsNow() (*bands, error) {
	view, err := s.log.distribution()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	set := s.project.definitions.threshold(s.settings.Model)
	if s.bands != nil && s.bands.view == view && s.bands.set == set {
		return s.bands, nil
	}
	options, err := effective(s.settings.Threshold, set)
	if err != nil {
		return nil, err
	}
	b := &bands{view: view, set: set, quantile: view.seen.Quantile(s.settings.Quantile), warmUp: 1 / (1 - s.settings.Quantile), asked: options != nil}
	if view.seen.Weight() > 0 {
		b.told = appendQuantiles(nil, view.seen, s.settings.Quantiles)
	}
	if b.asked {
		b.threshold, err = threshold.NewThreshold(*options, view.all.histogram, view.all.extremes)
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

// appendQuantiles appends an object of quantiles, with a comma before it; nothing
// where none are asked for.
func appendQuantiles(b []byte, seen *stats.ECDF, quantiles []float64) []byte {
	for i, q := range quantiles {
		if i == 0 {
			b = append(b, `,"quantiles":{"q`...)
		} else {
			b = append(b, `,"q`...)
		}
		b = strconv.AppendFloat(b, 100*q, 'g', 6, 64)
		b = append(b, '"', ':')
		b = appendNumber(b, seen.Quantile(q))
	}
	if len(quantiles) > 0 {
		b = append(b, '}')
	}
	return b
}

// usual returns which scores may shape the next threshold, nil for all.
// Anomalies that shaped the tail would raise the threshold above the next ones
// (Siffer and others, KDD 2017, leave them out too).
func (b *bands) usual() func(float64) bool {
	if b.threshold == nil {
		return nil
	}
	return b.threshold.IsUsual
}

// judge says what a score means.
// It takes no lock and may run on several rows at the same time.
func (b *bands) judge(score float64) quality {
	q := quality{known: b.view.seen.Weight() > 0, lower: math.Inf(-1), pValue: math.NaN(), quantiles: b.told}
	if q.known {
		q.quantile = b.view.seen.At(score)
	}
	switch {
	case !b.asked:
		q.hasThreshold = b.view.seen.Weight() >= b.warmUp
		q.threshold, q.isAnomaly = b.quantile, q.hasThreshold && score > b.quantile
	case b.threshold != nil:
		q.hasThreshold, q.threshold = true, b.threshold.Upper()
		q.isAnomaly, q.pValue = b.threshold.IsAnomaly(score), b.threshold.PValue(score)
		q.lower = b.threshold.Lower()
		if method := b.threshold.Method(); method == threshold.ThresholdOrder {
			q.method = method
		}
	}
	return q
}
