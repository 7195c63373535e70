package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/internal/drawn"
	"github.com/rpconnect-sml/rpconnect-sml/model"
	"github.com/rpconnect-sml/rpconnect-sml/param"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// gate is a model type that builds as a zscore does, once it is let.
type gate struct {
	begun, ended chan error // one for each build; ended has the error of its context
	open         chan struct{}
	broken       atomic.Bool // builds fail
}

func newGate() *gate {
	return &gate{begun: make(chan error, 100), ended: make(chan error, 100), open: make(chan struct{})}
}

func (g *gate) entry(types model.Catalogue) model.Entry {
	return model.NewEntry(model.Entry{Type: "gated", Role: model.RoleAnomaly, Summary: "Waits."},
		func(*param.Reader) struct{} { return struct{}{} },
		func(ctx context.Context, d *model.Definition, _ struct{}, e *model.Evidence) (model.Model, error) {
			g.begun <- nil
			select {
			case <-g.open:
			case <-ctx.Done():
			}
			g.ended <- ctx.Err()
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if g.broken.Load() {
				return nil, errors.New("it is broken")
			}
			return types.Build(ctx, model.Definition{Name: d.Name, Type: "zscore"}, e)
		})
}

// gated opens a project with two models: slow, which waits at the gate, and quick.
func gated(t *testing.T, g *gate) *Project {
	t.Helper()
	table := NewTable()
	h, err := table.Open(new(Scope), Settings{Project: "p", Cache: "c", Prefix: "sml", Refresh: time.Hour, Learn: &LearnSettings{Durable: true, Every: time.Hour}},
		state.NewMemory(), "root", quiet{})
	if err != nil {
		t.Fatal(err)
	}
	p := h.Project()
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	p.home.types = append(model.Catalogue{g.entry(p.home.types)}, p.home.types...)
	var messages []Message
	for i := range 100 {
		messages = append(messages, Message{Data: fmt.Appendf(nil, `{"x":%d}`, i%10), Shard: "t/0", Offset: int64(i), HasOffset: true})
	}
	if err := p.Learn(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
	for name, typ := range map[string]string{"slow": "gated", "quick": "zscore"} {
		if err := p.models.Define(t.Context(), model.Definition{Name: name, Type: typ}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestOneSlowModelStopsNobodyElse: while a model is being built for many readers,
// another one answers, and it is built once for all of them.
func TestOneSlowModelStopsNobodyElse(t *testing.T) {
	g := newGate()
	p := gated(t, g)
	const readers = 20
	var slow sync.WaitGroup
	for range readers {
		slow.Go(func() {
			if _, err := p.ScoreValue(t.Context(), "slow", map[string]any{"x": 3.0}); err != nil {
				t.Error(err)
			}
		})
	}
	<-g.begun
	for range readers {
		if _, err := p.ScoreValue(t.Context(), "quick", map[string]any{"x": 3.0}); err != nil {
			t.Fatal(err)
		}
	}
	close(g.open)
	slow.Wait()
	if n := len(g.ended); n != 1 {
		t.Errorf("built %d times for %d readers, want once", n, readers)
	}
}

// TestBuildEndsWithItsLastReader: readers come and leave in a drawn order. The
// build goes on as long as one of them waits, and is cancelled with the last.
func TestBuildEndsWithItsLastReader(t *testing.T) {
	for seed := range drawn.Seeds(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g, r := newGate(), rand.New(rand.NewPCG(seed, 5))
			p := gated(t, g)
			n, left := 1+r.IntN(6), make(chan error, 6)
			leave := make([]context.CancelFunc, n)
			for i := range leave {
				var ctx context.Context
				ctx, leave[i] = context.WithCancel(t.Context())
				go func() {
					_, err := p.ScoreValue(ctx, "slow", map[string]any{"x": 3.0})
					left <- err
				}()
			}
			<-g.begun
			waitFor(t, p, n)
			for at, i := range r.Perm(n) {
				if len(g.ended) > 0 {
					t.Fatalf("the build has ended while %d readers wait", n-at)
				}
				leave[i]()
				if err := <-left; !errors.Is(err, context.Canceled) {
					t.Fatalf("a reader who left was told %v", err)
				}
			}
			if err := <-g.ended; !errors.Is(err, context.Canceled) {
				t.Errorf("the build ended with %v, want that it was cancelled", err)
			}
			if _, failed := p.builds.last("slow"); failed != nil {
				t.Errorf("a build that nobody waits for counts as failed: %v", failed)
			}
			close(g.open) // the next reader begins anew
			if _, err := p.ScoreValue(t.Context(), "slow", map[string]any{"x": 3.0}); err != nil {
				t.Error(err)
			}
		})
	}
}

// waitFor returns when so many readers wait for the slow model.
func waitFor(t *testing.T, p *Project, readers int) {
	t.Helper()
	for t.Context().Err() == nil {
		p.builds.mu.Lock()
		f := p.builds.flights["slow"]
		there := f != nil && f.waiting == readers
		p.builds.mu.Unlock()
		if there {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// TestRowsDoNotFailInALongFirstBuild: while the first build of a model takes longer than
// rows wait, each of them is answered without it, and when it ends they are scored. The
// build goes on, and is one.
func TestRowsDoNotFailInALongFirstBuild(t *testing.T) {
	for seed := range drawn.Seeds(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g, r := newGate(), rand.New(rand.NewPCG(seed, 6))
			p := gated(t, g)
			p.builds.patience = time.Millisecond
			s, err := p.NewScorer(ScorerSettings{Model: "slow"})
			if err != nil {
				t.Fatal(err)
			}
			score := func(want string) {
				t.Helper()
				rows := make([]Message, 1+r.IntN(200)) // more than a tenth of what has been learned, too
				for i := range rows {
					rows[i].Data = fmt.Appendf(nil, `{"x":%d}`, i%10)
				}
				results, err := s.Score(t.Context(), rows)
				if err != nil {
					t.Fatal(err)
				}
				for i := range rows {
					if rows[i].Err != nil || !strings.HasPrefix(string(results.JSON(i)), want) {
						t.Fatalf("row %d of %d: %s, error %v, want %s", i, len(rows), results.JSON(i), rows[i].Err, want)
					}
				}
				s.Release(results)
			}
			for range 1 + r.IntN(4) {
				score(`{"warming_up":true,"waiting_for":"its first build"}`)
			}
			close(g.open)
			if err := <-g.ended; err != nil {
				t.Fatalf("the build ended with %v", err)
			}
			if n := len(g.begun); n != 1 {
				t.Errorf("%d builds, want one", n)
			}
			p.builds.patience = time.Minute
			score(`{"score":`)
		})
	}
}

// TestCloseEndsBuilds: a project closes while a build that is kept is under way.
func TestCloseEndsBuilds(t *testing.T) {
	g := newGate()
	p := gated(t, g)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := p.builds.get(ctx, "slow", true); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	<-g.begun
	if err := p.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-g.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the build ended with %v, want that it was cancelled", err)
	}
}
