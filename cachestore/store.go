// Package cachestore is the only bridge from a Redpanda Connect cache to the
// store that the state protocol is written against.
package cachestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/rpconnect-sml/rpconnect-sml/state"
)

// Store reads and writes one cache resource.
type Store struct {
	resources *service.Resources
	label     string
	atomic    bool
}

var _ state.Guarantor = (*Store)(nil)

// Option states a property of a cache that its resource does not reveal.
type Option func(*Store)

// Atomic states that readers see a value of the cache either whole or not at
// all, even when its writer is killed. This is true of every cache except those
// of files (docs/caches.md). It saves two reads in each durable write.
func Atomic() Option { return func(s *Store) { s.atomic = true } }

// New returns a store over the cache resource with this label. The label must
// exist. Whether the cache can be reached is not known before the first access.
func New(resources *service.Resources, label string, options ...Option) (*Store, error) {
	if !resources.HasCache(label) {
		return nil, fmt.Errorf("cache %q is not among the cache_resources", label)
	}
	s := &Store{resources: resources, label: label}
	for _, option := range options {
		option(s)
	}
	return s, nil
}

// Atomic reports whether values are seen whole or not at all.
func (s *Store) Atomic() bool { return s.atomic }

// Get returns a copy of the value, or an error that wraps state.ErrNotFound.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	found := make(chan []byte, 1)
	err := s.access(ctx, "get", key, func(c service.Cache) error {
		v, err := c.Get(ctx, key)
		found <- bytes.Clone(v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return <-found, nil
}

// Add writes the value unless the key exists, in which case the error wraps
// state.ErrExists. Several caches report a taken key with an error of their
// own, so a failed Add also counts as taken when its key can be read. The
// exception is a key that holds only the beginning of the value: then the cache
// could not store the rest, for example because its disk is full. Values of the
// protocol contain their length, so no value is the beginning of another.
func (s *Store) Add(ctx context.Context, key string, value []byte) error {
	own := bytes.Clone(value) // a call that is given up may go on
	err := s.access(ctx, "add", key, func(c service.Cache) error { return c.Add(ctx, key, own, nil) })
	if err == nil || errors.Is(err, state.ErrExists) || ctx.Err() != nil {
		return err
	}
	found, getErr := s.Get(ctx, key)
	if getErr == nil && !(len(found) < len(value) && bytes.HasPrefix(value, found)) {
		return fmt.Errorf("%w: %w", state.ErrExists, err)
	}
	return err
}

// Set writes the value, whether the key exists or not.
func (s *Store) Set(ctx context.Context, key string, value []byte) error {
	value = bytes.Clone(value) // a call that is given up may go on
	return s.access(ctx, "set", key, func(c service.Cache) error { return c.Set(ctx, key, value, nil) })
}

// Delete removes the key. It is no error when the key does not exist.
func (s *Store) Delete(ctx context.Context, key string) error {
	err := s.access(ctx, "delete", key, func(c service.Cache) error { return c.Delete(ctx, key) })
	if err == nil || ctx.Err() != nil {
		return err
	}
	if _, getErr := s.Get(ctx, key); errors.Is(getErr, state.ErrNotFound) {
		return nil
	}
	return err
}

// access calls fn with the cache, or gives up when ctx ends. Several caches look
// at no context while they connect or wait for their server. What a call comes to
// that is given up is not known, as with a connection that breaks.
func (s *Store) access(ctx context.Context, verb, key string, fn func(service.Cache) error) error {
	outcome := make(chan error, 1)
	go func() {
		var err error
		if missing := s.resources.AccessCache(ctx, s.label, func(c service.Cache) { err = s.call(ctx, verb, key, fn, c) }); missing != nil {
			err = fmt.Errorf("access cache %q: %w", s.label, missing)
		}
		outcome <- err
	}()
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return s.unanswered(ctx, verb, key)
	}
}

// call calls fn, or gives up when ctx ends, as a resource that is in use cannot be
// closed.
func (s *Store) call(ctx context.Context, verb, key string, fn func(service.Cache) error, c service.Cache) error {
	outcome := make(chan error, 1)
	go func() { outcome <- s.named(verb, key, fn(c)) }()
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return s.unanswered(ctx, verb, key)
	}
}

func (s *Store) unanswered(ctx context.Context, verb, key string) error {
	return fmt.Errorf("%s %q in cache %q, which has not answered: %w", verb, key, s.label, context.Cause(ctx))
}

// named puts the access before an error of the cache, as an error of package
// state where it has one.
func (s *Store) named(verb, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, service.ErrKeyNotFound):
		err = state.ErrNotFound
	case errors.Is(err, service.ErrKeyAlreadyExists):
		err = state.ErrExists
	}
	return fmt.Errorf("%s %q in cache %q: %w", verb, key, s.label, err)
}
