package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// background is the life of a project in the process: it is loaded at first use,
// tended meanwhile, and closed once.
type background struct {
	loaded atomic.Bool   // and what joined since has been loaded too
	turn   chan struct{} // holds one token while the project is loaded

	mu     sync.Mutex
	begun  bool
	closed bool
	life   context.Context // of all work
	stop   context.CancelFunc
	work   sync.WaitGroup
}

func newBackground() *background {
	b := &background{turn: make(chan struct{}, 1)}
	b.life, b.stop = context.WithCancel(context.Background())
	return b
}

// start loads the project unless it is, and begins the tasks. Callers that come
// while another one loads it wait for that one, or until their ctx ends.
func (b *background) start(ctx context.Context, load func() error, tasks ...func(context.Context)) error {
	if b.loaded.Load() {
		return nil
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if b.loaded.Load() {
		return nil
	}
	if err := load(); err != nil {
		return err
	}
	b.begin(tasks)
	b.loaded.Store(true)
	return nil
}

// begin begins the tasks, once.
func (b *background) begin(tasks []func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.begun || b.closed {
		return
	}
	b.begun = true
	for _, task := range tasks {
		b.work.Go(func() { task(b.life) })
	}
}

// again makes the next start load the project once more.
func (b *background) again() { b.loaded.Store(false) }

// run does work that end waits for, at once where the project is closed.
func (b *background) run(work func()) {
	b.mu.Lock()
	closed := b.closed
	if !closed {
		b.work.Go(work)
	}
	b.mu.Unlock()
	if closed {
		work()
	}
}

// end stops the tasks and waits for all work, or until ctx ends. It reports
// whether there is anything to finish: the project has been used, and is not
// closed already.
func (b *background) end(ctx context.Context) bool {
	b.mu.Lock()
	first := b.begun && !b.closed
	b.closed = true
	b.stop()
	b.mu.Unlock()
	if first {
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.work.Wait()
		}()
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	return first
}

// every returns a task that calls do whenever the interval has passed, until its
// context ends.
func every(interval func() time.Duration, do func(context.Context)) func(context.Context) {
	return func(ctx context.Context) {
		timer := time.NewTimer(interval())
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
				do(ctx)
				timer.Reset(interval())
			}
		}
	}
}
