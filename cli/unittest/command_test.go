package unittest

import (
	"context"
	"errors"
	"testing"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"
)

// TestEveryCacheIsTheTests: a cache of any type that keeps values elsewhere is built by
// any configuration, keeps values by itself, and begins with none.
func TestEveryCacheIsTheTests(t *testing.T) {
	env, err := environment(service.GlobalEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	service.GlobalEnvironment().WalkCaches(func(name string, _ *service.ConfigView) {
		if within[name] {
			return
		}
		names++
		for range 2 {
			keepsValues(t, env, name)
		}
	})
	if names == 0 {
		t.Error("no cache is replaced")
	}
}

func keepsValues(t *testing.T, env *service.Environment, name string) {
	t.Helper()
	b := env.NewResourceBuilder()
	if err := b.AddCacheYAML("label: c\n" + name + ": { directory: /nonexistent, url: 'x://127.0.0.1:1', any: [ thing ] }\n"); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	resources, stop, err := b.Build()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	ctx := context.Background()
	err = resources.AccessCache(ctx, "c", func(c service.Cache) {
		if _, err := c.Get(ctx, "a"); !errors.Is(err, service.ErrKeyNotFound) {
			t.Errorf("%s: begins with a value: %v", name, err)
		}
		first, second := c.Add(ctx, "a", []byte("1"), nil), c.Add(ctx, "a", []byte("2"), nil)
		value, err := c.Get(ctx, "a")
		if first != nil || !errors.Is(second, service.ErrKeyAlreadyExists) || err != nil || string(value) != "1" {
			t.Errorf("%s: added %v, again %v, has %q %v", name, first, second, value, err)
		}
		if err := errors.Join(c.Set(ctx, "a", []byte("3"), nil), c.Delete(ctx, "a")); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(err, stop(ctx)); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
