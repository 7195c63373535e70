package state

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetry(t *testing.T) {
	permanent := errors.New("permanent")
	cases := []struct {
		name  string
		fails []error
		want  error
		calls int
	}{
		{name: "succeeds", calls: 1},
		{name: "succeeds later", fails: []error{ErrStore, fmt.Errorf("get: %w", ErrStore)}, calls: 3},
		{name: "permanent", fails: []error{ErrStore, permanent}, want: permanent, calls: 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				err := Retry(context.Background(), func() error {
					if calls++; calls <= len(c.fails) {
						return c.fails[calls-1]
					}
					return nil
				})
				if !errors.Is(err, c.want) || calls != c.calls {
					t.Errorf("error %v after %d calls, want %v after %d", err, calls, c.want, c.calls)
				}
			})
		})
	}
	t.Run("context ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			err := Retry(ctx, func() error { return fmt.Errorf("%w: %w", ErrStore, errDown) })
			if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errDown) {
				t.Errorf("error %v, want the end of the context and the last failure", err)
			}
		})
	})
}
