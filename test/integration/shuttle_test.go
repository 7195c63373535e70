//go:build integration

package integration

import (
	"testing"

	"github.com/rpconnect-sml/rpconnect-sml/model/evaluation"
)

const (
	allRows = 49097
	// moreRows arrive while the pipeline is down.
	moreRows = 1000
	// leastROCAUC as in the demo's own test.
	leastROCAUC = 0.98
)

// The shipped example on real servers: every row is scored and learned once,
// across a restart and across a replay of the whole topic.
func TestShuttleCountsEveryRowOnce(t *testing.T) {
	s := newSite(t)
	s.send(0)

	stop := s.start()
	s.waitStored(allRows)
	s.waitLearned(allRows)
	stop()
	scores, anomalous := s.scores(allRows)
	if got := evaluation.ROCAUC(scores, anomalous); got < leastROCAUC {
		t.Errorf("got ROC AUC %.4f, want at least %v", got, leastROCAUC)
	}

	s.send(moreRows)
	stop = s.start()
	s.waitStored(allRows + moreRows)
	s.waitLearned(allRows + moreRows)
	stop()

	s.rewind()
	stop = s.start()
	s.waitStored(2 * (allRows + moreRows))
	s.waitLearned(allRows + moreRows)
	stop()
}
