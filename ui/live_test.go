package ui

import (
	"math"
	"testing"
	"time"
)

// TestRate: growth per second over the last samples, not negative.
func TestRate(t *testing.T) {
	var r rate
	began := time.Unix(1_700_000_000, 0)
	if got := r.add(began, 100); got != 0 {
		t.Errorf("at the first sample the rate is %v", got)
	}
	for i := 1; i <= 100; i++ {
		if got := r.add(began.Add(sampleEvery*2*time.Duration(i)), 100+float64(50*i)); math.Abs(got-50) > 1e-9 {
			t.Fatalf("sample %d: the rate is %v, want 50", i, got)
		}
	}
	if len(r.at) > sampleCount {
		t.Errorf("%d samples are kept, want at most %d", len(r.at), sampleCount)
	}
	if got := r.add(began.Add(sampleEvery*2*101), 0); got != 0 {
		t.Errorf("after rows were forgotten the rate is %v, want 0", got)
	}
}
