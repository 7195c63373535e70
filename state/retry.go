package state

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	firstPause = 50 * time.Millisecond
	mostPause  = 5 * time.Second
)

// Retry calls fn until it succeeds, fails with something else than a store
// that failed (ErrStore), or ctx ends; the error is then the last one, and
// wraps that of ctx too. Pauses grow from 50 ms to 5 s, with jitter.
func Retry(ctx context.Context, fn func() error) error {
	return retry(ctx, sleep, nil, fn)
}

// retry is Retry with a sleeper; again, when not nil, is called before a pause.
func retry(ctx context.Context, pause func(context.Context, time.Duration) error, again func(), fn func() error) error {
	for wait := firstPause; ; wait = min(2*wait, mostPause) {
		err := fn()
		if err == nil || !errors.Is(err, ErrStore) {
			return err
		}
		if ctx.Err() != nil {
			return ended(ctx, err)
		}
		if again != nil {
			again()
		}
		if pause(ctx, wait/2+rand.N(wait/2)) != nil {
			return ended(ctx, err)
		}
	}
}

// ended joins the end of ctx to the last failure.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w: %w", ctx.Err(), err)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
