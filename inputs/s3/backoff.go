package s3

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Pauses between attempts after failures in a row: each is twice the one before.
const (
	firstPause = time.Second / 8
	mostPause  = time.Minute
)

// backoff makes attempts rarer while they fail. The host logs each failure, so that the log
// grows by a line a minute at most while a store is away.
type backoff struct {
	failures int
	pause    time.Duration // before the next attempt
	// sleep waits, and ends early with the context's error; nil is a timer.
	sleep func(context.Context, time.Duration) error
}

// wait waits for the time of the next attempt.
func (b *backoff) wait(ctx context.Context) error {
	switch {
	case b.pause == 0:
		return nil
	case b.sleep != nil:
		return b.sleep(ctx, b.pause)
	}
	timer := time.NewTimer(b.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// failed counts a failure and returns the error, from the second one in a row on with their
// number and when the next attempt is. An end of the context is none.
func (b *backoff) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return err
	}
	b.failures++
	if b.pause = min(2*b.pause, mostPause); b.failures == 1 {
		b.pause = firstPause
		return err
	}
	return fmt.Errorf("%w (failure %d in a row; the next attempt is in %s)", err, b.failures, b.pause)
}

// succeeded makes the next attempt come at once.
func (b *backoff) succeeded() { b.failures, b.pause = 0, 0 }
