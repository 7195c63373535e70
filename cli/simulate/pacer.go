package simulate

import (
	"context"
	"time"
)

// shortestPause keeps a fast stream from waking up for every single row: the
// rows of up to this long are sent at once.
const shortestPause = 2 * time.Millisecond

// clock tells and passes time; tests have one of their own.
type clock interface {
	now() time.Time
	// sleep returns early with the context's error when the context ends.
	sleep(ctx context.Context, d time.Duration) error
}

// pacer spreads rows evenly over time.
type pacer struct {
	clock clock
	rate  float64
	start time.Time
}

// wait returns when row number n (from 0) is due.
func (p *pacer) wait(ctx context.Context, n int) error {
	if p.rate == 0 {
		return nil
	}
	due := p.start.Add(time.Duration(float64(n) / p.rate * float64(time.Second)))
	if early := due.Sub(p.clock.now()); early >= shortestPause {
		return p.clock.sleep(ctx, early)
	}
	return nil
}

type systemClock struct{}

func (systemClock) now() time.Time { return time.Now() }

func (systemClock) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
