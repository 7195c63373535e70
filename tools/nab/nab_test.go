package nab

import (
	"context"
	"testing"
	"time"
)

// The least that the pipeline must reach: the published scores of random cut
// forest, in the order of Profiles, and 60 in the standard profile.
const (
	forestStandard = 51.7171
	forestLowFP    = 38.3608
	forestLowFN    = 59.7488
	aim            = 60
)

// TestNAB runs the corpus through the pipeline and prints the table. The rows
// of split are scores of thresholds chosen on one half of the series (every
// other one) and applied to the other half.
func TestNAB(t *testing.T) {
	c := corpus(t)
	began := time.Now()
	scores, err := run(context.Background(), c, pipeline)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, s := range c.Series {
		rows += len(s.Values)
	}
	t.Logf("%d series, %d rows in %v", len(c.Series), rows, time.Since(began).Round(time.Millisecond))
	for i, least := range []float64{max(forestStandard, aim), forestLowFP, forestLowFN} {
		p := profiles()[i]
		best, err := c.optimise(scores, p)
		if err != nil {
			t.Fatal(err)
		}
		split, err := c.split(scores, p)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-14s %.2f at threshold %.3f: %d of %d windows, %d false alarms; threshold from the other half: %.2f",
			p.Name, best.Score, best.Threshold, best.Hits, c.windows(), best.False, split)
		if best.Score <= least {
			t.Errorf("%s: %.2f, want more than %v", p.Name, best.Score, least)
		}
	}
}
