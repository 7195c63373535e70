package engine

import (
	"sync"

	"github.com/rpconnect-sml/rpconnect-sml/stats"
)

// scoreLog is the distribution of a model's scores in this process.
type scoreLog struct {
	mu     sync.Mutex
	scores *stats.Histogram
	seen   *stats.ECDF // of the scores at its making
}

func newScoreLog() (*scoreLog, error) {
	h, err := stats.NewHistogram(stats.DefaultBins)
	if err != nil {
		return nil, err
	}
	return &scoreLog{scores: h, seen: stats.NewECDF(h)}, nil
}

// distribution returns that of the scores so far, a tenth behind at most.
func (l *scoreLog) distribution() *stats.ECDF {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.scores.Weight() > (1+youngGrowth)*l.seen.Weight() {
		l.seen = stats.NewECDF(l.scores)
	}
	return l.seen
}

// add counts scores, which must be finite.
func (l *scoreLog) add(scores []float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scores.AddColumn(scores, 0, 1, len(scores), nil)
}
