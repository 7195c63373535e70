package cachestore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
	"github.com/rpconnect-sml/rpconnect-sml/state"
)

func TestStoreOverCache(t *testing.T) {
	ctx := context.Background()
	store, err := cachestore.New(service.MockResources(service.MockResourcesOptAddCache("c")), "c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Get(ctx, "k"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("get of nothing says %v", err)
	}
	value := []byte("one")
	if err := store.Add(ctx, "k", value); err != nil {
		t.Fatal(err)
	}
	value[0] = 'x'
	if err := store.Add(ctx, "k", []byte("two")); !errors.Is(err, state.ErrExists) {
		t.Errorf("add of a taken key says %v", err)
	}
	got, err := store.Get(ctx, "k")
	if err != nil || string(got) != "one" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := store.Set(ctx, "k", []byte("three")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := store.Delete(ctx, "k"); err != nil {
			t.Errorf("delete says %v", err)
		}
	}
	if _, err := store.Get(ctx, "k"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("get of a deleted key says %v", err)
	}
}

func TestUnknownCache(t *testing.T) {
	_, err := cachestore.New(service.MockResources(), "nope")
	if err == nil || !strings.Contains(err.Error(), `"nope"`) {
		t.Errorf("error is %v, want one that names the cache", err)
	}
}

// plain is a cache that reports a taken key with an error of its own, as
// several drivers of the sql cache do, and fails to delete what is not there.
type plain struct{ values map[string][]byte }

func (p plain) Get(_ context.Context, key string) ([]byte, error) {
	v, ok := p.values[key]
	if !ok {
		return nil, service.ErrKeyNotFound
	}
	return v, nil
}

func (p plain) Set(_ context.Context, key string, value []byte, _ *time.Duration) error {
	p.values[key] = value
	return nil
}

func (p plain) Add(_ context.Context, key string, value []byte, _ *time.Duration) error {
	if _, ok := p.values[key]; ok {
		return errors.New("unique constraint failed")
	}
	p.values[key] = value
	return nil
}

func (p plain) Delete(_ context.Context, key string) error {
	if _, ok := p.values[key]; !ok {
		return errors.New("no such row")
	}
	delete(p.values, key)
	return nil
}

func (plain) Close(context.Context) error { return nil }

func TestCacheWithErrorsOfItsOwn(t *testing.T) {
	ctx := context.Background()
	env := service.NewEnvironment()
	err := env.RegisterCache("plain", service.NewConfigSpec(), func(*service.ParsedConfig, *service.Resources) (service.Cache, error) {
		return plain{values: map[string][]byte{}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	builder := env.NewResourceBuilder()
	if err := builder.AddCacheYAML("label: c\nplain: {}"); err != nil {
		t.Fatal(err)
	}
	resources, closeAll, err := builder.Build()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closeAll(ctx) }()
	store, err := cachestore.New(resources, "c")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Add(ctx, "k", []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := store.Add(ctx, "k", []byte("two")); !errors.Is(err, state.ErrExists) {
		t.Errorf("add of a taken key says %v", err)
	}
	if err := store.Delete(ctx, "other"); err != nil {
		t.Errorf("delete of nothing says %v", err)
	}
}

func TestAtomicOption(t *testing.T) {
	resources := service.MockResources(service.MockResourcesOptAddCache("c"))
	for _, c := range []struct {
		name    string
		options []cachestore.Option
		want    bool
	}{
		{name: "not said"},
		{name: "said", options: []cachestore.Option{cachestore.Atomic()}, want: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, err := cachestore.New(resources, "c", c.options...)
			if err != nil {
				t.Fatal(err)
			}
			if store.Atomic() != c.want {
				t.Errorf("atomic is %v, want %v", store.Atomic(), c.want)
			}
		})
	}
}
