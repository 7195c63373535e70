package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/progress"
	"github.com/rpconnect-sml/rpconnect-sml/model"
)

// buildLimit is how long a build may take.
const buildLimit = 10 * time.Minute

// errBuildLimit is the cause that ends a build which takes too long.
var errBuildLimit = fmt.Errorf("the build has taken longer than %v", buildLimit)

// firstBuildPatience is builds.patience but in tests: rows are answered without a
// model that takes longer.
const firstBuildPatience = 10 * time.Second

// errBuilding ends the wait for the first build of a model, which goes on.
var errBuilding = errors.New("the model is still being built for the first time")

// flight is one build under way, which any number of callers wait for. It is
// cancelled when the last of them leaves, unless it is kept.
type flight struct {
	done chan struct{} // closed at the end; then built and err hold
	// built and err are the outcome.
	built *builtModel
	err   error

	name    string
	meter   progress.Meter
	cancel  context.CancelFunc
	from    *snapshot
	waiting int  // callers; guarded by builds.mu
	kept    bool // guarded by builds.mu
}

// join returns the build under way under a name, or begins one. With keep the
// build goes on when nobody waits for it any more.
func (b *builds) join(name string, from *snapshot, keep bool, work func(context.Context) (*builtModel, error)) *flight {
	b.mu.Lock()
	f := b.flights[name]
	begin := f == nil
	var ctx context.Context
	if begin {
		f = &flight{done: make(chan struct{}), name: name, from: from}
		life := b.life
		if life.Err() != nil { // the project is closed and answers all the same
			life = context.WithoutCancel(life)
		}
		ctx, f.cancel = context.WithTimeoutCause(life, buildLimit, errBuildLimit)
		b.flights[name] = f
	}
	f.kept = f.kept || keep
	f.waiting++
	b.mu.Unlock()
	if begin {
		b.run(func() {
			defer f.cancel()
			f.built, f.err = work(f.meter.Into(ctx))
			if f.err != nil && ctx.Err() != nil {
				f.err = fmt.Errorf("build model %q: %w", name, context.Cause(ctx))
			}
			b.land(f)
		})
	}
	return f
}

// land ends a flight, for its callers and for those who come later.
func (b *builds) land(f *flight) {
	b.mu.Lock()
	b.remove(f)
	b.mu.Unlock()
	close(f.done)
}

// remove takes a flight out; mu is held.
func (b *builds) remove(f *flight) {
	if b.flights[f.name] == f {
		delete(b.flights, f.name)
	}
}

// wait waits for the outcome of a flight, or until ctx ends.
func (b *builds) wait(ctx context.Context, f *flight) (*builtModel, error) {
	progress.Follow(ctx, &f.meter)
	select {
	case <-f.done:
		return f.built, f.err
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.waiting--; f.waiting == 0 && !f.kept {
		f.cancel()
		b.remove(f) // who comes now begins anew
	}
	return nil, context.Cause(ctx)
}

// patiently returns a model for rows to be scored. Where its first build takes
// long, it goes on, and what is returned is warming up until it ends.
func (b *builds) patiently(ctx context.Context, name string) (*builtModel, error) {
	waiting, cancel := context.WithTimeoutCause(ctx, b.patience, errBuilding)
	defer cancel()
	built, err := b.get(waiting, name, true)
	if !errors.Is(err, errBuilding) {
		return built, err
	}
	d, err := b.definitions.either(b.definitions.serves(name))
	if err != nil {
		return nil, err
	}
	entry, err := b.home.types.Lookup(d.Type)
	if err != nil {
		return nil, err
	}
	return &builtModel{model: model.NewWaiting(&d), definition: d, role: entry.RoleUnder(d.Target, b.home.layout()), warmingUp: true, waiting: "its first build"}, nil
}
