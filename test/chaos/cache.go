//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/cachestore"
)

// cacheLabel names the cache resource in the pipeline.
const cacheLabel = "st"

// Kinds of caches.
const (
	cacheRedis  = "redis"
	cacheFile   = "file"
	cacheSQLite = "sqlite"
)

// cacheYAML returns the settings of the run's cache.
func (s *site) cacheYAML() (string, error) {
	switch s.opts.cache {
	case cacheRedis:
		return "redis: { url: redis://" + s.redis.address() + " }", nil
	case cacheFile:
		return "file: { directory: " + filepath.Join(s.dir, "cache") + " }", nil
	case cacheSQLite:
		return strings.Join([]string{
			"sql: { driver: sqlite",
			"dsn: 'file:" + filepath.Join(s.dir, "cache", "state.db") + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)'",
			"table: sml, key_column: k, value_column: v",
			"set_suffix: 'ON CONFLICT (k) DO UPDATE SET v = excluded.v'",
			"init_statement: 'CREATE TABLE IF NOT EXISTS sml (k TEXT PRIMARY KEY, v BLOB NOT NULL)' }",
		}, ", "), nil
	}
	return "", fmt.Errorf("cache %q is unknown, want %s, %s or %s", s.opts.cache, cacheRedis, cacheFile, cacheSQLite)
}

// openStore returns the product's own store over the run's cache; closing it
// leaves the cache as it is.
func (s *site) openStore() (store *cachestore.Store, closeStore func(context.Context) error, err error) {
	settings, err := s.cacheYAML()
	if err != nil {
		return nil, nil, err
	}
	builder := service.NewResourceBuilder()
	if err := builder.AddCacheYAML("label: " + cacheLabel + "\n" + settings); err != nil {
		return nil, nil, fmt.Errorf("read the cache's settings: %w", err)
	}
	resources, closeResources, err := builder.BuildSuspended()
	if err != nil {
		return nil, nil, fmt.Errorf("open the cache: %w", err)
	}
	store, err = cachestore.New(resources, cacheLabel)
	return store, closeResources, err
}

// makeCacheDir makes the folder of a cache in files.
func (s *site) makeCacheDir() error { return os.MkdirAll(filepath.Join(s.dir, "cache"), 0o755) }
