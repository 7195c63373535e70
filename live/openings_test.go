package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestOpenings: a thing is opened once however many ask for it at once; a failed
// attempt is made again by the next in turn, and a caller whose context ends does
// not wait for another's attempt.
func TestOpenings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, failed := context.Background(), errors.New("down")
		var o openings[int]
		var tries atomic.Int64
		open := func() (int, error) {
			n := tries.Add(1)
			time.Sleep(time.Minute) // of the bubble's clock
			if n < 3 {
				return 0, failed
			}
			return int(n), nil
		}
		var work sync.WaitGroup
		var fails, opened atomic.Int64
		for range 5 {
			work.Go(func() {
				switch got, err := o.get(ctx, "a", open); {
				case errors.Is(err, failed):
					fails.Add(1)
				case err != nil || got != 3:
					t.Errorf("got %d, %v", got, err)
				default:
					opened.Add(1)
				}
			})
		}
		synctest.Wait()
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		began := time.Now()
		if _, err := o.get(short, "a", open); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 2*time.Second {
			t.Errorf("a caller with one second waits %v: %v", time.Since(began), err)
		}
		if got, err := o.get(ctx, "b", func() (int, error) { return 7, nil }); err != nil || got != 7 {
			t.Errorf("another one waits: %d, %v", got, err)
		}
		work.Wait()
		if fails.Load() != 2 || opened.Load() != 3 || tries.Load() != 3 {
			t.Errorf("%d of 5 failed, %d have it, after %d attempts; want 2, 3 and 3", fails.Load(), opened.Load(), tries.Load())
		}
		if !o.has("a") || o.has("c") || len(o.all()) != 2 || o.all()[0] != 3 {
			t.Errorf("open are %v", o.all())
		}
	})
}

// TestBackground: a project is loaded once, again when a component joins, its
// tasks run at their intervals, and end waits for all work.
func TestBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, b := context.Background(), newBackground()
		loads, ticks, done := 0, 0, 0
		load := func() error { loads++; return nil }
		interval := time.Second
		task := every(func() time.Duration { return interval }, func(context.Context) { ticks++ })
		if err := b.start(ctx, func() error { return errors.New("no") }, task); err == nil {
			t.Error("a load that fails is no error")
		}
		for range 3 {
			if err := b.start(ctx, load, task); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(3500 * time.Millisecond)
		synctest.Wait()
		if loads != 1 || ticks != 3 {
			t.Errorf("%d loads and %d ticks, want 1 and 3", loads, ticks)
		}
		b.again()
		if err := b.start(ctx, load, task); err != nil || loads != 2 {
			t.Errorf("%d loads after a component joined, %v", loads, err)
		}
		b.run(func() { time.Sleep(time.Hour); done++ })
		began := time.Now()
		if !b.end(t.Context()) || done != 1 || time.Since(began) < time.Hour {
			t.Errorf("ended after %v with %d of the work done", time.Since(began), done)
		}
		after := ticks
		time.Sleep(time.Minute)
		if b.end(t.Context()) || ticks != after {
			t.Errorf("ended twice, or the task went on: %d ticks, then %d", after, ticks)
		}
		b.run(func() { done++ })
		if done != 2 {
			t.Error("work after the end is not done at once")
		}
	})
}

// TestCloseWhileLoading: a caller that waits for a store at the first use
// does not hold up those who close the project, nor callers with less time.
func TestCloseWhileLoading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackground()
		ctx, cancel := context.WithCancel(context.Background())
		var work sync.WaitGroup
		work.Go(func() {
			_ = b.start(ctx, func() error { <-ctx.Done(); return ctx.Err() })
		})
		synctest.Wait()
		short, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		if err := b.start(short, func() error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second caller says %v", err)
		}
		if b.end(t.Context()) {
			t.Error("there is something to finish of what was never loaded")
		}
		cancel()
		work.Wait()
		if err := b.start(context.Background(), func() error { return nil }, func(context.Context) { t.Error("a task after the end") }); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
	})
}
