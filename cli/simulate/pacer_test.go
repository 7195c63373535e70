package simulate

import (
	"context"
	"testing"
	"time"
)

// stepClock passes time only when someone sleeps.
type stepClock struct {
	t      time.Time
	slept  time.Duration
	sleeps int
}

func (c *stepClock) now() time.Time { return c.t }

func (c *stepClock) sleep(_ context.Context, d time.Duration) error {
	c.t, c.slept, c.sleeps = c.t.Add(d), c.slept+d, c.sleeps+1
	return nil
}

func TestPacerKeepsTheRate(t *testing.T) {
	cases := map[string]struct {
		rate      float64
		rows      int
		wantSlept time.Duration
		maxSleeps int
	}{
		"unlimited":     {rate: 0, rows: 1000, wantSlept: 0, maxSleeps: 0},
		"slow":          {rate: 10, rows: 11, wantSlept: time.Second, maxSleeps: 10},
		"fast in gulps": {rate: 100_000, rows: 100_001, wantSlept: time.Second, maxSleeps: 500},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			clock := &stepClock{t: time.Unix(0, 0)}
			p := pacer{clock: clock, rate: c.rate, start: clock.now()}
			for n := range c.rows {
				if err := p.wait(t.Context(), n); err != nil {
					t.Fatal(err)
				}
			}
			if clock.slept != c.wantSlept || clock.sleeps > c.maxSleeps {
				t.Errorf("slept %v in %d pauses, want %v in at most %d", clock.slept, clock.sleeps, c.wantSlept, c.maxSleeps)
			}
		})
	}
}
