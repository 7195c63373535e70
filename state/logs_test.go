package state

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rpconnect-sml/rpconnect-sml/schema"
)

func growth(name string, values ...string) schema.Growth {
	a := schema.Attribute{Name: name, Kind: schema.Continuous}
	if len(values) > 0 {
		a.Kind, a.Values = schema.Categorical, values
	}
	return schema.Growth{Attributes: []schema.Attribute{a}}
}

// TestSchemaLogRace: learners that meet attributes at the same time agree on
// one schema that has them all, and every schema extends the one before.
func TestSchemaLogRace(t *testing.T) {
	ctx := context.Background()
	const learners, each = 6, 8
	store := NewMemory()
	var group sync.WaitGroup
	for i := range learners {
		group.Go(func() {
			l := NewSchemaLog(store, "sml.p")
			for k := range each {
				s, err := l.Grow(ctx, growth(fmt.Sprint("s", (i+k)%each)), schema.Limits{})
				if err == nil {
					s, err = l.Grow(ctx, growth("state", fmt.Sprint(i, k)), schema.Limits{})
				}
				if err != nil || s.Index(fmt.Sprint("s", (i+k)%each)) < 0 {
					t.Errorf("learner %d: %v", i, err)
					return
				}
			}
		})
	}
	group.Wait()
	s, err := NewSchemaLog(store, "sml.p").Load(ctx)
	must(t, err)
	if n := len(s.Attributes()); n != each+1 {
		t.Errorf("%d attributes, want %d", n, each+1)
	}
	if n := len(s.Attributes()[s.Index("state")].Values); n != learners*each {
		t.Errorf("%d categories, want %d", n, learners*each)
	}
}

func TestSchemaLogLoserTakesWinners(t *testing.T) {
	ctx := context.Background()
	store := NewMemory()
	a, b := NewSchemaLog(store, "sml.p"), NewSchemaLog(store, "sml.p")
	for _, l := range []*SchemaLog{a, b} {
		_, err := l.Load(ctx)
		must(t, err)
	}
	_, err := a.Grow(ctx, growth("x"), schema.Limits{})
	must(t, err)
	s, err := b.Grow(ctx, growth("x", "up"), schema.Limits{})
	must(t, err)
	if k := s.Attributes()[s.Index("x")].Kind; k != schema.Continuous {
		t.Errorf("kind %v, want that of who was first", k)
	}
	again, err := b.Load(ctx)
	must(t, err)
	if again != s {
		t.Error("a schema that did not change is another one")
	}
	if _, err := NewSchemaLog(&faulty{fault: down}, "sml.p").Load(ctx); !errors.Is(err, ErrStore) {
		t.Errorf("store down: %v, want ErrStore", err)
	}
}

func TestDefinitionLog(t *testing.T) {
	ctx := context.Background()
	store := &faulty{}
	a, b := NewDefinitionLog(store, "sml.p"), NewDefinitionLog(store, "sml.p")
	must(t, a.Put(ctx, "m1", []byte("1")))
	must(t, b.Put(ctx, "m2", []byte("2")))
	must(t, a.Put(ctx, "m1", []byte("3")))
	must(t, b.Delete(ctx, "absent"))
	for _, l := range []*DefinitionLog{a, b} {
		m, err := l.Load(ctx)
		must(t, err)
		if len(m) != 2 || string(m["m1"]) != "3" || string(m["m2"]) != "2" {
			t.Errorf("definitions %q", m)
		}
		m["m3"] = nil
	}
	adds := store.calls["add"]
	must(t, a.Put(ctx, "m2", []byte("2")))
	if n := store.calls["add"] - adds; n != 0 {
		t.Errorf("%d records for a definition that is there already", n)
	}
	must(t, b.Delete(ctx, "m1"))
	m, err := a.Load(ctx)
	must(t, err)
	if len(m) != 1 {
		t.Errorf("definitions %q after a deletion", m)
	}
	store.fail(down)
	if _, err := NewDefinitionLog(store, "sml.p").Load(ctx); !errors.Is(err, ErrStore) {
		t.Errorf("store down: %v, want ErrStore", err)
	}
	if err := a.Put(ctx, "m9", nil); !errors.Is(err, ErrStore) {
		t.Errorf("store down: %v, want ErrStore", err)
	}
}

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

// TestSchemaLogDisputed: a schema that another writer has given up may be
// passed over, so what Load returns has been written again.
func TestSchemaLogDisputed(t *testing.T) {
	ctx, store := context.Background(), NewMemory()
	_, err := NewSchemaLog(store, "sml.p").Grow(ctx, growth("a"), schema.Limits{})
	must(t, err)
	must(t, store.Add(ctx, "sml.p.schema.1.seal", mark(markSeal)))
	l := NewSchemaLog(store, "sml.p")
	s, err := l.Load(ctx)
	must(t, err)
	if s.Index("a") < 0 || l.journal.Version() != 2 {
		t.Errorf("schema %v at version %d, want attribute a at version 2", s.Attributes(), l.journal.Version())
	}
	before := len(store.Keys())
	_, err = l.Load(ctx)
	must(t, err)
	if n := len(store.Keys()); n != before {
		t.Errorf("%d keys after another load, want %d", n, before)
	}
}
