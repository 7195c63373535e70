package unittest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redpanda-data/benthos/v4/public/service"
)

// within are the types of caches that keep values in the process anyway, or that hand
// on to other caches of the file.
var within = map[string]bool{"memory": true, "lru": true, "ttlru": true, "multilevel": true, "noop": true}

// environment returns one in which caches that would keep values outside of the process
// keep them in memory, whatever their configuration is.
func environment(from *service.Environment) (*service.Environment, error) {
	var kept, replaced []string
	from.WalkCaches(func(name string, _ *service.ConfigView) {
		if within[name] {
			kept = append(kept, name)
		} else {
			replaced = append(replaced, name)
		}
	})
	out := from.WithCaches(kept...)
	for _, name := range replaced {
		spec := service.NewConfigSpec().Field(service.NewAnyField("").Default(map[string]any{}))
		err := out.RegisterCache(name, spec, func(*service.ParsedConfig, *service.Resources) (service.Cache, error) {
			return &cache{values: map[string][]byte{}}, nil
		})
		if err != nil {
			return nil, fmt.Errorf("a cache of the tests' own in place of %s: %w", name, err)
		}
	}
	return out, nil
}

// cache keeps values in memory, for ever. It is safe for concurrent use.
type cache struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Get returns a copy of the value, or service.ErrKeyNotFound.
func (c *cache) Get(_ context.Context, key string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.values[key]
	if !ok {
		return nil, service.ErrKeyNotFound
	}
	return bytes.Clone(value), nil
}

// Set keeps a copy of the value. It has no time to live.
func (c *cache) Set(_ context.Context, key string, value []byte, _ *time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = bytes.Clone(value)
	return nil
}

// Add is Set of a key that is not there, else service.ErrKeyAlreadyExists.
func (c *cache) Add(_ context.Context, key string, value []byte, _ *time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.values[key]; ok {
		return service.ErrKeyAlreadyExists
	}
	c.values[key] = bytes.Clone(value)
	return nil
}

// Delete removes the key.
func (c *cache) Delete(_ context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.values, key)
	return nil
}

// Close does nothing.
func (c *cache) Close(context.Context) error { return nil }
